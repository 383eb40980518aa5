"""Rule versions: drafted as a copy, revised or set aside while they are drafts, put in force from a month on."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import OperationalError, transaction
from django.db.models import Max

from scoring.models import RuleVersion, ScoringRun
from scoring.permissions import may_draft_rules
from scoring.rulebook import Rules, RulesError
from taian_factors.directory.actors import Actor
from taian_factors.lib.periods import Period

_STANDS = {
    RuleVersion.State.IN_FORCE: "已生效的版本不能修改，可据此起草新版本。",
    RuleVersion.State.SET_ASIDE: "已搁置的草稿不能修改，可据此起草新版本。",
}
_NO_DRAFT = {RuleVersion.State.IN_FORCE: "已经施行", RuleVersion.State.SET_ASIDE: "已经搁置"}
NOT_ALLOWED = "只有市工业推进办负责人可以起草和施行细则。"


class DraftError(Exception):
    """A rule version cannot be drafted, revised or put in force so; the message is a Chinese sentence.

    ``field`` names the form field that it is about, where there is one.
    """

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


@transaction.atomic
def draft(*, source: RuleVersion, actor: Actor, at: datetime) -> RuleVersion:
    """Copy a version as a new draft under the next free name, beginning in the month after this one.

    Nothing governs by it until it is put in force. Raises DraftError for anybody but a lead of the office.
    """
    if not may_draft_rules(actor):
        raise DraftError(NOT_ALLOWED)
    return RuleVersion.objects.create(
        name=_next_name(),
        first_month=Period.month_of(at.date()).shifted(1).key,
        content=source.content,
        sources=source.sources,
        drafted_by=actor.user,
    )


def why_it_stands(version: RuleVersion) -> str:
    """Say why the version cannot be changed; empty for a draft."""
    return _STANDS.get(RuleVersion.State(version.state), "")


def _next_name() -> str:
    taken = set(RuleVersion.objects.values_list("name", flat=True))
    return next(name for number in range(1, len(taken) + 2) if (name := f"v{number}") not in taken)


@transaction.atomic
def revise(
    *,
    version: RuleVersion,
    name: str,
    first_month: str,
    sources: str,
    content: Mapping[str, Any],
    actor: Actor,
) -> RuleVersion:
    """Change a draft. Raises DraftError when it is one no longer, its name is taken, or its rules are unsound."""
    if not may_draft_rules(actor):
        raise DraftError(NOT_ALLOWED)
    version = _locked(version)
    if RuleVersion.objects.filter(name=name).exclude(pk=version.pk).exists():
        raise DraftError(f"已有名为“{name}”的版本。", "name")
    version.name, version.first_month, version.sources = name, first_month, sources
    version.content = {key: value for key, value in content.items() if key != "version"}
    _checked(version)
    version.save(update_fields=["name", "first_month", "sources", "content"])
    return version


@transaction.atomic
def put_in_force(*, version: RuleVersion, actor: Actor, at: datetime) -> RuleVersion:
    """Let a draft govern from its first month on: a month of which, and after which, nothing was computed.

    The versions in force are locked, so that no computation runs meanwhile. Raises DraftError for the wrong
    person, while something is computed, for a month that was, and for one in which another version begins.
    """
    if not may_draft_rules(actor):
        raise DraftError(NOT_ALLOWED)
    in_force = _held_versions()
    version = _locked(version)
    _checked(version)
    if version.first_month in in_force:
        other = in_force[version.first_month]
        raise DraftError(f"版本 {other.name} 已定于{_label(version.first_month)}起施行，请改为别的月份。")
    computed = ScoringRun.objects.months().aggregate(last=Max("period"))["last"]
    if computed is not None and version.first_month <= computed:
        earliest = Period.parse(computed).shifted(1)
        raise DraftError(
            f"{_label(computed)}已经计算过，细则不能追溯；这一版本最早可自{earliest.label}起施行，现写的是"
            f"{_label(version.first_month)}。"
        )
    version.state, version.put_in_force_at = RuleVersion.State.IN_FORCE, at
    version.save(update_fields=["state", "put_in_force_at"])
    return version


@transaction.atomic
def take_back(*, version: RuleVersion, actor: Actor) -> RuleVersion:
    """Make a version in force a draft again, as long as no run has used it."""
    if not may_draft_rules(actor):
        raise DraftError(NOT_ALLOWED)
    version = RuleVersion.objects.select_for_update().get(pk=version.pk)
    if version.state != RuleVersion.State.IN_FORCE:
        raise DraftError(f"版本 {version.name} 尚未施行。")
    if version.runs.exists():
        raise DraftError(f"版本 {version.name} 已经用于计算，不能收回；修改请另起草新版本。")
    version.state, version.put_in_force_at = RuleVersion.State.DRAFT, None
    version.save(update_fields=["state", "put_in_force_at"])
    return version


@transaction.atomic
def set_aside(*, version: RuleVersion, actor: Actor) -> RuleVersion:
    """Set a draft aside: it is kept to be read and copied, and is neither changed nor put in force any more."""
    if not may_draft_rules(actor):
        raise DraftError(NOT_ALLOWED)
    version = _locked(version)
    version.state = RuleVersion.State.SET_ASIDE
    version.save(update_fields=["state"])
    return version


def _held_versions() -> dict[str, RuleVersion]:
    """Lock the versions in force, by first month; a computation holds its own until it is stored."""
    held = RuleVersion.objects.in_force().order_by("pk").select_for_update(nowait=True)
    try:
        return {version.first_month: version for version in held}
    except OperationalError as error:
        raise DraftError("正在计算得分，请等计算完成后再施行。") from error


def _locked(version: RuleVersion) -> RuleVersion:
    version = RuleVersion.objects.select_for_update().get(pk=version.pk)
    if version.state != RuleVersion.State.DRAFT:
        raise DraftError(f"版本 {version.name} {_NO_DRAFT[version.state]}，不能再动；请复制一份另行起草。")
    return version


def _checked(version: RuleVersion) -> Rules:
    try:
        version.clean_fields(exclude=["content", "drafted_by"])
        return version.rules
    except RulesError as error:
        raise DraftError(str(error)) from error
    except ValidationError as error:
        field, said = next(iter(error.message_dict.items()))
        raise DraftError(said[0], field) from error


def _label(month: str) -> str:
    return Period.parse(month).label

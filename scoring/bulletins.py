"""Bulletins: composed from published months, edited in versions, signed off by a second person, numbered and frozen."""

from collections.abc import Mapping
from datetime import datetime

from django.db import IntegrityError, transaction

from scoring import glyphs, wording
from scoring.bulletin_numbers import numbers_of
from scoring.bulletin_papers import paper_of
from scoring.computing import RunError, compute_period
from scoring.models import Bulletin, BulletinVersion, ScoringRun
from scoring.permissions import may_compose, may_issue
from scoring.publishing import publish
from taian_factors.directory.actors import Actor
from taian_factors.lib.periods import Period, local_day


class BulletinError(Exception):
    """A bulletin cannot be composed, changed or issued so; the message is a Chinese sentence."""


class StaleError(BulletinError):
    """Somebody else saved a version in between; what was typed is not saved, and not lost."""


@transaction.atomic
def compose(*, period: Period, actor: Actor, at: datetime, again: bool = False) -> Bulletin:
    """Compose the bulletin of a quarter, half-year or year from its published months.

    After an issued one it is asked for with ``again``, and its words say which paper it replaces. Raises
    BulletinError for anybody but the office, for a month, while a month is not published, and beside another draft.
    """
    if not may_compose(actor):
        raise BulletinError("只有市工业推进办可以起草通报。")
    if refusal := standing_in_the_way(period, again=again):
        raise BulletinError(refusal)
    former = Bulletin.objects.issued().of(period).last()
    try:
        run = compute_period(period=period, at=at, actor=actor)
    except RunError as error:
        raise BulletinError(str(error)) from error
    numbers = numbers_of(run)
    try:
        with transaction.atomic():
            bulletin = Bulletin.objects.create(
                kind=period.kind,
                period=period.key,
                run=run,
                title=wording.title(period),
                addressees=wording.ADDRESSEES,
                sections=wording.sections(period, numbers, replaced=former.document_number if former else ""),
                numbers=numbers,
                composed_at=at,
                composed_by=actor.user,
            )
    except IntegrityError as error:
        # Somebody else composed the same period at the same moment; what was computed here goes with it.
        raise BulletinError(standing_in_the_way(period, again=again)) from error
    _keep_version(bulletin, actor, at)
    return bulletin


def standing_in_the_way(period: Period, *, again: bool) -> str:
    """Say which paper of the period keeps another from being composed; empty when none does."""
    if Bulletin.objects.drafts().of(period).exists():
        return f"{period.label}已有一份草稿，请在那份上修改，或先把它搁置再起草。"
    issued = Bulletin.objects.issued().of(period).last()
    if issued is not None and not again:
        return (
            f"{period.label}已印发{issued.document_number}，印发的不能再改。确须更正的，勾选“重新印发”再起草，"
            "另编文号，文中写明替代原件。"
        )
    return ""


@transaction.atomic
def edit(
    *, bulletin: Bulletin, title: str, texts: Mapping[str, str], base: int, actor: Actor, at: datetime
) -> Bulletin:
    """Save title and words as a new version; ``texts`` maps a section's code to its lines.

    The numbers are not text: they stay those of the run. ``base`` is the version that was opened for editing.
    Raises StaleError when a later one is there, BulletinError when words can no longer change.
    """
    if not may_compose(actor):
        raise BulletinError("只有市工业推进办可以修改通报。")
    bulletin = _locked(bulletin)
    if bulletin.version != base:
        raise StaleError(
            f"您打开的是第{base}版，其间已有人保存了第{bulletin.version}版；您的文字没有保存，仍在下面。"
        )
    before = (bulletin.title, [list(section["paragraphs"]) for section in bulletin.sections])
    bulletin.title = title.strip()
    for section in bulletin.sections:
        if section["code"] in texts:
            lines = texts[section["code"]].splitlines()
            section["paragraphs"] = [line.strip() for line in lines if line.strip()]
    if before == (bulletin.title, [section["paragraphs"] for section in bulletin.sections]):
        return bulletin
    bulletin.version += 1
    bulletin.save(update_fields=["title", "sections", "version"])
    _keep_version(bulletin, actor, at)
    return bulletin


def _keep_version(bulletin: Bulletin, actor: Actor, at: datetime) -> None:
    BulletinVersion.objects.create(
        bulletin=bulletin,
        number=bulletin.version,
        title=bulletin.title,
        sections=bulletin.sections,
        saved_at=at,
        saved_by=actor.user,
    )


@transaction.atomic
def set_aside(*, bulletin: Bulletin, actor: Actor, at: datetime) -> Bulletin:
    """Set a draft aside: it stays readable with all its versions, and is neither changed nor issued any more."""
    if not may_compose(actor):
        raise BulletinError("只有市工业推进办可以搁置草稿。")
    bulletin = _locked(bulletin)
    bulletin.set_aside_at, bulletin.set_aside_by = at, actor.user
    bulletin.save(update_fields=["set_aside_at", "set_aside_by"])
    return bulletin


@transaction.atomic
def issue(*, bulletin: Bulletin, actor: Actor, at: datetime, number: int | None = None) -> Bulletin:
    """Give a number (the year's next unless told otherwise) and freeze text and numbers.

    Done by a lead of the office who wrote no version. Raises BulletinError for the wrong person, for a number that is
    taken, and while something of ``obstacles`` stands in the way.
    """
    if not may_issue(actor):
        raise BulletinError("只有市工业推进办负责人可以签发。")
    bulletin = _locked(bulletin)
    if actor.user is None or bulletin.versions.filter(saved_by=actor.user).exists():
        raise BulletinError("须由起草人、修改人以外的另一位负责人签发。")
    if found := obstacles(bulletin):
        raise BulletinError("".join(found))
    bulletin.year = local_day(at).year
    bulletin.number = number or Bulletin.objects.last_number(bulletin.year) + 1
    bulletin.issued_at, bulletin.issued_by = at, actor.user
    try:
        with transaction.atomic():
            bulletin.save(update_fields=["year", "number", "issued_at", "issued_by"])
    except IntegrityError as error:
        raise BulletinError(f"{bulletin.document_number}已经用过，请换一个文号。") from error
    reason = f"重新印发：{bulletin.document_number}"
    try:
        publish(run=bulletin.run, actor=actor, at=at, correction_reason=reason)
    except RunError as error:
        raise BulletinError(str(error)) from error
    return bulletin


def obstacles(bulletin: Bulletin) -> list[str]:
    """Say what keeps a draft from being issued: corrected months, too many words, a character without a glyph."""
    found = []
    holding = ScoringRun.objects.published().filter(pk__in=bulletin.run.pooled).count()
    if holding != len(bulletin.run.pooled):
        found.append("起草后有月份作了更正，请重新起草。")
    length = wording.length(bulletin.title, bulletin.sections)
    if length > wording.LONGEST:
        found.append(f"全文{length}字，超过{wording.LONGEST}字，请先删减。")
    found += map(str, glyphs.missing(paper_of(bulletin).texts()))
    return found


def why_it_stands(bulletin: Bulletin) -> str:
    """Say why words can no longer change; empty for a draft."""
    if bulletin.issued_at is not None:
        return f"{bulletin.document_number}已经印发，文字和数据都不能再改。"
    if bulletin.set_aside_at is not None:
        return "这份草稿已经搁置，不能再改或签发；请重新起草。"
    return ""


def _locked(bulletin: Bulletin) -> Bulletin:
    locked = (
        Bulletin.objects.select_for_update(of=("self",), no_key=True)
        .select_related("run")
        .get(pk=bulletin.pk)
    )
    if stands := why_it_stands(locked):
        raise BulletinError(stands)
    return locked

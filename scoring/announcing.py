"""Which step of a month tells whom what: a table, and one ``announce`` function. The steps are the outbox.

Appeals are told to the office and to the department whose they are; everything else to all who are scored. A review
is named by its number alone, as everywhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from typing import Any

from django.db import transaction
from django.urls import reverse

from requests_desk.audiences import working_in
from requests_desk.notice_table import DESK, Channel, Kind
from requests_desk.notices import NEWS_FOR, Telling, tell
from scoring.models import Appeal, Exclusion, RunStep, Scorecard
from scoring.publishing import preview_until
from taian_factors.directory.models import Organization
from taian_factors.lib.periods import SHANGHAI, Period, local_day

BATCH = 20  # steps that one transaction tells
_RECORD = (
    *("assignment__organization", "assignment__factor_request", "review__assignment__organization"),
    *("duty_record__organization", "duty_record__duty"),
)
_RELATED = (
    "run",
    "appeal__organization",
    *(f"{case}__{part}" for case in ("appeal", "exclusion") for part in _RECORD),
)


class To(Enum):
    """Who is told."""

    OFFICE = auto()
    SCORED = auto()  # every department with a card in the run
    CONCERNED = auto()  # the one department that the appeal or exclusion is about


OFFICE, SCORED, CONCERNED = To.OFFICE, To.SCORED, To.CONCERNED
Verb = RunStep.Verb
# Words in braces: see ``_words``; {mine} is the department's own place and total.
# fmt: off
_TABLE: tuple[tuple[Verb, To, str], ...] = (
    # step                   who is told  text
    (Verb.COMPUTED,          OFFICE,    "{period}第 {run} 次计算已完成，可以核对。"),
    (Verb.PREVIEWED,         OFFICE,    "{period}排名已向各部门预公布，{until}前可以申诉。"),
    (Verb.PREVIEWED,         SCORED,    "{period}排名{again}预公布：{mine}。有异议的在 {until}前申诉，逾期视为认可。"),
    (Verb.RENEWED,           OFFICE,    "{period}预公布的排名已按剔除决定更新，申诉期不变。"),
    (Verb.RENEWED,           SCORED,    "{period}预公布的排名已按剔除决定更新：{mine}。申诉期仍到 {until}止。"),
    (Verb.APPEALED,          OFFICE,    "{body}对{period}的{record}提出申诉：{reason}。请在 {due}前由另一人决定。"),
    (Verb.APPEAL_DECIDED,    CONCERNED, "本部门对{period}{record}的申诉{verdict}：{decision}"),
    (Verb.APPEAL_DECIDED,    OFFICE,    "{body}对{period}{record}的申诉{verdict}：{decision}"),
    (Verb.PROPOSED,          OFFICE,    "{period}登记剔除{body}的{record}：{reason}。待另一人决定。"),
    (Verb.EXCLUSION_DECIDED, OFFICE,    "{period}剔除{body}的{record}{verdict}：{decision}"),
    (Verb.CLOSED,            OFFICE,    "{period}申诉期已满，{waiting}。"),
    (Verb.CLOSED,            SCORED,    "{period}申诉期已满，不再受理申诉；已提出的决定后公布。"),
    (Verb.PUBLISHED,         OFFICE,    "{period}排名已公布。"),
    (Verb.PUBLISHED,         SCORED,    "{period}排名已公布：{mine}。"),
    (Verb.CORRECTED,         OFFICE,    "{period}排名作第 {correction} 次更正：{why}"),
    (Verb.CORRECTED,         SCORED,    "{period}排名作第 {correction} 次更正：{why}。更正后{mine}。"),
)
# fmt: on
# Nobody is told: what takes its place is told.
SILENT = {Verb.SUPERSEDED}
NOTICES: Mapping[str, list[tuple[To, str]]] = {
    verb: [(to, text) for other, to, text in _TABLE if other == verb] for verb in Verb if verb not in SILENT
}


@dataclass(frozen=True)
class _Heard:
    """One body that is told of a step, and the text for it."""

    body_id: int
    text: str
    url: str


def announce(*, at: datetime) -> int:
    """Tell of the steps of which nobody was told yet; return how many. Safe to run twice, also at once."""
    told = 0
    while count := _announce_some(at=at):
        told += count
    return told


@transaction.atomic
def _announce_some(*, at: datetime) -> int:
    waiting = RunStep.objects.to_announce().select_related(*_RELATED)
    steps = list(waiting.select_for_update(of=("self",), no_key=True, skip_locked=True)[:BATCH])
    office = list(Organization.objects.filter(kind=Organization.Kind.OFFICE).values_list("pk", flat=True))
    for step in steps:
        for heard in _heard(step, office):
            users = working_in([heard.body_id], day=local_day(at)) - {step.user_id}
            tell(_telling(step, heard, at), at=at, users=users)
    RunStep.objects.filter(pk__in=[step.pk for step in steps]).update(announced_at=at)
    return len(steps)


def _telling(step: RunStep, heard: _Heard, at: datetime) -> Telling:
    is_news = step.at >= at - NEWS_FOR
    return Telling(
        subject_key=f"run-step:{step.pk}:{heard.body_id}",
        kind=Kind.COMPETITION,
        text=heard.text,
        channels=DESK if is_news else {Channel.PORTAL},
        url=heard.url,
    )


def _heard(step: RunStep, office: list[int]) -> list[_Heard]:
    words, which = _words(step), f"?period={step.run.period}&run={step.run_id}"
    case = step.appeal or step.exclusion
    url = reverse("scoring:appeals") if case else reverse("scoring:rankings") + which
    found = []
    for to, text in NOTICES.get(Verb(step.verb), []):
        if to is SCORED:
            found += [_to_scored(card, text, words) for card in step.run.cards.all()]
        else:
            bodies = office if to is OFFICE else [step.appeal.organization_id] if step.appeal else []
            found += [_Heard(body, text.format_map(words), url) for body in bodies]
    return found


def _to_scored(card: Scorecard, text: str, words: Mapping[str, Any]) -> _Heard:
    """Tell a department, with its own place, and lead it to the reasons of its own score."""
    url = reverse("scoring:why", args=[words["key"], card.code]) + f"?run={card.run_id}"
    return _Heard(card.organization_id, text.format_map({**words, "mine": _mine(card)}), url)


def _mine(card: Scorecard) -> str:
    return f"本部门第 {card.place} 名，{card.total} 分" if card.place else "本部门无应办事项，不排名"


def _words(step: RunStep) -> dict[str, Any]:
    run, period = step.run, Period.parse(step.run.period)
    until = preview_until(period)
    words: dict[str, Any] = {
        "period": period.label,
        "key": run.period,
        "run": run.pk,
        "until": _moment(until),
        "again": "重新计算后再次" if _was_shown_before(step) else "已",
        "correction": run.correction_number,
        "why": run.correction_reason.rstrip("。"),
        "waiting": _waiting(period) if step.verb == Verb.CLOSED else "",
    }
    case = step.appeal or step.exclusion
    return words if case is None else words | _case_words(case)


def _was_shown_before(step: RunStep) -> bool:
    if step.verb != Verb.PREVIEWED:
        return False
    before = RunStep.objects.filter(run__period=step.run.period, verb=Verb.PREVIEWED, pk__lt=step.pk)
    return before.exists()


def _waiting(period: Period) -> str:
    open_ones = Appeal.objects.about(period).undecided().count()
    return f"还有 {open_ones} 件申诉待决定" if open_ones else "没有待决定的申诉，可以公布"


def _case_words(case: Appeal | Exclusion) -> dict[str, Any]:
    return {
        "body": _body(case).short,
        "record": _record(case),
        "reason": case.reason,
        "decision": case.decision.rstrip("。") + "。",
        "verdict": "成立" if case.is_upheld else "不成立",
        "due": _moment(case.decide_due_at) if isinstance(case, Appeal) else "",
    }


def _body(case: Appeal | Exclusion) -> Organization:
    if case.duty_record is not None:
        return case.duty_record.organization
    assignment = case.assignment or case.review.assignment
    return assignment.organization


def _record(case: Appeal | Exclusion) -> str:
    if case.assignment is not None:
        return f"事项 {case.assignment.factor_request.number}"
    if case.review is not None:
        return f"评价 {case.review.number}"
    return f"工作“{case.duty_record.duty.title}”"


def _moment(at: datetime | None) -> str:
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M} " if at else ""

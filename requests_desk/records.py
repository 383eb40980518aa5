"""The verbs of the table of records: dated rows beside the matter that leave its state alone.

Same shape as ``transitions``: keyword-only, atomic, ``actor`` and ``at``, ``begin`` first, one event each.
"""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from requests_desk.deadlines import CONTACT_HOURS
from requests_desk.filetypes import Paper
from requests_desk.handing import SUPPORT, open_assignment, running, running_lead
from requests_desk.journal import RefusedError, begin, needed, record
from requests_desk.keeping import keep
from requests_desk.models import Assignment, FactorRequest, Reply, RequestEvent, Whistle
from requests_desk.pleas import has_plea
from requests_desk.transitions.answering import Answer, stop_reply_clock, write_reply
from requests_desk.workflow import Party
from taian_factors.directory.actors import Actor
from taian_factors.directory.models import CalendarYear, Organization
from taian_factors.lib.periods import local_day


@transaction.atomic
def acknowledge(factor_request: FactorRequest, *, actor: Actor, at: datetime) -> RequestEvent:
    """签收 by the lead or a support, each for itself; a second time is refused."""
    begin("acknowledge", factor_request, actor)
    assignment = own_part(factor_request, actor)
    if assignment.acknowledged_at is not None:
        raise RefusedError("本单位已经签收。")
    assignment.acknowledged_at = at
    assignment.save(update_fields=["acknowledged_at"])
    return record("acknowledge", factor_request, actor=actor, at=at, assignment=assignment)


@transaction.atomic
def interim_reply(
    factor_request: FactorRequest, *, text: str, next_word_on: date, actor: Actor, at: datetime
) -> RequestEvent:
    """阶段性回复: progress, with the date of the next word. It does not stop the reply clock."""
    begin("interim_reply", factor_request, actor)
    assignment = running_lead(factor_request)
    if next_word_on <= local_day(at):
        raise RefusedError("下次回复日期应在今天之后。", "next_word_on")
    Reply.objects.create(
        assignment=assignment,
        outcome=Reply.Outcome.INTERIM,
        text=needed(text, "text", "请写明进展。"),
        next_word_on=next_word_on,
        author=actor.user,
        replied_at=at,
    )
    detail = {"next_word_on": next_word_on.isoformat()}
    return record(
        "interim_reply", factor_request, actor=actor, at=at, text=text, detail=detail, assignment=assignment
    )


@transaction.atomic
def support_reply(factor_request: FactorRequest, *, text: str, actor: Actor, at: datetime) -> RequestEvent:
    """协办回复: a support's opinion, on its own clock; it never moves the state."""
    begin("support_reply", factor_request, actor)
    assignment = own_part(factor_request, actor, SUPPORT)
    write_reply(assignment, Answer(text), actor=actor, at=at)
    stop_reply_clock(assignment, at=at)
    return record("support_reply", factor_request, actor=actor, at=at, text=text, assignment=assignment)


@transaction.atomic
def add_support(
    factor_request: FactorRequest, *, support: Organization, reason: str, actor: Actor, at: datetime
) -> RequestEvent:
    """增加协办: one more body, with its own clock from now on."""
    begin("add_support", factor_request, actor)
    if support.pk in {a.organization_id for a in running(factor_request)}:
        raise RefusedError(f"{support.short}已在办理这项需求。", "support")
    calendar = CalendarYear.objects.calendar()
    assignment = open_assignment(
        factor_request, support, part=SUPPORT, at=at, calendar=calendar, reason=reason
    )
    detail = {"support": support.short}
    return record(
        "add_support", factor_request, actor=actor, at=at, text=reason, detail=detail, assignment=assignment
    )


@transaction.atomic
def whistle(factor_request: FactorRequest, *, text: str, actor: Actor, at: datetime) -> RequestEvent:
    """企业吹哨: the lead must report in within two working hours; one open whistle at a time."""
    begin("whistle", factor_request, actor)
    assignment = running_lead(factor_request)
    if assignment.whistles.filter(reported_in_at__isnull=True).exists():
        raise RefusedError("已经吹哨，正在等部门报到。")
    due = CalendarYear.objects.calendar().add_hours(at, CONTACT_HOURS)
    Whistle.objects.create(assignment=assignment, text=text, whistled_at=at, due_at=due)
    return record("whistle", factor_request, actor=actor, at=at, text=text, assignment=assignment)


@transaction.atomic
def report_in(factor_request: FactorRequest, *, text: str, actor: Actor, at: datetime) -> RequestEvent:
    """部门报到: the lead's first contact after a whistle; late ones show as late."""
    begin("report_in", factor_request, actor)
    assignment = running_lead(factor_request)
    open_whistle = assignment.whistles.filter(reported_in_at__isnull=True).first()
    if open_whistle is None:
        raise RefusedError("没有待报到的吹哨。")
    open_whistle.reported_in_at = at
    open_whistle.save(update_fields=["reported_in_at"])
    detail = {"is_late": at > open_whistle.due_at}
    return record(
        "report_in", factor_request, actor=actor, at=at, text=text, detail=detail, assignment=assignment
    )


@transaction.atomic
def contest(factor_request: FactorRequest, *, text: str, actor: Actor, at: datetime) -> RequestEvent:
    """提出异议 against 不符合条件, once."""
    begin("contest", factor_request, actor)
    _only_once("contest", factor_request, "已经提出过异议，请等推进办答复。")
    return record("contest", factor_request, actor=actor, at=at, text=needed(text, "text", "请写明异议。"))


@transaction.atomic
def ask_reopening(factor_request: FactorRequest, *, text: str, actor: Actor, at: datetime) -> RequestEvent:
    """申请重新办理 of what was refused, confirmed or written off by mistake, once."""
    begin("ask_reopening", factor_request, actor)
    _only_once("ask_reopening", factor_request, "已经申请过，请等推进办答复。")
    return record(
        "ask_reopening", factor_request, actor=actor, at=at, text=needed(text, "text", "请写明理由。")
    )


@transaction.atomic
def uphold(factor_request: FactorRequest, *, reason: str, actor: Actor, at: datetime) -> RequestEvent:
    """维持原决定: the answer to a plea that is not granted; one that is, reopens the matter or has it filed again."""
    begin("uphold", factor_request, actor)
    if not has_plea(factor_request):
        raise RefusedError("企业没有等待答复的异议或申请。")
    return record("uphold", factor_request, actor=actor, at=at, text=needed(reason, "reason", "请写明理由。"))


@transaction.atomic
def note(factor_request: FactorRequest, *, text: str, actor: Actor, at: datetime) -> RequestEvent:
    """内部备注, never shown to the enterprise."""
    begin("note", factor_request, actor)
    text = needed(text, "text", "请写明备注。")
    return record("note", factor_request, actor=actor, at=at, text=text, is_internal=True)


@transaction.atomic
def supplement(
    factor_request: FactorRequest,
    *,
    text: str,
    actor: Actor,
    at: datetime,
    papers: Sequence[Paper] = (),
    is_internal: bool = False,
) -> RequestEvent:
    """补充材料: a word, papers or both, by whoever works on it. What a support adds advises the lead only."""
    found = begin("supplement", factor_request, actor)
    if not text.strip() and not papers:
        raise RefusedError("请写明情况，或选择要补充的文件。", "text")
    is_internal = is_internal or found == Party.SUPPORT
    detail = {"papers": [paper.name for paper in papers]}
    event = record(
        "supplement",
        factor_request,
        actor=actor,
        at=at,
        text=text.strip(),
        detail=detail,
        is_internal=is_internal,
    )
    keep(papers, filing=factor_request.filing, factor_request=factor_request, event=event, actor=actor, at=at)
    return event


@transaction.atomic
def phone(
    factor_request: FactorRequest, *, has_answered: bool, text: str, actor: Actor, at: datetime
) -> RequestEvent:
    """电话催确认: one try to reach an enterprise that does not confirm."""
    begin("phone", factor_request, actor)
    detail = {"has_answered": has_answered}
    return record("phone", factor_request, actor=actor, at=at, text=text, detail=detail, is_internal=True)


@transaction.atomic
def call_back(
    factor_request: FactorRequest, *, is_solved: bool | None, text: str, actor: Actor, at: datetime
) -> RequestEvent:
    """回访: the office asks the enterprise itself; ``is_solved`` None means nobody was reached."""
    begin("call_back", factor_request, actor)
    detail = {
        "is_solved": is_solved,
        "matches": None if is_solved is None else is_solved == _claims(factor_request),
    }
    return record("call_back", factor_request, actor=actor, at=at, text=text, detail=detail, is_internal=True)


def own_part(factor_request: FactorRequest, actor: Actor, part: Assignment.Part | None = None) -> Assignment:
    """Return the running assignment of the actor's body."""
    found = [a for a in running(factor_request, part) if a.organization_id == actor.organization.pk]
    if not found:
        raise RefusedError("本单位没有这项需求的在办任务。")
    return found[0]


def _claims(factor_request: FactorRequest) -> bool:
    """Whether the record says that it is solved: completed, and the enterprise did not answer otherwise."""
    return factor_request.answer in {"", FactorRequest.Answer.SOLVED, FactorRequest.Answer.SILENT}


def _only_once(verb: str, factor_request: FactorRequest, message: str) -> None:
    if factor_request.events.filter(verb=verb).exists():
        raise RefusedError(message)

"""What the enterprise and the office say at the end: 确认, 重办, 不符合条件, 销号, 重新办理."""

from datetime import datetime

from django.db import transaction

from requests_desk.deadlines import REDO_DAYS, in_factor_week
from requests_desk.handing import LEAD, end, open_assignment, running, running_lead
from requests_desk.journal import RefusedError, begin, move, needed
from requests_desk.models import Assignment, FactorRequest, OpenCall, RequestEvent
from requests_desk.pleas import has_plea
from requests_desk.transitions.assigning import turned
from requests_desk.workflow import Party, State
from taian_factors.directory.actors import Actor
from taian_factors.directory.models import CalendarYear
from taian_factors.lib.periods import local_day

# What a request forgets when it goes back to work; its events keep it.
_NOT_COMPLETED = {"completed_at": None, "confirm_due_at": None, "confirmed_at": None, "answer": ""}


@transaction.atomic
def confirm(
    factor_request: FactorRequest, *, answer: FactorRequest.Answer, text: str = "", actor: Actor, at: datetime
) -> RequestEvent:
    """确认办结: the enterprise answers; 未解决 is a redo at once. The office may only note silence.

    Silence: after the deadline, and after three calls on two days (workflow §2).
    """
    if answer == FactorRequest.Answer.UNSOLVED:
        return redo(factor_request, reason=text or "企业答复未解决", actor=actor, at=at)
    found = begin("confirm", factor_request, actor)
    if Party.FILER in found and answer == FactorRequest.Answer.SILENT:
        raise RefusedError("请选择已解决、部分解决或未解决。", "answer")
    if Party.FILER not in found:
        _check_silence(factor_request, answer, at)
    return move("confirm", factor_request, actor=actor, at=at, text=text, confirmed_at=at, answer=answer)


@transaction.atomic
def redo(factor_request: FactorRequest, *, reason: str, actor: Actor, at: datetime) -> RequestEvent:
    """退回重办: the assignment ends as undone, a new one opens for the same department, due in five working days."""
    begin("redo", factor_request, actor)
    text = needed(reason, "reason", "请写明哪里没有解决。")
    old = running_lead(factor_request)
    end([old], reason=Assignment.End.REDONE, at=at)
    calendar = CalendarYear.objects.calendar()
    days = min(factor_request.factor.reply_days, REDO_DAYS)
    new = open_assignment(
        factor_request,
        old.organization,
        part=LEAD,
        at=at,
        calendar=calendar,
        reason=text,
        reply_days=days,
        complete_days=REDO_DAYS,
    )
    return turned("redo", factor_request, new, actor=actor, at=at, text=text, **_NOT_COMPLETED)


@transaction.atomic
def declare_ineligible(
    factor_request: FactorRequest, *, basis: str, actor: Actor, at: datetime
) -> RequestEvent:
    """不符合办理条件: the office decides, with the basis in policy; every running part ends."""
    begin("declare_ineligible", factor_request, actor)
    text = needed(basis, "basis", "请写明政策依据。")
    end(running(factor_request), reason=Assignment.End.INELIGIBLE, at=at)
    return move(
        "declare_ineligible",
        factor_request,
        actor=actor,
        at=at,
        text=text,
        ineligible_at=at,
        reason=text[:300],
    )


@transaction.atomic
def write_off(factor_request: FactorRequest, *, text: str = "", actor: Actor, at: datetime) -> RequestEvent:
    """销号 in a factor week: the first five working days of January, April, July and October."""
    begin("write_off", factor_request, actor)
    if not in_factor_week(at, CalendarYear.objects.calendar()):
        raise RefusedError("销号只在要素保障周（每季度首月前五个工作日）进行。")
    calls = OpenCall.objects.awaiting_acceptance().filter(factor_request=factor_request)
    if factor_request.state == State.CONFIRMED and calls.exists():
        raise RefusedError("揭榜事项须先经推进办验收，才能销号。")
    if factor_request.state == State.INELIGIBLE and has_plea(factor_request):
        raise RefusedError("企业的异议还没有答复，不能销号。")
    return move("write_off", factor_request, actor=actor, at=at, text=text, written_off_at=at)


@transaction.atomic
def write_off_by_case(
    factor_request: FactorRequest, *, decision: str, actor: Actor, at: datetime
) -> RequestEvent:
    """一事一议销号: an office lead's decision on a matter that was marked for it."""
    begin("write_off_by_case", factor_request, actor)
    if not factor_request.is_case_by_case:
        raise RefusedError("只有已列为一事一议的需求才能这样销号。")
    text = needed(decision, "decision", "请写明一事一议的决定。")
    end(running(factor_request), reason=Assignment.End.WRITTEN_OFF, at=at)
    return move("write_off_by_case", factor_request, actor=actor, at=at, text=text, written_off_at=at)


@transaction.atomic
def reopen(factor_request: FactorRequest, *, reason: str, actor: Actor, at: datetime) -> RequestEvent:
    """重新办理 what was closed by mistake: a new assignment for the last lead; nothing is edited."""
    begin("reopen", factor_request, actor)
    text = needed(reason, "reason", "请写明重新办理的理由。")
    last = (
        factor_request.assignments.filter(part=LEAD)
        .select_related("organization")
        .latest("assigned_at", "pk")
    )
    end(running(factor_request), reason=Assignment.End.REOPENED, at=at)
    calendar = CalendarYear.objects.calendar()
    new = open_assignment(factor_request, last.organization, part=LEAD, at=at, calendar=calendar, reason=text)
    changes = {**_NOT_COMPLETED, "ineligible_at": None, "written_off_at": None}
    return move("reopen", factor_request, actor=actor, at=at, text=text, assignment=new, **changes)


def _check_silence(factor_request: FactorRequest, answer: str, at: datetime) -> None:
    if answer != FactorRequest.Answer.SILENT:
        raise RefusedError("推进办不能替企业答复，只能在联系不上时记为“未答复”。", "answer")
    if factor_request.confirm_due_at and at <= factor_request.confirm_due_at:
        raise RefusedError("企业确认期限未到，还不能记为未答复。", "answer")
    calls = factor_request.events.filter(verb="phone", at__gte=factor_request.completed_at)
    if calls.count() < 3 or len({local_day(moment) for moment in calls.values_list("at", flat=True)}) < 2:
        raise RefusedError("须在两天内至少电话联系三次，才能记为未答复。", "answer")

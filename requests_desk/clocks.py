"""Records that change a clock: hand-backs (退回), extensions (延期) and suspensions (挂起)."""

from datetime import datetime

from django.db import transaction

from requests_desk.deadlines import EXTENSION_DAYS, HAND_BACK_DAYS, RULING_DAYS, warn_moment
from requests_desk.handing import check_can_lead, resume, running_lead, suspend
from requests_desk.journal import RefusedError, begin, needed, record
from requests_desk.models import Assignment, Extension, FactorRequest, HandBack, RequestEvent, Suspension
from requests_desk.transitions.assigning import reassign
from taian_factors.directory.actors import Actor
from taian_factors.directory.models import CalendarYear, Organization

RULINGS = 2  # the second is final


@transaction.atomic
def hand_back(
    factor_request: FactorRequest, *, reason: str, suggested: Organization, actor: Actor, at: datetime
) -> RequestEvent:
    """申请退回 within two working days, naming the body it should be; state and clock stay."""
    begin("hand_back", factor_request, actor)
    assignment = running_lead(factor_request)
    calendar = CalendarYear.objects.calendar()
    if at > calendar.end_after(assignment.assigned_at, HAND_BACK_DAYS):
        raise RefusedError(f"退回须在交办后 {HAND_BACK_DAYS} 个工作日内提出，期限已过。")
    mine = HandBack.objects.filter(
        assignment__factor_request=factor_request, assignment__organization=actor.organization
    )
    if mine.filter(ruled_at__isnull=True).exists():
        raise RefusedError("已经申请退回，请等推进办裁定。")
    if mine.count() >= RULINGS:
        raise RefusedError("推进办已两次裁定，不能再退回。")
    if suggested == actor.organization:
        raise RefusedError("请选择应当承办的其他单位。", "suggested")
    check_can_lead(suggested, factor_request.factor, field="suggested")
    HandBack.objects.create(
        assignment=assignment,
        reason=needed(reason, "reason", "请写明退回理由和职责依据。"),
        suggested=suggested,
        proposed_at=at,
        ruling_due_at=calendar.end_after(at, RULING_DAYS),
    )
    detail = {"suggested": suggested.short}
    return record(
        "hand_back",
        factor_request,
        actor=actor,
        at=at,
        text=reason,
        detail=detail,
        assignment=assignment,
        is_internal=True,
    )


@transaction.atomic
def rule_hand_back(
    factor_request: FactorRequest,
    *,
    is_upheld: bool,
    ruling: str,
    lead: Organization | None = None,
    actor: Actor,
    at: datetime,
) -> RequestEvent:
    """裁定退回: upheld, the office reassigns (to ``lead``, else the suggested body); refused, the deadlines stand."""
    begin("rule_hand_back", factor_request, actor)
    assignment = running_lead(factor_request)
    proposal = assignment.hand_backs.select_related("suggested").filter(ruled_at__isnull=True).first()
    if proposal is None:
        raise RefusedError("没有待裁定的退回申请。")
    proposal.ruled_at, proposal.is_upheld = at, is_upheld
    proposal.ruling = needed(ruling, "ruling", "请写明裁定意见。")
    proposal.save(update_fields=["ruled_at", "is_upheld", "ruling"])
    event = record(
        "rule_hand_back",
        factor_request,
        actor=actor,
        at=at,
        text=ruling,
        detail={"is_upheld": is_upheld},
        assignment=assignment,
        is_internal=True,
    )
    if is_upheld:
        handed_back = Assignment.End.HANDED_BACK
        to = lead or proposal.suggested
        return reassign(factor_request, lead=to, reason=ruling, actor=actor, at=at, end_reason=handed_back)
    return event


@transaction.atomic
def ask_extension(
    factor_request: FactorRequest, *, days: int, reason: str, actor: Actor, at: datetime
) -> RequestEvent:
    """申请延期 before the deadline to complete, once, one to ten working days."""
    begin("ask_extension", factor_request, actor)
    assignment = running_lead(factor_request)
    if not 1 <= days <= EXTENSION_DAYS:
        raise RefusedError(f"延期应为 1 至 {EXTENSION_DAYS} 个工作日。", "days")
    if assignment.complete_due_at is None:
        raise RefusedError("挂起期间不能申请延期。")
    if at > assignment.complete_due_at:
        raise RefusedError("办结期限已过，不能再申请延期。")
    if Extension.objects.filter(assignment=assignment).exists():
        raise RefusedError("每项任务只能申请一次延期。")
    Extension.objects.create(
        assignment=assignment,
        days=days,
        reason=needed(reason, "reason", "请写明延期理由。"),
        asked_at=at,
        old_due_at=assignment.complete_due_at,
    )
    detail = {"days": days}
    return record(
        "ask_extension", factor_request, actor=actor, at=at, text=reason, detail=detail, assignment=assignment
    )


@transaction.atomic
def decide_extension(
    factor_request: FactorRequest, *, is_approved: bool, decision: str, actor: Actor, at: datetime
) -> RequestEvent:
    """审批延期: approved, the deadline moves, counted from the old one however late the decision is.

    A suspension between asking and deciding has moved the old one; nothing of it is lost.
    """
    begin("decide_extension", factor_request, actor)
    assignment = running_lead(factor_request)
    extension = Extension.objects.filter(assignment=assignment, decided_at__isnull=True).first()
    if extension is None:
        raise RefusedError("没有待审批的延期申请。")
    extension.decided_at, extension.is_approved, extension.decision = at, is_approved, decision
    if is_approved:
        _extend(assignment, extension, factor_request.factor.complete_days)
    extension.save()
    detail = {
        "is_approved": is_approved,
        "new_due_at": extension.new_due_at and extension.new_due_at.isoformat(),
    }
    return record(
        "decide_extension",
        factor_request,
        actor=actor,
        at=at,
        text=decision,
        detail=detail,
        assignment=assignment,
    )


def _extend(assignment: Assignment, extension: Extension, limit_days: int) -> None:
    """Move the deadline to complete, counted from where it stands; a clock that stands still gets the days later."""
    calendar = CalendarYear.objects.calendar()
    if assignment.complete_due_at is None:
        standing = assignment.suspensions.get(opened_at__isnull=False, closed_at__isnull=True)
        standing.complete_days_left = (standing.complete_days_left or 0) + extension.days
        standing.save(update_fields=["complete_days_left"])
        return
    due = calendar.end_after(assignment.complete_due_at, extension.days)
    extension.new_due_at = assignment.complete_due_at = due
    assignment.complete_warn_at = warn_moment(due, limit_days + extension.days, calendar)
    assignment.save(update_fields=["complete_due_at", "complete_warn_at"])


@transaction.atomic
def ask_suspension(
    factor_request: FactorRequest, *, cause: Suspension.Cause, reason: str, actor: Actor, at: datetime
) -> RequestEvent:
    """申请挂起 before the running deadline, only while something outside the department is waited for."""
    begin("ask_suspension", factor_request, actor)
    assignment = running_lead(factor_request)
    if cause in {Suspension.Cause.CONSULTATION, Suspension.Cause.OPEN_CALL}:
        raise RefusedError("请选择等待企业补充材料、法定程序或等待上级审批。", "cause")
    if _next_due(assignment) is None or at > _next_due(assignment):
        raise RefusedError("期限已过或已挂起，不能申请挂起。")
    if assignment.suspensions.filter(decided_at__isnull=True).exists():
        raise RefusedError("已经申请挂起，请等推进办审批。")
    Suspension.objects.create(
        assignment=assignment, cause=cause, reason=needed(reason, "reason", "请写明挂起理由。"), asked_at=at
    )
    detail = {"cause": cause}
    return record(
        "ask_suspension",
        factor_request,
        actor=actor,
        at=at,
        text=reason,
        detail=detail,
        assignment=assignment,
    )


@transaction.atomic
def decide_suspension(
    factor_request: FactorRequest, *, is_approved: bool, decision: str = "", actor: Actor, at: datetime
) -> RequestEvent:
    """审批挂起: approved, the clocks stop now, never backwards."""
    begin("decide_suspension", factor_request, actor)
    assignment = running_lead(factor_request)
    suspension = assignment.suspensions.filter(decided_at__isnull=True).first()
    if suspension is None:
        raise RefusedError("没有待审批的挂起申请。")
    suspension.decided_at, suspension.is_approved = at, is_approved
    suspension.assignment = assignment
    if is_approved:
        suspend(suspension, at=at, calendar=CalendarYear.objects.calendar())
    else:
        suspension.save(update_fields=["decided_at", "is_approved"])
    detail = {"is_approved": is_approved}
    return record(
        "decide_suspension",
        factor_request,
        actor=actor,
        at=at,
        text=decision,
        detail=detail,
        assignment=assignment,
    )


@transaction.atomic
def resume_clock(
    factor_request: FactorRequest, *, reason: str = "", actor: Actor, at: datetime
) -> RequestEvent:
    """恢复计时: new deadlines from the working days that were left."""
    begin("resume", factor_request, actor)
    assignment = running_lead(factor_request)
    suspension = resume(assignment, at=at, calendar=CalendarYear.objects.calendar())
    if suspension is None:
        raise RefusedError("没有挂起的计时。")
    detail = {
        "reply_days_left": suspension.reply_days_left,
        "complete_days_left": suspension.complete_days_left,
    }
    return record(
        "resume", factor_request, actor=actor, at=at, text=reason, detail=detail, assignment=assignment
    )


def _next_due(assignment: Assignment) -> datetime | None:
    """The nearest deadline that still runs."""
    reply = assignment.reply_due_at if assignment.replied_at is None else None
    return min((due for due in (reply, assignment.complete_due_at) if due), default=None)

"""Opening and ending assignments: who holds a request, with deadlines that are fixed here and stored."""

from collections.abc import Iterable
from datetime import date, datetime

from requests_desk.deadlines import (
    ACKNOWLEDGE_DAYS,
    SUSPENSION_DAYS,
    Due,
    due_after,
    due_on,
    frozen_days,
    warn_moment,
)
from requests_desk.journal import RefusedError
from requests_desk.models import Assignment, DispatchRule, FactorRequest, Suspension
from taian_factors.directory.models import Factor, Organization
from taian_factors.lib.periods import local_day
from taian_factors.lib.workdays import WorkCalendar

LEAD, SUPPORT = Assignment.Part.LEAD, Assignment.Part.SUPPORT


def check_can_lead(organization: Organization, factor: Factor, *, field: str = "lead") -> None:
    """Refuse a lead of the wrong kind: finance is led by institutions, all else by departments or county offices."""
    if organization.kind not in factor.lead_kinds:
        who = "金融机构" if factor.is_finance else "部门或县市区推进办"
        raise RefusedError(f"“{factor.name}”类需求应由{who}主办，{organization.short}不能主办。", field)
    if not organization.is_active:
        raise RefusedError(f"{organization.short}已停用，不能再接受交办。", field)


def open_assignment(
    factor_request: FactorRequest,
    organization: Organization,
    *,
    part: Assignment.Part,
    at: datetime,
    calendar: WorkCalendar,
    reason: str = "",
    rule: DispatchRule | None = None,
    reply_days: int | None = None,
    complete_days: int | None = None,
    decided_on: date | None = None,
) -> Assignment:
    """Hand a request to a body. Limits are the factor's as of now; a support has no deadline to complete.

    ``decided_on`` is the day by which a joint table wants it done: a lead completes by then, a support replies.
    A lead of a case-by-case matter has that matter's own days, unless days are given.
    """
    factor, is_lead = factor_request.factor, part == LEAD
    reply_on, complete_on = (factor_request.own_reply_on, factor_request.own_complete_on)
    if decided_on is not None:
        reply_on, complete_on = (None, decided_on) if is_lead else (decided_on, None)
    elif not is_lead or complete_days:
        reply_on = complete_on = None
    reply = _due(reply_on, reply_days or factor.reply_days, at, calendar)
    complete = _due(complete_on, complete_days or factor.complete_days, at, calendar) if is_lead else None
    if complete is not None and complete.at < reply.at:
        reply = complete  # who is done has replied: an answer is never due after the end
    return Assignment.objects.create(
        factor_request=factor_request,
        organization=organization,
        part=part,
        reason=reason,
        rule=rule,
        assigned_at=at,
        acknowledge_due_at=calendar.end_after(at, ACKNOWLEDGE_DAYS),
        reply_due_at=reply.at,
        reply_warn_at=reply.warn_at,
        complete_due_at=complete and complete.at,
        complete_warn_at=complete and complete.warn_at,
    )


def _due(day: date | None, days: int, at: datetime, calendar: WorkCalendar) -> Due:
    """Return the deadline on a day that was decided, else after so many working days; a day that is past counts not."""
    if day is not None and day > local_day(at):
        return due_on(day, start=at, calendar=calendar)
    return due_after(at, days, calendar)


def keep_old_deadlines(assignment: Assignment) -> None:
    """Give a body that gets the same matter again the deadlines it had: handing back gains no time."""
    before = (
        Assignment.objects.filter(
            factor_request=assignment.factor_request_id,
            organization=assignment.organization_id,
            part=assignment.part,
            end_reason__in=[Assignment.End.HANDED_BACK, Assignment.End.REASSIGNED],
            reply_due_at__isnull=False,
        )
        .order_by("-assigned_at", "-pk")
        .first()
    )
    if before is None:
        return
    fields = ["reply_due_at", "reply_warn_at", "complete_due_at", "complete_warn_at"]
    for field in fields:
        setattr(assignment, field, getattr(before, field))
    assignment.save(update_fields=fields)


def running(factor_request: FactorRequest, part: Assignment.Part | None = None) -> list[Assignment]:
    """Return the assignments that have not ended, the lead first."""
    found = (
        factor_request.assignments.filter(ended_at__isnull=True)
        .select_related("organization")
        .order_by("part", "pk")
    )
    return [a for a in found if part is None or a.part == part]


def running_lead(factor_request: FactorRequest) -> Assignment:
    """Return the lead that holds the request; every request in hand has one."""
    (lead,) = running(factor_request, LEAD)
    return lead


def end(assignments: Iterable[Assignment], *, reason: Assignment.End, at: datetime) -> None:
    """End running assignments, each with its reason; an open suspension ends with them."""
    for assignment in assignments:
        assignment.suspensions.filter(opened_at__isnull=False, closed_at__isnull=True).update(closed_at=at)
        assignment.ended_at, assignment.end_reason = at, reason
        assignment.save(update_fields=["ended_at", "end_reason"])


def suspend(suspension: Suspension, *, at: datetime, calendar: WorkCalendar) -> None:
    """Stop the clocks of an assignment: store the working days left, empty the deadlines.

    A deadline that has passed unanswered stays: stopping the clock does not undo a miss.
    """
    assignment = suspension.assignment
    suspension.opened_at = at
    suspension.ends_by = calendar.end_after(at, SUSPENSION_DAYS)
    if assignment.replied_at is None and assignment.reply_due_at and assignment.reply_due_at >= at:
        suspension.reply_days_left = frozen_days(at=at, due=assignment.reply_due_at, calendar=calendar)
        assignment.reply_due_at = assignment.reply_warn_at = None
    if assignment.completed_at is None and assignment.complete_due_at and assignment.complete_due_at >= at:
        suspension.complete_days_left = frozen_days(at=at, due=assignment.complete_due_at, calendar=calendar)
        assignment.complete_due_at = assignment.complete_warn_at = None
    suspension.save()
    assignment.save(update_fields=["reply_due_at", "reply_warn_at", "complete_due_at", "complete_warn_at"])


def suspend_for(
    assignment: Assignment, cause: Suspension.Cause, *, at: datetime, calendar: WorkCalendar
) -> None:
    """Suspend a lead while a consultation or an open call lasts; one that is suspended stays so.

    What the lead itself asked for is decided first: two suspensions never run at once.
    """
    if assignment.suspensions.filter(decided_at__isnull=True).exists():
        number = assignment.factor_request.number
        raise RefusedError(f"{number} 有待审批的挂起申请，请先审批。")
    if not assignment.suspensions.filter(opened_at__isnull=False, closed_at__isnull=True).exists():
        suspension = Suspension(
            assignment=assignment, cause=cause, asked_at=at, decided_at=at, is_approved=True
        )
        suspend(suspension, at=at, calendar=calendar)


def resume(assignment: Assignment, *, at: datetime, calendar: WorkCalendar) -> Suspension | None:
    """Let the clocks run again: new deadlines from the days that were left. None when nothing was suspended."""
    suspension = assignment.suspensions.filter(opened_at__isnull=False, closed_at__isnull=True).first()
    if suspension is None:
        return None
    factor = assignment.factor_request.factor
    if suspension.reply_days_left is not None:
        due = calendar.end_after(at, suspension.reply_days_left)
        assignment.reply_due_at, assignment.reply_warn_at = due, warn_moment(due, factor.reply_days, calendar)
    if suspension.complete_days_left is not None:
        due = calendar.end_after(at, suspension.complete_days_left)
        assignment.complete_due_at, assignment.complete_warn_at = (
            due,
            warn_moment(due, factor.complete_days, calendar),
        )
    suspension.closed_at = at
    suspension.save(update_fields=["closed_at"])
    assignment.save(update_fields=["reply_due_at", "reply_warn_at", "complete_due_at", "complete_warn_at"])
    return suspension

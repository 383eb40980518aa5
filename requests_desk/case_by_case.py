"""一事一议: an office lead takes a matter out of the common rule, with days of its own."""

from datetime import date, datetime

from django.db import transaction

from requests_desk.deadlines import due_on
from requests_desk.handing import LEAD, running
from requests_desk.journal import RefusedError, begin, needed, record
from requests_desk.models import Assignment, FactorRequest, RequestEvent
from taian_factors.directory.actors import Actor
from taian_factors.directory.models import CalendarYear
from taian_factors.lib.periods import local_day


@transaction.atomic
def mark_case_by_case(
    factor_request: FactorRequest,
    *,
    reason: str,
    reply_on: date | None = None,
    complete_on: date | None = None,
    actor: Actor,
    at: datetime,
) -> RequestEvent:
    """列为一事一议, by an office lead; days of its own take the place of the factor's limits, for later leads too.

    What has passed stays passed: a deadline that was missed is not moved.
    """
    begin("mark_case_by_case", factor_request, actor)
    if factor_request.is_case_by_case:
        raise RefusedError("已列为一事一议。")
    text = needed(reason, "reason", "请写明理由。")
    _check_own_days(reply_on, complete_on, at)
    leads = running(factor_request, LEAD)
    detail = {"own_reply_on": reply_on and str(reply_on), "own_complete_on": complete_on and str(complete_on)}
    for assignment in leads:
        detail["old_due_at"] = assignment.complete_due_at and assignment.complete_due_at.isoformat()
        _take_own_days(assignment, reply_on, complete_on, at)
    return record(
        "mark_case_by_case",
        factor_request,
        actor=actor,
        at=at,
        text=text,
        detail={key: value for key, value in detail.items() if value},
        assignment=leads[0] if leads else None,
        is_case_by_case=True,
        own_reply_on=reply_on,
        own_complete_on=complete_on,
    )


def _check_own_days(reply_on: date | None, complete_on: date | None, at: datetime) -> None:
    today = local_day(at)
    for field, label, day in (("reply_on", "回复", reply_on), ("complete_on", "办结", complete_on)):
        if day is not None and day <= today:
            raise RefusedError(f"{label}日期应在今天之后。", field)
    if reply_on and complete_on and reply_on > complete_on:
        raise RefusedError("回复日期不应晚于办结日期。", "reply_on")


def _take_own_days(
    assignment: Assignment, reply_on: date | None, complete_on: date | None, at: datetime
) -> None:
    """Move the deadlines that still run to the matter's own days."""
    calendar = CalendarYear.objects.calendar()
    if complete_on and assignment.complete_due_at is None:
        raise RefusedError("计时已暂停，请先恢复计时，再定办结日期。", "complete_on")
    if complete_on and assignment.complete_due_at >= at:
        due = due_on(complete_on, start=at, calendar=calendar)
        assignment.complete_due_at, assignment.complete_warn_at = due.at, due.warn_at
    waits = assignment.replied_at is None and assignment.reply_due_at and assignment.reply_due_at >= at
    if reply_on and waits:
        due = due_on(reply_on, start=at, calendar=calendar)
        assignment.reply_due_at, assignment.reply_warn_at = due.at, due.warn_at
    assignment.save(update_fields=["reply_due_at", "reply_warn_at", "complete_due_at", "complete_warn_at"])

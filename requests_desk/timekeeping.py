"""What the clock does by itself: reminders before and after deadlines, withdrawals, clocks that run again.

Each act is done under the request's lock and asks again whether it is still due, so that running twice, or in two
workers at once, does it once.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from requests_desk.clocks import resume_clock
from requests_desk.journal import RefusedError, record
from requests_desk.models import Assignment, FactorRequest, HandBack, Suspension
from requests_desk.transitions import withdraw
from requests_desk.workflow import RUNNING, State
from taian_factors.directory.actors import Actor
from taian_factors.directory.models import CalendarYear, Organization
from taian_factors.lib.periods import at_local, local_day
from taian_factors.lib.workdays import END_OF_DAY, WorkCalendar

REMIND_AT = (-1, 0, 1, 5)  # working days after the deadline's day (workflow §3)
# state: what is due, its field, whose clock it is
_WAITING = {
    State.FILED: ("受理", "accept_due_at", "OFFICE"),
    State.ACCEPTED: ("交办", "assign_due_at", "OFFICE"),
    State.RETURNED: ("补正", "completion_asked_until", "FILER"),
    State.COMPLETED: ("确认", "confirm_due_at", "FILER"),
}


@dataclass(frozen=True)
class Reminder:
    """One deadline that is to be spoken of today; ``to`` is whose clock it is when it is no assignment's."""

    factor_request_id: int
    what: str
    due_at: datetime
    days: int
    assignment: Assignment | None = None
    to: str = ""

    @property
    def text(self) -> str:
        """What is due, and how far away that is."""
        words = {-1: "下一个工作日到期", 0: "今天到期"}
        when = words.get(self.days, f"已逾期 {self.days} 个工作日")
        return f"{self.what}{when}"


def remind(*, at: datetime) -> int:
    """Write one reminder per deadline at T−1, T, T+1 and T+5 working days; in working hours only. Return how many."""
    calendar = CalendarYear.objects.calendar()
    if not calendar.is_open(at):
        return 0
    office = Organization.objects.get(kind=Organization.Kind.OFFICE)
    found = [r for days in REMIND_AT for r in _due(_day(at, days, calendar), days)]
    return sum(_remind(reminder, Actor(None, office), at) for reminder in found)


def end_stale(*, at: datetime) -> int:
    """Do what runs out by itself: withdrawals and resumptions; return how many."""
    return withdraw_stale(at=at) + resume_overdue(at=at)


def withdraw_stale(*, at: datetime) -> int:
    """Withdraw what was returned and not completed in time, acting for its enterprise; return how many."""
    stale = FactorRequest.objects.filter(state=State.RETURNED, completion_asked_until__lt=at)

    def act(factor_request: FactorRequest) -> None:
        actor = Actor(None, factor_request.enterprise)
        withdraw(factor_request, reason="逾期未补正，自动撤回", actor=actor, at=at)

    return sum(_once(stale, pk, act) for pk in stale.order_by("pk").values_list("pk", flat=True))


def resume_overdue(*, at: datetime) -> int:
    """Let clocks run again whose suspension has lasted its longest; return how many.

    Consultations and open calls suspend as long as they last, so they are left to the office.
    """
    office = Organization.objects.get(kind=Organization.Kind.OFFICE)
    lasting = Suspension.objects.filter(opened_at__isnull=False, closed_at__isnull=True, ends_by__lt=at)
    lasting = lasting.exclude(cause__in=[Suspension.Cause.CONSULTATION, Suspension.Cause.OPEN_CALL])
    stale = FactorRequest.objects.running().filter(
        pk__in=lasting.filter(assignment__ended_at__isnull=True, assignment__part="lead").values(
            "assignment__factor_request"
        )
    )

    def act(factor_request: FactorRequest) -> None:
        resume_clock(factor_request, reason="挂起期满，自动恢复计时", actor=Actor(None, office), at=at)

    return sum(_once(stale, pk, act) for pk in stale.order_by("pk").values_list("pk", flat=True))


def _once(still_due, pk: int, act: Callable[[FactorRequest], None]) -> bool:
    """Do it, if the request can be locked now and is still due; a refusal leaves it for a person."""
    with transaction.atomic():
        locked = still_due.select_for_update(of=("self",), no_key=True, skip_locked=True)
        factor_request = locked.select_related("enterprise", "factor").filter(pk=pk).first()
        if factor_request is None:
            return False
        try:
            act(factor_request)
        except RefusedError:
            return False
        return True


def _day(at: datetime, days: int, calendar: WorkCalendar) -> date:
    """The deadline's day, of which today is ``days`` working days after."""
    today = local_day(at)
    return calendar.add(today, -days) if days < 0 else calendar.subtract(today, days)


def _due(day: date, days: int) -> Iterator[Reminder]:
    end = at_local(day, END_OF_DAY)
    held = Assignment.objects.filter(ended_at__isnull=True, factor_request__state__in=RUNNING)
    for a in held.filter(reply_due_at=end, replied_at__isnull=True):
        yield Reminder(a.factor_request_id, "回复", end, days, assignment=a)
    for a in held.leads().filter(complete_due_at=end, completed_at__isnull=True):
        yield Reminder(a.factor_request_id, "办结", end, days, assignment=a)
    ruling = HandBack.objects.filter(
        ruling_due_at=end, ruled_at__isnull=True, assignment__ended_at__isnull=True
    )
    for pk in ruling.values_list("assignment__factor_request", flat=True):
        yield Reminder(pk, "裁定退回", end, days, to="OFFICE")
    for state, (what, field, to) in _WAITING.items():
        for pk in FactorRequest.objects.filter(state=state, **{field: end}).values_list("pk", flat=True):
            yield Reminder(pk, what, end, days, to=to)


def _remind(reminder: Reminder, actor: Actor, at: datetime) -> bool:
    """Write the reminder's event, unless it is there already."""
    detail = {"what": reminder.what, "due_at": reminder.due_at.isoformat(), "days": reminder.days}
    with transaction.atomic():
        locked = FactorRequest.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
        factor_request = locked.filter(pk=reminder.factor_request_id).first()
        if factor_request is None:
            return False
        written = factor_request.events.filter(verb="remind", assignment=reminder.assignment)
        if written.filter(detail__contains=detail).exists():
            return False
        record(
            "remind",
            factor_request,
            actor=actor,
            at=at,
            text=reminder.text,
            detail={**detail, "to": reminder.to},
            assignment=reminder.assignment,
            is_internal=reminder.to != "FILER",
        )
        return True

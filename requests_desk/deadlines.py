"""When is something due, and which light does it show? Pure arithmetic on the working-day calendar.

Source: workflow.md §3 as kept in ``docs/``: the day of assignment does not count; a deadline is the end
(23:59:59, Asia/Shanghai) of the n-th working day after it.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from taian_factors.lib.periods import at_local, local_day
from taian_factors.lib.workdays import END_OF_DAY, WorkCalendar

OFFICE_DAYS = 1  # accepting, and assigning: each
ACKNOWLEDGE_DAYS = 1
CONTACT_HOURS = 2  # after a whistle
HAND_BACK_DAYS = 2
RULING_DAYS = 1
REDO_DAYS = 5
CONFIRM_DAYS = 5
COMPLETION_DAYS = 10  # a returned filing waits for its enterprise
EXTENSION_DAYS = 10
SUSPENSION_DAYS = 60
REVIEW_DAYS = 10
FOLLOW_UP_DAYS = 5  # to call back about a bad review
ESCALATE_AFTER = 3  # redos and reassignments together


class Light(StrEnum):
    """The colour of a running clock, from calm to alarming."""

    GREY = "grey"
    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"


@dataclass(frozen=True)
class Due:
    """A deadline and the moment from which it shows yellow."""

    at: datetime
    warn_at: datetime


def due_after(start: datetime, days: int, calendar: WorkCalendar) -> Due:
    """Return the deadline ``days`` working days after the day of ``start``, with its yellow moment."""
    due = calendar.end_after(start, days)
    return Due(due, warn_moment(due, days, calendar))


def due_on(day: date, *, start: datetime, calendar: WorkCalendar) -> Due:
    """Return the deadline at the end of a ``day`` that was decided, not counted, with its yellow moment.

    The limit, of which a third is left when it shows yellow, is the working days from ``start`` to that day.
    """
    due = at_local(day, END_OF_DAY)
    return Due(due, warn_moment(due, calendar.between(local_day(start), day), calendar))


def warn_moment(due: datetime, limit_days: int, calendar: WorkCalendar) -> datetime:
    """Return the moment from which ``due`` shows yellow.

    Yellow when what is left is at most the larger of one working day and a third of the limit; whole
    working days, today's not counted: with a limit of 3, the day before the due day is the first yellow one.
    """
    left = max(1, limit_days // 3)
    first_yellow = calendar.subtract(local_day(due), left)
    return due - (local_day(due) - first_yellow) - timedelta(hours=23, minutes=59, seconds=59)


def light(*, at: datetime, due: datetime | None, warn: datetime | None) -> Light:
    """Return the light of one clock; a clock without a due date is suspended."""
    if due is None or warn is None:
        return Light.GREY
    if at > due:
        return Light.RED
    return Light.YELLOW if at >= warn else Light.GREEN


_RANK = [Light.GREEN, Light.GREY, Light.YELLOW, Light.RED]


def worst(lights: list[Light]) -> Light:
    """Return the most alarming light; grey is worse than green, because nothing moves."""
    return max(lights, key=_RANK.index, default=Light.GREEN)


def days_left(*, at: datetime, due: datetime, calendar: WorkCalendar) -> int:
    """Count the working days left after today (0: due today); negative once the day has passed."""
    return calendar.between(local_day(at), local_day(due))


def frozen_days(*, at: datetime, due: datetime | None, calendar: WorkCalendar) -> int | None:
    """Return the working days that a suspension keeps for later: at least 0, None for a clock that had stopped."""
    return None if due is None else max(0, days_left(at=at, due=due, calendar=calendar))


FACTOR_WEEK_DAYS = 5


def factor_week(first_of_quarter: date, calendar: WorkCalendar) -> tuple[date, date]:
    """Return the first and the last day of the factor week with which a quarter begins."""
    first, last = (calendar.nth_of_month(first_of_quarter, number) for number in (1, FACTOR_WEEK_DAYS))
    return first, last


def in_factor_week(at: datetime, calendar: WorkCalendar) -> bool:
    """Say whether ``at`` lies in a factor week: the first five working days of January, April, July, October."""
    day = local_day(at)
    if day.month not in (1, 4, 7, 10) or not calendar.is_working(day):
        return False
    return calendar.between(day.replace(day=1) - timedelta(1), day) <= FACTOR_WEEK_DAYS

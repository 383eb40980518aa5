"""Factor weeks: the first five working days of January, April, July and October."""

from datetime import date, datetime
from random import Random

from taian_factors.demo.timeline import office_moment
from taian_factors.lib.periods import Period, local_day
from taian_factors.lib.workdays import WorkCalendar


def next_factor_week(at: datetime, calendar: WorkCalendar, chance: Random) -> datetime:
    """Return a moment in the factor week that comes after ``at`` (or in this one, when a day of it is left)."""
    month = Period.month_of(local_day(at))
    while True:
        if month.first_month in (1, 4, 7, 10):
            days = [day for day in week_of(month.first_day, calendar) if day > local_day(at)]
            if days:
                return office_moment(chance.choice(days), chance)
        month = month.shifted(1)


def week_of(first_day: date, calendar: WorkCalendar) -> list[date]:
    """Return the five days of the factor week that begins with a month."""
    return [calendar.nth_of_month(first_day, number) for number in range(1, 6)]

"""Working days of the State Council's calendar, make-up days (调休) included, as plain arithmetic."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from itertools import accumulate

from taian_factors.lib.periods import SHANGHAI, at_local, local_day

END_OF_DAY = time(23, 59, 59)
OPENING_HOURS = ((time(9), time(12)), (time(13, 30), time(17)))


@dataclass(frozen=True)
class WorkCalendar:
    """Which days are worked.

    ``exceptions`` maps a day to True (a weekend that is worked) or False (a weekday that is not).
    A year that is not in ``years`` counts Monday to Friday; ``knows`` tells whether a day is sure.
    """

    exceptions: dict[date, bool] = field(default_factory=dict)
    years: frozenset[int] = frozenset()

    def knows(self, day: date) -> bool:
        """Say whether the calendar of this day's year has been entered."""
        return day.year in self.years

    def is_working(self, day: date) -> bool:
        """Say whether ``day`` is worked."""
        if day.year in self.years and day in self.exceptions:
            return self.exceptions[day]
        return day.weekday() < 5

    def add(self, day: date, days: int) -> date:
        """Return the ``days``-th working day after ``day``, which itself does not count (0 gives ``day``)."""
        for _ in range(days):
            day += timedelta(1)
            while not self.is_working(day):
                day += timedelta(1)
        return day

    def subtract(self, day: date, days: int) -> date:
        """Return the ``days``-th working day before ``day``."""
        for _ in range(days):
            day -= timedelta(1)
            while not self.is_working(day):
                day -= timedelta(1)
        return day

    def between(self, start: date, end: date) -> int:
        """Count the working days after ``start`` up to and including ``end``; negative when ``end`` is earlier."""
        return self._count_until(end) - self._count_until(start)

    def end_after(self, moment: datetime, days: int) -> datetime:
        """Return the end (23:59:59) of the ``days``-th working day after the day of ``moment``."""
        return at_local(self.add(local_day(moment), days), END_OF_DAY)

    def nth_of_month(self, first_day: date, number: int) -> date:
        """Return the ``number``-th working day of the month that begins on ``first_day``."""
        return self.add(first_day - timedelta(1), number)

    def is_open(self, moment: datetime) -> bool:
        """Say whether ``moment`` lies in working hours."""
        local = moment.astimezone(SHANGHAI)
        return self.is_working(local.date()) and any(a <= local.time() < b for a, b in OPENING_HOURS)

    def add_hours(self, moment: datetime, hours: int) -> datetime:
        """Return the moment after ``hours`` working hours; outside hours the clock starts at the next opening."""
        left = timedelta(hours=hours)
        for start, end in self._openings(moment):
            if end - max(start, moment) >= left:
                return max(start, moment) + left
            left -= max(end - max(start, moment), timedelta())
        raise AssertionError("openings never end")

    def _count_until(self, day: date) -> int:
        """Count the working days up to and including ``day`` since a far Monday; one search, however long."""
        weeks, weekday = divmod(day.toordinal() - 1, 7)  # day 1 of the calendar was a Monday
        days, sums = self._corrections
        return weeks * 5 + min(weekday + 1, 5) + sums[bisect_right(days, day)]

    @cached_property
    def _corrections(self) -> tuple[list[date], list[int]]:
        """The days that differ from Monday to Friday, and what they add up to before each of them."""
        days = sorted(day for day in self.exceptions if day.year in self.years)
        steps = (self.exceptions[day] - (day.weekday() < 5) for day in days)
        return days, list(accumulate(steps, initial=0))

    def _openings(self, moment: datetime) -> Iterator[tuple[datetime, datetime]]:
        day = local_day(moment)
        while True:
            if self.is_working(day):
                for opens, closes in OPENING_HOURS:
                    if at_local(day, closes) > moment:
                        yield at_local(day, opens), at_local(day, closes)
            day += timedelta(1)

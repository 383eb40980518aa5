"""Things that happen one after another: a heap of moments, and whole seconds by chance."""

import heapq
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from itertools import count
from random import Random

from taian_factors.lib.periods import SHANGHAI, at_local
from taian_factors.lib.workdays import WorkCalendar

Step = Callable[[datetime], None]


class Timeline:
    """Steps in the order of their moments; a step may plan further ones, never before itself."""

    def __init__(self) -> None:
        self._heap: list[tuple[datetime, int, Step]] = []
        self._numbers = count()

    def plan(self, at: datetime, step: Step) -> None:
        """Have ``step`` happen at a moment; equal moments keep the order of planning."""
        heapq.heappush(self._heap, (at, next(self._numbers), step))

    def run(self, until: datetime | None = None, *, at_most: int | None = None) -> int:
        """Let happen what is planned up to a moment; return how many steps were made."""
        made = 0
        while self._heap and (until is None or self._heap[0][0] <= until) and made != at_most:
            at, _, step = heapq.heappop(self._heap)
            step(at)
            made += 1
        return made


def seconds(chance: Random, low: int, high: int) -> timedelta:
    """Return a stretch of whole seconds between two bounds."""
    return timedelta(seconds=chance.randint(low, high))


def minutes(chance: Random, low: int, high: int) -> timedelta:
    """Return a stretch of whole seconds between two bounds in minutes."""
    return seconds(chance, low * 60, high * 60)


def office_moment(day: date, chance: Random) -> datetime:
    """Return a moment in the office hours of a day, to the second."""
    if chance.random() < 0.45:
        return at_local(day, time(9)) + seconds(chance, 120, 10_500)
    return at_local(day, time(13, 30)) + seconds(chance, 120, 12_300)


def later(at: datetime, days: int, calendar: WorkCalendar, chance: Random) -> datetime:
    """Return a moment in office hours ``days`` working days later; with 0 later the same day, if there is time."""
    if days == 0:
        moment = at + minutes(chance, 12, 90)
        if calendar.is_open(moment):
            return moment
        days = 1
    return office_moment(calendar.add(at.astimezone(SHANGHAI).date(), days), chance)

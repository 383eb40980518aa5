"""How long will it take? An honest range from a stall's own day, or a word why there is none."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from math import ceil, floor, inf

ENOUGH = 5  # fewer served tickets than this say nothing about the next
LATEST = 20  # and what the stall needed in the morning says little about the afternoon
A_HEAD = 6  # minutes, only to compare stalls where nothing can be said


@dataclass(frozen=True)
class Pace:
    """A stall's pace, from call to end: a quick quarter is under ``low``, a slow one over ``high``."""

    served: int
    low: timedelta
    high: timedelta


def pace_of(took: Iterable[float]) -> Pace | None:
    """Return the pace of a stall from the seconds that its served tickets took, the latest last.

    >>> pace_of([240, 300, 360, 420, 480])
    Pace(served=5, low=datetime.timedelta(seconds=300), high=datetime.timedelta(seconds=420))
    """
    latest = sorted(list(took)[-LATEST:])
    if not latest:
        return None
    return Pace(len(latest), _quantile(latest, 0.25), _quantile(latest, 0.75))


@dataclass(frozen=True)
class Wait:
    """How many wait before one at a stall, how many of them are free to be called, and the range of minutes.

    No range while no desk calls, and none while the stall's day is too short.
    """

    ahead: int
    desks: int
    minutes: tuple[int, int] | None
    free: int = 0

    @property
    def is_paused(self) -> bool:
        """Nobody calls at this stall now."""
        return not self.desks

    @property
    def rank(self) -> tuple[float, int]:
        """What to sort by: the worse end of the range; without one, six minutes a head; who calls nobody is last."""
        if self.is_paused:
            return (inf, self.ahead)
        return (self.minutes[1] if self.minutes else (self.ahead + 1) * A_HEAD / self.desks, self.ahead)


def wait(ahead: int, desks: int, pace: Pace | None, *, free: int | None = None) -> Wait:
    """Work out the range: whole rounds before one's turn at the quick pace, and one more at the slow pace.

    Who waits ahead and is at a desk elsewhere now may be called before one, or not: the quick end counts the
    ``free`` ones only, the slow end everybody. The round more is that of whom the desks have now.

    >>> wait(4, 2, Pace(5, timedelta(minutes=6), timedelta(minutes=10))).minutes
    (12, 30)
    >>> wait(4, 2, Pace(5, timedelta(minutes=6), timedelta(minutes=10)), free=1).minutes
    (0, 30)
    """
    free = ahead if free is None else free
    if pace is None or pace.served < ENOUGH or not desks:
        return Wait(ahead, desks, None, free)
    quick = floor(free / desks) * pace.low / timedelta(minutes=1)
    slow = (ceil(ahead / desks) + 1) * pace.high / timedelta(minutes=1)
    return Wait(ahead, desks, (floor(quick), max(1, ceil(slow))), free)


def _quantile(ordered: list[float], fraction: float) -> timedelta:
    """Return a quantile, between two neighbours in proportion."""
    place = (len(ordered) - 1) * fraction
    below = floor(place)
    above = min(below + 1, len(ordered) - 1)
    return timedelta(seconds=ordered[below] + (ordered[above] - ordered[below]) * (place - below))

"""How long will it take? An honest range from a stall's own day, or no answer."""

from dataclasses import dataclass
from datetime import timedelta
from math import ceil, floor

from django.db.models import Aggregate, Count, DurationField, F, Q

from fairs.models import Desk, Ticket

ENOUGH = 5  # fewer served tickets than this say nothing about the next


class _Percentile(Aggregate):
    function = "PERCENTILE_CONT"
    template = "%(function)s(%(fraction)s) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


@dataclass(frozen=True)
class Pace:
    """A stall's pace today, from call to end: a quick quarter is under ``low``, a slow one over ``high``."""

    served: int
    low: timedelta
    high: timedelta


@dataclass(frozen=True)
class Wait:
    """How many wait before one at a stall, and the range of minutes; no range when the stall's day is too short."""

    ahead: int
    desks: int
    minutes: tuple[int, int] | None

    @property
    def rank(self) -> tuple[float, int]:
        """What to sort by: the worse end of the range; without one, six minutes a head."""
        return (self.minutes[1] if self.minutes else (self.ahead + 1) * 6 / max(self.desks, 1), self.ahead)


def wait(ahead: int, desks: int, pace: Pace | None) -> Wait:
    """Work out the range: whole rounds before one's turn at the quick pace, and one more at the slow pace.

    >>> wait(4, 2, Pace(5, timedelta(minutes=6), timedelta(minutes=10))).minutes
    (12, 30)
    """
    if pace is None or pace.served < ENOUGH or not desks:
        return Wait(ahead, desks, None)
    quick = floor(ahead / desks) * pace.low / timedelta(minutes=1)
    slow = (ceil(ahead / desks) + 1) * pace.high / timedelta(minutes=1)
    return Wait(ahead, desks, (floor(quick), max(1, ceil(slow))))


def waits_for(ahead: dict[int, int]) -> dict[int, Wait]:
    """Return the wait at each stall, given how many stand before one there. Two queries, whatever the stalls."""
    took = F("ended_at") - F("called_at")
    paces = {
        stall_id: Pace(served, low, high)
        for stall_id, served, low, high in Ticket.objects.served()
        .filter(stall__in=ahead, began_at__isnull=False)
        .values("stall")
        .annotate(
            served=Count("pk"), low=_Percentile(took, fraction=0.25), high=_Percentile(took, fraction=0.75)
        )
        .order_by()
        .values_list("stall", "served", "low", "high")
    }
    desks = dict(
        Desk.objects.filter(Q(clerk__isnull=False), stall__in=ahead, is_paused=False)
        .values("stall")
        .annotate(count=Count("pk"))
        .order_by()
        .values_list("stall", "count")
    )
    return {stall: wait(count, desks.get(stall, 0), paces.get(stall)) for stall, count in ahead.items()}

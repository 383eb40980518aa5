"""A day of the queue in figures: by stall, by hour and in all, each with its waits. Never writes.

A *wait* is the time from the moment at which a number was taken at a stall (its event ``take``) to the first time it
was called there (its first event ``call``). A number that was never called has none; what somebody waits again after
a missed call is not counted, and neither is the time at another stall before a transfer. The half and the nine tenths
(p50, p90) are interpolated by the database (``percentile_cont``) over the waits themselves, never over other averages.
An hour's row holds the numbers taken in that hour of Tai'an's clock, whenever they were called.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from django.db import connection
from django.db.models import Count
from django.db.models.functions import ExtractHour

from fairs.models import Fair
from fairs.workflow import Outcome, TicketState
from taian_factors.lib.periods import SHANGHAI

# One statement for all rows: every set of the grouping is computed from the very same numbers.
_SQL = """
    WITH number AS (
        SELECT ticket.id, ticket.stall_id, ticket.visit_id, ticket.state, ticket.outcome,
            coalesce(min(step.at) FILTER (WHERE step.verb = 'take'), ticket.place_at) AS taken_at,
            min(step.at) FILTER (WHERE step.verb = 'call') AS called_at
        FROM fairs_ticket ticket LEFT JOIN fairs_ticketevent step ON step.ticket_id = ticket.id
        WHERE ticket.stall_id = ANY(%s)
        GROUP BY ticket.id
    ), timed AS (
        SELECT number.*, extract(hour FROM taken_at AT TIME ZONE 'Asia/Shanghai')::int AS hour,
            extract(epoch FROM called_at - taken_at) AS wait
        FROM number
    )
    SELECT stall_id, hour, count(*), count(DISTINCT visit_id), count(wait),
        percentile_cont(0.5) WITHIN GROUP (ORDER BY wait), percentile_cont(0.9) WITHIN GROUP (ORDER BY wait),
        count(*) FILTER (WHERE state = 'waiting'), count(*) FILTER (WHERE state = 'called'),
        count(*) FILTER (WHERE state = 'serving'), count(*) FILTER (WHERE state = 'served'),
        count(*) FILTER (WHERE state = 'missed'), count(*) FILTER (WHERE state = 'left'),
        count(*) FILTER (WHERE outcome = 'handled'), count(*) FILTER (WHERE outcome = 'consulted'),
        count(*) FILTER (WHERE outcome = 'transferred')
    FROM timed GROUP BY GROUPING SETS ((stall_id), (hour), ())
"""
# A desk is paused from a step that pauses it to its next step, or until the given moment.
_PAUSED = """
    WITH step AS (
        SELECT stall_id, verb, at, lead(at) OVER (PARTITION BY desk_id ORDER BY id) AS next_at
        FROM fairs_stallevent
        WHERE stall_id = ANY(%s) AND verb IN ('pause', 'summon', 'go_on', 'let_go') AND at < %s
    )
    SELECT stall_id, sum(extract(epoch FROM least(next_at, %s) - at)) FROM step
    WHERE verb IN ('pause', 'summon') GROUP BY stall_id
"""
_TENTH = Decimal("0.1")


@dataclass(frozen=True)
class Figures:
    """What became of some numbers: of a stall, of an hour, of the day.

    ``visits`` is how many enterprises took them; ``waited`` how many were called, of which ``p50`` and ``p90`` are
    the waits in minutes, rounded half-up to a tenth (None: nobody was called).
    """

    taken: int = 0
    visits: int = 0
    waited: int = 0
    p50: Decimal | None = None
    p90: Decimal | None = None
    waiting: int = 0
    called: int = 0
    serving: int = 0
    served: int = 0
    missed: int = 0
    left: int = 0
    handled: int = 0
    consulted: int = 0
    transferred: int = 0

    @property
    def by_state(self) -> int:
        """The sum over all states; the same as ``taken``, always."""
        return sum(int(getattr(self, state)) for state in TicketState.values)

    @property
    def by_outcome(self) -> int:
        """The sum over all outcomes; the same as ``served``."""
        return sum(int(getattr(self, outcome)) for outcome in Outcome.values)

    @property
    def unfinished(self) -> int:
        """Those that wait or are at a desk."""
        return self.waiting + self.called + self.serving


@dataclass(frozen=True)
class DayFigures:
    """The whole day, its stalls by id, its hours."""

    total: Figures
    by_stall: dict[int, Figures]
    by_hour: dict[int, Figures]


def day_figures(stall_ids: Iterable[int]) -> DayFigures:
    """Return the figures of some stalls' numbers; one query."""
    total, by_stall, by_hour = Figures(), {}, {}
    with connection.cursor() as cursor:
        cursor.execute(_SQL, [list(stall_ids)])
        for stall, hour, *counts in cursor.fetchall():
            figures = _figures(counts)
            if stall is not None:
                by_stall[stall] = figures
            elif hour is not None:
                by_hour[hour] = figures
            else:
                total = figures
    return DayFigures(total, by_stall, by_hour)


def paused_minutes(stall_ids: Iterable[int], *, until: datetime) -> dict[int, int]:
    """Return for how many whole minutes the desks of stalls were paused, all desks of a stall together; one query."""
    with connection.cursor() as cursor:
        cursor.execute(_PAUSED, [list(stall_ids), until, until])
        return {stall: int(seconds // 60) for stall, seconds in cursor.fetchall()}


def check_ins(fair: Fair) -> dict[int, int]:
    """Return how many enterprises checked in in each hour of Tai'an's clock; one query."""
    hours = fair.visits.annotate(hour=ExtractHour("checked_in_at", tzinfo=SHANGHAI)).values("hour")
    return dict(hours.annotate(n=Count("pk")).values_list("hour", "n"))


def _figures(counts: list[float | int | None]) -> Figures:
    taken, visits, waited, p50, p90, *rest = counts
    return Figures(taken, visits, waited, _minutes(p50), _minutes(p90), *rest)  # type: ignore[arg-type]


def _minutes(seconds: float | None) -> Decimal | None:
    return None if seconds is None else (Decimal(seconds) / 60).quantize(_TENTH, ROUND_HALF_UP)

"""Reads: the office's own clocks, whistles and call-backs of a period; printed in a bulletin, they carry no marks."""

from dataclasses import dataclass
from fractions import Fraction

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from requests_desk.models import Assignment, FactorRequest, RequestEvent, Whistle
from taian_factors.lib.periods import Period

# What the office does with a filed request; each of the three ends the clock of accepting.
_ANSWERS = ("accept", "send_back", "refuse")


@dataclass(frozen=True)
class OwnClock:
    """One clock of the office (受理 or 交办): how many were due in the period, how many were in time."""

    name: str
    hits: int
    population: int

    @property
    def rate(self) -> Fraction | None:
        """The share that was in time."""
        return Fraction(self.hits, self.population) if self.population else None


def own_clocks(period: Period) -> list[OwnClock]:
    """Return the clocks of accepting and of assigning; what was withdrawn in time counts in neither. Two queries."""
    events = RequestEvent.objects.filter(factor_request=OuterRef("pk"))
    leads = Assignment.objects.leads().filter(factor_request=OuterRef("pk"))
    return [
        _clock("受理", "accept_due_at", period, events, events.filter(verb__in=_ANSWERS), "at"),
        _clock("交办", "assign_due_at", period, events, leads, "assigned_at"),
    ]


def _clock(
    name: str, due: str, period: Period, events: QuerySet[RequestEvent], done: QuerySet, moment: str
) -> OwnClock:
    in_time = Exists(done.filter(**{f"{moment}__lte": OuterRef(due)}))
    gone = Exists(events.filter(verb="withdraw", at__lte=OuterRef(due)))
    asked = FactorRequest.objects.filter(
        is_historic=False, **{f"{due}__gte": period.start, f"{due}__lt": period.end}
    )
    counted = asked.order_by().annotate(in_time=in_time, gone=gone).filter(Q(in_time=True) | Q(gone=False))
    found = counted.aggregate(population=Count("pk"), hits=Count("pk", filter=Q(in_time=True)))
    return OwnClock(name, found["hits"], found["population"])


def whistles(period: Period) -> list[tuple[str, int, int]]:
    """Return per organization how many whistles were due for a report-in, and how many were late; one query."""
    late = Q(reported_in_at__gt=F("due_at")) | Q(reported_in_at__isnull=True)
    due = Whistle.objects.filter(due_at__gte=period.start, due_at__lt=period.end)
    rows = due.values("assignment__organization__short").annotate(
        due=Count("pk"), late=Count("pk", filter=late)
    )
    ordered = rows.order_by("assignment__organization__position", "assignment__organization__code")
    return [(row["assignment__organization__short"], row["due"], row["late"]) for row in ordered]

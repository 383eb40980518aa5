"""The needs of a fair: which they are, at which stall each was taken on, and what came of it that day. Never writes.

A need belongs to a fair when it was filed for a visit of that fair, or taken on there by a click at a desk. It counts
once, for the lead to whom it was given on that day (the last one, were there several): 现场办结 when that lead
completed it on that day, else 现场拿出解决方案 when it answered with a dated plan on that day, else 转交办. Finance is
what an institution leads. What happens on later days changes none of it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import BigIntegerField, Case, Exists, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from fairs.models import DeskAction, Fair, Ticket
from requests_desk.models import Assignment, FactorRequest, Reply
from taian_factors.lib.periods import SHANGHAI, at_local
from taian_factors.lib.workdays import END_OF_DAY

COMPLETED, PLANNED, HANDED = "completed", "planned", "handed"


@dataclass(frozen=True)
class NeedCounts:
    """Needs that were taken on, by what came of them that day."""

    completed: int = 0
    planned: int = 0
    handed: int = 0

    @property
    def received(self) -> int:
        """All of them (受理)."""
        return self.completed + self.planned + self.handed


@dataclass(frozen=True)
class FairNeed:
    """One need of the day. ``stall_id`` is None when its lead served the enterprise at no stall of its own."""

    stall_id: int | None
    factor_id: int
    is_finance: bool
    result: str
    hour: int


def numbers_at(fair: Fair) -> list[int]:
    """Return the ids of the needs of a fair: filed for a visit of it, or taken on by a click there; one query.

    Whoever asks for more about them names them by id: how many a fair has no statistics tell, and a planner that
    guesses one takes minutes.
    """
    clicks = DeskAction.objects.filter(desk__stall__fair=fair, verb="file", answer__has_key="factor_request")
    number = Cast(KeyTextTransform("factor_request", "answer"), BigIntegerField())
    filed = FactorRequest.objects.filter(filing__visit__fair=fair).values_list("pk", flat=True)
    return list(filed.union(clicks.annotate(need=number).values_list("need", flat=True)))


def needs_of(fair: Fair, numbers: Sequence[int], *, organization: int | None = None) -> list[FairNeed]:
    """Return those of a fair's needs (``numbers_at``) that were given to a lead on its day, one row each; one query.

    With ``organization`` only those that this body leads.
    """
    leads = _leads(fair, numbers)
    if organization is not None:
        leads = leads.filter(organization=organization)
    is_finance = Q(organization__kind="institution")
    rows = leads.annotate(
        stall=Subquery(_served_at(fair).values("stall")[:1]),
        is_finance=Case(When(is_finance, then=Value(True)), default=Value(False)),
        result=_result(fair),
    ).values_list("stall", "factor_request__factor", "is_finance", "result", "assigned_at")
    return [FairNeed(*row[:4], hour=row[4].astimezone(SHANGHAI).hour) for row in rows]


def counted(needs: Iterable[FairNeed]) -> NeedCounts:
    """Count needs by what came of them."""
    results = [need.result for need in needs]
    return NeedCounts(*(results.count(result) for result in (COMPLETED, PLANNED, HANDED)))


def day_of(fair: Fair) -> tuple[datetime, datetime]:
    """Return the first and the last moment of the fair's day."""
    return at_local(fair.held_on), at_local(fair.held_on, END_OF_DAY)


def _leads(fair: Fair, numbers: Sequence[int]) -> QuerySet[Assignment]:
    """The last lead of each need on that day."""
    of_the_day = Assignment.objects.leads().filter(assigned_at__range=day_of(fair))
    later = of_the_day.filter(factor_request=OuterRef("factor_request")).filter(
        Q(assigned_at__gt=OuterRef("assigned_at"))
        | Q(assigned_at=OuterRef("assigned_at"), pk__gt=OuterRef("pk"))
    )
    return of_the_day.filter(~Exists(later), factor_request__in=numbers)


def _served_at(fair: Fair) -> QuerySet[Ticket]:
    """The numbers of the need's enterprise at its lead's stalls, the one that was served last before it first."""
    return Ticket.objects.filter(
        stall__fair=fair,
        stall__organization=OuterRef("organization"),
        visit__enterprise=OuterRef("factor_request__enterprise"),
        began_at__lte=OuterRef("assigned_at"),
    ).order_by("-began_at", "-pk")


def _result(fair: Fair) -> Case:
    day = day_of(fair)
    plans = Reply.objects.filter(assignment=OuterRef("pk"), outcome=Reply.Outcome.PLAN, replied_at__range=day)
    return Case(
        When(completed_at__range=day, then=Value(COMPLETED)),
        When(Exists(plans), then=Value(PLANNED)),
        default=Value(HANDED),
    )

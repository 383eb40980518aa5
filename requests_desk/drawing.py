"""Random call-backs (随机回访): each completion has one lot, and a fifth of them is called back."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from requests_desk.models import Assignment, CallBackDraw, RequestEvent
from requests_desk.workflow import RECORDS

ONE_IN = 5
LOOK_BACK = timedelta(days=45)  # a completion older than this is no longer called about


def _wins() -> bool:
    # The system's own randomness: no seed from which a department could work out the next lot.
    return secrets.randbelow(ONE_IN) == 0


def draw_call_backs(*, at: datetime, wins: Callable[[], bool] = _wins) -> int:
    """Draw the lot of every completion that has none yet; return how many are to be called back.

    Safe to run twice, also at once: a completion keeps its first lot.
    """
    fresh = Assignment.objects.leads().filter(
        is_historic=False,
        completed_at__lt=at,
        completed_at__gte=at - LOOK_BACK,
        call_back_draw__isnull=True,
    )
    lots = [
        CallBackDraw(assignment_id=pk, completed_at=completed_at, drawn_at=at, is_drawn=wins())
        for pk, completed_at in fresh.order_by("pk").values_list("pk", "completed_at")
    ]
    CallBackDraw.objects.bulk_create(lots, ignore_conflicts=True)
    return sum(lot.is_drawn for lot in lots)


def waiting() -> "QuerySet[CallBackDraw]":
    """Return the drawn completions that nobody was reached about yet and that can be called about, oldest first."""
    drawn = CallBackDraw.objects.filter(
        is_drawn=True, assignment__factor_request__state__in=RECORDS["call_back"].from_states
    )
    reached = RequestEvent.objects.filter(verb="call_back", detail__is_solved__in=[True, False])
    drawn = drawn.exclude(assignment__factor_request__in=reached.values("factor_request"))
    return drawn.select_related(
        "assignment__organization",
        "assignment__factor_request__enterprise__profile",
        "assignment__factor_request__filing",
    ).order_by("completed_at", "pk")


@dataclass(frozen=True)
class Found:
    """What the calls about drawn completions found: how many were reached, and how many said otherwise."""

    drawn: int
    reached: int
    mismatches: int


def found(*, at: datetime) -> Found:
    """Count what the calls about the completions of the last weeks (``LOOK_BACK``) found; one query.

    The last call that reached somebody, and was about this completion, counts; the bulletin prints it by month.
    """
    calls = RequestEvent.objects.filter(
        factor_request=OuterRef("assignment__factor_request"),
        verb="call_back",
        at__gte=OuterRef("completed_at"),
        detail__matches__in=[True, False],
    )
    drawn = CallBackDraw.objects.filter(is_drawn=True, completed_at__gte=at - LOOK_BACK, completed_at__lt=at)
    said = drawn.annotate(matches=Subquery(calls.order_by("-pk").values("detail__matches")[:1]))
    counts = said.aggregate(
        drawn=Count("pk"),
        reached=Count("pk", filter=Q(matches__isnull=False)),
        mismatches=Count("pk", filter=Q(matches=False)),
    )
    return Found(**counts)

"""The day's figures of a fair, counted from what is stored about its visits, tickets, requests and reviews."""

from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from fairs.models import Fair, Ticket
from requests_desk.models import Assignment, Reply, SatisfactionReview
from taian_factors.directory.models import Organization
from taian_factors.lib.periods import at_local
from taian_factors.lib.workdays import END_OF_DAY

Kind = Organization.Kind


def of_fair(fair: Fair) -> dict[str, Any]:
    """Return the published figures of a fair's day; finance is what an institution leads.

    Counted is what happened on that day at the fair: what is completed, planned or reviewed later does not count.
    """
    stalls = Organization.objects.filter(stalls__fair=fair).distinct()
    return {
        "fair": fair.held_on.isoformat(),
        "departments": stalls.departments().count(),
        "institutions": stalls.institutions().count(),
        "factor_requests": _handled(fair, Kind.DEPARTMENT, Kind.COUNTY_OFFICE),
        "finance_requests": _handled(fair, Kind.INSTITUTION),
        "visits": fair.visits.count(),
        "tickets": Ticket.objects.filter(stall__fair=fair).count(),
        "reviews": SatisfactionReview.objects.filter(
            factor_request__filing__visit__fair=fair, first_submitted_at__range=_day(fair)
        ).count(),
    }


def _handled(fair: Fair, *kinds: str) -> dict[str, int]:
    """Count the requests of a fair by the lead to which they were given there, and what came of them that day."""
    leads = Assignment.objects.leads().filter(
        factor_request__filing__visit__fair=fair, organization__kind__in=kinds, assigned_at__range=_day(fair)
    )
    completed = leads.filter(completed_at__range=_day(fair))
    planned = leads.exclude(pk__in=completed.values("pk")).filter(Exists(_plans(fair)))
    return {
        "received": _requests(leads),
        "completed_on_the_spot": _requests(completed),
        "solution_offered": _requests(planned),
    }


def _requests(leads: QuerySet[Assignment]) -> int:
    return leads.values("factor_request").distinct().count()


def _plans(fair: Fair) -> QuerySet[Reply]:
    return Reply.objects.filter(
        assignment=OuterRef("pk"), outcome=Reply.Outcome.PLAN, replied_at__range=_day(fair)
    )


def _day(fair: Fair) -> tuple[datetime, datetime]:
    return at_local(fair.held_on), at_local(fair.held_on, END_OF_DAY)

"""What those watch who hold no part: a chain team its chain, a county office its division, the office all.

Overdue ones (积案) first, then those near their deadline; who has each now, with what and by when. Never writes.
"""

from datetime import datetime

from django.db.models import Count, Q, QuerySet

from requests_desk.deadlines import Light
from requests_desk.models import FactorRequest
from requests_desk.querysets import shows
from taian_factors.directory.actors import Actor
from taian_factors.directory.models import Factor

WATCHERS = {"office", "chain_team", "county_office"}  # kinds of bodies


def watched(actor: Actor) -> QuerySet[FactorRequest]:
    """Return the requests with a running clock that the actor's body watches, the earliest due first."""
    seen = FactorRequest.objects.visible_to(actor).filter(due_at__isnull=False)
    if actor.kind == "chain_team":
        seen = seen.filter(chain=actor.organization.chain_id)
    elif actor.kind == "county_office":
        seen = seen.filter(division=actor.organization.division_id)
    return seen.order_by("due_at", "pk")


def narrowed(
    found: QuerySet[FactorRequest],
    *,
    at: datetime,
    light: str = "",
    factor: Factor | None = None,
    escalated: bool = False,
) -> QuerySet[FactorRequest]:
    """Narrow a list of ``watched`` by light, factor and escalation; without a light, what is overdue or near it."""
    found = found.filter(shows(light, at=at) if light else Q(warn_at__lte=at))
    found = found.filter(factor=factor) if factor else found
    return found.filter(is_escalated=True) if escalated else found


def figures(found: QuerySet[FactorRequest], *, at: datetime) -> dict[str, int]:
    """Count a list of ``watched``: overdue, near the deadline, escalated; one query."""
    return found.order_by().aggregate(
        red=Count("pk", filter=shows(Light.RED, at=at)),
        yellow=Count("pk", filter=shows(Light.YELLOW, at=at)),
        escalated=Count("pk", filter=Q(is_escalated=True)),
    )


def red_count(actor: Actor, *, at: datetime, most: int) -> int:
    """Count what is overdue, up to ``most``: the number in the left column."""
    return watched(actor).filter(shows(Light.RED, at=at)).order_by()[:most].count()

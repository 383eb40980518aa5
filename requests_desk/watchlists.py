"""What those watch who hold no part: a chain team its chain, a county office its division, the office all.

Overdue ones (积案) first, then those near their deadline; who has each now, with what and by when. Never writes.
"""

from datetime import datetime

from django.db.models import Q, QuerySet

from requests_desk.deadlines import Light
from requests_desk.models import FactorRequest
from requests_desk.querysets import shows
from taian_factors.directory.actors import Actor
from taian_factors.directory.models import Factor
from taian_factors.lib.pages import Order, many, up_to

MOST = 1000
EARLIEST = Order("due_at", is_descending=False)
WATCHERS = {"office", "chain_team", "county_office"}  # kinds of bodies


def watched(actor: Actor) -> QuerySet[FactorRequest]:
    """Return the requests with a running clock that the actor's body watches, the earliest due first."""
    seen = FactorRequest.objects.visible_to(actor).filter(due_at__isnull=False)
    if actor.kind == "chain_team":
        seen = seen.filter(chain=actor.organization.chain_id)
    elif actor.kind == "county_office":
        seen = seen.filter(division=actor.organization.division_id)
    return seen.order_by(*EARLIEST.names())


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


def figures(found: QuerySet[FactorRequest], *, at: datetime) -> dict[str, int | str]:
    """Count a list of ``watched``, each number up to ``MOST``: overdue, near the deadline, escalated; three queries."""
    counted = {
        "red": found.filter(shows(Light.RED, at=at)),
        "yellow": found.filter(shows(Light.YELLOW, at=at)),
        "escalated": found.filter(is_escalated=True),
    }
    return {name: many(up_to(rows, MOST), MOST) for name, rows in counted.items()}


def red_count(actor: Actor, *, at: datetime, most: int) -> int:
    """Count what is overdue, up to ``most``: the number in the left column."""
    return up_to(watched(actor).filter(shows(Light.RED, at=at)), most)

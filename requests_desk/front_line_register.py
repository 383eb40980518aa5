"""The register of front-line visits: every enterprise, how often and when it was visited, and who never was."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, F, IntegerField, Max, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from requests_desk.models import FactorRequest, FrontLineVisit
from taian_factors.directory.actors import Actor
from taian_factors.directory.models import Chain, Division, Organization, Project

State = FrontLineVisit.State


@dataclass(frozen=True)
class Wanted:
    """Which part of the register is asked for."""

    words: str = ""
    division: Division | None = None
    chain: Chain | None = None
    is_key: bool = False
    is_never: bool = False


def register(actor: Actor, *, wanted: Wanted, today: date) -> QuerySet[Organization]:
    """Return the enterprises that the actor sees, one query: those with key projects first, the never visited
    before the others, and of these the longest unvisited first.

    Each carries ``has_key``, ``last_on`` (None: never), ``next_on``, ``times`` (this year, planned ones included)
    and ``open_needs``.
    """
    found = Organization.objects.visible_to(actor).enterprises().active()
    found = _narrowed(found, wanted).annotate(**_counted(today))
    if wanted.is_never:
        found = found.filter(last_on__isnull=True)
    if wanted.is_key:
        found = found.filter(has_key=True)
    order = ("-has_key", F("last_on").asc(nulls_first=True), "name", "pk")
    return found.select_related("profile__division", "profile__chain").order_by(*order)


def summary(actor: Actor, *, wanted: Wanted, today: date) -> dict[str, int]:
    """Count the enterprises of the register: all, with key projects, never visited, both; one query."""
    never = Q(last_on__isnull=True)
    return register(actor, wanted=wanted, today=today).aggregate(
        enterprises=Count("pk"),
        visited=Count("pk", filter=~never),
        never=Count("pk", filter=never),
        key_never=Count("pk", filter=never & Q(has_key=True)),
    )


def _narrowed(found: Any, wanted: Wanted) -> Any:
    if wanted.words:
        words = wanted.words
        found = found.filter(
            Q(name__icontains=words) | Q(short__icontains=words) | Q(profile__credit_code=words.upper())
        )
    if wanted.division is not None:
        found = found.filter(profile__division=wanted.division)
    if wanted.chain is not None:
        found = found.filter(profile__chain=wanted.chain)
    return found


def _counted(today: date) -> dict[str, Any]:
    visits = FrontLineVisit.objects.filter(enterprise=OuterRef("pk"))
    projects = Project.objects.filter(enterprise=OuterRef("pk"), is_key=True, is_active=True)
    needs = FactorRequest.objects.open().filter(enterprise=OuterRef("pk"))
    return {
        "has_key": Exists(projects),
        "last_on": Subquery(_one(visits.filter(state=State.DONE), Max("visited_on"))),
        "next_on": Subquery(_one(visits.filter(state=State.PLANNED), Min("planned_on"))),
        "times": _number(visits.counting_in(today.year)),
        "open_needs": _number(needs),
    }


def _one(rows: Any, value: Any) -> Any:
    return rows.order_by().values("enterprise").annotate(value=value).values("value")


def _number(rows: Any) -> Coalesce:
    return Coalesce(Subquery(_one(rows, Count("pk")), output_field=IntegerField()), 0)

"""Which requests a reader may open, and one of them with what its page shows. Never writes."""

from functools import cache
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, QuerySet

from requests_desk.models import FactorRequest, RequestEvent
from requests_desk.permissions import served_by
from taian_factors.directory.actors import Actor, any_actor, filling
from taian_factors.lib.prepared import Prepared, slot


def readable(actor: Actor) -> QuerySet[FactorRequest]:
    """Return the requests whose page the actor may open: what it sees, and at a counter all of the served enterprise.

    One more query than ``visible_to``, for staff.
    """
    return _readable(actor, served_by(actor))


def _readable(actor: Actor, served: Any) -> QuerySet[FactorRequest]:
    seen = FactorRequest.objects.visible_to(actor)
    if served is None:
        return seen
    return FactorRequest.objects.filter(Q(pk__in=seen.values("pk")) | Q(enterprise=served))


@cache
def _file(kind: str, is_serving: bool) -> Prepared[FactorRequest]:
    return Prepared(lambda: _with_file(_readable(any_actor(kind), slot("served") if is_serving else None)))


def _with_file(requests: QuerySet[FactorRequest]) -> QuerySet[FactorRequest]:
    events = RequestEvent.objects.filter(factor_request=OuterRef("pk")).values("verb")
    found = requests.filter(number=slot("number")).annotate(happened=ArraySubquery(events))
    return found.select_related(
        "factor",
        "enterprise__profile",
        "division",
        "chain",
        "filing__project",
        "filing__typed_for",
        "filing__begun_for",
    )


def opened(actor: Actor, number: str) -> FactorRequest | None:
    """Return a request that the actor may open with what its dossier needs; ``happened`` are the verbs of its events.

    Two queries.
    """
    served = served_by(actor)
    return _file(actor.kind, served is not None).first(number=number, served=served, **filling(actor))

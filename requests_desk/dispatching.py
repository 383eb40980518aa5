"""How needs are given out: a filing is accepted and dispatched in one act, in parallel (由串联变为并联)."""

from datetime import datetime

from django.db import transaction

from requests_desk.dispatch_directory import Handout
from requests_desk.models import Filing
from requests_desk.transitions import accept, assign
from requests_desk.workflow import State
from taian_factors.directory.actors import Actor


@transaction.atomic
def accept_filing(filing: Filing, *, actor: Actor, at: datetime) -> int:
    """Accept every request of a filing that waits for it, in one act; return how many."""
    waiting = list(filing.factor_requests.filter(state=State.FILED).order_by("pk"))
    for factor_request in waiting:
        accept(factor_request, actor=actor, at=at)
    return len(waiting)


@transaction.atomic
def dispatch(filing: Filing, *, handouts: dict[int, Handout], actor: Actor, at: datetime) -> int:
    """Hand out the accepted requests of a filing in one act, in parallel; return how many.

    ``handouts`` maps a request's id to who leads and supports it; accepted requests that it leaves out wait.
    """
    accepted = (
        filing.factor_requests.filter(state=State.ACCEPTED, pk__in=handouts)
        .select_related("factor")
        .order_by("pk")
    )
    for factor_request in accepted:
        handout = handouts[factor_request.pk]
        assign(
            factor_request,
            lead=handout.lead,
            supports=handout.supports,
            reason=handout.reason,
            actor=actor,
            at=at,
        )
    return len(accepted)


@transaction.atomic
def accept_and_dispatch(filing: Filing, *, handouts: dict[int, Handout], actor: Actor, at: datetime) -> int:
    """受理 and 交办 in one act: accept what still waits for it among ``handouts``, then dispatch; return how many."""
    waiting = filing.factor_requests.filter(state=State.FILED, pk__in=handouts).order_by("pk")
    for factor_request in waiting:
        accept(factor_request, actor=actor, at=at)
    return dispatch(filing, handouts=handouts, actor=actor, at=at)

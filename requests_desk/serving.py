"""What a stall desk shows beside its queue: who is being served, their needs, what was done so far. Never writes."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Value

from fairs.models import Desk, Fair, Stall, Ticket, Visit
from fairs.querysets import DeskQuerySet
from requests_desk import ledger
from requests_desk.ledger import Row
from requests_desk.models import BookedNeed, FactorRequest, JointConsultation, RequestEvent
from requests_desk.workflow import MOVES, OPEN, State
from taian_factors.directory.actors import Actor
from taian_factors.directory.models import EnterpriseProfile, Organization
from taian_factors.lib.periods import local_day
from taian_factors.lib.prepared import Prepared, slot

SHOWN = 20  # open needs of one enterprise; nobody at a counter reads more
PAST = 5  # matters that are over, and earlier visits


@dataclass(frozen=True)
class Serving:
    """One enterprise at a desk. ``handled`` was filed or moved in this serving; ``to_take`` waits to be taken on.

    ``booked`` is what it wanted to talk about when it booked, what this stall handles (``is_here``) in front.

    ``places`` are its other places at this fair, ``tables`` the joint tables that were asked for it here; ``past`` are
    its matters that are over, ``visits`` the fairs to which it came before.
    """

    ticket: Ticket
    profile: EnterpriseProfile | None
    handled: list[FactorRequest]
    to_take: list[FactorRequest]
    booked: list[BookedNeed]
    rows: list[Row]
    total: int
    closed: int
    places: list[Ticket]
    tables: list[JointConsultation]
    past: list[FactorRequest]
    visits: list[Visit]

    @property
    def to_file(self) -> list[BookedNeed]:
        """What it booked for this stall and nobody has filed yet."""
        return [need for need in self.booked if need.is_here and need.factor_request_id is None]

    @property
    def open_needs(self) -> list[FactorRequest]:
        """What a joint table could be about: the needs of this serving that are not over, and the earlier ones."""
        return [need for need in self.handled if need.state in OPEN] + [
            row.factor_request for row in self.rows
        ]


def desks(actor: Actor, *, at: datetime) -> QuerySet[Desk]:
    """Return the desks of the actor's body at fairs that are open today, in the order of their numbers."""
    return _desks(actor.organization, local_day(at)).select_related("stall__zone", "clerk")


def own_desk(actor: Actor, *, at: datetime) -> Desk | None:
    """Return the desk at which the actor sits, if it is the body's and its fair is open."""
    if actor.user is None:
        return None
    desk = _OWN_DESK.first(body=actor.organization.pk, day=local_day(at), clerk=actor.user.pk)
    if desk is not None:
        desk.clerk, desk.stall.organization = actor.user, actor.organization
    return desk


def _desks(body: Organization | Value, day: date | Value) -> DeskQuerySet:
    fairs = Fair.objects.open().held_until(day)
    found = Desk.objects.filter(stall__organization=body, stall__fair__in=fairs)
    return found.select_related("stall__fair").order_by("-stall__fair__held_on", "stall__code", "number")


_OWN_DESK: Prepared[Desk] = Prepared(lambda: _desks(slot("body"), slot("day")).of_clerk(slot("clerk"))[:1])


def handled_in(ticket: Ticket, actor: Actor) -> QuerySet[FactorRequest]:
    """Return the requests of the ticket's enterprise that the actor's body filed or moved since serving began."""
    done = RequestEvent.objects.filter(
        factor_request=OuterRef("pk"),
        organization=actor.organization,
        user=actor.user,
        at__gte=ticket.began_at,
        verb__in=["file", *MOVES],
    )
    return FactorRequest.objects.filter(Exists(done), enterprise=ticket.visit.enterprise_id)


def booked_by(ticket: Ticket) -> QuerySet[BookedNeed]:
    """Return what the ticket's enterprise booked its fair for, annotated ``is_here``: the ticket's stall handles it.

    A stall that names no factors handles all.
    """
    handled = Stall.handles.through.objects.filter(stall=ticket.stall_id)
    needs = BookedNeed.objects.filter(
        booking__fair=ticket.visit.fair_id, booking__enterprise=ticket.visit.enterprise_id
    )
    is_here = Exists(handled.filter(factor=OuterRef("factor"))) | ~Exists(handled)
    found = needs.annotate(is_here=is_here).select_related("factor", "factor_request")
    return found.order_by("-is_here", "pk")


def serving(ticket: Ticket, *, actor: Actor, at: datetime) -> Serving:
    """Gather what the desk shows of the enterprise that it serves. Twelve queries, however many needs."""
    enterprise = ticket.visit.enterprise
    needs = FactorRequest.objects.filter(enterprise=enterprise)
    counts = needs.aggregate(total=Count("pk"), closed=Count("pk", filter=~Q(state__in=OPEN)))
    handled = list(handled_in(ticket, actor).select_related("factor").order_by("pk"))
    done = {r.pk for r in handled}
    shown = needs.open().with_parts().order_by("-filed_at", "-pk")[:SHOWN]
    rows = [row for row in ledger.rows(shown, at=at) if row.factor_request.pk not in done]
    waiting = [r.factor_request for r in rows if r.factor_request.state in (State.FILED, State.ACCEPTED)]
    places = Ticket.objects.filter(visit=ticket.visit_id).exclude(pk=ticket.pk)
    tables = JointConsultation.objects.filter(ticket__visit=ticket.visit_id)
    past = needs.exclude(state__in=OPEN).exclude(pk__in=done).select_related("factor", "filing")
    before = Visit.objects.filter(enterprise=enterprise).exclude(pk=ticket.visit_id)
    return Serving(
        ticket=ticket,
        profile=getattr(enterprise, "profile", None),
        handled=handled,
        to_take=waiting,
        booked=list(booked_by(ticket)),
        rows=rows,
        **counts,
        places=list(places.select_related("stall__organization", "desk__stall").order_by("pk")),
        tables=list(tables.select_related("ticket__stall").prefetch_related("invited").order_by("-pk")),
        past=list(past.order_by("-filed_at", "-pk")[:PAST]),
        visits=list(before.select_related("fair").order_by("-fair__held_on", "-pk")[:PAST]),
    )

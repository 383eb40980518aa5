"""What a stall desk shows beside its queue: who is being served, their needs, what was done so far. Never writes."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Value, prefetch_related_objects

from fairs.models import Desk, Fair, Stall, Ticket, Visit
from fairs.querysets import DeskQuerySet
from requests_desk import ledger
from requests_desk.ledger import Row
from requests_desk.models import Assignment, BookedNeed, FactorRequest, JointConsultation, RequestEvent
from requests_desk.workflow import MOVES, OPEN, State
from taian_factors.directory.actors import Actor
from taian_factors.directory.models import CalendarYear, EnterpriseProfile, Organization, Project
from taian_factors.lib.periods import local_day
from taian_factors.lib.prepared import Prepared, any_of, slot

SHOWN = 20  # open needs of one enterprise; nobody at a counter reads more
PAST = 5  # matters that are over, and earlier visits


@dataclass(frozen=True)
class Serving:
    """One enterprise at a desk. ``handled`` was filed or moved in this serving; ``to_take`` waits to be taken on.

    ``booked`` is what it wanted to talk about when it booked, what this stall handles (``is_here``) in front.

    ``projects`` are those that a new need may be about.

    ``places`` are its other places at this fair, ``tables`` the joint tables that were asked for it here; ``past`` are
    its matters that are over, ``visits`` the fairs to which it came before.
    """

    ticket: Ticket
    profile: EnterpriseProfile | None
    handled: list[FactorRequest]
    to_take: list[FactorRequest]
    booked: list[BookedNeed]
    projects: list[Project]
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
    """Return the desk at which the actor sits, if it is the body's and its fair is open.

    Who is serving when the day is closed goes on, and ends it.
    """
    if actor.user is None:
        return None
    desk = _OWN_DESK.first(body=actor.organization.pk, day=local_day(at), clerk=actor.user.pk)
    if desk is not None:
        desk.clerk, desk.stall.organization = actor.user, actor.organization
    return desk


def _desks(body: Organization | Value, day: date | Value) -> DeskQuerySet:
    return _with_fair(Desk.objects.filter(stall__organization=body, stall__fair__in=_fairs(day)))


def _fairs(day: date | Value) -> QuerySet[Fair]:
    return Fair.objects.open().held_until(day)


def _with_fair(found: DeskQuerySet) -> DeskQuerySet:
    return found.select_related("stall__fair").order_by("-stall__fair__held_on", "stall__code", "number")


def _own() -> QuerySet[Desk]:
    mine = _with_fair(Desk.objects.filter(stall__organization=slot("body")).of_clerk(slot("clerk")))
    serving = Ticket.objects.live().filter(desk=OuterRef("pk"))
    return mine.filter(Q(stall__fair__in=_fairs(slot("day"))) | Exists(serving))[:1]


_OWN_DESK: Prepared[Desk] = Prepared(_own)


def handled_in(ticket: Ticket, actor: Actor) -> QuerySet[FactorRequest]:
    """Return the requests of the ticket's enterprise that the actor's body filed or moved since serving began."""
    return _handled(ticket.visit.enterprise_id, actor.organization, actor.user, ticket.began_at)


def _handled(enterprise: Any, body: Any, user: Any, since: Any) -> QuerySet[FactorRequest]:
    done = RequestEvent.objects.filter(
        factor_request=OuterRef("pk"), organization=body, user=user, at__gte=since, verb__in=["file", *MOVES]
    )
    return FactorRequest.objects.filter(Exists(done), enterprise=enterprise)


def _booked() -> QuerySet[BookedNeed]:
    """What an enterprise booked for; ``is_here`` what this stall handles, which is all where it names no factors."""
    handled = Stall.handles.through.objects.filter(stall=slot("stall"))
    needs = BookedNeed.objects.filter(booking__fair=slot("fair"), booking__enterprise=slot("enterprise"))
    is_here = Exists(handled.filter(factor=OuterRef("factor"))) | ~Exists(handled)
    found = needs.annotate(is_here=is_here).select_related("factor", "factor_request")
    return found.order_by("-is_here", "pk")


_NEEDS = FactorRequest.objects.filter(enterprise=slot("enterprise"))
_COUNTS: Prepared[FactorRequest] = Prepared(
    lambda: (
        _NEEDS.order_by()
        .values("enterprise")
        .annotate(total=Count("pk"), closed=Count("pk", filter=~Q(state__in=OPEN)))
        .values_list("total", "closed")
    )
)
_HANDLED: Prepared[FactorRequest] = Prepared(
    lambda: (
        _handled(slot("enterprise"), slot("body"), slot("user"), slot("since"))
        .select_related("factor")
        .order_by("pk")
    )
)
_OPEN: Prepared[FactorRequest] = Prepared(
    lambda: _NEEDS.open().select_related("factor", "enterprise").order_by("-filed_at", "-pk")[:SHOWN]
)
_PARTS: Prepared[Assignment] = Prepared(
    lambda: Assignment.objects.filter(any_of("factor_request", "needs")).select_related("organization")
)
_BOOKED: Prepared[BookedNeed] = Prepared(_booked)
_PLACES: Prepared[Ticket] = Prepared(
    lambda: (
        Ticket.objects.filter(visit=slot("visit"))
        .exclude(pk=slot("ticket"))
        .select_related("stall__organization", "desk__stall")
        .order_by("pk")
    )
)
_TABLES: Prepared[JointConsultation] = Prepared(
    lambda: (
        JointConsultation.objects.filter(ticket__visit=slot("visit"))
        .select_related("ticket__stall")
        .order_by("-pk")
    )
)
_PAST: Prepared[FactorRequest] = Prepared(
    lambda: (
        _NEEDS.exclude(state__in=OPEN)
        .exclude(any_of("pk", "done"))
        .select_related("factor", "filing")
        .order_by("-filed_at", "-pk")[:PAST]
    )
)
_VISITS: Prepared[Visit] = Prepared(
    lambda: (
        Visit.objects.filter(enterprise=slot("enterprise"))
        .exclude(pk=slot("visit"))
        .select_related("fair")
        .order_by("-fair__held_on", "-pk")[:PAST]
    )
)
_PROJECTS: Prepared[Project] = Prepared(
    lambda: Project.objects.filter(enterprise=slot("enterprise"), is_active=True).order_by("name")
)
_PROFILE: Prepared[EnterpriseProfile] = Prepared(
    lambda: EnterpriseProfile.objects.filter(organization=slot("enterprise")).select_related(
        "division", "chain"
    )
)


def serving(ticket: Ticket, *, actor: Actor, at: datetime) -> Serving:
    """Gather what the desk shows of the enterprise that it serves. Eleven queries, and two more when needs are open."""
    visit, enterprise = ticket.visit, ticket.visit.enterprise_id
    user = actor.user.pk if actor.user else 0
    handled = _HANDLED(enterprise=enterprise, body=actor.organization.pk, user=user, since=ticket.began_at)
    done = [need.pk for need in handled]
    rows = [row for row in _rows(_OPEN(enterprise=enterprise), at) if row.factor_request.pk not in done]
    tables = _TABLES(visit=visit.pk)
    prefetch_related_objects(tables, "invited")
    total, closed = next(iter(_COUNTS.rows(enterprise=enterprise)), (0, 0))
    return Serving(
        ticket=ticket,
        profile=_PROFILE.first(enterprise=enterprise),
        handled=handled,
        to_take=[r.factor_request for r in rows if r.factor_request.state in (State.FILED, State.ACCEPTED)],
        booked=_BOOKED(stall=ticket.stall_id, fair=visit.fair_id, enterprise=enterprise),
        projects=_PROJECTS(enterprise=enterprise),
        rows=rows,
        total=total,
        closed=closed,
        places=_PLACES(visit=visit.pk, ticket=ticket.pk),
        tables=tables,
        past=_PAST(enterprise=enterprise, done=done),
        visits=_VISITS(enterprise=enterprise, visit=visit.pk),
    )


def _rows(needs: list[FactorRequest], at: datetime) -> list[Row]:
    if not needs:
        return []
    calendar, parts = CalendarYear.objects.calendar(), defaultdict(list)
    for part in _PARTS(needs=[need.pk for need in needs]):
        parts[part.factor_request_id].append(part)
    return [ledger.row(need, at=at, calendar=calendar, assignments=parts[need.pk]) for need in needs]

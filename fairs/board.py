"""What the hall sees: the screen, the phone's ticket, a stall's line, a fair's counts.

Each read says how many queries it costs. What goes to an open page names no enterprise, only numbers.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Q

from fairs.models import Desk, Fair, Stall, Ticket, TicketEvent, Visit
from fairs.waits import Wait, waits_for
from fairs.workflow import TicketState
from taian_factors.directory.models import Organization, User

LATEST_CALLS = 5


def version(fair_id: int) -> str:
    """Return a word that changes whenever anything a poller sees of this fair changes. Two queries.

    The newest event alone would not do: of two events the one with the smaller number may be committed last.
    """
    steps = TicketEvent.objects.filter(fair=fair_id).aggregate(newest=Max("pk"), count=Count("pk"))
    desks = Desk.objects.filter(stall__fair=fair_id).aggregate(
        seated=Count("clerk"), paused=Count("pk", filter=Q(is_paused=True))
    )
    return "-".join(str(part or 0) for part in (fair_id, *steps.values(), *desks.values()))


@dataclass(frozen=True)
class HallRow:
    """One stall on the screen: the tickets at its desks, and how many wait."""

    stall: Stall
    live: list[Ticket]
    waiting: int


@dataclass(frozen=True)
class HallBoard:
    """The whole screen. ``calls`` are the tickets that somebody must come for now, the newest first."""

    fair: Fair
    calls: list[Ticket]
    rows: list[HallRow]


def hall_board(fair: Fair) -> HallBoard:
    """Return what the hall screen shows. Two queries."""
    stalls = (
        Stall.objects.filter(fair=fair)
        .select_related("organization", "zone")
        .annotate(waiting_count=Count("tickets", filter=Q(tickets__state=TicketState.WAITING)))
        .order_by("code")
    )
    live = (
        Ticket.objects.live().filter(stall__fair=fair).select_related("visit", "desk", "stall__organization")
    )
    at_stall: dict[int, list[Ticket]] = defaultdict(list)
    for ticket in live.order_by("desk__number"):
        at_stall[ticket.stall_id].append(ticket)
    called = [t for tickets in at_stall.values() for t in tickets if t.state == TicketState.CALLED]
    called.sort(key=lambda ticket: (ticket.called_at, ticket.pk), reverse=True)
    rows = [HallRow(stall, at_stall[stall.pk], stall.waiting_count) for stall in stalls]
    return HallBoard(fair, called[:LATEST_CALLS], rows)


@dataclass(frozen=True)
class PhonePlace:
    """One of a visit's tickets on the phone. ``wait`` is there for waiting tickets."""

    ticket: Ticket
    wait: Wait | None


@dataclass(frozen=True)
class PhonePage:
    """A visit on the phone: where to go now, and where to go next.

    ``next`` is the waiting place with the shortest wait, None while the visit is at a desk.
    ``at`` is the moment that the ranges were worked out.
    """

    visit: Visit
    now: Ticket | None
    next: PhonePlace | None
    places: list[PhonePlace]
    at: datetime


def phone_page(visit: Visit, *, at: datetime) -> PhonePage:
    """Return what the enterprise's phone shows. Three queries."""
    tickets = (
        Ticket.objects.filter(visit=visit)
        .select_related("stall__organization", "stall__zone", "desk")
        .with_ahead()
        .order_by("pk")
    )
    places, now = [], None
    rows = list(tickets)
    waits = waits_for({t.stall_id: t.ahead for t in rows if t.state == TicketState.WAITING})
    for ticket in rows:
        ticket.visit = visit
        now = ticket if ticket.is_live else now
        is_waiting = ticket.state == TicketState.WAITING
        places.append(PhonePlace(ticket, waits[ticket.stall_id] if is_waiting else None))
    waiting = [place for place in places if place.wait]
    soonest = min(waiting, key=lambda place: place.wait.rank, default=None) if now is None else None
    return PhonePage(visit, now, soonest, places, at)


@dataclass(frozen=True)
class StallQueue:
    """One stall as its clerk sees it.

    ``held`` is the ticket at this desk; ``waiting`` the whole line in the order of calling, each with its visit,
    enterprise and, when that visit is at a desk now, ``visit.busy_ticket`` with stall and desk; ``next_free`` the
    first of them that can be called; ``missed`` those that may come back; ``served`` how many are done today.
    """

    desk: Desk
    held: Ticket | None
    waiting: list[Ticket]
    next_free: Ticket | None
    missed: list[Ticket]
    served: int


def stall_queue(desk: Desk) -> StallQueue:
    """Return the line of a desk's stall. Four queries (``desk`` comes with its stall)."""
    tickets = Ticket.objects.filter(stall=desk.stall_id).select_related("visit__enterprise__profile", "desk")
    waiting = list(
        tickets.waiting().in_line().select_related("visit__busy_ticket__stall", "visit__busy_ticket__desk")
    )
    missed = tickets.filter(state=TicketState.MISSED, has_reentered=False).order_by("-ended_at", "-pk")
    return StallQueue(
        desk=desk,
        held=tickets.held_by(desk).first(),
        waiting=waiting,
        next_free=next((ticket for ticket in waiting if ticket.visit.busy_ticket is None), None),
        missed=list(missed[:20]),
        served=tickets.served().count(),
    )


@dataclass(frozen=True)
class FairCounts:
    """A fair's day in numbers.

    ``stalls`` carry ``taken`` and a number per state; ``totals`` are their sums, and ``gone``: missed and left.
    """

    stalls: list[Stall]
    totals: dict[str, int]
    visits: int


def fair_counts(fair: Fair) -> FairCounts:
    """Return the counts of a fair, stall by stall. Two queries."""
    stalls = list(fair.stalls.with_line().select_related("organization", "zone").order_by("code"))
    names = ["taken", *TicketState.values]
    totals = {name: sum(getattr(stall, name) for stall in stalls) for name in names}
    totals["gone"] = totals["missed"] + totals["left"]
    return FairCounts(stalls, totals, fair.visits.count())


@dataclass(frozen=True)
class DeskRow:
    """A desk with the ticket that it holds, if any."""

    desk: Desk
    held: Ticket | None


def desks_of(fair: Fair) -> list[DeskRow]:
    """Return a fair's desks in order. Two queries."""
    desks = Desk.objects.filter(stall__fair=fair).select_related("stall__organization", "clerk")
    live = Ticket.objects.live().filter(stall__fair=fair).select_related("visit")
    held = {ticket.desk_id: ticket for ticket in live}
    return [DeskRow(desk, held.get(desk.pk)) for desk in desks.order_by("stall__code", "number")]


def served_ticket_of(user: User | None, enterprise: Organization | None = None) -> Ticket | None:
    """Return the ticket that is being served at the desk of ``user``, if it is this enterprise's; one query.

    This is what makes staff *counter* to an enterprise: only while its ticket is being served at their own desk.
    """
    if user is None:
        return None
    tickets = Ticket.objects.being_served_by(user).select_related("visit__fair", "stall", "desk")
    if enterprise is not None:
        tickets = tickets.filter(visit__enterprise=enterprise)
    return tickets.first()

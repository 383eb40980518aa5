"""What the hall sees: the screen, the phone's ticket, a stall's line, a fair's counts.

Each read says how many queries it costs. What goes to an open page names no enterprise, only numbers.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from operator import itemgetter

from django.db.models import Q

from fairs.models import Desk, Fair, Stall, Ticket, Visit
from fairs.picture import Picture, word_of
from fairs.querysets import TicketQuerySet
from fairs.sharing import fresh
from fairs.waits import Wait
from fairs.workflow import LIVE, TicketState
from taian_factors.directory.models import User
from taian_factors.lib.prepared import Prepared, slot

LATEST_CALLS = 5
MISSED = 20  # the latest of them; whoever was missed before that asks at reception


def version(fair_id: int) -> str:
    """Return a word that changes whenever anything a poller sees of this fair changes. One query."""
    return word_of(fair_id)


@dataclass(frozen=True)
class HallRow:
    """One stall on the screen: the tickets at its desks, and how many wait."""

    stall: Stall
    live: list[Ticket]
    waiting: int


@dataclass(frozen=True)
class HallBoard:
    """The whole screen, or that of one zone.

    ``calls`` are the tickets that somebody must come for now, the newest first; ``latest`` those that are shown large.
    """

    calls: list[Ticket]
    rows: list[HallRow]

    @property
    def latest(self) -> list[Ticket]:
        """The newest calls."""
        return self.calls[:LATEST_CALLS]


def hall_board(fair_id: int, *, zone: str = "", picture: Picture | None = None) -> HallBoard:
    """Return what a hall screen shows, from a picture of the fair; without one it is taken now. One query, or none."""
    picture = picture or fresh(fair_id).picture
    live: dict[int, list[Ticket]] = defaultdict(list)
    for row in picture.rows.values():
        if row.is_live:
            live[row.stall].append(picture.ticket(row))
    stalls = [stall for stall in picture.stalls.values() if zone in ("", stall.zone.code)]
    for tickets in live.values():
        tickets.sort(key=lambda ticket: ticket.desk.number if ticket.desk else 0)
    called = [t for stall in stalls for t in live[stall.pk] if t.state == TicketState.CALLED]
    called.sort(key=lambda ticket: (ticket.called_at, ticket.pk), reverse=True)
    lines = picture.lines
    rows = [HallRow(stall, live[stall.pk], len(lines.get(stall.pk, []))) for stall in stalls]
    return HallBoard(called, rows)


def screen_tag(picture: Picture, zone: str = "") -> str:
    """Name what a hall screen shows: what happens elsewhere does not change it."""
    if ("screen", zone) not in picture.tags:
        shown = hall_board(picture.fair_id, zone=zone, picture=picture)
        rows = [
            (row.stall.code, row.stall.position, row.waiting, [_named(ticket) for ticket in row.live])
            for row in shown.rows
        ]
        picture.tags["screen", zone] = _tag(rows)
    return picture.tags["screen", zone]


@dataclass(frozen=True)
class PhonePlace:
    """One of a visit's tickets on the phone. ``wait`` is there for waiting tickets."""

    ticket: Ticket
    wait: Wait | None


@dataclass(frozen=True)
class PhonePage:
    """A visit on the phone: where to go now, and where to go next.

    ``next`` is the waiting place with the shortest wait of several that call, None while the visit is at a desk.
    ``at`` is the moment that the ranges were worked out; ``is_served`` lets the fair be rated.
    """

    visit: Visit
    now: Ticket | None
    next: PhonePlace | None
    places: list[PhonePlace]
    at: datetime
    is_open: bool

    @property
    def is_served(self) -> bool:
        """Says whether something was served already."""
        return any(place.ticket.state == TicketState.SERVED for place in self.places)

    @property
    def is_choice(self) -> bool:
        """Says whether there is a shortest among several."""
        return sum(place.wait is not None for place in self.places) > 1


def phone_page(visit: Visit, *, at: datetime, picture: Picture | None = None) -> PhonePage:
    """Return what a visit's phone shows, from a picture; without one it is taken now. One query, or none."""
    picture = picture or fresh(visit.fair_id).picture
    places, now = [], None
    for row in picture.of_visit.get(visit.pk, []):
        ticket = picture.ticket(row)
        ticket.visit = visit
        now = ticket if ticket.is_live else now
        places.append(PhonePlace(ticket, picture.waits.get(row.pk)))
    calling = [(place.wait.rank, place) for place in places if place.wait and not place.wait.is_paused]
    soonest = min(calling, key=itemgetter(0))[1] if calling and now is None else None
    return PhonePage(visit, now, soonest, places, at, picture.is_open)


def phone_tag(picture: Picture, visit_id: int) -> str:
    """Name what a visit's phone shows: it changes with its own places and their lines, not with the fair."""
    if visit_id not in picture.tags:
        waits = picture.waits
        rows = picture.of_visit.get(visit_id, [])
        shown = [
            (row.pk, row.state, row.desk, row.calls, row.has_reentered, waits.get(row.pk)) for row in rows
        ]
        picture.tags[visit_id] = _tag([picture.is_open, shown])
    return picture.tags[visit_id]


def _named(ticket: Ticket) -> tuple[int, str, int, int | None]:
    return (ticket.pk, ticket.state, ticket.calls, ticket.desk_id)


def _tag(shown: object) -> str:
    """Return an ETag; the same in every process."""
    return f'"{blake2b(repr(shown).encode(), digest_size=12).hexdigest()}"'


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


_SHOWN_WITH = ("visit__enterprise", "visit__busy_ticket__stall", "visit__busy_ticket__desk")
# fmt: off
_SHOWN = (
    "stall", "desk", "state", "priority", "priority_reason", "place_at", "calls", "began_at", "ended_at",
    "handover_note", "visit__fair", "visit__number", "visit__contact_name", "visit__contact_phone",
    "visit__enterprise__name", "visit__enterprise__short", "visit__busy_ticket__stall__code",
    "visit__busy_ticket__desk__number",
)
# fmt: on


def _line() -> TicketQuerySet:
    shown = Q(state=TicketState.WAITING) | Q(state=TicketState.MISSED, has_reentered=False)
    shown |= Q(state__in=LIVE, desk=slot("desk"))
    here = Ticket.objects.filter(shown, stall=slot("stall"))
    return here.select_related(*_SHOWN_WITH).only(*_SHOWN).in_line()


_LINE: Prepared[Ticket] = Prepared(_line)
_SERVED: Prepared[Ticket] = Prepared(lambda: Ticket.objects.served().filter(stall=slot("stall")).values("pk"))


def stall_queue(desk: Desk) -> StallQueue:
    """Return the line of a desk's stall. Two queries (``desk`` comes with its stall)."""
    tickets = _LINE(stall=desk.stall_id, desk=desk.pk)
    waiting = [ticket for ticket in tickets if ticket.state == TicketState.WAITING]
    missed = [ticket for ticket in tickets if ticket.state == TicketState.MISSED]
    return StallQueue(
        desk=desk,
        held=next((ticket for ticket in tickets if ticket.state in LIVE), None),
        waiting=waiting,
        next_free=next((ticket for ticket in waiting if ticket.visit.busy_ticket is None), None),
        missed=sorted(missed, key=lambda ticket: (ticket.ended_at, ticket.pk), reverse=True)[:MISSED],
        served=_SERVED.count(stall=desk.stall_id),
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


def served_ticket_of(user: User | None) -> Ticket | None:
    """Return the ticket that is being served at the desk of ``user``; one query."""
    if user is None:
        return None
    return Ticket.objects.being_served_by(user).select_related("visit__fair", "stall", "desk").first()

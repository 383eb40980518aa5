"""Situations of a fair: the hall, who sits where, who waits. All goes through the verbs of the pages."""

from datetime import date, datetime, time, timedelta
from itertools import count
from typing import Any

from fairs import arrivals, queueing, reserving
from fairs.models import BookedPlace, Desk, Fair, Slot, Stall, Ticket, Visit, Zone
from taian_factors.directory.actors import Actor
from taian_factors.directory.models import Organization
from tests.directory import factories as directory

FAIR_DAY = date(2023, 6, 13)
_numbers = count(1)


def key() -> str:
    """Return the key of a new click."""
    return f"click-{next(_numbers)}"


def fair(held_on: date = FAIR_DAY, name: str = "", **fields: Any) -> Fair:
    """Make a fair with one zone, open from nine to five."""
    given = {"place": "市民之家", "opens_at": time(9), "closes_at": time(17)}
    made = Fair.objects.create(
        held_on=held_on, name=name or f"要素保障大集第{next(_numbers)}场", **{**given, **fields}
    )
    Zone.objects.create(fair=made, code="B", name="业务受理")
    return made


def stall(at_fair: Fair, organization: Organization | str = "ZGJ", *, desks: int = 1, **fields: Any) -> Stall:
    """Make a stall of a body, with empty desks."""
    owner = directory.body(organization) if isinstance(organization, str) else organization
    number = next(_numbers)
    made = Stall.objects.create(
        **{
            "fair": at_fair,
            "zone": at_fair.zones.first(),
            "organization": owner,
            "code": f"B{number:03d}",
            "position": "一楼东侧",
            **fields,
        }
    )
    Desk.objects.bulk_create(Desk(stall=made, number=number) for number in range(1, desks + 1))
    return made


def slot(at_stall: Stall, start: str = "09:00", end: str = "23:59", *, capacity: int = 1) -> Slot:
    """Offer a slot of a stall."""
    hours = {"starts_at": time.fromisoformat(start), "ends_at": time.fromisoformat(end)}
    return Slot.objects.create(stall=at_stall, capacity=capacity, **hours)


def booked(
    *slots: Slot, at: datetime, enterprise: Organization | None = None, actor: Actor | None = None
) -> BookedPlace:
    """Have an enterprise (a new one) book slots; return its place in the first of them, held or waiting."""
    booking = reserving.book(
        fair=slots[0].stall.fair,
        enterprise=enterprise or directory.enterprise(),
        slots=slots,
        actor=actor or reception(),
        at=at,
    )
    return booking.places.live().get(slot=slots[0])


def seated(at_stall: Stall, *, at: datetime) -> tuple[Desk, Actor]:
    """Make a new clerk of the stall's body, seated at its first empty desk (a new desk if all are taken)."""
    clerk = directory.actor(at_stall.organization)
    desk = at_stall.desks.filter(clerk=None).order_by("number").first()
    if desk is None:
        desk = Desk.objects.create(stall=at_stall, number=at_stall.desks.count() + 1)
    return queueing.take_desk(desk=desk, actor=clerk, at=at), clerk


def reception() -> Actor:
    """Make a new clerk of the office."""
    return directory.actor("GTB")


def checked_in(
    at_fair: Fair, *, at: datetime, enterprise: Organization | None = None, actor: Actor | None = None
) -> Visit:
    """Check an enterprise (a new one) in at reception."""
    return arrivals.check_in(
        fair=at_fair, enterprise=enterprise or directory.enterprise(), actor=actor or reception(), at=at
    )


def waiting(
    at_stall: Stall,
    *,
    at: datetime,
    visit: Visit | None = None,
    priority: int = 0,
    actor: Actor | None = None,
) -> Ticket:
    """Let a visit (a new one) wait at a stall."""
    return arrivals.take_ticket(
        visit=visit or checked_in(at_stall.fair, at=at, actor=actor),
        stall=at_stall,
        actor=actor or reception(),
        at=at,
        priority=priority,
        reason="重点项目" if priority else "",
    )


def called(desk: Desk, clerk: Actor, *, at: datetime) -> Ticket:
    """Have a new visit wait at the desk's stall, and the desk call it (the line must be empty)."""
    waiting(desk.stall, at=at)
    ticket = queueing.call_next(desk=desk, actor=clerk, at=at, key=key())
    assert ticket is not None
    return ticket


def serving(desk: Desk, clerk: Actor, *, at: datetime) -> Ticket:
    """Have a new visit served at a desk (the line must be empty)."""
    called(desk, clerk, at=at)
    return queueing.begin(desk=desk, actor=clerk, at=at, key=key())


def served(desk: Desk, clerk: Actor, *, at: datetime, minutes: int = 10) -> Ticket:
    """Have a new visit served at a desk, done ``minutes`` later (the line must be empty)."""
    serving(desk, clerk, at=at)
    return queueing.finish(desk=desk, actor=clerk, at=at + timedelta(minutes=minutes), key=key())


def missed(desk: Desk, clerk: Actor, *, at: datetime) -> Ticket:
    """Have a new visit called and passed over (the line must be empty)."""
    called(desk, clerk, at=at)
    return queueing.pass_over(desk=desk, actor=clerk, at=at, key=key())


def in_state(state: str, desk: Desk, clerk: Actor, *, at: datetime) -> Ticket:
    """Bring a new visit's ticket at the desk's stall into a state (the line must be empty)."""
    if state == "waiting":
        return waiting(desk.stall, at=at)
    if state == "left":
        return arrivals.leave(ticket=waiting(desk.stall, at=at), actor=reception(), at=at)
    ways = {"called": called, "serving": serving, "served": served, "missed": missed}
    return ways[state](desk, clerk, at=at)

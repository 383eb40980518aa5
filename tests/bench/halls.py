"""A full hall for the bench: stalls, seated clerks at their desks, visits that wait at several stalls."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from fairs.models import Desk, Fair, Stall, Ticket, TicketEvent, Visit
from taian_factors.directory.actors import Actor
from taian_factors.directory.models import Division, EnterpriseProfile, Organization
from taian_factors.lib.periods import local_day
from tests.fairs import factories as fairs


@dataclass(frozen=True)
class FullHall:
    """A fair of today, its desks each with the clerk who sits there, its visits."""

    fair: Fair
    desks: list[tuple[Desk, Actor]]
    visits: list[Visit]


def full_hall(*, stalls: int, desks: int, visits: int, each: int, at: datetime) -> FullHall:
    """Build a hall: ``each`` visit waits at so many stalls, in the order of its number."""
    fair = fairs.fair(held_on=local_day(at), opens_at=time(0), closes_at=time(23, 59))
    bodies = list(Organization.objects.active().handlers().order_by("pk")[:stalls])
    places = [
        fairs.stall(fair, bodies[number % len(bodies)], code=f"B{number:02d}") for number in range(stalls)
    ]
    seats = [fairs.seated(places[number % stalls], at=at) for number in range(desks)]
    return FullHall(fair, seats, _visits(fair, places, visits, each, at))


def _visits(fair: Fair, stalls: list[Stall], count: int, each: int, at: datetime) -> list[Visit]:
    names = [f"示例来访企业{number:05d}" for number in range(count)]
    firms = Organization.objects.bulk_create(
        Organization(kind=Organization.Kind.ENTERPRISE, name=name, short=name) for name in names
    )
    division = Division.objects.get(code="370902")
    EnterpriseProfile.objects.bulk_create(
        EnterpriseProfile(organization=firm, division=division) for firm in firms
    )
    visits = Visit.objects.bulk_create(
        Visit(fair=fair, enterprise=firm, number=number, checked_in_at=at)
        for number, firm in enumerate(firms, 1)
    )
    Fair.objects.filter(pk=fair.pk).update(last_number=count)
    tickets = Ticket.objects.bulk_create(
        Ticket(
            visit=visit,
            stall=stalls[(visit.number * 7 + place * 11) % len(stalls)],
            state="waiting",
            place_at=at + timedelta(milliseconds=visit.number),
        )
        for visit in visits
        for place in range(each)
    )
    TicketEvent.objects.bulk_create(
        TicketEvent(
            ticket=ticket,
            fair=fair,
            verb="take",
            to_state="waiting",
            at=at,
            place_at=ticket.place_at,
            priority=0,
        )
        for ticket in tickets
    )
    return visits

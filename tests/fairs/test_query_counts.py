"""Ten rows and two hundred rows cost the same."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fairs import board
from fairs.models import Desk, Stall, Ticket, Visit
from tests.directory import factories as directory
from tests.fairs import factories

FEW, MANY = 10, 200


def cost(read):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        read()
    return len(queries)


def crowd(fair, stall, until, at):
    """Have so many visits wait at a stall, fast: rows only, as the reads want them."""
    there = Visit.objects.filter(fair=fair).count()
    names = [f"示例来访企业{number}" for number in range(there, until)]
    bodies = directory.Organization.objects.bulk_create(
        directory.Organization(kind="enterprise", name=name, short=name) for name in names
    )
    division = directory.Division.objects.get(code="370902")
    directory.EnterpriseProfile.objects.bulk_create(
        directory.EnterpriseProfile(organization=body, division=division) for body in bodies
    )
    visits = Visit.objects.bulk_create(
        Visit(fair=fair, enterprise=body, number=number, checked_in_at=at)
        for number, body in enumerate(bodies, there + 1)
    )
    Ticket.objects.bulk_create(
        Ticket(visit=visit, stall=stall, state="waiting", place_at=at + timedelta(seconds=visit.number))
        for visit in visits
    )


def more_stalls(fair, until):
    there = fair.stalls.count()
    zone, owner = fair.zones.first(), directory.body("FGW")
    stalls = Stall.objects.bulk_create(
        Stall(fair=fair, zone=zone, organization=owner, code=f"Z{n:03d}") for n in range(there, until)
    )
    Desk.objects.bulk_create(Desk(stall=stall, number=1) for stall in stalls)


def grow(hall, until, at):
    crowd(hall.fair, hall.stall, until, at)
    more_stalls(hall.fair, until)


@pytest.mark.parametrize(
    ("read", "queries"),
    [
        (lambda hall, at: board.hall_board(hall.fair.pk), 1),
        (lambda hall, at: board.stall_queue(hall.desk), 2),
        (lambda hall, at: board.fair_counts(hall.fair), 2),
        (lambda hall, at: board.desks_of(hall.fair), 2),
        (lambda hall, at: board.version(hall.fair.pk), 1),
        (lambda hall, at: board.phone_page(Visit.objects.last(), at=at), 1 + 1),  # one finds the visit
    ],
    ids=["screen", "line", "counts", "desks", "version", "phone"],
)
def test_a_read_costs_what_it_says(read, queries, hall, at):
    grow(hall, FEW, at)
    assert cost(lambda: read(hall, at)) == queries
    grow(hall, MANY, at)
    assert cost(lambda: read(hall, at)) == queries


PAGES = {
    "overview": "/fairs/",
    "fair": "/fairs/{fair}/",
    "desks": "/fairs/{fair}/desks/",
    "stalls": "/fairs/{fair}/stalls/",
    "reception": "/fairs/{fair}/reception/",
    "search": "/fairs/{fair}/reception/?q=示例",
    "check_in": "/fairs/{fair}/reception/{enterprise}/",
    "visit": "/fairs/visits/{visit}/",
    "screen": "/fairs/screen/{token}/",
    "kiosk": "/fairs/kiosk/{door}/",
    "door": "/fairs/door/{door}/",
    "edit_stall": "/fairs/{fair}/stalls/{stall}/",
    "floor": "/fairs/{fair}/floor/",
    "lay_out": "/fairs/{fair}/floor/edit/",
    "slots": "/fairs/{fair}/slots/",
    "guests": "/fairs/{fair}/guests/",
    "guest_sheet": "/fairs/{fair}/guests/sheet/",
    "phone": "/fairs/t/{phone}/",
}


@pytest.mark.parametrize("page", PAGES)
def test_a_page_costs_the_same_with_ten_rows_and_with_two_hundred(page, hall, at, as_office_clerk):
    grow(hall, FEW, at)
    visit = Visit.objects.first()
    address = PAGES[page].format(
        fair=hall.fair.pk,
        enterprise=directory.enterprise().pk,
        visit=visit.pk,
        token=hall.fair.token,
        door=hall.fair.door_token,
        stall=hall.stall.pk,
        phone=visit.token,
    )
    as_office_clerk.get(address)  # whatever is remembered by the process is remembered now
    few = cost(lambda: as_office_clerk.get(address))
    grow(hall, MANY, at)
    for _ in range(15):
        factories.fair()
    assert cost(lambda: as_office_clerk.get(address)) == few
    assert as_office_clerk.get(address).status_code == 200

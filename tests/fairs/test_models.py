"""What the database refuses, whoever asks."""

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from fairs.models import Desk, Fair, Ticket, TicketEvent, Visit
from tests.fairs import factories


def refused(name):
    return pytest.raises(IntegrityError, match=name)


def test_no_desk_holds_two_tickets(hall, at):
    factories.called(hall.desk, hall.clerk, at=at)
    other = factories.waiting(hall.stall, at=at)
    with refused("one_ticket_per_desk"), transaction.atomic():
        Ticket.objects.filter(pk=other.pk).update(state="called", desk=hall.desk)


def test_no_visit_is_at_two_desks(hall, at):
    ticket = factories.called(hall.desk, hall.clerk, at=at)
    other = factories.waiting(hall.other_stall, visit=ticket.visit, at=at)
    with refused("one_desk_per_visit"), transaction.atomic():
        Ticket.objects.filter(pk=other.pk).update(state="serving", desk=hall.other_desk)


def test_no_visit_stands_twice_in_a_line(hall, at):
    ticket = factories.waiting(hall.stall, at=at)
    with refused("one_place_per_stall"), transaction.atomic():
        Ticket.objects.create(visit=ticket.visit, stall=hall.stall, state="waiting", place_at=at)


def test_nobody_is_called_without_a_desk(hall, at):
    ticket = factories.waiting(hall.stall, at=at)
    with refused("who_calls_has_a_desk"), transaction.atomic():
        Ticket.objects.filter(pk=ticket.pk).update(state="called")


@pytest.mark.parametrize(("state", "outcome"), [("served", ""), ("left", "consulted"), ("served", "danced")])
def test_served_means_an_outcome(hall, at, state, outcome):
    ticket = factories.waiting(hall.stall, at=at)
    with refused("served_means_an_outcome"), transaction.atomic():
        Ticket.objects.filter(pk=ticket.pk).update(state=state, outcome=outcome)


def test_priority_has_a_reason(hall, at):
    ticket = factories.waiting(hall.stall, at=at)
    with refused("priority_has_a_reason"), transaction.atomic():
        Ticket.objects.filter(pk=ticket.pk).update(priority=1)


def test_a_person_sits_at_one_desk(hall):
    with refused("one_desk_per_clerk"), transaction.atomic():
        Desk.objects.create(stall=hall.other_stall, number=7, clerk=hall.clerk.user)


def test_an_enterprise_has_one_visit_and_a_visit_its_own_number(hall, at):
    visit = factories.checked_in(hall.fair, at=at)
    with refused("one_visit_per_enterprise_and_fair"), transaction.atomic():
        Visit.objects.create(fair=hall.fair, enterprise=visit.enterprise, number=9, checked_in_at=at)
    other = factories.directory.enterprise()
    with refused("one_number_per_visit"), transaction.atomic():
        Visit.objects.create(fair=hall.fair, enterprise=other, number=1, checked_in_at=at)


def test_a_closed_fair_knows_when(hall):
    with refused("a_closed_fair_knows_when"), transaction.atomic():
        Fair.objects.update(is_open=False)


def test_events_are_never_changed_or_deleted(hall, at):
    factories.waiting(hall.stall, at=at)
    for change in (lambda: TicketEvent.objects.update(note="x"), lambda: TicketEvent.objects.all().delete()):
        with pytest.raises(DatabaseError, match="append_only"), transaction.atomic():
            change()


def test_things_name_themselves_in_chinese(hall, at):
    ticket = factories.waiting(hall.stall, at=at)
    assert str(ticket.visit) == "001 号"
    assert str(hall.desk) == f"{hall.stall.code}-1"
    assert str(ticket) == f"001 号 {hall.stall.code}"
    assert "取号" in str(ticket.events.get())
    assert hall.fair.zones.get().name in str(hall.fair.zones.get())

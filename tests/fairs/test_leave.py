"""Leaving one stall, or the fair."""

import pytest

from fairs import arrivals
from fairs.locks import ForbiddenError, WrongStateError
from fairs.models import Visit
from tests.directory import factories as directory
from tests.fairs import factories


def test_a_waiting_ticket_is_given_up_and_the_others_stay(hall, at):
    visit = factories.checked_in(hall.fair, at=at)
    here = factories.waiting(hall.stall, visit=visit, at=at)
    there = factories.waiting(hall.other_stall, visit=visit, at=at)
    left = arrivals.leave(ticket=here, actor=directory.actor(visit.enterprise), at=at)
    there.refresh_from_db()
    assert (left.state, left.ended_at, there.state) == ("left", at, "waiting")


def test_leaving_when_called_frees_desk_and_visit(hall, at):
    ticket = factories.called(hall.desk, hall.clerk, at=at)
    assert arrivals.leave(ticket=ticket, actor=hall.office, at=at).state == "left"
    assert Visit.objects.get(pk=ticket.visit_id).busy_ticket is None
    assert factories.called(hall.desk, hall.clerk, at=at) != ticket


def test_who_is_being_served_does_not_leave(hall, at):
    ticket = factories.serving(hall.desk, hall.clerk, at=at)
    with pytest.raises(WrongStateError, match="办理中"):
        arrivals.leave(ticket=ticket, actor=hall.office, at=at)


def test_others_do_not_send_away(hall, at, stranger, office_auditor):
    ticket = factories.waiting(hall.stall, at=at)
    for actor in (hall.clerk, stranger, office_auditor):
        with pytest.raises(ForbiddenError):
            arrivals.leave(ticket=ticket, actor=actor, at=at)
        with pytest.raises(ForbiddenError):
            arrivals.leave_fair(visit=ticket.visit, actor=actor, at=at)


def test_leaving_the_fair_gives_up_all_but_what_is_being_served(hall, at):
    serving = factories.serving(hall.desk, hall.clerk, at=at)
    visit = Visit.objects.get(pk=serving.visit_id)
    waiting = factories.waiting(hall.other_stall, visit=visit, at=at)
    assert arrivals.leave_fair(visit=visit, actor=hall.office, at=at) == [waiting]
    serving.refresh_from_db()
    assert serving.state == "serving"
    assert Visit.objects.get(pk=visit.pk).busy_ticket == serving
    assert arrivals.leave_fair(visit=visit, actor=hall.office, at=at) == []


def test_leaving_twice_is_leaving(hall, at):
    ticket = factories.waiting(hall.stall, at=at)
    for _ in range(2):  # the answer was lost, the button was pressed again
        assert arrivals.leave(ticket=ticket, actor=hall.office, at=at).state == "left"
    assert ticket.events.filter(verb="leave").count() == 1

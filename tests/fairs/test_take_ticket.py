"""Taking a place at a stall."""

from datetime import timedelta

import pytest

from fairs import arrivals
from fairs.arrivals import ReasonMissingError
from fairs.locks import ForbiddenError, WrongStateError
from fairs.models import Ticket
from tests.directory import factories as directory
from tests.fairs import factories


def test_a_place_is_the_moment_it_was_taken(hall, at):
    ticket = factories.waiting(hall.stall, at=at)
    assert (ticket.state, ticket.place_at, ticket.priority) == ("waiting", at, 0)
    event = ticket.events.get()
    assert (event.verb, event.from_state, event.to_state, event.place_at) == ("take", "", "waiting", at)


def test_a_visit_waits_at_many_stalls_and_once_at_each(hall, at):
    visit = factories.checked_in(hall.fair, at=at)
    first = factories.waiting(hall.stall, visit=visit, at=at)
    factories.waiting(hall.other_stall, visit=visit, at=at)
    again = factories.waiting(hall.stall, visit=visit, at=at + timedelta(minutes=5))
    assert again == first
    assert again.place_at == at
    assert visit.tickets.count() == 2


def test_who_was_served_can_line_up_again(hall, at):
    done = factories.served(hall.desk, hall.clerk, at=at)
    assert factories.waiting(hall.stall, visit=done.visit, at=at).pk != done.pk


def test_the_line_is_by_priority_then_moment_then_number(hall, at):
    late = factories.waiting(hall.stall, at=at + timedelta(minutes=2))
    early = factories.waiting(hall.stall, at=at + timedelta(minutes=3))
    Ticket.objects.filter(pk=early.pk).update(place_at=at)
    same = factories.waiting(hall.stall, at=at + timedelta(minutes=2))
    urgent = factories.waiting(hall.stall, at=at + timedelta(minutes=9), priority=1)
    assert list(Ticket.objects.waiting_at(hall.stall)) == [urgent, early, late, same]


def test_a_server_with_a_slow_clock_lets_nobody_in_before(hall, at):
    first = factories.waiting(hall.stall, at=at)
    second = factories.waiting(hall.stall, at=at - timedelta(seconds=3))
    assert list(Ticket.objects.waiting_at(hall.stall)) == [first, second]


def test_the_visitor_takes_a_place_itself(hall, at, enterprise):
    visit = factories.checked_in(hall.fair, at=at, enterprise=enterprise.organization)
    assert arrivals.take_ticket(visit=visit, stall=hall.stall, actor=enterprise, at=at).visit == visit


def test_the_stall_that_has_the_visit_may_line_it_up_elsewhere(hall, at):
    visit = factories.serving(hall.desk, hall.clerk, at=at).visit
    visit.refresh_from_db()
    ticket = arrivals.take_ticket(visit=visit, stall=hall.other_stall, actor=hall.clerk, at=at)
    assert ticket.stall == hall.other_stall
    with pytest.raises(ForbiddenError):
        arrivals.take_ticket(visit=visit, stall=hall.other_stall, actor=hall.other_clerk, at=at)


def test_strangers_and_auditors_take_no_places(hall, at, stranger, office_auditor):
    visit = factories.checked_in(hall.fair, at=at)
    for actor in (stranger, office_auditor, hall.clerk):
        with pytest.raises(ForbiddenError):
            arrivals.take_ticket(visit=visit, stall=hall.stall, actor=actor, at=at)


def test_priority_is_given_by_reception_with_a_reason(hall, at):
    visit = factories.checked_in(hall.fair, at=at)
    place = {"visit": visit, "stall": hall.stall, "at": at, "priority": 1}
    with pytest.raises(ReasonMissingError):
        arrivals.take_ticket(**place, actor=hall.office)
    with pytest.raises(ForbiddenError):
        arrivals.take_ticket(**place, actor=directory.actor(visit.enterprise), reason="急")
    ticket = arrivals.take_ticket(**place, actor=hall.office, reason=" 重点项目 ")
    assert ticket.priority_reason == "重点项目"


def test_a_stall_of_another_fair_is_refused(hall, at):
    visit = factories.checked_in(hall.fair, at=at)
    with pytest.raises(WrongStateError):
        factories.waiting(factories.stall(factories.fair()), visit=visit, at=at)


def test_a_closed_fair_gives_no_places(hall, at):
    visit = factories.checked_in(hall.fair, at=at)
    arrivals.close_day(fair=hall.fair, at=at)
    with pytest.raises(WrongStateError, match="已收摊"):
        factories.waiting(hall.stall, visit=visit, at=at)


def test_the_same_press_takes_once_and_is_answered_the_same_whatever_has_become_of_it(hall, at, enterprise):
    visit = factories.checked_in(hall.fair, at=at, enterprise=enterprise.organization)
    press = {"visit": visit, "actor": enterprise, "key": factories.key()}
    taken = arrivals.take_ticket(**press, stall=hall.stall, at=at)
    assert arrivals.take_ticket(**press, stall=hall.stall, at=at + timedelta(seconds=2)) == taken
    arrivals.leave(ticket=taken, actor=enterprise, at=at)
    again = arrivals.take_ticket(**press, stall=hall.stall, at=at + timedelta(minutes=1))
    assert (again, again.state, visit.tickets.count()) == (taken, "left", 1)
    other = arrivals.take_ticket(**press, stall=hall.other_stall, at=at)
    assert (other.stall, visit.tickets.count()) == (hall.other_stall, 2)
    arrivals.close_day(fair=hall.fair, at=at)
    assert arrivals.take_ticket(**press, stall=hall.stall, at=at + timedelta(hours=9)) == taken
    with pytest.raises(WrongStateError, match="已收摊"):
        arrivals.take_ticket(**{**press, "key": factories.key()}, stall=hall.stall, at=at)

"""Sending an enterprise on to another stall."""

from datetime import timedelta

import pytest

from fairs import queueing
from fairs.locks import ForbiddenError, WrongStateError
from fairs.models import Ticket, Visit
from tests.fairs import factories


def transfer(hall, at, **more):
    given = {"desk": hall.desk, "to_stall": hall.other_stall, "actor": hall.clerk, "at": at}
    return queueing.transfer(**{**given, "key": factories.key(), **more})


def test_the_ticket_is_served_and_the_other_keeps_the_old_moment(hall, at):
    ticket = factories.serving(hall.desk, hall.clerk, at=at)
    ahead = factories.waiting(hall.other_stall, at=at - timedelta(minutes=1))
    behind = factories.waiting(hall.other_stall, at=at + timedelta(minutes=1))
    later = at + timedelta(minutes=20)
    done = transfer(hall, later, note="先办用地预审")
    assert (done, done.state, done.outcome, done.ended_at) == (ticket, "served", "transferred", later)
    moved = done.moved_to.get()
    assert (moved.stall, moved.place_at, moved.state) == (hall.other_stall, ticket.place_at, "waiting")
    assert list(Ticket.objects.waiting_at(hall.other_stall)) == [ahead, moved, behind]
    assert Visit.objects.get(pk=ticket.visit_id).busy_ticket is None
    assert done.note == "先办用地预审"
    assert hall.other_stall.code in done.events.get(verb="transfer").note


def test_priority_goes_along(hall, at):
    factories.waiting(hall.stall, at=at, priority=1)
    queueing.call_next(desk=hall.desk, actor=hall.clerk, at=at, key=factories.key())
    moved = transfer(hall, at).moved_to.get()
    assert (moved.priority, moved.priority_reason) == (1, "重点项目")


@pytest.mark.parametrize(("minutes", "kept"), [(5, 0), (-5, -5)])
def test_of_two_places_the_earlier_moment_stays(hall, at, minutes, kept):
    ticket = factories.serving(hall.desk, hall.clerk, at=at)
    there = factories.waiting(hall.other_stall, visit=ticket.visit, at=at + timedelta(minutes=minutes))
    done = transfer(hall, at)
    there.refresh_from_db()
    assert there.place_at == at + timedelta(minutes=kept)
    assert done.moved_to.get() == there
    assert Ticket.objects.filter(stall=hall.other_stall).count() == 1


def test_the_same_click_transfers_once(hall, at):
    factories.serving(hall.desk, hall.clerk, at=at)
    assert transfer(hall, at, key="k") == transfer(hall, at, key="k")
    assert Ticket.objects.filter(stall=hall.other_stall).count() == 1


def test_it_goes_to_another_stall_of_the_same_fair(hall, at):
    factories.serving(hall.desk, hall.clerk, at=at)
    for stall in (hall.stall, factories.stall(factories.fair())):
        with pytest.raises(WrongStateError, match="另一个摊位"):
            transfer(hall, at, to_stall=stall)


def test_nobody_is_sent_on_after_the_close(hall, at):
    ticket = factories.serving(hall.desk, hall.clerk, at=at)
    factories.arrivals.close_day(fair=hall.fair, at=at)
    with pytest.raises(WrongStateError, match="已收摊"):
        transfer(hall, at)
    ticket.refresh_from_db()
    assert ticket.state == "serving"


def test_others_do_not_transfer(hall, at, enterprise, stranger):
    factories.serving(hall.desk, hall.clerk, at=at)
    for actor in (hall.other_clerk, hall.office, enterprise, stranger):
        with pytest.raises(ForbiddenError):
            transfer(hall, at, actor=actor)

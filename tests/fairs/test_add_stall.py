"""A place at one more stall during the visit, and the word for the clerk who will call it."""

from datetime import timedelta

import pytest

from fairs import queueing
from fairs.locks import ForbiddenError, WrongStateError
from fairs.models import Ticket
from tests.fairs import factories


def add(hall, ticket, at, *, actor=None, key="", **more):
    given = {"to_stall": hall.other_stall, "key": key or factories.key(), **more}
    return queueing.add_stall(desk=hall.desk, ticket=ticket, actor=actor or hall.clerk, at=at, **given)


def test_a_stall_is_added_while_serving_goes_on(hall, at):
    ticket = factories.serving(hall.desk, hall.clerk, at=at)
    later = at + timedelta(minutes=5)
    place = add(hall, ticket, later, note="请核对环评批复")
    assert (place.stall, place.state, place.place_at) == (hall.other_stall, "waiting", later)
    assert place.handover_note == "请核对环评批复"
    assert [e.verb for e in place.events.order_by("pk")] == ["take", "hand_over"]
    ticket.refresh_from_db()
    assert ticket.state == "serving"


def test_who_is_at_a_desk_is_not_called_at_the_added_stall(hall, at):
    ticket = factories.serving(hall.desk, hall.clerk, at=at)
    add(hall, ticket, at)
    call = {"desk": hall.other_desk, "actor": hall.other_clerk, "at": at}
    assert queueing.call_next(**call, key=factories.key()) is None
    queueing.finish(desk=hall.desk, actor=hall.clerk, at=at, key=factories.key())
    assert queueing.call_next(**call, key=factories.key()).visit_id == ticket.visit_id


def test_a_place_that_is_there_stays_and_takes_the_word(hall, at):
    ticket = factories.serving(hall.desk, hall.clerk, at=at)
    there = factories.waiting(hall.other_stall, at=at, visit=ticket.visit)
    place = add(hall, ticket, at + timedelta(minutes=5), note="另带图纸")
    assert place == there
    there.refresh_from_db()
    assert (there.place_at, there.handover_note) == (at, "另带图纸")


def test_the_same_click_adds_one_place(hall, at):
    ticket = factories.serving(hall.desk, hall.clerk, at=at)
    assert add(hall, ticket, at, key="k") == add(hall, ticket, at, key="k")
    assert Ticket.objects.filter(stall=hall.other_stall).count() == 1


def test_only_another_stall_of_the_fair_by_who_sits_there(hall, at):
    ticket = factories.serving(hall.desk, hall.clerk, at=at)
    elsewhere = factories.stall(factories.fair(name="另一场"), "SPJ")
    for stall in (hall.stall, elsewhere):
        with pytest.raises(WrongStateError):
            add(hall, ticket, at, to_stall=stall)
    for actor in (hall.other_clerk, hall.office):
        with pytest.raises(ForbiddenError):
            add(hall, ticket, at, actor=actor)


def test_nobody_at_the_desk_means_no_place(hall, at):
    with pytest.raises(WrongStateError):
        add(hall, None, at)


def test_a_transfer_carries_the_word_to_the_next_clerk(hall, at):
    ticket = factories.serving(hall.desk, hall.clerk, at=at)
    queueing.transfer(
        desk=hall.desk,
        ticket=ticket,
        to_stall=hall.other_stall,
        note="已核对项目备案",
        actor=hall.clerk,
        at=at + timedelta(minutes=3),
        key=factories.key(),
    )
    moved = Ticket.objects.get(stall=hall.other_stall)
    assert (moved.place_at, moved.handover_note) == (ticket.place_at, "已核对项目备案")

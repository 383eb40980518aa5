"""Sitting down, standing up, pausing."""

import pytest

from fairs import queueing
from fairs.locks import ForbiddenError, WrongStateError
from fairs.models import Desk
from fairs.queueing import DeskTakenError
from taian_factors.directory.actors import Actor
from tests.directory import factories as directory
from tests.fairs import factories


def test_staff_of_the_stall_sit_down(hall, at):
    desk = Desk.objects.create(stall=hall.stall, number=9)
    clerk = directory.actor("ZGJ")
    assert queueing.take_desk(desk=desk, actor=clerk, at=at).clerk == clerk.user
    assert queueing.take_desk(desk=desk, actor=clerk, at=at).clerk == clerk.user


def test_nobody_else_sits_there(hall, at, enterprise, stranger):
    desk = Desk.objects.create(stall=hall.stall, number=9)
    for actor in (hall.other_clerk, hall.office, enterprise, stranger, Actor(None, hall.clerk.organization)):
        with pytest.raises(ForbiddenError):
            queueing.take_desk(desk=desk, actor=actor, at=at)


def test_a_taken_desk_names_who_sits_there(hall, at):
    with pytest.raises(DeskTakenError, match=str(hall.clerk.user)):
        queueing.take_desk(desk=hall.desk, actor=directory.actor("ZGJ"), at=at)


def test_who_moves_leaves_the_desk_behind(hall, at):
    desk = Desk.objects.create(stall=hall.stall, number=9)
    queueing.take_desk(desk=desk, actor=hall.clerk, at=at)
    hall.desk.refresh_from_db()
    assert hall.desk.clerk is None


def test_a_desk_that_holds_a_ticket_is_not_left(hall, at):
    factories.called(hall.desk, hall.clerk, at=at)
    with pytest.raises(DeskTakenError, match="001 号"):
        queueing.leave_desk(desk=hall.desk, actor=hall.clerk, at=at)
    desk = Desk.objects.create(stall=hall.stall, number=9)
    with pytest.raises(DeskTakenError):
        queueing.take_desk(desk=desk, actor=hall.clerk, at=at)


def test_clerk_lead_and_office_empty_a_desk(hall, at):
    for actor in (hall.clerk, directory.actor("ZGJ", "lead"), hall.office):
        assert queueing.leave_desk(desk=hall.desk, actor=actor, at=at).clerk is None
        hall.desk.refresh_from_db()
        queueing.take_desk(desk=hall.desk, actor=hall.clerk, at=at)


def test_others_do_not_empty_a_desk(hall, at, stranger, office_auditor):
    for actor in (hall.other_clerk, directory.actor("ZGJ"), stranger, office_auditor):
        with pytest.raises(ForbiddenError):
            queueing.leave_desk(desk=hall.desk, actor=actor, at=at)


def test_a_paused_desk_calls_nobody_and_finishes_what_it_holds(hall, at):
    ticket = factories.serving(hall.desk, hall.clerk, at=at)
    factories.waiting(hall.stall, at=at)
    queueing.pause_desk(desk=hall.desk, is_paused=True, actor=hall.clerk, at=at)
    click = {"desk": hall.desk, "actor": hall.clerk, "at": at}
    assert queueing.call_next(**click, key=factories.key()) == ticket
    assert queueing.finish(**click, key=factories.key()).state == "served"
    with pytest.raises(WrongStateError, match="暂停"):
        queueing.call_next(**click, key=factories.key())
    queueing.pause_desk(desk=hall.desk, is_paused=False, actor=hall.clerk, at=at)
    assert queueing.call_next(**click, key=factories.key()).state == "called"


def test_strangers_do_not_pause_a_desk(hall, at, stranger):
    for actor in (hall.other_clerk, stranger):
        with pytest.raises(ForbiddenError):
            queueing.pause_desk(desk=hall.desk, is_paused=True, actor=actor, at=at)

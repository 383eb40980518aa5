"""Calling to a joint table: a place there, the called desks pause, and go on when the table ends."""

import pytest

from fairs import arrivals, joint_tables, queueing
from fairs.joint_tables import TableError
from fairs.locks import ForbiddenError, WrongStateError
from fairs.models import Desk, Ticket
from tests.fairs import factories


@pytest.fixture
def table(hall):
    return factories.stall(hall.fair, "GTB", is_joint_table=True)


def called(hall, table, at, ticket=None, **more):
    given = {"stalls": [hall.other_stall], "key": factories.key(), "actor": hall.clerk, **more}
    ticket = ticket or factories.serving(hall.desk, hall.clerk, at=at)
    return joint_tables.call_to_table(desk=hall.desk, ticket=ticket, table=table, at=at, **given)


def paused(hall):
    return Desk.objects.get(pk=hall.other_desk.pk)


def free(hall, at):
    queueing.finish(desk=hall.desk, actor=hall.clerk, at=at, key=factories.key(), outcome="consulted")


def test_a_place_is_taken_and_the_called_desks_pause(hall, table, at):
    place = called(hall, table, at)
    assert (place.stall, place.state) == (table, "waiting")
    assert [e.verb for e in place.events.order_by("pk")] == ["take", "summon"]
    assert hall.other_stall.code in place.events.get(verb="summon").note
    assert (paused(hall).is_paused, paused(hall).paused_for) == (True, place)
    factories.waiting(hall.other_stall, at=at)
    with pytest.raises(WrongStateError, match="会商"):
        queueing.call_next(desk=hall.other_desk, actor=hall.other_clerk, at=at, key=factories.key())
    assert not Desk.objects.get(pk=hall.desk.pk).is_paused


def test_a_called_desk_finishes_what_it_holds(hall, table, at):
    held = factories.serving(hall.other_desk, hall.other_clerk, at=at)
    called(hall, table, at)
    queueing.finish(desk=hall.other_desk, ticket=held, actor=hall.other_clerk, at=at, key=factories.key())
    assert paused(hall).is_paused


def test_the_table_calls_only_when_the_asking_desk_is_done(hall, table, at):
    place = called(hall, table, at)
    desk, clerk = factories.seated(table, at=at)
    click = {"desk": desk, "actor": clerk, "at": at}
    assert queueing.call_next(**click, key=factories.key()) is None
    free(hall, at)
    assert queueing.call_next(**click, key=factories.key()) == place


ENDS = {
    "finish": lambda desk, clerk, place, hall, at: (
        queueing.begin(desk=desk, actor=clerk, at=at, key=factories.key()),
        queueing.finish(desk=desk, actor=clerk, at=at, key=factories.key()),
    ),
    "pass over": lambda desk, clerk, place, hall, at: queueing.pass_over(
        desk=desk, actor=clerk, at=at, key=factories.key()
    ),
    "leave": lambda desk, clerk, place, hall, at: arrivals.leave(ticket=place, actor=hall.office, at=at),
    "leave the fair": lambda desk, clerk, place, hall, at: arrivals.leave_fair(
        visit=place.visit, actor=hall.office, at=at
    ),
    "transfer": lambda desk, clerk, place, hall, at: queueing.transfer(
        desk=desk, to_stall=hall.stall, actor=clerk, at=at, key=factories.key()
    ),
    "close": lambda desk, clerk, place, hall, at: arrivals.close_day(fair=hall.fair, at=at),
}


@pytest.mark.parametrize("end", ENDS)
def test_the_desks_go_on_when_the_table_ends(hall, table, at, end):
    place = called(hall, table, at)
    free(hall, at)
    desk, clerk = factories.seated(table, at=at)
    queueing.call_next(desk=desk, actor=clerk, at=at, key=factories.key())
    assert paused(hall).is_paused
    ENDS[end](desk, clerk, place, hall, at)
    after = paused(hall)
    assert (after.is_paused, after.pause_reason, after.paused_for_id) == (False, "", None)


def test_a_called_desk_may_go_on_by_itself(hall, table, at):
    called(hall, table, at)
    queueing.pause_desk(desk=hall.other_desk, is_paused=False, actor=hall.other_clerk, at=at)
    assert paused(hall).paused_for_id is None
    factories.waiting(hall.other_stall, at=at)
    assert queueing.call_next(desk=hall.other_desk, actor=hall.other_clerk, at=at, key=factories.key())


def test_sitting_down_again_does_not_call_a_desk_back(hall, table, at):
    called(hall, table, at)
    queueing.take_desk(desk=hall.other_desk, actor=hall.other_clerk, at=at)
    assert paused(hall).is_paused


def test_who_paused_for_himself_stays_paused_when_the_table_ends(hall, table, at):
    queueing.pause_desk(desk=hall.other_desk, is_paused=True, actor=hall.other_clerk, at=at)
    place = called(hall, table, at)
    arrivals.leave(ticket=place, actor=hall.office, at=at)
    assert (paused(hall).is_paused, paused(hall).pause_reason) == (True, "")


def test_the_same_click_calls_once(hall, table, at):
    ticket = factories.serving(hall.desk, hall.clerk, at=at)
    assert called(hall, table, at, ticket, key="k") == called(hall, table, at, ticket, key="k")
    assert Ticket.objects.filter(stall=table).count() == 1


def test_only_a_joint_table_and_other_stalls_of_the_fair(hall, table, at):
    ticket = factories.serving(hall.desk, hall.clerk, at=at)
    elsewhere = factories.stall(factories.fair(name="另一场"), "SPJ", is_joint_table=True)
    for wrong in (hall.other_stall, elsewhere):
        with pytest.raises(TableError, match="会商桌"):
            called(hall, wrong, at, ticket)
    for stalls in ([], [elsewhere], [table], [hall.stall]):
        with pytest.raises(TableError, match="摊位"):
            called(hall, table, at, ticket, stalls=stalls)
    assert not Ticket.objects.filter(stall=table).exists()


def test_only_while_serving_and_by_who_sits_there(hall, table, at):
    ticket = factories.called(hall.desk, hall.clerk, at=at)
    with pytest.raises(WrongStateError, match="还没有开始办理"):
        called(hall, table, at, ticket)
    queueing.begin(desk=hall.desk, actor=hall.clerk, at=at, key=factories.key())
    for actor in (hall.other_clerk, hall.office):
        with pytest.raises(ForbiddenError):
            called(hall, table, at, ticket, actor=actor)

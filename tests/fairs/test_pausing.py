"""A desk's pauses leave their trace, are counted in minutes, and a joint table never keeps a desk for ever."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from fairs import arrivals, joint_tables, queueing
from fairs.figures import paused_minutes
from fairs.models import Desk, StallEvent, Ticket
from tests.fairs import factories


def pause(hall, at, *, is_paused=True, actor=None):
    return queueing.pause_desk(desk=hall.desk, is_paused=is_paused, actor=actor or hall.clerk, at=at)


def verbs(desk):
    return list(StallEvent.objects.filter(desk=desk).order_by("pk").values_list("verb", flat=True))


def minutes(hall, until):
    return paused_minutes([hall.stall.pk, hall.other_stall.pk], until=until)


def later(at, number):
    return at + timedelta(minutes=number)


def test_a_pause_by_hand_says_who_when_and_where(hall, at):
    pause(hall, at)
    pause(hall, later(at, 1))
    pause(hall, later(at, 7), is_paused=False, actor=hall.office)
    first, second = StallEvent.objects.order_by("pk")
    assert (first.verb, first.desk, first.stall, first.user, first.at) == (
        "pause", hall.desk, hall.stall, hall.clerk.user, at,
    )  # fmt: skip
    assert (second.verb, second.organization, second.at) == (
        "go_on",
        hall.office.organization,
        later(at, 7),
    )


def test_what_was_written_stays(hall, at):
    pause(hall, at)
    for change in (lambda e: e.delete(), lambda e: e.save()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change(StallEvent.objects.get())


def test_minutes_are_counted_until_the_desk_goes_on_or_until_now(hall, at):
    assert minutes(hall, at) == {}
    pause(hall, at)
    assert minutes(hall, later(at, 5)) == {hall.stall.pk: 5}
    pause(hall, later(at, 10), is_paused=False)
    pause(hall, later(at, 30))
    assert minutes(hall, later(at, 33)) == {hall.stall.pk: 13}
    assert minutes(hall, later(at, 20)) == {hall.stall.pk: 10}


def test_the_desks_of_a_stall_are_added_up(hall, at):
    second, clerk = factories.seated(hall.stall, at=at)
    pause(hall, at)
    queueing.pause_desk(desk=second, is_paused=True, actor=clerk, at=later(at, 4))
    assert minutes(hall, later(at, 10)) == {hall.stall.pk: 16}


def test_who_leaves_takes_the_pause_along(hall, at):
    pause(hall, at)
    queueing.leave_desk(desk=hall.desk, actor=hall.clerk, at=later(at, 3))
    assert verbs(hall.desk) == ["pause", "go_on"]
    assert not Desk.objects.get(pk=hall.desk.pk).is_paused
    assert minutes(hall, later(at, 60)) == {hall.stall.pk: 3}


@pytest.fixture
def table(hall, at):
    """A joint table with its clerk, to which the other stall is called for who was served at the first."""
    stall = factories.stall(hall.fair, "GTB", is_joint_table=True)
    ticket = factories.serving(hall.desk, hall.clerk, at=at)
    place = joint_tables.call_to_table(
        desk=hall.desk, ticket=ticket, table=stall, stalls=[hall.other_stall], actor=hall.clerk, at=at,
        key=factories.key(),
    )  # fmt: skip
    queueing.finish(desk=hall.desk, outcome="consulted", actor=hall.clerk, at=at, key=factories.key())
    desk, clerk = factories.seated(stall, at=at)
    return Table(desk, clerk, place)


class Table:
    """The table's desk and what is pressed there."""

    def __init__(self, desk, clerk, place):
        self.desk, self.clerk, self.place = desk, clerk, place

    def press(self, verb, at):
        press = getattr(queueing, verb)
        return press(desk=self.desk, actor=self.clerk, at=at, key=factories.key())

    def missed_and_back(self, hall, at):
        self.press("call_next", at)
        self.press("pass_over", at)
        missed = Ticket.objects.get(pk=self.place.pk)
        return arrivals.reenter(ticket=missed, actor=hall.office, at=at)


def paused_for(hall):
    return Desk.objects.get(pk=hall.other_desk.pk).paused_for_id


def test_a_missed_place_frees_the_desks_and_calls_them_again_only_when_it_is_called(hall, at, table):
    table.press("call_next", at)
    assert paused_for(hall) == table.place.pk
    table.press("pass_over", at)
    assert paused_for(hall) is None
    missed = Ticket.objects.get(pk=table.place.pk)
    arrivals.reenter(ticket=missed, actor=hall.office, at=at)
    assert paused_for(hall) is None
    table.press("call_next", later(at, 5))
    assert paused_for(hall) == table.place.pk
    assert verbs(hall.other_desk) == ["summon", "let_go", "summon"]
    table.press("begin", later(at, 6))
    table.press("finish", later(at, 15))
    assert paused_for(hall) is None
    assert minutes(hall, later(at, 60)) == {hall.other_stall.pk: 10}


AFTER_RE_ENTRY = {
    "missed again": lambda table, hall, at: table.press("pass_over", at),
    "left": lambda table, hall, at: arrivals.leave(
        ticket=Ticket.objects.get(pk=table.place.pk), actor=hall.office, at=at
    ),
    "closed": lambda table, hall, at: arrivals.close_day(fair=hall.fair, at=at),
}


@pytest.mark.parametrize("end", AFTER_RE_ENTRY)
def test_every_end_after_a_re_entry_frees_the_desks(hall, at, table, end):
    table.missed_and_back(hall, at)
    table.press("call_next", at)
    assert paused_for(hall) == table.place.pk
    AFTER_RE_ENTRY[end](table, hall, at)
    assert paused_for(hall) is None


def test_closing_frees_the_desks_of_a_table_that_still_sits(hall, at, table):
    table.press("call_next", at)
    table.press("begin", at)
    arrivals.close_day(fair=hall.fair, at=later(at, 9))
    assert paused_for(hall) is None
    assert not Desk.objects.filter(is_paused=True).exists()


def test_who_went_on_by_himself_is_not_called_again(hall, at, table):
    queueing.pause_desk(desk=hall.other_desk, is_paused=False, actor=hall.other_clerk, at=at)
    table.missed_and_back(hall, at)
    table.press("call_next", at)
    assert paused_for(hall) is None
    assert verbs(hall.other_desk) == ["summon", "go_on"]


def test_a_table_that_was_called_off_while_missed_calls_nobody_again(hall, at, table):
    table.press("call_next", at)
    table.press("pass_over", at)
    missed = Ticket.objects.get(pk=table.place.pk)
    joint_tables.call_off(place=missed, actor=hall.office, at=at)
    arrivals.reenter(ticket=Ticket.objects.get(pk=missed.pk), actor=hall.office, at=at)
    table.press("call_next", at)
    assert paused_for(hall) is None
    assert verbs(hall.other_desk) == ["summon", "let_go", "call_off"]


def test_a_desk_that_paused_meanwhile_keeps_its_own_pause(hall, at, table):
    table.missed_and_back(hall, at)
    queueing.pause_desk(desk=hall.other_desk, is_paused=True, actor=hall.other_clerk, at=at)
    table.press("call_next", at)
    table.press("pass_over", at)
    assert Desk.objects.get(pk=hall.other_desk.pk).is_paused

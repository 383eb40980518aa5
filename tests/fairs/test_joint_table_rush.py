"""A missed place at a joint table is called again while everybody else presses too: one call, one pause."""

from collections import Counter
from datetime import timedelta
from functools import partial

import pytest

from fairs import arrivals, joint_tables, queueing
from fairs.locks import QueueError
from fairs.models import Desk, StallEvent, Ticket
from tests.fairs import factories, history
from tests.fairs.test_locks import Meanwhile

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 8


@pytest.fixture
def table(hall, at):
    """A joint table with two seats."""
    made = factories.stall(hall.fair, "GTB", is_joint_table=True)
    return [factories.seated(made, at=at) for _ in range(2)]


def press(verb, seat, at, **more):
    desk, clerk = seat
    try:
        return verb(desk=desk, actor=clerk, at=at, key=factories.key(), **more)
    except QueueError as error:
        return error


def go_on(seat, at):
    desk, clerk = seat
    return queueing.pause_desk(desk=desk, is_paused=False, actor=clerk, at=at)


def missed_and_back(hall, table, at):
    """Have somebody's place at the table missed and stand there again; its desks are free meanwhile."""
    ticket = factories.serving(hall.desk, hall.clerk, at=at)
    given = {"ticket": ticket, "table": table[0][0].stall, "stalls": [hall.other_stall]}
    place = joint_tables.call_to_table(desk=hall.desk, actor=hall.clerk, at=at, key=factories.key(), **given)
    press(queueing.finish, (hall.desk, hall.clerk), at)
    press(queueing.call_next, table[0], at)
    press(queueing.pass_over, table[0], at)
    return arrivals.reenter(ticket=Ticket.objects.get(pk=place.pk), actor=hall.office, at=at)


def test_a_missed_place_is_called_again_once_in_a_crowd(hall, table, at):
    seats = [(hall.other_desk, hall.other_clerk), factories.seated(hall.other_stall, at=at)]
    for number in range(ROUNDS):
        at += timedelta(minutes=10)
        place = missed_and_back(hall, table, at)
        waiting = [factories.waiting(hall.other_stall, at=at) for _ in range(3)]
        jobs = [partial(press, queueing.call_next, seat, at) for seat in [*table, *seats]]
        jobs.append(partial(go_on, seats[number % 2], at))
        jobs.append(partial(arrivals.leave_fair, visit=waiting[0].visit, actor=hall.office, at=at))
        others = [Meanwhile(job) for job in jobs]
        chairs = [other.result() for other in others[:2]]
        for other in others[2:]:
            other.result()

        assert history.broken_now(hall.fair) == []
        assert sorted(chairs, key=str) == sorted([place, None], key=str)
        called = StallEvent.objects.filter(ticket=place).values_list("desk", "verb")
        counted = Counter(called)
        for desk, _ in seats:
            assert counted[desk.pk, "summon"] == 2
            there = Desk.objects.get(pk=desk.pk)
            # Who pressed 恢复叫号 after the call goes on by itself; the other stays until the table ends.
            assert there.paused_for_id == (None if counted[desk.pk, "go_on"] else place.pk)

        chair = next(seat for seat, held in zip(table, chairs, strict=True) if held)
        assert press(queueing.pass_over, chair, at).state == "missed"
        assert not Desk.objects.filter(stall=hall.other_stall, is_paused=True).exists()
        for seat in seats:  # what they called meanwhile is ended, so that the next round finds them free
            press(queueing.pass_over, seat, at)
        for ticket in Ticket.objects.waiting_at(hall.other_stall.pk):
            arrivals.leave(ticket=ticket, actor=hall.office, at=at)
    assert history.retell(hall.fair).found == []

"""Honest ranges: from this stall's own day, or none at all."""

import doctest
from datetime import timedelta

import pytest

from fairs import waits
from fairs.sharing import fresh
from fairs.waits import Pace, wait
from tests.fairs import factories


def minutes(low, high, served=5):
    return Pace(served, timedelta(minutes=low), timedelta(minutes=high))


@pytest.mark.parametrize(
    ("ahead", "desks", "pace", "expected"),
    [
        (0, 1, minutes(6, 10), (0, 10)),
        (1, 1, minutes(6, 10), (6, 20)),
        (5, 2, minutes(6, 10), (12, 40)),
        (4, 1, minutes(6, 10, served=4), None),
        (4, 0, minutes(6, 10), None),
        (4, 1, None, None),
        (0, 3, Pace(9, timedelta(seconds=10), timedelta(seconds=20)), (0, 1)),
    ],
)
def test_the_range_is_rounds_at_the_quick_and_at_the_slow_pace(ahead, desks, pace, expected):
    assert wait(ahead, desks, pace).minutes == expected


def test_a_shorter_wait_ranks_before_a_longer_one():
    assert wait(1, 1, minutes(6, 10)).rank < wait(3, 1, minutes(6, 10)).rank
    assert wait(0, 1, None).rank < wait(1, 1, None).rank


def test_who_is_at_a_desk_elsewhere_counts_for_the_slow_end_only():
    assert wait(5, 1, minutes(6, 10), free=2).minutes == (12, 60)


def test_a_stall_that_calls_nobody_ranks_last():
    assert wait(9, 1, None).rank < wait(0, 0, minutes(1, 1)).rank
    assert wait(0, 0, minutes(1, 1)).is_paused


def test_the_pace_follows_the_latest_twenty():
    assert waits.pace_of([3600] * 30 + [60] * 20) == minutes(1, 1, served=20)
    assert waits.pace_of([]) is None


def waits_at(stall, at):
    """Return the wait of a new visit at a stall."""
    ticket = factories.waiting(stall, at=at)
    return fresh(stall.fair_id).picture.waits[ticket.pk]


def test_the_pace_is_the_stall_s_own_from_call_to_end(hall, at):
    for number in range(5):
        factories.served(hall.desk, hall.clerk, at=at, minutes=4 + number)
    for _ in range(4):
        factories.served(hall.other_desk, hall.other_clerk, at=at, minutes=60)
    for _ in range(2):
        factories.waiting(hall.stall, at=at)
    assert waits_at(hall.stall, at) == waits.Wait(2, 1, (10, 21), 2)
    assert waits_at(hall.other_stall, at).minutes is None


def test_paused_and_empty_desks_serve_nobody(hall, at):
    for _ in range(5):
        factories.served(hall.desk, hall.clerk, at=at)
    factories.queueing.pause_desk(desk=hall.desk, is_paused=True, actor=hall.clerk, at=at)
    assert waits_at(hall.stall, at) == waits.Wait(0, 0, None, 0)


def test_who_is_served_elsewhere_is_ahead_but_not_free(hall, at):
    away = factories.checked_in(hall.fair, at=at)
    factories.waiting(hall.stall, visit=away, at=at)
    factories.waiting(hall.other_stall, visit=away, at=at)
    factories.queueing.call_next(desk=hall.other_desk, actor=hall.other_clerk, at=at, key=factories.key())
    found = waits_at(hall.stall, at)
    assert (found.ahead, found.free) == (1, 0)


def test_the_examples_in_the_text_are_true():
    assert doctest.testmod(waits).failed == 0

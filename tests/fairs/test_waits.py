"""Honest ranges: from this stall's own day, or none at all."""

import doctest
from datetime import timedelta

import pytest

from fairs import waits
from fairs.waits import Pace, wait, waits_for
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


def test_the_pace_is_the_stall_s_own_from_call_to_end(hall, at):
    for number in range(5):
        factories.served(hall.desk, hall.clerk, at=at, minutes=4 + number)
    for _ in range(4):
        factories.served(hall.other_desk, hall.other_clerk, at=at, minutes=60)
    found = waits_for({hall.stall.pk: 2, hall.other_stall.pk: 2})
    assert found[hall.stall.pk].minutes == (10, 21)
    assert found[hall.other_stall.pk].minutes is None


def test_paused_and_empty_desks_serve_nobody(hall, at):
    for _ in range(5):
        factories.served(hall.desk, hall.clerk, at=at)
    factories.queueing.pause_desk(desk=hall.desk, is_paused=True, actor=hall.clerk, at=at)
    assert waits_for({hall.stall.pk: 2})[hall.stall.pk] == waits.Wait(2, 0, None)


def test_the_examples_in_the_text_are_true():
    assert doctest.testmod(waits).failed == 0

"""The end of the day, by hand and by the clock."""

from datetime import timedelta

import pytest

from fairs import arrivals, tasks
from fairs.locks import ForbiddenError
from fairs.models import Desk, TicketEvent
from taian_factors.lib import clock
from taian_factors.lib.periods import local_day
from tests.fairs import factories, history


def test_waiting_and_called_become_left_and_serving_stays(hall, at):
    factories.called(hall.desk, hall.clerk, at=at)
    serving = factories.serving(hall.other_desk, hall.other_clerk, at=at)
    waiting = factories.waiting(hall.stall, at=at)
    closed = arrivals.close_day(fair=hall.fair, at=at, actor=hall.office)
    assert (closed.left, closed.serving) == (2, [serving])
    hall.fair.refresh_from_db()
    assert (hall.fair.is_open, hall.fair.closed_at) == (False, at)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.ended_at) == ("left", at)
    assert history.broken_now(hall.fair) == []


def test_closing_twice_changes_nothing(hall, at):
    factories.waiting(hall.stall, at=at)
    arrivals.close_day(fair=hall.fair, at=at)
    events = TicketEvent.objects.count()
    again = arrivals.close_day(fair=hall.fair, at=at + timedelta(hours=1))
    hall.fair.refresh_from_db()
    assert (again.left, hall.fair.closed_at, TicketEvent.objects.count()) == (0, at, events)


def test_desks_are_emptied_but_those_that_still_serve(hall, at):
    factories.serving(hall.desk, hall.clerk, at=at)
    arrivals.close_day(fair=hall.fair, at=at)
    assert [desk.clerk for desk in Desk.objects.order_by("pk")] == [hall.clerk.user, None]


def test_only_the_office_closes_by_hand(hall, at, stranger, office_auditor):
    for actor in (hall.clerk, stranger, office_auditor):
        with pytest.raises(ForbiddenError):
            arrivals.close_day(fair=hall.fair, at=at, actor=actor)


def test_the_clock_closes_what_is_over(hall, at):
    tomorrow = factories.fair(held_on=local_day(at) + timedelta(days=1))
    assert arrivals.close_due(at=at) == 0
    assert arrivals.close_due(at=at.replace(hour=17)) == 1
    assert arrivals.close_due(at=at.replace(hour=17)) == 0
    tomorrow.refresh_from_db()
    assert tomorrow.is_open


def test_the_task_has_its_name_and_runs_twice(hall):
    today = factories.fair(held_on=local_day(clock.now()) - timedelta(days=1))
    assert tasks.close_tickets.name == "fairs.close_tickets"
    assert tasks.close_tickets.delay().get() == 2
    assert tasks.close_tickets.delay().get() == 0
    today.refresh_from_db()
    assert not today.is_open

"""Deadlines and lights, as pure arithmetic."""

from datetime import date, datetime, timedelta

import pytest

from requests_desk.deadlines import (
    Light,
    days_left,
    due_after,
    frozen_days,
    in_factor_week,
    light,
    warn_moment,
    worst,
)
from taian_factors.lib.periods import SHANGHAI
from taian_factors.lib.workdays import WorkCalendar

# The Dragon Boat Festival of 2023: Thursday 22 to Saturday 24 June off, Sunday 25 June worked.
CALENDAR = WorkCalendar(
    {date(2023, 6, 22): False, date(2023, 6, 23): False, date(2023, 6, 25): True}, frozenset({2023})
)


def moment(day: int, hour: int = 10, *, month: int = 6, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2023, month, day, hour, minute, second, tzinfo=SHANGHAI)


def test_the_day_of_assignment_does_not_count():
    assert due_after(moment(13), 3, CALENDAR).at == moment(16, 23, minute=59, second=59)


def test_a_moment_late_in_the_evening_belongs_to_its_day_in_taian():
    assert due_after(moment(13, 23, minute=59), 3, CALENDAR).at == moment(16, 23, minute=59, second=59)
    assert due_after(moment(14, 0), 3, CALENDAR).at == moment(19, 23, minute=59, second=59)


def test_make_up_days_count_and_holidays_do_not():
    # A need of 13 June is due for completion on 5 July: the example of the scoring rules.
    assert due_after(moment(13), 15, CALENDAR).at == moment(5, 23, month=7, minute=59, second=59)
    assert due_after(moment(21), 1, CALENDAR).at == moment(25, 23, minute=59, second=59)


@pytest.mark.parametrize(
    ("limit", "due_on", "yellow_on"), [(1, 14, 13), (3, 16, 15), (6, 16, 14), (15, 30, 25)]
)
def test_yellow_begins_when_a_third_or_one_day_is_left(limit: int, due_on: int, yellow_on: int):
    due = moment(due_on, 23, minute=59, second=59)
    warn = warn_moment(due, limit, CALENDAR)
    assert warn == moment(yellow_on, 0)
    assert days_left(at=warn, due=due, calendar=CALENDAR) == max(1, limit // 3)


def test_a_clock_shows_green_then_yellow_then_red_and_grey_without_a_date():
    due = moment(16, 23, minute=59, second=59)
    warn = warn_moment(due, 3, CALENDAR)
    assert light(at=moment(14), due=due, warn=warn) == Light.GREEN
    assert light(at=moment(15, 0), due=due, warn=warn) == Light.YELLOW
    assert light(at=due, due=due, warn=warn) == Light.YELLOW
    assert light(at=due + timedelta(seconds=1), due=due, warn=warn) == Light.RED
    assert light(at=due, due=None, warn=None) == Light.GREY


def test_the_worst_light_wins():
    assert worst([Light.GREEN, Light.RED, Light.GREY]) == Light.RED
    assert worst([Light.GREEN, Light.GREY]) == Light.GREY
    assert worst([Light.GREY, Light.YELLOW]) == Light.YELLOW
    assert worst([]) == Light.GREEN


def test_a_suspension_keeps_whole_working_days():
    due = moment(16, 23, minute=59, second=59)
    assert frozen_days(at=moment(14), due=due, calendar=CALENDAR) == 2
    assert frozen_days(at=moment(16), due=due, calendar=CALENDAR) == 0
    assert frozen_days(at=moment(16), due=None, calendar=CALENDAR) is None


def test_a_factor_week_is_the_first_five_working_days_of_a_quarter():
    july = [day for day in range(1, 20) if in_factor_week(moment(day, month=7), CALENDAR)]
    assert july == [3, 4, 5, 6, 7]
    assert not any(in_factor_week(moment(day), CALENDAR) for day in range(1, 31))

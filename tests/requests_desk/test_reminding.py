"""Reminders at the edges of the calendar: make-up days are worked, holidays are not, hours have ends."""

from datetime import datetime, time

import pytest

from requests_desk import clocks, timekeeping
from requests_desk.models import FactorRequest
from taian_factors.lib.periods import SHANGHAI
from tests.directory.factories import body
from tests.requests_desk import factories
from tests.requests_desk.factories import acting

pytestmark = pytest.mark.django_db


def june(day: int, clock: time = time(9, 30)) -> datetime:
    return datetime.combine(datetime(2023, 6, day), clock, SHANGHAI)


def told(made: FactorRequest) -> list[str]:
    return list(made.events.filter(verb="remind").order_by("pk").values_list("text", flat=True))


# Assigned on Tuesday 20 June. 22 to 24 June were holidays, Sunday 25th was worked: the reply is due on Monday 26th.
@pytest.mark.parametrize(
    ("day", "said"),
    [
        (21, []),
        (22, []),
        (24, []),
        (25, ["回复下一个工作日到期"]),
        (26, ["回复今天到期"]),
        (27, ["回复已逾期 1 个工作日"]),
    ],
)
def test_a_sunday_that_is_worked_is_a_day_of_reminders_and_a_holiday_is_not(day: int, said: list[str]):
    made = factories.assigned(at=june(20))
    timekeeping.remind(at=june(day))
    assert told(made) == said


@pytest.mark.parametrize(
    ("clock", "count"),
    [
        (time(8, 59, 59), 0),
        (time(9), 1),
        (time(11, 59, 59), 1),
        (time(12), 0),
        (time(13, 29, 59), 0),
        (time(13, 30), 1),
        (time(16, 59, 59), 1),
        (time(17), 0),
    ],
)
def test_reminders_keep_the_working_hours_to_the_second(clock: time, count: int):
    factories.assigned()
    assert timekeeping.remind(at=june(16, clock)) == count


def test_a_ruling_that_the_office_owes_is_reminded_of():
    made = factories.assigned(at=june(13))
    clocks.hand_back(made, reason="不属于本部门职责", suggested=body("STJ"), actor=acting("ZGJ"), at=june(14))
    timekeeping.remind(at=june(15))
    assert "裁定退回今天到期" in told(made)
    clocks.rule_hand_back(made, is_upheld=False, ruling="职责清楚", actor=factories.office(), at=june(15))
    timekeeping.remind(at=june(16))
    assert [text for text in told(made) if text.startswith("裁定")] == ["裁定退回今天到期"]

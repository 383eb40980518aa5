"""Working days of 2022 to 2026, make-up days included, and the arithmetic on them."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taian_factors.directory import reference
from taian_factors.lib.periods import SHANGHAI
from taian_factors.lib.workdays import WorkCalendar

YEARS = reference.read("calendar")["years"]
CALENDAR = WorkCalendar(
    {date.fromisoformat(day["day"]): day["is_working"] for year in YEARS for day in year["days"]},
    frozenset(year["year"] for year in YEARS),
)
DAYS = st.dates(date(2021, 6, 1), date(2027, 6, 30))


def moment(day: str, clock: str = "00:00") -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("first", "last", "working"),
    [
        ("2022-01-29", "2022-02-06", "2022-01-29 2022-01-30"),  # Spring Festival 2022, weekend before worked
        ("2022-10-01", "2022-10-09", "2022-10-08 2022-10-09"),  # National Day 2022
        ("2023-01-21", "2023-01-29", "2023-01-28 2023-01-29"),  # Spring Festival 2023
        ("2023-04-23", "2023-05-06", "2023-04-23 2023-04-24 2023-04-25 2023-04-26 2023-04-27 2023-04-28"
         " 2023-05-04 2023-05-05 2023-05-06"),  # May Day 2023: Sunday before and Saturday after are worked
        ("2023-06-22", "2023-06-25", "2023-06-25"),  # Dragon Boat 2023
        ("2023-09-29", "2023-10-08", "2023-10-07 2023-10-08"),  # Mid-autumn and National Day 2023
        ("2024-02-04", "2024-02-18", "2024-02-04 2024-02-05 2024-02-06 2024-02-07 2024-02-08 2024-02-09"
         " 2024-02-18"),  # Spring Festival 2024: New Year's Eve is worked, both Sundays too
        ("2024-09-14", "2024-09-17", "2024-09-14"),  # Mid-autumn 2024
        ("2025-01-26", "2025-02-08", "2025-01-26 2025-01-27 2025-02-05 2025-02-06 2025-02-07 2025-02-08"),
        ("2025-09-28", "2025-10-11", "2025-09-28 2025-09-29 2025-09-30 2025-10-09 2025-10-10 2025-10-11"),
        ("2026-02-14", "2026-02-28", "2026-02-14 2026-02-24 2026-02-25 2026-02-26 2026-02-27 2026-02-28"),
        ("2026-09-20", "2026-09-27", "2026-09-20 2026-09-21 2026-09-22 2026-09-23 2026-09-24"),
    ],
)  # fmt: skip
def test_days_are_worked_as_the_state_council_has_ordered(first, last, working):
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    days = (start + timedelta(i) for i in range((end - start).days + 1))
    assert " ".join(day.isoformat() for day in days if CALENDAR.is_working(day)) == working


@pytest.mark.parametrize(
    ("year", "working"), [(2022, 249), (2023, 249), (2024, 251), (2025, 248), (2026, 248)]
)
def test_a_year_has_the_working_days_of_the_official_count(year, working):
    """Weekdays of the year less the statutory holidays, by the notice of each year."""
    assert CALENDAR.between(date(year - 1, 12, 31), date(year, 12, 31)) == working


def test_a_year_that_is_missing_counts_monday_to_friday():
    assert CALENDAR.is_working(date(2027, 1, 1))
    assert not CALENDAR.is_working(date(2027, 1, 2))
    assert not CALENDAR.knows(date(2027, 1, 1))
    assert CALENDAR.knows(date(2026, 12, 31))


def test_days_of_a_year_that_is_not_entered_are_not_believed():
    lone = WorkCalendar({date(2030, 1, 1): False})
    assert lone.is_working(date(2030, 1, 1))
    assert lone.between(date(2029, 12, 31), date(2030, 1, 1)) == 1


@pytest.mark.parametrize(
    ("day", "days", "due"),
    [
        ("2023-06-13", 3, "2023-06-16"),
        ("2023-06-13", 15, "2023-07-05"),  # Dragon Boat days out, Sunday 25 June in
        ("2023-04-28", 3, "2023-05-06"),  # across May Day, ending on a worked Saturday
        ("2023-12-29", 1, "2024-01-02"),  # across the year
        ("2022-12-30", 1, "2023-01-03"),
        ("2023-06-17", 1, "2023-06-19"),  # from a Saturday
        ("2023-06-13", 0, "2023-06-13"),
    ],
)
def test_a_deadline_does_not_count_the_day_of_assignment(day, days, due):
    assert CALENDAR.end_after(moment(day, "23:59"), days) == moment(due, "23:59:59")


def test_the_day_of_a_moment_is_the_day_in_taian():
    late_in_utc = datetime.fromisoformat("2023-06-12T16:30:00+00:00")  # 00:30 on the 13th
    assert CALENDAR.end_after(late_in_utc, 3) == moment("2023-06-16", "23:59:59")


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2023-06-13 09:30", 2, "2023-06-13 11:30"),
        ("2023-06-13 11:00", 2, "2023-06-13 14:30"),  # across lunch
        ("2023-06-13 10:00", 2, "2023-06-13 12:00"),  # exactly until lunch
        ("2023-06-13 12:15", 2, "2023-06-13 15:30"),  # at lunch the clock starts after it
        ("2023-06-13 07:00", 2, "2023-06-13 11:00"),  # before opening
        ("2023-06-13 16:30", 2, "2023-06-14 10:30"),  # over night
        ("2023-06-21 16:00", 2, "2023-06-25 10:00"),  # over Dragon Boat, to the worked Sunday
        ("2023-12-29 16:30", 1, "2024-01-02 09:30"),  # over New Year
        ("2023-06-13 09:00", 6, "2023-06-13 16:30"),
        ("2023-06-13 09:00", 7, "2023-06-14 09:30"),  # a day has six hours and a half
    ],
)
def test_working_hours_skip_lunch_nights_and_holidays(start, hours, end):
    assert CALENDAR.add_hours(moment(*start.split()), hours) == moment(*end.split())


@pytest.mark.parametrize(
    ("when", "is_open"),
    [
        ("2023-06-13 08:59:59", False),
        ("2023-06-13 09:00", True),
        ("2023-06-13 12:00", False),
        ("2023-06-13 13:30", True),
        ("2023-06-13 17:00", False),
        ("2023-06-17 10:00", False),
        ("2023-06-25 10:00", True),
    ],
)
def test_working_hours_begin_on_the_minute_and_end_before_it(when, is_open):
    assert CALENDAR.is_open(moment(*when.split())) is is_open


def test_the_first_and_sixth_working_day_of_a_month():
    assert CALENDAR.nth_of_month(date(2023, 10, 1), 1) == date(2023, 10, 7)
    assert CALENDAR.nth_of_month(date(2023, 7, 1), 6) == date(2023, 7, 10)


@given(DAYS, DAYS)
def test_between_counts_what_one_would_count_by_hand(a, b):
    by_hand = sum(CALENDAR.is_working(min(a, b) + timedelta(i + 1)) for i in range(abs((b - a).days)))
    assert CALENDAR.between(a, b) == (by_hand if b >= a else -by_hand)


@given(DAYS, st.integers(1, 300))
def test_adding_days_arrives_on_a_working_day_that_many_days_later(day, days):
    due = CALENDAR.add(day, days)
    assert CALENDAR.is_working(due)
    assert CALENDAR.between(day, due) == days


@given(DAYS, st.integers(1, 300))
def test_subtracting_days_arrives_on_a_working_day_that_many_days_earlier(day, days):
    first = CALENDAR.subtract(day, days)
    assert CALENDAR.is_working(first)
    assert CALENDAR.between(first - timedelta(1), day - timedelta(1)) == days


@given(st.datetimes(datetime(2022, 1, 1), datetime(2026, 12, 31)), st.integers(1, 40))
def test_working_hours_pass_only_while_open(naive, hours):
    start = naive.replace(microsecond=0, tzinfo=SHANGHAI)
    end = CALENDAR.add_hours(start, hours)
    assert end > start
    assert CALENDAR.is_open(end - timedelta(seconds=1))
    assert CALENDAR.add_hours(start, hours - 1) < end

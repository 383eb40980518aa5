"""The working-day calendar in the database: what is known, what is missing, and what that costs."""

from datetime import date

import pytest

from taian_factors.directory.models import CalendarDay, CalendarYear

pytestmark = pytest.mark.django_db


def test_calendar_knows_the_seeded_years_and_their_make_up_days():
    calendar = CalendarYear.objects.calendar()
    assert [year for year in range(2021, 2029) if calendar.knows(date(year, 6, 1))] == [
        2022,
        2023,
        2024,
        2025,
        2026,
    ]
    assert calendar.is_working(date(2023, 6, 25))
    assert not calendar.is_working(date(2023, 6, 22))


def test_a_year_without_a_row_counts_monday_to_friday():
    calendar = CalendarYear.objects.calendar()
    assert calendar.is_working(date(2027, 1, 1))
    assert not calendar.is_working(date(2027, 1, 3))


def test_an_edited_day_counts_from_then_on():
    CalendarDay.objects.create(day=date(2026, 6, 15), year_id=2026, is_working=False, name="本市放假")
    assert not CalendarYear.objects.calendar().is_working(date(2026, 6, 15))


def test_loading_the_calendar_costs_one_query(django_assert_num_queries):
    with django_assert_num_queries(1):
        CalendarYear.objects.calendar()


@pytest.mark.parametrize(
    ("today", "missing"),
    [
        ("2026-10-31", []),
        ("2026-11-01", [2027]),
        ("2026-12-31", [2027]),
        ("2027-01-01", [2027]),
        ("2027-12-01", [2027, 2028]),
        ("2023-11-15", []),
    ],
)
def test_next_year_is_missed_from_november_on_and_this_year_always(today, missing):
    assert CalendarYear.objects.missing_for(date.fromisoformat(today)) == missing

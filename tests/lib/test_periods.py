"""Months, quarters, half-years and years, cut in Tai'an."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taian_factors.lib.periods import SHANGHAI, Period, chinese_day, local_day

KEYS = ["2023-06", "2023Q2", "2023H1", "2023"]


@pytest.mark.parametrize("key", [*KEYS, "2023-12", "2023Q4", "2023H2", "2000-01"])
def test_a_key_is_read_as_it_is_written(key):
    assert Period.parse(f" {key} ").key == key


@pytest.mark.parametrize(
    "key", ["2023-13", "2023-00", "2023-6", "2023Q5", "2023H3", "23", "1999", "上月", "", "2023-06-01"]
)
def test_what_is_no_period_is_refused_with_a_sentence(key):
    with pytest.raises(ValueError, match="不是期间"):
        Period.parse(key)


@pytest.mark.parametrize(
    ("key", "label", "first", "end", "months"),
    [
        ("2023-06", "2023年6月", "2023-06-01", "2023-07-01", 1),
        ("2023-12", "2023年12月", "2023-12-01", "2024-01-01", 1),
        ("2023Q2", "2023年第二季度", "2023-04-01", "2023-07-01", 3),
        ("2023Q4", "2023年第四季度", "2023-10-01", "2024-01-01", 3),
        ("2023H1", "2023年上半年", "2023-01-01", "2023-07-01", 6),
        ("2023H2", "2023年下半年", "2023-07-01", "2024-01-01", 6),
        ("2023", "2023年", "2023-01-01", "2024-01-01", 12),
    ],
)
def test_a_period_knows_its_name_its_bounds_and_its_months(key, label, first, end, months):
    period = Period.parse(key)
    assert (period.label, period.first_day, period.end_day) == (
        label,
        date.fromisoformat(first),
        date.fromisoformat(end),
    )
    assert len(period.months) == months
    assert period.months[0].first_day == period.first_day
    assert period.months[-1].end_day == period.end_day


def test_a_period_begins_at_midnight_in_taian_and_ends_before_the_next():
    june = Period.parse("2023-06")
    assert june.start == datetime.fromisoformat("2023-05-31T16:00:00+00:00")
    assert june.end == Period.parse("2023-07").start == datetime(2023, 7, 1, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("key", "by", "other"),
    [("2023-01", -1, "2022-12"), ("2023Q4", 1, "2024Q1"), ("2023H1", -3, "2021H2"), ("2023", 2, "2025")],
)
def test_a_period_can_be_shifted_over_the_year(key, by, other):
    assert Period.parse(key).shifted(by).key == other


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_every_day_lies_in_its_month(day):
    month = Period.month_of(day)
    assert month.first_day <= day < month.end_day
    assert Period.parse(month.key) == month


def test_the_day_changes_at_midnight_in_taian_not_in_greenwich():
    assert local_day(datetime.fromisoformat("2023-06-30T15:59:59+00:00")) == date(2023, 6, 30)
    assert local_day(datetime.fromisoformat("2023-06-30T16:00:00+00:00")) == date(2023, 7, 1)


def test_a_day_is_written_as_papers_write_it():
    assert chinese_day(date(2023, 7, 1)) == "2023年7月1日"

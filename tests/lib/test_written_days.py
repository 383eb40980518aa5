"""Days as people write them."""

from calendar import monthrange
from contextlib import suppress
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taian_factors.lib.written_days import Around, BadDayError, WrittenDay, read_day, year_of

AROUND = Around(2023, date(2023, 6, 9))
DAYS = st.dates(date(2000, 1, 1), date(2099, 12, 31))
FORMS = (
    "{0.year}-{0.month}-{0.day}", "{0.year}.{0.month:02}.{0.day:02}", "{0.year}/{0.month}/{0.day}",
    "{0.year}年{0.month}月{0.day}日", " {0.year} 年 {0.month} 月 {0.day} 日前", "{0:%Y%m%d}", "{0:%Y-%m-%d} 00:00:00",
)  # fmt: skip


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2023.7.31", "2023-07-31"), ("２０２３年７月３１日", "2023-07-31"), ("23.7.31", "2023-07-31"),
        ("二〇二三年六月三十日", "2023-06-30"), ("十二月三十一日", "2023-12-31"), ("7月31日前完成", "2023-07-31"),
        ("6月底", "2023-06-30"), ("2024年2月", "2024-02-29"), ("2023年8月", "2023-08-31"), ("8月", "2023-08-31"),
        ("8月上旬", "2023-08-10"), ("8月中旬", "2023-08-20"), ("8月下旬", "2023-08-31"), ("7月初", "2023-07-10"),
        ("三季度", "2023-09-30"), ("第三季度末", "2023-09-30"), ("2024年一季度", "2024-03-31"), ("Q4", "2023-12-31"),
        ("上半年", "2023-06-30"), ("2023年下半年", "2023-12-31"), ("年底", "2023-12-31"), ("2024年底", "2024-12-31"),
        ("年内", "2023-12-31"), ("明年3月", "2024-03-31"), ("本月底", "2023-06-30"), ("2023年", "2023-12-31"),
        ("2023年6月1日至7月15日", "2023-07-15"), ("2024年6月-8月", "2024-08-31"), ("5月9日", "2023-05-09"),
        ("7-8月", "2023-08-31"), ("2023年7-8月", "2023-08-31"), ("11-12月", "2023-12-31"), ("2023年年底", "2023-12-31"),
        ("2023.06.09-2023.07.10", "2023-07-10"), ("2023年6月30日18:00", "2023-06-30"), ("6月30日下午", "2023-06-30"),
        ("1月底", "2024-01-31"),  # a wish that lies far back is next year's
        (45056, "2023-05-10"), ("45056", "2023-05-10"), (45056.0, "2023-05-10"), (datetime(2023, 8, 15), "2023-08-15"),
    ],
)  # fmt: skip
def test_a_day_is_read_as_it_is_meant(written, meant):
    assert read_day(written, AROUND) == WrittenDay(date.fromisoformat(meant))


@pytest.mark.parametrize(
    "words", ["长期", "尽快", "无", "待定", "10个工作日内", "签约后30天内", "一事一议", "三个月内"]
)
def test_words_that_are_no_day_are_kept(words):
    assert read_day(words, AROUND) == WrittenDay(words=words)


@pytest.mark.parametrize(
    "written",
    ["2023年13月1日", "2月30日", "2023-02-29", "13月", "五季度", "2023-13-45", "1023年5月1日", "2023年32日",
     "2023.0.1", "第7项", 6.3, 2023.1],
)  # fmt: skip
def test_what_is_written_like_a_day_and_is_none_is_refused(written):
    with pytest.raises(BadDayError):
        read_day(written, AROUND)


def test_without_any_year_around_a_day_without_one_is_refused():
    with pytest.raises(BadDayError, match="没有写年份"):
        read_day("5月9日")
    with pytest.raises(BadDayError, match="没有写月份"):
        read_day("本月底", Around(2023))
    with pytest.raises(BadDayError, match="没有写年份"):
        read_day("明年3月")


def test_a_report_lies_before_the_sheet_and_a_wish_behind_it():
    new_year = date(2024, 1, 5)
    assert read_day("12月20日", Around(2024, new_year, is_past=True)).on == date(2023, 12, 20)
    assert read_day("12月20日", Around(2024, new_year)).on == date(2024, 12, 20)


@given(DAYS, st.sampled_from(FORMS))
def test_a_whole_day_reads_back_whatever_its_form(day, form):
    written = form.format(day)
    assert read_day(written).on == day
    assert year_of(written) == day.year


@given(st.integers(2000, 2099), st.integers(1, 12))
def test_the_end_of_a_month_is_its_last_day(year, month):
    last = date(year, month, monthrange(year, month)[1])
    assert read_day(f"{year}年{month}月底").on == read_day(f"{month}月末", Around(year)).on == last


@given(st.text(max_size=30))
def test_whatever_is_written_it_is_a_day_words_or_a_refusal(text):
    with suppress(BadDayError):
        found = read_day(text, AROUND)
        assert found.on is None or 2000 <= found.on.year < 2100

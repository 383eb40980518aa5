"""Days as people write them in a list: 2023.7.31, 6月底, 8月中旬, 三季度, 年底, 45056, or 长期, which is none.

What leaves the year out takes it from ``Around``: what the rest of the sheet is about.
"""

import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from taian_factors.lib.periods import Period

_SERIALS = range(36526, 73051)  # how a spreadsheet counts the days of this century
_FIRST_SERIAL = date(1899, 12, 30)
_YEARS = range(2000, 2100)
FAR = timedelta(
    days=120
)  # without a year: a wish further back is next year's, a report as far ahead last year's

_CHINESE = {word: value for value, word in enumerate("零一二三四五六七八九")} | {"〇": 0, "○": 0, "两": 2}
_CHINESE_NUMBER = re.compile(r"[零〇○一二两三四五六七八九十]+")
_YEAR = r"(?:(?P<year>\d{4}|\d{2})年?度?|(?P<which>今|本|明|去)年度?)"
_CLOCK = re.compile(r"(?:[T\s]|(?<=[日号]))\d{1,2}[:：]\d{2}([:：]\d{2})?(\.\d+)?$")
_EDGES = re.compile(
    r"^(?:预计|计划|拟于?|力争|争取|于|在|最迟|截至|截止|约)+|(?:之前|以前|前|内|左右|上午|中午|下午|晚上?|下班|完成|解决|办结|答复)+$"
)
# fmt: off
_FORMS = [re.compile(form) for form in (
    r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})",
    r"(?P<year>\d{4}|\d{2})[-/.、](?P<month>\d{1,2})[-/.、](?P<day>\d{1,2})[日号]?",
    r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})",
    rf"(?:{_YEAR}[-/.]?)?(?P<month>\d{{1,2}})月(?:份)?(?:(?P<day>\d{{1,2}})[日号]?|(?P<part>月?[上中下]旬|月?初|月?中|月?底|月?末))?",
    r"(?P<month>\d{1,2})[-/.](?P<day>\d{1,2})[日号]?",
    rf"(?:{_YEAR}[-/.]?)?(?:第|[Qq])?(?P<quarter>\d{{1,2}})(?:个)?季度?[末底]?",
    rf"(?:{_YEAR})?[Qq](?P<quarter>\d{{1,2}})",
    rf"(?:{_YEAR})?(?P<half>[上下])半年[末底]?",
    rf"{_YEAR}年?[末底终内]?", r"(?P<end>年(?:度)?[末底终内]?)",
    r"(?P<here>[本当这]?月)[末底内]?",
)]
# fmt: on
_LENGTH = r"\d+(?:[至到~-]\d+)?个?(?:工作日|日|天|周|星期|月|年|小时)"
_DURATION = re.compile(rf"^{_LENGTH}$|{_LENGTH}(?:[以之]?内|左右|后)")  # no day, but no slip either
# 7-8月 is July and August; 2023-8月 is not.
_SPAN = re.compile(
    r"[至到~—]|(?<=[日号月])-|(?<=\d)-(?=\d{4}[-/.年])|(?:(?<=(?<!\d)[1-9])|(?<=(?<!\d)1[0-2]))-(?=\d{1,2}月)"
)
# As numbers they lost a nought, or not: 2023.10 and 2023.1 are one number.
_LOST = re.compile(r"\d{4}\.1|\d{1,2}\.[123]")
_PARTS = {"上旬": 10, "初": 10, "中旬": 20, "中": 15}


class BadDayError(ValueError):
    """A day that cannot be; the text is a Chinese sentence without its stop."""


@dataclass(frozen=True)
class Around:
    """What a sheet is about: the year of its other days, and the day on which it was filled in.

    ``is_past``: the days asked for have been (提出时间); others are wishes.
    """

    year: int | None = None
    day: date | None = None
    is_past: bool = False

    @property
    def here(self) -> int:
        """The year that the sheet is about."""
        if self.year is None and self.day is None:
            raise BadDayError("没有写年份，表里也看不出是哪一年")
        return self.year or (self.day.year if self.day else 0)

    def dated(self, month: int, day: int) -> date:
        """Return a day of the year meant: a wish does not lie far before the sheet's own day, a report not after."""
        year = self.here
        found = _day(year, month, day)
        if self.day is None or year != self.day.year:
            return found
        if self.is_past:
            return _day(year - 1, month, day) if found > self.day + FAR else found
        return _day(year + 1, month, day) if found < self.day - FAR else found


@dataclass(frozen=True)
class WrittenDay:
    """A day, or the words that are none (长期): ``on`` is empty then, and the words are kept."""

    on: date | None = None
    words: str = ""


def read_day(value: object, around: Around | None = None) -> WrittenDay:
    """Read a cell as a day.

    Raises:
        BadDayError: it is written like a day and is none (13月, 2月30日), or says nothing.
    """
    if isinstance(value, date):
        return WrittenDay(value.date() if isinstance(value, datetime) else value)
    text = _tidy(value)
    if text.isdecimal() and int(text) in _SERIALS:
        return WrittenDay(_FIRST_SERIAL + timedelta(int(text)))
    if isinstance(value, float) and _LOST.fullmatch(text):
        raise BadDayError(f"“{text}”看不出是哪一天，请写成 2023-06-30 或 6月30日")
    found = _read(text, around or Around())
    if found is None and re.search(r"\d", text) and not _DURATION.search(text):
        raise BadDayError(f"“{text[:20]}”不是日期，可写成 2023-06-30、2023年6月30日或 6月底")
    return WrittenDay(found) if found else WrittenDay(words=text)


def _read(text: str, around: Around) -> date | None:
    plain = _EDGES.sub("", _digits(text))
    if len(span := _SPAN.split(plain)) > 1:  # of a span its last day, in the year that stands before it
        plain, around = _EDGES.sub("", span[-1]), replace(around, year=year_of(text) or around.year)
    for form in _FORMS:
        if found := form.fullmatch(plain):
            return _meant(found.groupdict(), around, text)
    return None


def year_of(value: object) -> int | None:
    """Return the year that a cell names, or None: what a sheet's other days tell about those without one."""
    if isinstance(value, date):
        return value.year
    text = _tidy(value)
    if text.isdecimal() and int(text) in _SERIALS:
        return (_FIRST_SERIAL + timedelta(int(text))).year
    found = re.match(r"(20\d{2})(?:[-/.年]|\d{4}$)", text)
    return int(found[1]) if found else None


def _tidy(value: object) -> str:
    """Half-width, without blanks and without a clock: 2023-06-30 00:00:00 is a day."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = _CLOCK.sub("", unicodedata.normalize("NFKC", str(value)).strip())
    return "".join(text.split())


def _digits(text: str) -> str:
    """Write Chinese numbers in digits: 二〇二三年六月三十日."""
    return _CHINESE_NUMBER.sub(lambda found: _number(found[0]), text)


def _number(word: str) -> str:
    if "十" not in word:
        return "".join(str(_CHINESE[sign]) for sign in word)
    tens, _, ones = word.partition("十")
    if len(tens) > 1 or len(ones) > 1:
        return word
    return str((_CHINESE[tens] if tens else 1) * 10 + (_CHINESE[ones] if ones else 0))


def _meant(found: dict[str, str | None], around: Around, text: str) -> date:
    try:
        return _resolved({key: value for key, value in found.items() if value}, around)
    except BadDayError:
        raise
    except ValueError:
        raise BadDayError(f"没有“{text[:20]}”这一天") from None


def _resolved(found: dict[str, str], around: Around) -> date:
    year = _year(found, around)
    if "day" in found:
        month, day = int(found["month"]), int(found["day"])
        return around.dated(month, day) if year is None else _day(year, month, day)
    if "here" in found:
        if around.day is None:
            raise BadDayError("没有写月份，表里也看不出是哪个月")
        return _last(around.day.year, around.day.month)
    month, part = _last_month(found), _PARTS.get(found.get("part", "").removeprefix("月"))
    if year is None:
        # The last day of February depends on the year, so the first one is dated.
        year = around.dated(month, part or 1).year
    return _day(year, month, part) if part else _last(year, month)


def _year(found: dict[str, str], around: Around) -> int | None:
    if "which" in found:
        here = around.day.year if around.day else around.here
        return here + {"明": 1, "去": -1}.get(found["which"], 0)
    if "year" not in found:
        return None
    year = int(found["year"]) + (2000 if len(found["year"]) == 2 else 0)
    if year not in _YEARS:
        raise ValueError
    return year


def _last_month(found: dict[str, str]) -> int:
    """Return the last month of what was written: a month, a quarter, half a year, a year."""
    if "month" in found:
        month = int(found["month"])
    elif "quarter" in found:
        month = int(found["quarter"]) * 3
    else:
        month = 6 if found.get("half") == "上" else 12
    if not 1 <= month <= 12:
        raise ValueError
    return month


def _day(year: int, month: int, day: int) -> date:
    if year not in _YEARS:
        raise ValueError
    return date(year, month, day)


def _last(year: int, month: int) -> date:
    return Period(year, month).end_day - timedelta(1)

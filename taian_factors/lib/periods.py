"""Months, quarters, half-years and years, cut in Asia/Shanghai as ``[start, end)``."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Self
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")

# kind of period: months in it, how its key looks
_LENGTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}
_KEYS = {
    "month": re.compile(r"(\d{4})-(\d{2})"),
    "quarter": re.compile(r"(\d{4})Q([1-4])"),
    "half_year": re.compile(r"(\d{4})H([12])"),
    "year": re.compile(r"(\d{4})()"),
}


def local_day(moment: datetime) -> date:
    """Return the calendar day of a moment in Tai'an."""
    return moment.astimezone(SHANGHAI).date()


def chinese_day(day: date) -> str:
    """Return a day as papers write it: full year, no leading noughts."""
    return f"{day.year}年{day.month}月{day.day}日"


def at_local(day: date, clock: time = time(0)) -> datetime:
    """Return the moment at which Tai'an's clock shows ``clock`` on ``day``."""
    return datetime.combine(day, clock, SHANGHAI)


@dataclass(frozen=True, order=True)
class Period:
    """A stretch of whole months: ``year``, its first month, and how many months it has.

    ``Period.parse("2023-06")``, ``"2023Q2"``, ``"2023H1"`` and ``"2023"`` read the keys that ``key`` writes.
    """

    year: int
    first_month: int
    kind: str = "month"

    @classmethod
    def parse(cls, key: str) -> Self:
        """Read a key; raise ``ValueError`` with a Chinese sentence when it is none."""
        for kind, pattern in _KEYS.items():
            found = pattern.fullmatch(key.strip())
            if found is None:
                continue
            year, number = int(found[1]), int(found[2] or 1)
            first = (number - 1) * _LENGTHS[kind] + 1
            if 1 <= first <= 12 and 2000 <= year <= 9998:
                return cls(year, first, kind)
        raise ValueError(f"“{key}”不是期间，应写成 2023-06、2023Q2、2023H1 或 2023。")

    @classmethod
    def month_of(cls, day: date) -> Self:
        """Return the month in which ``day`` lies."""
        return cls(day.year, day.month)

    @property
    def key(self) -> str:
        """The period in machine writing, as ``parse`` reads it."""
        number = (self.first_month - 1) // _LENGTHS[self.kind] + 1
        return {
            "month": f"{self.year}-{self.first_month:02d}",
            "quarter": f"{self.year}Q{number}",
            "half_year": f"{self.year}H{number}",
            "year": f"{self.year}",
        }[self.kind]

    @property
    def label(self) -> str:
        """The period in Chinese."""
        number = (self.first_month - 1) // _LENGTHS[self.kind]
        return {
            "month": f"{self.year}年{self.first_month}月",
            "quarter": f"{self.year}年第{'一二三四'[number % 4]}季度",
            "half_year": f"{self.year}年{'上下'[number % 2]}半年",
            "year": f"{self.year}年",
        }[self.kind]

    @property
    def first_day(self) -> date:
        """The first day in the period."""
        return date(self.year, self.first_month, 1)

    @property
    def end_day(self) -> date:
        """The first day after the period."""
        months = self.year * 12 + self.first_month - 1 + _LENGTHS[self.kind]
        return date(months // 12, months % 12 + 1, 1)

    @property
    def start(self) -> datetime:
        """The first moment in the period."""
        return at_local(self.first_day)

    @property
    def end(self) -> datetime:
        """The first moment after the period."""
        return at_local(self.end_day)

    @property
    def months(self) -> list["Period"]:
        """The months of the period, in order."""
        return [Period(self.year, self.first_month + i) for i in range(_LENGTHS[self.kind])]

    def shifted(self, by: int) -> "Period":
        """Return the period of the same kind ``by`` periods later (earlier when negative)."""
        months = self.year * 12 + self.first_month - 1 + by * _LENGTHS[self.kind]
        return Period(months // 12, months % 12 + 1, self.kind)

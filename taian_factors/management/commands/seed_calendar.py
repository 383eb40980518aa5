"""Write the project's calendar file from the ``chinesecalendar`` package.

For maintainers, when a release of the package knows a new year. A running portal is not touched: there the
office enters the year in the admin, from the State Council's notice.
"""

import json
from datetime import date, timedelta
from typing import Any

from chinese_calendar.constants import holidays, workdays
from django.core.management.base import BaseCommand, CommandParser

from taian_factors.directory import reference

NAMES = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "Mid-autumn Festival": "中秋节",
    "National Day": "国庆节",
}


class Command(BaseCommand):
    """Rewrite data/calendar.json; sources of years that stand there already are kept."""

    requires_system_checks = ()
    help = "由 chinesecalendar 重写项目的工作日历文件（供维护者使用）。"

    def add_arguments(self, parser: CommandParser) -> None:
        """Ask for the years and for what the new ones rest on."""
        parser.add_argument("years", nargs="+", type=int)
        parser.add_argument("--source", default="国务院办公厅节假日安排通知", help="新年度的依据（文号）。")

    def handle(self, *, years: list[int], source: str, **options: Any) -> None:
        """Write the file, one day a line."""
        path = reference.DATA / "calendar.json"
        kept = {y["year"]: y["source"] for y in reference.read("calendar")["years"]} if path.exists() else {}
        parts = [_year(year, kept.get(year, source)) for year in sorted(years)]
        path.write_text('{"years": [\n' + ",\n".join(parts) + "\n]}\n", encoding="utf-8")


def _year(year: int, source: str) -> str:
    """Return one year as JSON text: only the days that differ from Monday to Friday."""
    lines = []
    for offset in range((date(year + 1, 1, 1) - date(year, 1, 1)).days):
        day = date(year, 1, 1) + timedelta(offset)
        name = (holidays if day.weekday() < 5 else workdays).get(day)
        if name:
            is_working = day.weekday() >= 5
            record = {
                "day": day.isoformat(),
                "is_working": is_working,
                "name": NAMES[name] + "调休" * is_working,
            }
            lines.append("  " + json.dumps(record, ensure_ascii=False))
    head = json.dumps({"year": year, "source": source}, ensure_ascii=False)
    return f' {head[:-1]}, "days": [\n' + ",\n".join(lines) + "\n ]}"

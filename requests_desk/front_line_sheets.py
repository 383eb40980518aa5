"""The register of front-line visits out to a sheet: every row that the page's filters leave."""

from collections.abc import Callable
from typing import IO, Any

from django.db.models import QuerySet

from taian_factors.directory.models import Organization
from taian_factors.lib.sheets import Value, write_sheet

Column = tuple[str, Callable[[Any], Value], int]
COLUMNS: list[Column] = [
    ("企业", lambda e: e.name, 32),
    ("统一社会信用代码", lambda e: e.profile.credit_code or "待核实", 22),
    ("县市区", lambda e: e.profile.division.short, 12),
    ("产业链", lambda e: e.profile.chain.name if e.profile.chain else None, 18),
    ("重点项目", lambda e: "有" if e.has_key else "无", 10),
    ("最近走访", lambda e: e.last_on or "从未走访", 14),
    ("已安排", lambda e: e.next_on, 14),
    ("当年次数", lambda e: e.times, 10),
    ("在办需求", lambda e: e.open_needs, 10),
]


def write_register(target: IO[bytes], enterprises: QuerySet[Organization]) -> int:
    """Write the register as XLSX to ``target``; return the number of enterprises."""
    return write_sheet(
        target,
        title="一线服务走访台账",
        headings=[heading for heading, _, _ in COLUMNS],
        rows=([value(each) for _, value, _ in COLUMNS] for each in enterprises.iterator(chunk_size=500)),
        widths=[width for _, _, width in COLUMNS],
    )

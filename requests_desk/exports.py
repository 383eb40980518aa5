"""The ledger out to a sheet: the columns of the page, as a table of (heading, getter), and every row of it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import IO

from django.db.models import QuerySet

from requests_desk.ledger import Row, row
from requests_desk.models import FactorRequest
from taian_factors.directory.models import CalendarYear
from taian_factors.lib.sheets import Value, write_sheet

CHUNK = 500
LIGHT_WORDS = {"green": "正常", "yellow": "临期", "red": "逾期", "grey": "挂起"}


@dataclass(frozen=True)
class Column:
    """One column: its heading, how its value is read from a row, and its width in characters."""

    heading: str
    value: Callable[[Row], Value]
    width: int = 14


def _next(r: Row) -> str:
    clock = r.next_clock
    return f"{clock.who}{clock.what}" if clock else ""


# fmt: off
LEDGER = [
    Column("编号",     lambda r: r.factor_request.number, 20),
    Column("灯",       lambda r: LIGHT_WORDS[r.light] if r.light else "", 8),
    Column("状态",     lambda r: r.factor_request.get_state_display(), 12),
    Column("标题",     lambda r: r.factor_request.headline, 36),
    Column("企业",     lambda r: r.factor_request.enterprise.name, 32),
    Column("要素",     lambda r: r.factor_request.factor.name, 16),
    Column("数量",     lambda r: r.factor_request.quantity, 12),
    Column("单位",     lambda r: r.factor_request.unit, 10),
    Column("主办",     lambda r: a.organization.short if (a := r.last_lead) else "", 18),
    Column("下一步",   _next, 22),
    Column("期限",     lambda r: c.due_at if (c := r.next_clock) else None, 18),
    Column("协办",     lambda r: "、".join(a.organization.short for a in r.supports), 24),
    Column("项目",     lambda r: p.name if (p := r.factor_request.filing.project) else "", 32),
    Column("县市区",   lambda r: r.factor_request.division.short),
    Column("产业链",   lambda r: c.name if (c := r.factor_request.chain) else "", 20),
    Column("来源",     lambda r: r.factor_request.filing.get_channel_display(), 12),
    Column("申报时间", lambda r: r.factor_request.filed_at, 18),
    Column("办结时间", lambda r: r.factor_request.completed_at, 18),
]
# fmt: on


def ledger_rows(
    requests: QuerySet[FactorRequest], *, at: datetime, progress: Callable[[int], None] = lambda done: None
) -> Iterator[list[Value]]:
    """Yield the cells of every request, in the order of ``requests``, read in chunks; ``progress`` hears how many."""
    calendar = CalendarYear.objects.calendar()
    for place, factor_request in enumerate(requests.with_parts().iterator(chunk_size=CHUNK), start=1):
        shown = row(factor_request, at=at, calendar=calendar)
        yield [column.value(shown) for column in LEDGER]
        if place % CHUNK == 0:
            progress(place)


def write_ledger(
    target: IO[bytes],
    requests: QuerySet[FactorRequest],
    *,
    at: datetime,
    progress: Callable[[int], None] = lambda done: None,
) -> int:
    """Write the ledger as XLSX to ``target``, without a limit; return the number of requests."""
    return write_sheet(
        target,
        title="要素需求台账",
        headings=[column.heading for column in LEDGER],
        rows=ledger_rows(requests, at=at, progress=progress),
        widths=[column.width for column in LEDGER],
    )

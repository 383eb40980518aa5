"""The ledger out to a sheet: the columns of the page, in its order, and every row of it."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import IO

from requests_desk.columns import Column, with_columns
from requests_desk.ledger import row
from requests_desk.querysets import FactorRequestQuerySet
from taian_factors.directory.models import CalendarYear
from taian_factors.lib.sheets import Value, write_sheet

CHUNK = 500


def ledger_rows(
    requests: FactorRequestQuerySet,
    columns: Sequence[Column],
    *,
    at: datetime,
    progress: Callable[[int], None] = lambda done: None,
) -> Iterator[list[Value]]:
    """Yield the cells of every request, in the order of ``requests``, read in chunks; ``progress`` hears how many."""
    calendar = CalendarYear.objects.calendar()
    loaded = with_columns(requests, columns).iterator(chunk_size=CHUNK)
    for place, factor_request in enumerate(loaded, start=1):
        shown = row(factor_request, at=at, calendar=calendar, assignments=factor_request.parts)
        yield [column.value(shown) for column in columns]
        if place % CHUNK == 0:
            progress(place)


def write_ledger(
    target: IO[bytes],
    requests: FactorRequestQuerySet,
    columns: Sequence[Column],
    *,
    at: datetime,
    progress: Callable[[int], None] = lambda done: None,
) -> int:
    """Write the ledger as XLSX to ``target``, without a limit; return the number of requests."""
    return write_sheet(
        target,
        title="要素需求台账",
        headings=[column.heading for column in columns],
        rows=ledger_rows(requests, columns, at=at, progress=progress),
        widths=[column.width for column in columns],
    )

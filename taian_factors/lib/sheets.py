"""Rows out to an XLSX sheet, safe to open: no text of ours or of an enterprise runs as a formula."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import IO

from openpyxl import Workbook  # type: ignore[import-untyped]
from openpyxl.cell import WriteOnlyCell  # type: ignore[import-untyped]
from openpyxl.styles import Alignment, Font  # type: ignore[import-untyped]
from openpyxl.utils import get_column_letter  # type: ignore[import-untyped]

from taian_factors.lib.periods import SHANGHAI

Value = str | int | float | Decimal | date | datetime | None

# What makes spreadsheet programs take a text for a formula, also behind blanks.
_FORMULA = re.compile(r"\s*[=+\-@\t\r]")
# Characters that XML does not carry; openpyxl refuses a whole sheet for one of them.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
LONGEST = 32_767  # characters in a cell, by the format


def safe_text(text: str) -> str:
    """Return a text that no program runs: an apostrophe goes before = + - @ and tabs, control characters go."""
    cleaned = _CONTROL.sub("", text)
    marked = f"'{cleaned}" if _FORMULA.match(cleaned) else cleaned
    return marked[:LONGEST]


def write_sheet(
    target: IO[bytes],
    *,
    title: str,
    headings: Sequence[str],
    rows: Iterable[Sequence[Value]],
    widths: Sequence[int] = (),
) -> int:
    """Write one sheet with a frozen, filterable heading row to ``target``; return the number of rows below it.

    Rows are written as they come, so that a long list needs no memory. Moments are shown in Tai'an's time.
    ``widths`` are in characters.
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet(safe_text(title)[:31])
    for place, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    sheet.freeze_panes = "A2"
    sheet.append([_heading(sheet, text) for text in headings])
    count = 0
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])
        count += 1
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(headings))}{count + 1}"
    book.save(target)
    return count


def _heading(sheet: object, text: str) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, value=safe_text(text))
    cell.font, cell.alignment = Font(bold=True), Alignment(vertical="center")
    return cell


def _cell(sheet: object, value: Value) -> WriteOnlyCell:
    if isinstance(value, str):
        cell = WriteOnlyCell(sheet, value=safe_text(value))
        cell.data_type = "s"
        return cell
    if isinstance(value, datetime):
        cell = WriteOnlyCell(sheet, value=value.astimezone(SHANGHAI).replace(tzinfo=None))
        cell.number_format = "yyyy-mm-dd hh:mm"
        return cell
    cell = WriteOnlyCell(sheet, value=value)
    if isinstance(value, date):
        cell.number_format = "yyyy-mm-dd"
    return cell

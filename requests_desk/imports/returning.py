"""Refused rows come back in the same workbook, each with its reason in a column of its own."""

from collections.abc import Mapping
from copy import copy
from typing import IO, Any

from openpyxl import load_workbook  # type: ignore[import-untyped]
from openpyxl.styles import Alignment, PatternFill  # type: ignore[import-untyped]
from openpyxl.utils import get_column_letter  # type: ignore[import-untyped]

from requests_desk.imports.layout import Layout
from requests_desk.imports.reading import ReadList
from taian_factors.lib.sheets import safe_text

HEADING = "未入库原因"
WIDTH = 48
_MARKED = PatternFill("solid", fgColor="FFF2CC")


def write_refused(source: IO[bytes], target: IO[bytes], found: ReadList) -> int:
    """Write the workbook again with a column of reasons beside the refused rows; return how many there are.

    Everything else stays as it is, so that the mended workbook can be sent again: what is stored is not stored
    twice.
    """
    source.seek(0)
    book = load_workbook(source)
    for name, layout in found.layouts.items():
        reasons = {row.number: row.reason for row in found.refused if row.sheet == name}
        if reasons:
            _add_column(book[name], layout, reasons)
    book.save(target)
    return len(found.refused)


def _add_column(sheet: Any, layout: Layout, reasons: Mapping[int, str]) -> None:
    beside = max(column.place for column in layout.columns.values()) + 1
    place = _earlier(sheet, layout.last_row) or max(sheet.max_column, beside) + 1
    heading = sheet.cell(layout.last_row, place, HEADING)
    like = sheet.cell(layout.last_row, beside)
    for part in ("font", "border", "fill", "alignment"):
        setattr(heading, part, copy(getattr(like, part)))
    for row in range(layout.last_row + 1, sheet.max_row + 1):
        if row in reasons:
            cell = sheet.cell(row, place, safe_text(reasons[row]))
            cell.fill, cell.alignment = _MARKED, Alignment(wrap_text=True, vertical="center")
        elif sheet.cell(row, place).value is not None:
            sheet.cell(row, place).value = None
    sheet.column_dimensions[get_column_letter(place)].width = WIDTH


def _earlier(sheet: Any, row: int) -> int | None:
    """Return where a workbook that came back already has its reasons: they are written anew, not beside."""
    headings = {sheet.cell(row, place).value: place for place in range(1, sheet.max_column + 1)}
    return headings.get(HEADING)

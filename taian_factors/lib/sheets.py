"""Rows out to an XLSX sheet, safe to open: no text of ours or of an enterprise runs as a formula; and rows in."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO, StringIO
from itertools import chain, islice
from typing import IO
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile, ZipFile

from openpyxl import Workbook, load_workbook  # type: ignore[import-untyped]
from openpyxl.cell import WriteOnlyCell  # type: ignore[import-untyped]
from openpyxl.styles import Alignment, Font  # type: ignore[import-untyped]
from openpyxl.utils import get_column_letter  # type: ignore[import-untyped]
from openpyxl.worksheet.properties import PageSetupProperties  # type: ignore[import-untyped]
from openpyxl.worksheet.worksheet import Worksheet  # type: ignore[import-untyped]

from taian_factors.lib.periods import SHANGHAI


@dataclass(frozen=True)
class Figure:
    """A number that is shown the way it was printed: ``0.00%`` with the mark that stood behind it."""

    value: Decimal
    shown: str


Value = str | int | float | Decimal | date | datetime | Figure | None
_PRINTED = re.compile(r"(-?\d+)(\.\d+)?(%?)(\*?)")

# What makes spreadsheet programs take a text for a formula, also behind blanks.
_FORMULA = re.compile(r"\s*[=+\-@\t\r]")
# Characters that XML does not carry; openpyxl refuses a whole sheet for one of them.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
LONGEST = 32_767  # characters in a cell, by the format
DEEPEST = 1_048_575  # rows below the headings of one sheet, by the format


def safe_text(text: str) -> str:
    """Return a text that no program runs: an apostrophe goes before = + - @ and tabs, control characters go."""
    cleaned = _CONTROL.sub("", text)
    marked = f"'{cleaned}" if _FORMULA.match(cleaned) else cleaned
    return marked[:LONGEST]


def figure(text: str) -> Value:
    """Return the number that a printed figure stands for, shown as it was printed; other texts stay texts."""
    found = _PRINTED.fullmatch(text)
    if not found:
        return text
    whole, decimals, percent, mark = found.groups(default="")
    value = Decimal(whole + decimals)
    shown = f"0.{'0' * (len(decimals) - 1)}" if decimals else "0"
    return Figure(value / 100 if percent else value, shown + percent + (f'"{mark}"' if mark else ""))


@dataclass(frozen=True)
class Sheet:
    """One sheet of a workbook; ``widths`` are in characters."""

    title: str
    headings: Sequence[str]
    rows: Iterable[Sequence[Value]]
    widths: Sequence[int] = ()


def write_sheet(
    target: IO[bytes],
    *,
    title: str,
    headings: Sequence[str],
    rows: Iterable[Sequence[Value]],
    widths: Sequence[int] = (),
) -> int:
    """Write one list to ``target``, with a frozen, filterable heading row; return the number of rows below it.

    Rows are written as they come, so that a long list needs no memory; what one sheet can't hold goes on in the next.
    Moments are shown in Tai'an's time. ``widths`` are in characters.
    """
    return sum(write_book(target, _sheets(title, headings, iter(rows), widths)))


def _sheets(
    title: str, headings: Sequence[str], rows: Iterator[Sequence[Value]], widths: Sequence[int]
) -> Iterator[Sheet]:
    yield Sheet(title, headings, islice(rows, DEEPEST), widths)
    for place, row in enumerate(rows, start=2):
        yield Sheet(f"{title} {place}", headings, chain([row], islice(rows, DEEPEST - 1)), widths)


def write_book(target: IO[bytes], sheets: Iterable[Sheet]) -> list[int]:
    """Write sheets, each with a frozen, filterable heading row; return the number of rows below each."""
    book = Workbook(write_only=True)
    counts = [_write(book, each) for each in sheets]
    book.save(target)
    return counts


def _write(book: Workbook, each: Sheet) -> int:
    sheet = book.create_sheet(safe_text(each.title)[:31])
    for place, width in enumerate(each.widths, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    sheet.freeze_panes = "A2"
    # On paper: across the page, as wide as the page and as long as it takes, the headings on every sheet.
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", Worksheet.PAPERSIZE_A4
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.print_title_rows = "1:1"
    sheet.append([_heading(sheet, text) for text in each.headings])
    count = 0
    for row in each.rows:
        sheet.append([_cell(sheet, value) for value in row])
        count += 1
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(each.headings))}{count + 1}"
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
    if isinstance(value, Figure):
        cell = WriteOnlyCell(sheet, value=value.value)
        cell.number_format = value.shown
        return cell
    cell = WriteOnlyCell(sheet, value=value)
    if isinstance(value, date):
        cell.number_format = "yyyy-mm-dd"
    return cell


# --- rows in ----------------------------------------------------------------------------------------------

LARGEST = 5 * 1024 * 1024  # bytes of a file that a person uploads
UNPACKED = 50 * 1024 * 1024  # bytes that a workbook may become
MOST_ROWS = 5_000
MOST_COLUMNS = 100


class SheetError(ValueError):
    """A file cannot be read as a sheet; the message is a Chinese sentence for the one who uploads it."""


def read_rows(source: IO[bytes], *, name: str) -> list[tuple[int, list[str]]]:
    """Return the rows of an XLSX (its first sheet) or CSV file as (line number, texts), empty rows left out.

    ``name`` is the file's name; its end tells the format. Days come as ``2023-06-30``, whole numbers without
    a decimal point, empty cells as empty texts. CSV may be UTF-8 or GB 18030.

    Raises:
        SheetError: too large, of another format, or damaged.
    """
    data = source.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise SheetError("文件超过 5 MB，请分成几个文件。")
    ending = name.lower().rpartition(".")[2]
    if ending not in ("xlsx", "csv"):
        raise SheetError("请上传 XLSX 或 CSV 文件。")
    found = _workbook_rows(data) if ending == "xlsx" else _csv_rows(data)
    rows = []
    for number, cells in enumerate(found, start=1):
        if number > MOST_ROWS:
            raise SheetError(f"表格超过 {MOST_ROWS} 行，请分成几个文件。")
        texts = [_text(value) for value in cells[:MOST_COLUMNS]]
        if any(texts):
            rows.append((number, texts))
    return rows


def _workbook_rows(data: bytes) -> Iterator[Sequence[object]]:
    try:
        with ZipFile(BytesIO(data)) as packed:
            if sum(part.file_size for part in packed.infolist()) > UNPACKED:
                raise SheetError("表格解开后过大，请分成几个文件。")
        book = load_workbook(BytesIO(data), read_only=True, data_only=True)
        yield from book.worksheets[0].iter_rows(values_only=True)
    except (BadZipFile, KeyError, IndexError, ValueError, ParseError, OSError) as error:
        if isinstance(error, SheetError):
            raise
        raise SheetError("文件已损坏或不是 XLSX 表格，请另存后再上传。") from error


def _csv_rows(data: bytes) -> Iterator[Sequence[object]]:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise SheetError("文件的文字编码不认识，请存成 UTF-8 的 CSV。")
    try:
        yield from csv.reader(StringIO(text, newline=""))
    except csv.Error as error:
        raise SheetError("文件不是 CSV 表格，请另存后再上传。") from error


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()

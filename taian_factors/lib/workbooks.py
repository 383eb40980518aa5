"""Workbooks as people send them: what is none is refused in a sentence, rows stream, merged cells are known."""

import re
import warnings
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Any
from zipfile import BadZipFile, ZipFile

from openpyxl.reader.excel import ExcelReader  # type: ignore[import-untyped]
from openpyxl.utils.cell import range_boundaries  # type: ignore[import-untyped]

LARGEST = 20 * 1024 * 1024  # bytes of a file
UNPACKED = 120 * 1024 * 1024  # bytes that it may become
MOST_ROWS = 50_000
MOST_COLUMNS = 100
MOST_MERGES = 100_000
_OLD, _PDF, _PACKED = b"\xd0\xcf\x11\xe0", b"%PDF", b"PK\x03\x04"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_MERGE = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z0-9:$]+)"')
_HIDDEN = re.compile(rb'<(?:\w+:)?row\s[^>]*?hidden="(?:1|true)"[^>]*>')
_NUMBER = re.compile(rb'\sr="(\d+)"')
# A formula whose result no program has stored: to a reader of values the cell is blank.
_UNSOLVED = re.compile(
    rb'<(?:\w+:)?c\s[^>]*?r="([A-Z]+\d+)"[^>]*>\s*<(?:\w+:)?f(?:\s[^>]*)?(?:/>|>[^<]*</(?:\w+:)?f>)'
    rb"\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_CHUNK = 1024 * 1024
_OVERLAP = 2000  # bytes: a mark may lie across two chunks


class WorkbookError(ValueError):
    """A file is no workbook that can be read; the message is a Chinese sentence for the one who sends it."""


@dataclass(frozen=True)
class Block:
    """A merged range, in rows and columns counted from 1."""

    left: int
    top: int
    right: int
    bottom: int


Cells = tuple[object, ...]
Progress = Callable[[int], None]


@dataclass(frozen=True)
class Sheet:
    """A visible sheet: its name, its rows that hold something, by their numbers, and its merged ranges.

    ``hidden`` are the numbers of rows that are not shown, ``unsolved`` cells whose formula has no stored result (they
    read as blank), ``hidden_sheets`` the workbook's sheets that were left out because they are not shown.
    """

    name: str
    rows: Mapping[int, Cells]
    blocks: Sequence[Block]
    hidden: frozenset[int] = frozenset()
    unsolved: Sequence[str] = ()
    hidden_sheets: Sequence[str] = ()


def read_workbook(source: IO[bytes], *, progress: Progress = lambda done: None) -> list[Sheet]:
    """Return the visible sheets of an XLSX file; ``progress`` hears how many rows were read.

    Rows stream from the file, so memory holds what they say and not what they look like.

    Raises:
        WorkbookError: empty, too large, of another format, with a password, or damaged.
    """
    check_workbook(source)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that a drop-down list or an odd date is not understood
            return _sheets(source, progress)
    except _DAMAGE as error:
        if isinstance(error, WorkbookError):
            raise
        raise WorkbookError("文件已损坏或不是 XLSX 表格，请用表格软件另存为 .xlsx 后再试。") from error


# What a damaged part makes the reader say.
_DAMAGE = (BadZipFile, KeyError, IndexError, TypeError, AttributeError, ValueError, SyntaxError, OSError, EOFError,
           RuntimeError, zlib.error)  # fmt: skip


def check_workbook(source: IO[bytes]) -> None:
    """Refuse what is no XLSX file, before anything is unpacked; the source is at its beginning afterwards."""
    size = source.seek(0, 2)
    source.seek(0)
    head = source.read(8)
    source.seek(0)
    if problem := _problem(source, head, size):
        raise WorkbookError(problem)


def _problem(source: IO[bytes], head: bytes, size: int) -> str:
    if size == 0:
        return "文件是空的，请选择 .xlsx 表格。"
    if size > LARGEST:
        return f"文件超过 {LARGEST // 1024 // 1024} MB，请分成几个文件。"
    if head.startswith(_OLD):
        is_locked = _ENCRYPTED in source.read()
        source.seek(0)
        if is_locked:
            return "文件有打开密码，请去掉密码后再试。"
        return "这是旧格式 .xls 文件，请用表格软件另存为 .xlsx 后再试。"
    if not head.startswith(_PACKED):
        kind = " PDF 文件" if head.startswith(_PDF) else "文本或其他文件"
        return f"这不是 .xlsx 表格，而是{kind}，请选择 .xlsx 表格。"
    return _packed_problem(source)


def _packed_problem(source: IO[bytes]) -> str:
    try:
        with ZipFile(source) as packed:
            parts = packed.infolist()
    except BadZipFile:
        return "文件已损坏，打不开，请重新另存为 .xlsx 后再试。"
    finally:
        source.seek(0)
    if sum(part.file_size for part in parts) > UNPACKED:
        return "表格解开后过大，请分成几个文件。"
    if not any(part.filename == "xl/workbook.xml" for part in parts):
        return "这不是 .xlsx 表格，请选择 .xlsx 表格。"
    return ""


def _sheets(source: IO[bytes], progress: Progress) -> list[Sheet]:
    reader = ExcelReader(source, read_only=True, data_only=True)
    reader.read()
    parts = {sheet.name: relation.target for sheet, relation in reader.parser.find_sheets()}
    found: list[Sheet] = []
    left = MOST_ROWS
    unseen = tuple(sheet.title for sheet in reader.wb.worksheets if sheet.sheet_state != "visible")
    for sheet in reader.wb.worksheets:
        if sheet.sheet_state == "visible":
            sheet.reset_dimensions()  # what the file says about its size may be wrong
            rows = dict(_rows(sheet, left, MOST_ROWS - left, progress))
            left -= len(rows)
            found.append(Sheet(sheet.title, rows, *_marks(reader.archive, parts[sheet.title]), unseen))
    return found


def _rows(sheet: Any, most: int, before: int, progress: Progress) -> Iterator[tuple[int, Cells]]:
    count = 0
    for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
        if not any(cell not in (None, "") for cell in cells):
            continue
        count += 1
        if count > most:
            raise WorkbookError(f"表格超过 {MOST_ROWS:,} 行，请分成几个文件。")
        if count % 1000 == 0:
            progress(before + count)
        yield number, tuple(cells[:MOST_COLUMNS])


def _marks(archive: ZipFile, part: str) -> tuple[list[Block], frozenset[int], list[str]]:
    """Find merged ranges, hidden rows and formulas without a result, which a streaming reader does not tell."""
    blocks: list[Block] = []
    hidden: set[int] = set()
    unsolved: list[str] = []
    kept = b""
    with archive.open(part) as xml:
        while chunk := xml.read(_CHUNK):
            text = kept + chunk
            merges = list(_MERGE.finditer(text))
            rows, cells = list(_HIDDEN.finditer(text)), list(_UNSOLVED.finditer(text))
            blocks += (Block(*range_boundaries(match[1].decode().replace("$", ""))) for match in merges)
            hidden.update(int(number[1]) for match in rows if (number := _NUMBER.search(match[0])))
            unsolved += (match[1].decode() for match in cells)
            if len(blocks) > MOST_MERGES:
                raise WorkbookError("表格里的合并单元格过多，请取消合并后再试。")
            ends = [found[-1].end() for found in (merges, rows, cells) if found]
            kept = text[max([*ends, len(text) - _OVERLAP]) :]
    return blocks, frozenset(hidden), unsolved

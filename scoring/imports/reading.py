"""From files to the staging area: every cell is read once, every problem has its line, memory stays bounded."""

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.db import connection

from scoring.imports.layout import BadCellError, Sheet

Progress = Callable[[str, int], None]
MOST_LISTED = 10_000  # problems beyond these are counted, not listed


@dataclass(frozen=True)
class Problem:
    """What is wrong where. ``line`` is the file's own (the header is 1; 0: the file as a whole)."""

    file: str
    line: int
    column: str
    problem: str


@dataclass
class Findings:
    """Errors, which stop everything, apart from warnings, which do not."""

    errors: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    error_count: int = 0
    warning_count: int = 0
    unread: set[str] = field(
        default_factory=set
    )  # files of which rows are missing: what names them says nothing

    def error(self, file: str, line: int, column: str, problem: str) -> None:
        """Note an error."""
        self.error_count += 1
        if self.error_count <= MOST_LISTED:
            self.errors.append(Problem(file, line, column, problem))

    def unreadable(self, file: str, line: int, column: str, problem: str) -> None:
        """Note an error because of which rows of the file are not there to be compared with others."""
        self.unread.add(file)
        self.error(file, line, column, problem)

    def warn(self, file: str, line: int, column: str, problem: str) -> None:
        """Note something unlikely."""
        self.warning_count += 1
        if self.warning_count <= MOST_LISTED:
            self.warnings.append(Problem(file, line, column, problem))


def stage(folder: Path, sheet: Sheet, findings: Findings, progress: Progress) -> None:
    """Make the staging table of a file and fill it by COPY; cells that can't be read become null and are noted.

    A row with an error keeps all its cells as they were typed (``wrong_cells``): rows that name it are told so.
    """
    columns = ", ".join(f"{column.name} {column.sql}" for column in sheet.columns)
    names = ", ".join(["line", *(column.name for column in sheet.columns), "wrong_cells"])
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {sheet.table}")
        cursor.execute(
            f"CREATE TEMP TABLE {sheet.table} (line integer, {columns}, wrong_cells text[]) ON COMMIT DROP"
        )
        with cursor.copy(f"COPY {sheet.table} ({names}) FROM STDIN") as copy:
            for done, row in enumerate(_rows(folder / sheet.name, sheet, findings), start=1):
                copy.write_row(row)
                if done % 50_000 == 0:
                    progress(sheet.name, done)
        cursor.execute(f"ANALYZE {sheet.table}")


def _rows(path: Path, sheet: Sheet, findings: Findings) -> Iterator[list[object]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield from _whole(csv.reader(file, strict=True), sheet, findings)
    except FileNotFoundError:
        findings.unreadable(sheet.name, 0, "", "缺少这个文件")
    except UnicodeDecodeError:
        findings.unreadable(sheet.name, 0, "", "不是 UTF-8 编码")


def _whole(reader: "csv._reader", sheet: Sheet, findings: Findings) -> Iterator[list[object]]:
    """Give the rows up to one that is broken, which is told by the line on which it begins."""
    rows = _typed(reader, sheet, findings)
    begins = 1
    while True:
        try:
            row = next(rows, None)
        except csv.Error:
            findings.unreadable(sheet.name, begins, "", "从这一行起不是完好的 CSV，如引号没有成对")
            return
        if row is None:
            return
        begins = reader.line_num + 1
        yield row


def _typed(reader: "csv._reader", sheet: Sheet, findings: Findings) -> Iterator[list[object]]:
    header = [name.strip() for name in next(reader, [])]
    missing = [column.name for column in sheet.columns if column.name not in header]
    for name in missing:
        findings.unreadable(sheet.name, 1, name, "缺少这一列")
    if missing:
        return
    places = [(column, header.index(column.name)) for column in sheet.columns]
    line = reader.line_num + 1
    for cells in reader:
        if cells and len(cells) != len(header):
            findings.error(sheet.name, line, "", f"应有 {len(header)} 格，实有 {len(cells)} 格")
            yield [line, *(None for _ in places), _typed_cells(cells)]
        elif any(cells):
            so_far = findings.error_count
            values = list(_values(cells, places, sheet, line, findings))
            yield [line, *values, _typed_cells(cells) if findings.error_count > so_far else None]
        line = reader.line_num + 1


def _typed_cells(cells: list[str]) -> list[str]:
    # PostgreSQL takes no NUL in a text, and a cell may hold one.
    return [cell.strip().replace("\x00", "") for cell in cells]


def _values(cells: list[str], places: list, sheet: Sheet, line: int, findings: Findings) -> Iterator[object]:
    for column, place in places:
        cell = cells[place].strip()
        if not cell:
            if column.required:
                findings.error(sheet.name, line, column.name, "不能为空")
            yield None
            continue
        try:
            yield column.read(cell)
        except BadCellError as error:
            findings.error(sheet.name, line, column.name, str(error))
            yield None

"""From a workbook of whatever layout to the rows that are understood, and those that are not."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import IO

from requests_desk.imports.cells import BadCellError, Directory, Reader, Refused, credit_code
from requests_desk.imports.layout import Layout, day_in, find_layout, guess_kind, plain, year_in
from requests_desk.imports.lines import Lines, gather
from requests_desk.imports.remarks import remarks
from requests_desk.models import Filing
from requests_desk.office_lists import (
    KnownEnterprises,
    ListedRow,
    Named,
    key_of,
    known_enterprises,
    numbers_of,
)
from taian_factors.lib.workbooks import Sheet, WorkbookError, read_workbook
from taian_factors.lib.written_days import Around, year_of

Progress = Callable[[int], None]


@dataclass(frozen=True)
class Duplicate:
    """A row that says the same as one before it."""

    row: ListedRow
    of: ListedRow


@dataclass
class ReadList:
    """A list that was read: what would be stored, what is refused, what is put aside, what was stored before."""

    kind: Filing.Channel
    layouts: dict[str, Layout]
    rows: list[ListedRow] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    duplicates: list[Duplicate] = field(default_factory=list)
    ignored: list[tuple[str, int]] = field(default_factory=list)
    known: dict[tuple[str, int], str] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)

    @property
    def filings(self) -> int:
        """How many filings the rows make: one per enterprise and project."""
        return len({(row.enterprise.token, plain(row.project)) for row in self.rows})

    def where(self, row: ListedRow | Refused) -> str:
        """Say where a row stands; its sheet is named where there are several."""
        return f"第 {row.number} 行" if len(self.layouts) == 1 else f"{row.sheet} 第 {row.number} 行"

    @property
    def emptiness(self) -> str:
        """What is said of a list that has headings and nothing below them."""
        return "" if self.rows or self.refused else "清单里只有表头，下面没有一行需求。"

    @property
    def fresh(self) -> int:
        """How many rows were not stored before."""
        return len(self.rows) - len(self.known)


def read_list(
    source: IO[bytes],
    *,
    today: date,
    kind: Filing.Channel | None = None,
    name: str = "",
    progress: Progress = lambda done: None,
) -> ReadList:
    """Read a list; nothing is written. ``today`` gives the year where the whole list gives none.

    Raises:
        WorkbookError: no workbook, or no sheet with the columns of a list.
    """
    tables = [
        Table(sheet, layout, gather(sheet, layout))
        for sheet in read_workbook(source, progress=progress)
        if (layout := find_layout(sheet))
    ]
    if not tables:
        raise WorkbookError(
            "没有找到清单的表头：应有一行写着企业名称、要素类别（或问题类别）、需求内容（或存在的问题）。"
        )
    found = ReadList(kind or _kind(tables, name), {t.sheet.name: t.layout for t in tables})
    named, codes = _names_in(tables)
    enterprises, directory = known_enterprises(named), Directory()
    found.remarks += remarks([table.sheet for table in tables])
    for table in tables:
        reader = table.reader(directory, enterprises, codes, year_in([name]) or today.year)
        _sort(found, map(reader.read, table.lines.lines))
        found.ignored += [(table.sheet.name, number) for number in sorted(table.lines.ignored)]
    found.known = _known(found.rows, enterprises)
    return found


@dataclass(frozen=True)
class Table:
    """A sheet that holds a list: its layout and its lines."""

    sheet: Sheet
    layout: Layout
    lines: Lines

    def reader(
        self, directory: Directory, enterprises: KnownEnterprises, codes: dict[str, str], year: int
    ) -> Reader:
        """Return what reads its lines, knowing from its other days and its title which year is meant."""
        outside = [self.sheet.name, *(cell for cells in self.lines.ignored.values() for cell in cells)]
        day = day_in(outside)
        meant = self._year() or (day and day.year) or year_in(outside) or year
        wished, reported = Around(meant, day), Around(meant, day, is_past=True)
        on = day or date(meant, 1, 1)
        return Reader(self.sheet.name, self.layout, directory, enterprises, codes, wished, reported, on)

    def _year(self) -> int | None:
        """Return the year that most of its days name."""
        years = Counter(
            year
            for line in self.lines.lines
            for role in ("expected", "filed_on")
            if (year := year_of(line.values.get(role, "")))
        )
        return years.most_common(1)[0][0] if years else None


def _kind(tables: Sequence[Table], name: str) -> Filing.Channel:
    titles = [
        plain(cell)
        for table in tables
        for number, cells in table.lines.ignored.items()
        if number < table.layout.first_row
        for cell in cells
    ]
    headings = [column.heading for table in tables for column in table.layout.columns.values()]
    return Filing.Channel(guess_kind([*titles, *(table.sheet.name for table in tables), name], headings))


def _names_in(tables: Sequence[Table]) -> tuple[list[Named], dict[str, str]]:
    """Return whom the rows name, and the one code that a list gives for each name."""
    codes: dict[str, set[str]] = {}
    named: set[Named] = set()
    for table in tables:
        for line in table.lines.lines:
            name = str(line.values.get("enterprise", "")).strip()
            code = _code(line.values.get("credit_code"))
            named.add(Named(name, code))
            codes.setdefault(plain(name), set()).update({code} - {""})
    return list(named), {name: min(found) for name, found in codes.items() if name and len(found) == 1}


def _code(cell: object) -> str:
    try:
        return credit_code(cell)
    except BadCellError:
        return ""


def _sort(found: ReadList, read: Iterator[ListedRow | Refused]) -> None:
    first = {(row.enterprise.token, row.about): row for row in found.rows}
    for row in read:
        if isinstance(row, Refused):
            found.refused.append(row)
        elif (of := first.setdefault((row.enterprise.token, row.about), row)) is row:
            found.rows.append(row)
        else:
            found.duplicates.append(Duplicate(row, of))


def _known(rows: Sequence[ListedRow], enterprises: KnownEnterprises) -> dict[tuple[str, int], str]:
    keys = {
        (row.sheet, row.number): key_of(row, profile.pk)
        for row in rows
        if (profile := enterprises.find(row.enterprise))
    }
    numbers = numbers_of(keys.values())
    return {place: numbers[key] for place, key in keys.items() if key in numbers}

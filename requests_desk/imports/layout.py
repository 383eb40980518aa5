"""How a list is laid out: where its headings stand, which column holds what, what the title says.

The words for headings are data (``directory/data/lists.json``); here is only how they are looked for.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from itertools import pairwise

from taian_factors.directory import reference
from taian_factors.lib.workbooks import Block, Cells, Sheet

REQUIRED = ("enterprise", "factor", "content")
SEARCHED_ROWS = 30  # titles, notes and an approval's table may stand above the headings
_BRACKETS = re.compile(r"\((.*?)\)")
_DAY = re.compile(r"(20\d{2})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})")
_YEAR = re.compile(r"(20\d{2})\s*年")


@dataclass(frozen=True)
class Column:
    """One column: what it holds, where it stands, how its own heading reads, what stands there in brackets."""

    role: str
    place: int
    heading: str
    unit: str = ""


@dataclass(frozen=True)
class Layout:
    """The headings of a sheet: their columns by role, and the rows that they take."""

    columns: Mapping[str, Column]
    first_row: int
    last_row: int

    def heading(self, role: str) -> str:
        """Return the heading as the sheet has it, or ours where it has none."""
        column = self.columns.get(role)
        return column.heading if column else str(words()["headings"][role]["label"])

    @property
    def amounts(self) -> list[str]:
        """The roles of the columns of amounts, the surest first."""
        return sorted(role for role in self.columns if role.partition(" ")[0] == "quantity")

    def place(self, role: str) -> int:
        """Return where a role's column stands; what has none comes last."""
        column = self.columns.get(role)
        return column.place if column else 1000


@cache
def words() -> dict[str, dict]:
    """Return the words by which lists are read."""
    return reference.read("lists")


def plain(cell: object) -> str:
    """Return a cell's text half-width and without blanks."""
    return "" if cell is None else "".join(unicodedata.normalize("NFKC", str(cell)).split())


def find_layout(sheet: Sheet) -> Layout | None:
    """Find the row, or the two rows, whose headings name the most columns; None when the required ones are missing."""
    best: Layout | None = None
    for layout in _candidates(sheet):
        is_complete = all(role in layout.columns for role in REQUIRED)
        if is_complete and (best is None or len(layout.columns) > len(best.columns)):
            best = layout
    return best


def _candidates(sheet: Sheet) -> Iterator[Layout]:
    numbers = sorted(sheet.rows)[:SEARCHED_ROWS]
    filled = {number: _filled(sheet, number) for number in numbers}
    for number in numbers:
        yield _layout([filled[number]], number)
    for upper, lower in pairwise(numbers):
        if lower == upper + 1 and _is_grouped(sheet, upper):
            yield _layout([filled[upper], filled[lower]], upper)


def _filled(sheet: Sheet, number: int) -> list[str]:
    """Return a row's texts, where a merged range says the same in all its cells."""
    texts = [plain(cell) for cell in sheet.rows[number]]
    for block in sheet.blocks:
        if block.top <= number <= block.bottom:
            said = plain(_at(sheet.rows.get(block.top, ()), block.left - 1))
            texts += [""] * (min(block.right, 100) - len(texts))
            texts[block.left - 1 : block.right] = [said] * len(texts[block.left - 1 : block.right])
    return texts


def _at(cells: Cells, place: int) -> object:
    return cells[place] if place < len(cells) else None


def _is_grouped(sheet: Sheet, upper: int) -> bool:
    """Say whether a row can be the upper one of two: it joins some columns, or it leaves cells to the lower one."""
    filled = [cell for cell in sheet.rows[upper] if plain(cell)]
    return len(filled) > 1 or any(_is_beside(block, upper) for block in sheet.blocks)


def _is_beside(block: Block, row: int) -> bool:
    return block.top == row and block.bottom == row + 1


def _layout(rows: Sequence[list[str]], first_row: int) -> Layout:
    found: dict[str, tuple[int, Column]] = {}
    for place in range(max(map(len, rows))):
        texts = [row[place] if place < len(row) else "" for row in rows]
        role, rank = _role(_readings(texts))
        if not role or role == "aside":
            continue
        heading = texts[-1] or texts[0]
        unit = next(iter(_BRACKETS.findall("".join(texts))), "")
        column = Column(role, place, heading, unit)
        # 用地面积（亩） beside 资金需求（万元）: each factor's own column
        if role == "quantity" and role in found:
            column, rank = _beside(found, column, rank)
        if rank < found.get(column.role, (9, None))[0]:
            found[column.role] = (rank, column)
    columns = {role: column for role, (_, column) in sorted(found.items(), key=lambda item: item[1][1].place)}
    return Layout(columns, first_row, first_row + len(rows) - 1)


def _beside(found: dict[str, tuple[int, Column]], column: Column, rank: int) -> tuple[Column, int]:
    """Keep of two columns of amounts the surer one as the first, the other under a role of its own."""
    first_rank, first = found["quantity"]
    if rank < first_rank:
        found["quantity"] = (rank, column)
        column, rank = first, first_rank
    return replace(column, role=f"quantity {column.place}"), rank


def _readings(texts: list[str]) -> list[str]:
    """Return what a heading may be: the lower text, both together (企业 over 名称), the upper alone."""
    upper, lower = texts[0], texts[-1]
    if upper == lower or not upper:
        return [lower]
    if not lower:
        return [upper]
    endings = sorted(words()["group_endings"], key=len, reverse=True)
    group = next((upper.removesuffix(end) for end in endings if upper.endswith(end)), upper)
    return [group + lower, upper + lower, lower]


def _role(readings: Sequence[str]) -> tuple[str, int]:
    """Return what a column holds and how sure that is: its very word (0), or something like it (1)."""
    shorter = [_BRACKETS.sub("", reading) for reading in readings]
    for reading in [*readings, *shorter]:
        text = reading.rstrip("*:").lstrip("*")
        if role := _exactly().get(text.upper()):
            # 责任单位（配合） is not the one that leads.
            return ("supports", 1) if role == "lead" and _is_like("supports", readings[-1]) else (role, 0)
    for reading in readings:
        for role in words()["headings"]:
            if reading and _is_like(role, reading):
                return role, 1
    return "", 9


def _is_like(role: str, reading: str) -> bool:
    return any(re.search(pattern, reading) for pattern in words()["headings"][role]["patterns"])


@cache
def _exactly() -> dict[str, str]:
    return {
        plain(word).upper(): role for role, known in words()["headings"].items() for word in known["words"]
    }


def guess_kind(titles: Sequence[str], headings: Sequence[str]) -> str:
    """Say which of the office's lists it is, by its title, else by its headings."""
    said, kinds = "".join(titles), words()["kinds"]
    for kind, known in kinds.items():
        if any(title in said for title in known["titles"]):
            return kind
    joined = "|".join(headings)
    return max(kinds, key=lambda kind: sum(word in joined for word in kinds[kind]["headings"]))


def day_in(cells: Sequence[object]) -> date | None:
    """Return the first whole day that cells outside the table name: 填报日期：2023年6月9日."""
    for cell in cells:
        if isinstance(cell, date):
            return cell.date() if isinstance(cell, datetime) else cell
        for found in _DAY.findall(str(cell)):
            with suppress(ValueError):
                return date(*map(int, found))
    return None


def year_in(cells: Sequence[object]) -> int | None:
    """Return the year that cells outside the table name: 2023年重点工业项目要素需求清单."""
    found = (match for cell in cells if (match := _YEAR.search(plain(cell))))
    return next((int(match[1]) for match in found), None)

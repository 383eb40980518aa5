"""From a sheet to lines: merged cells are spread, continuation rows complete themselves, the rest is put aside."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from requests_desk.imports.layout import Layout, plain, words
from taian_factors.lib.workbooks import Sheet

# What stands once for several needs: blank, it is as above.
GROUP = ("division", "chain", "enterprise", "credit_code", "project", "contact", "phone")
# Above the enterprise: they may go on from one enterprise to the next.
_OVER = ("division", "chain")
_NEED = ("factor", "content", "quantity", "expected", "lead", "supports")

Values = Mapping[str, object]


@dataclass(frozen=True)
class Line:
    """One row of a list: its number in the workbook and what it says, by role."""

    number: int
    values: Values


@dataclass
class Lines:
    """A sheet's lines, and the numbers and cells of the rows that are none."""

    lines: list[Line] = field(default_factory=list)
    ignored: dict[int, tuple[object, ...]] = field(default_factory=dict)


def gather(sheet: Sheet, layout: Layout) -> Lines:
    """Read a sheet below (and note what stands above) its headings."""
    found, above, spread = Lines(), {}, _Spread(sheet)
    for number, cells in sheet.rows.items():
        if layout.first_row <= number <= layout.last_row:
            continue
        own = {role: _cell(cells, column.place) for role, column in layout.columns.items()}
        own = {role: value for role, value in own.items() if plain(value)}
        if number < layout.first_row or _is_aside(own, cells, layout):
            found.ignored[number] = tuple(cell for cell in cells if plain(cell))
            above = {} if _is_total(own, cells) else _section(own, above)
            continue
        merged = {role: spread.value(number, column.place) for role, column in layout.columns.items()}
        values = {**{role: value for role, value in merged.items() if plain(value)}, **own}
        above = {**_carried(own, values, above, layout), **values}
        found.lines.append(Line(number, above))
    return found


def _cell(cells: tuple[object, ...], place: int) -> object:
    return cells[place] if place < len(cells) else None


class _Spread:
    """What merged ranges say in the rows below their first; sideways they say it once."""

    def __init__(self, sheet: Sheet) -> None:
        self._rows = sheet.rows
        self._ranges: dict[int, list[tuple[int, int]]] = {}
        for block in sheet.blocks:
            if block.bottom > block.top:
                self._ranges.setdefault(block.left - 1, []).append((block.top, block.bottom))
        for ranges in self._ranges.values():
            ranges.sort()

    def value(self, row: int, place: int) -> object:
        """Return what a range that began above says in this cell."""
        ranges = self._ranges.get(place, ())
        top, bottom = ranges[at] if (at := bisect_right(ranges, (row, 0)) - 1) >= 0 else (0, 0)
        return _cell(self._rows.get(top, ()), place) if top < row <= bottom else None


def _carried(own: Values, values: Values, above: Values, layout: Layout) -> Values:
    """Return what a row leaves blank because it is as above."""
    if "enterprise" in own and plain(own["enterprise"]) != plain(above.get("enterprise")):
        left = layout.place("enterprise")
        kept = [role for role in _OVER if layout.place(role) < left]
    elif "enterprise" in own:
        kept = [
            role for role in GROUP if role != "project"
        ]  # every row names its enterprise, so also its project
    elif "credit_code" in own and plain(own["credit_code"]) != plain(above.get("credit_code")):
        kept = []
    else:
        kept = list(GROUP)
    if "contact" in own:  # somebody else: the telephone above is not theirs
        kept = [role for role in kept if role != "phone"]
    return {role: above[role] for role in kept if role in above and role not in values}


def _section(own: Values, above: Values) -> Values:
    """A row that names only a place or a chain is a heading for the rows below it."""
    named = {role: value for role, value in own.items() if role in _OVER}
    return {**above, **named} if named and set(own) <= {*_OVER, "serial"} else above


def _is_aside(own: Values, cells: tuple[object, ...], layout: Layout) -> bool:
    """Say whether a row is no need: a total, a note, a section, an example, the headings once more."""
    if not any(role.partition(" ")[0] in _NEED for role in own):
        return True
    first = next(plain(cell) for cell in cells if plain(cell))
    if _is_total(own, cells) or re.search(words()["notes"], first):
        return True
    if re.fullmatch(words()["examples"], plain(own.get("serial"))):
        return True
    repeated = sum(plain(own.get(role)) == column.heading for role, column in layout.columns.items())
    return repeated >= 3


def _is_total(own: Values, cells: tuple[object, ...]) -> bool:
    first = next(plain(cell) for cell in cells if plain(cell))
    return any(re.search(words()["totals"], text) for text in _labels(own, first))


def _labels(own: Values, first: str) -> Iterator[str]:
    yield first
    for role in ("serial", "division", "enterprise", "project"):
        yield plain(own.get(role))

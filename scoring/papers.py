"""What a paper consists of: one list of parts from which page, DOCX, PDF and XLSX are made, so that they agree."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise

ISSUER = "泰安市新型工业化强市建设推进委员会办公室"
HEAD = ("泰安市新型工业化强市建设", "推进委员会办公室")  # the red head, in two lines
PRINTER = "泰安市工业推进委办公室"  # the issuer's settled short name
COPIES = "市委办公室，市人大常委会办公室，市政府办公室，市政协办公室。"
REMARK = "（此件公开发布）"
_TITLE_LINE = 20  # characters of 2号 on a line
_TOGETHER = ("要素保障大比拼", "要素保障大集", "情况", "通报", "小结", "总结", "季度", "半年", "关于")
_LEVELS = (
    (2, re.compile(r"（[一二三四五六七八九十]+）")),
    (3, re.compile(r"\d+[.．](?!\d)")),
    (4, re.compile(r"（\d+）")),
)


@dataclass(frozen=True)
class Line:
    """A paragraph: its level (0: text, 1 to 4: 一、 （一） 1. （1）), what is set as a heading, and the rest."""

    level: int
    lead: str
    rest: str = ""

    @property
    def text(self) -> str:
        """The whole paragraph."""
        return self.lead + self.rest


@dataclass(frozen=True)
class Table:
    """A ruled table of written-out figures. ``merged``: equal neighbours of the first column are one cell."""

    name: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    merged: bool = False
    note: str = ""

    @property
    def groups(self) -> list[list[Sequence[str]]]:
        """The rows that are kept together: those with one first cell where it is merged, else each alone."""
        if not self.merged:
            return [[row] for row in self.rows]
        return [list(rows) for _, rows in groupby(self.rows, key=lambda row: row[0])]

    @property
    def cells(self) -> list[list[list[tuple[str, str]]]]:
        """The groups with the heading of each cell, which a phone prints beside it."""
        names = [heading.replace("\n", "") for heading in self.headings]
        return [[list(zip(names, row, strict=True)) for row in rows] for rows in self.groups]


@dataclass(frozen=True)
class Attachment:
    """A paper behind the paper: its title and its tables."""

    number: int
    title: str
    tables: Sequence[Table]


@dataclass(frozen=True)
class Paper:
    """A paper in the order of GB/T 9704: head, number, title, main part, attachments, end notes."""

    number: str
    title: str
    addressees: str
    parts: Sequence[Line | Table]
    attachments: Sequence[Attachment]
    day: str
    head: Sequence[str] = HEAD
    issuer: str = ISSUER
    remark: str = REMARK
    copies: str = COPIES
    printer: str = PRINTER
    facts: Sequence[tuple[str, str]] = field(default_factory=tuple)

    @property
    def title_lines(self) -> list[str]:
        """The title broken between words into lines of about one length (7.3.1)."""
        return broken(self.title)

    @property
    def tables(self) -> list[Table]:
        """Every table, in its order."""
        inside = [part for part in self.parts if isinstance(part, Table)]
        return inside + [table for attachment in self.attachments for table in attachment.tables]

    def texts(self) -> Iterator[tuple[str, str]]:
        """Give every text with the place where it stands."""
        yield "标题", self.title
        yield "文号", self.number
        yield "主送", self.addressees
        yield from _numbered_lines(part for part in self.parts if isinstance(part, Line))
        for attachment in self.attachments:
            yield f"附件{attachment.number}", attachment.title
        for table in self.tables:
            yield f"表“{table.name}”的表头和注", "".join(table.headings) + table.note
            for place, row in enumerate(table.rows, start=1):
                yield f"表“{table.name}”第{place}行", "".join(row)
        yield (
            "落款和版记",
            self.issuer + self.day + self.remark + self.copies + self.printer + "".join(self.head),
        )


def _numbered_lines(lines: Iterator[Line]) -> Iterator[tuple[str, str]]:
    heading, place = "依据", 0
    for line in lines:
        if line.level == 1:
            heading, place = line.lead, 0
            yield f"“{heading}”的标题", line.text
        else:
            place += 1
            yield f"“{heading}”第{place}段", line.text


def broken(title: str) -> list[str]:
    """Break a title of more than a line where no word and no number is torn, as near to equal lengths as can be."""
    width = sum(_width(character) for character in title)
    if width <= _TITLE_LINE:
        return [title]
    places = [place for place in range(1, len(title)) if not _tears(title, place)]
    count = int(-(-width // _TITLE_LINE))
    aims = [width * number / count for number in range(1, count)]
    cuts = [min(places, key=lambda place: abs(sum(map(_width, title[:place])) - aim)) for aim in aims]
    edges = [0, *cuts, len(title)]
    return [title[start:end] for start, end in pairwise(edges) if start < end]


def _width(character: str) -> float:
    return 0.5 if character.isascii() else 1


def _tears(title: str, place: int) -> bool:
    if title[place - 1].isascii() and title[place].isascii():
        return True
    if title[place] in "年月的，、。”》）" or title[place - 1] in "“《（第":
        return True
    return any(
        start < place < start + len(word)
        for word in _TOGETHER
        for start in (match.start() for match in re.finditer(word, title))
    )


def line_of(text: str) -> Line:
    """Tell a paragraph's level by how it begins; of （一） the first sentence is set as a heading."""
    for level, pattern in _LEVELS:
        if pattern.match(text):
            lead, stop, rest = text.partition("。")
            return Line(level, lead + stop, rest) if level == 2 else Line(level, "", text)
    return Line(0, "", text)

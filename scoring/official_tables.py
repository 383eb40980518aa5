"""Tables of official papers in python-docx: ruled tables of figures, and the end notes at the foot of the last page."""

from collections.abc import Sequence
from math import ceil

from docx.enum.table import WD_ALIGN_VERTICAL, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_LINE_SPACING, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.table import CT_TblPr
from docx.shared import Pt
from docx.table import _Cell

from scoring.official_paper import (
    CENTRE,
    FANGSONG,
    HEI,
    LINE,
    SIZE_4,
    SIZE_TABLE,
    WIDTH,
    Paper,
    edge,
    lay,
    set_font,
)

FOOT = 742.7  # points from the top of the sheet to the lower edge of the text area (262 mm)


def add_table(
    paper: Paper, headings: Sequence[str], groups: Sequence[Sequence[Sequence[str]]], *, size: Pt = SIZE_TABLE
) -> None:
    """Add a ruled table. Its head repeats on every page; the rows of a group share their first cell and a page."""
    table = paper.add_table(rows=1, cols=len(headings), style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    widths = _widths([headings, *(row for rows in groups for row in rows)])
    table.autofit = False
    _narrow_margins(table._tbl.tblPr)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    for cell, text in zip(table.rows[0].cells, headings, strict=True):
        _fill(cell, text, HEI, size)
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for rows in groups:
        made = [table.add_row() for _ in rows]
        for row, texts in zip(made, rows, strict=True):
            row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
            for place, (cell, text) in enumerate(zip(row.cells, texts, strict=True)):
                cell.width = widths[place]
                if place or row is made[0]:
                    _fill(cell, text, FANGSONG, size, keep=row is not made[-1])
        if len(made) > 1:
            made[0].cells[0].merge(made[-1].cells[0])


def _narrow_margins(properties: CT_TblPr) -> None:
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), "40")
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    properties.insert_element_before(margins, "w:tblLook")


def _widths(rows: Sequence[Sequence[str]]) -> list[Pt]:
    """Share the width of the text among columns by their longest line; Chinese characters count twice."""
    longest = [
        1 + max(len(line.encode("gb18030")) for text in column for line in text.split("\n"))
        for column in zip(*rows, strict=True)
    ]
    return [Pt(WIDTH * length / sum(longest)) for length in longest]


def _fill(cell: _Cell, text: str, font: str, size: Pt, *, keep: bool = False) -> None:
    cell.vertical_alignment = WD_ALIGN_VERTICAL.CENTER
    paragraph = cell.paragraphs[0]
    paragraph.alignment = CENTRE
    form = paragraph.paragraph_format
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(size.pt * 1.5)
    form.space_after, form.keep_with_next = Pt(0), keep
    set_font(paragraph.add_run(text), font, size)


def end_notes(paper: Paper, copies: str, printer: str, printed_on: str) -> None:
    """Write the 版记 (7.4) at the foot of the last page: 0.35 mm outside and 0.25 mm inside, 4号."""
    lines = 1 + ceil((len(copies) + 3) * SIZE_4.pt / (WIDTH - 2 * SIZE_4.pt))
    height = (lines + 0.1) * LINE.pt
    table = paper.add_table(rows=2, cols=1)
    properties = table._tbl.tblPr
    place = OxmlElement("w:tblpPr")
    for name, value in (
        *(("leftFromText", "0"), ("rightFromText", "0"), ("vertAnchor", "page"), ("horzAnchor", "margin")),
        *(("tblpXSpec", "left"), ("tblpY", str(int(20 * (FOOT - height))))),
    ):
        place.set(qn(f"w:{name}"), value)
    properties.insert_element_before(place, "w:tblOverlap", "w:tblW", "w:jc", "w:tblLayout", "w:tblLook")
    borders = OxmlElement("w:tblBorders")
    for side, eighths in (("top", 8), ("bottom", 8), ("insideH", 6)):
        borders.append(edge(side, "000000", eighths, 0))
    properties.insert_element_before(borders, "w:shd", "w:tblLayout", "w:tblCellMar", "w:tblLook")
    for row, text in zip(table.rows, (f"抄送：{copies}", f"{printer}\t{printed_on}印发"), strict=True):
        row.cells[0].width = Pt(WIDTH)
        paragraph = row.cells[0].paragraphs[0]
        lay(paragraph, None, SIZE_4.pt, indent=0.6, hanging=3.6 if text.startswith("抄送") else 0.6)
        paragraph.paragraph_format.tab_stops.add_tab_stop(Pt(WIDTH - 1.5 * SIZE_4.pt), WD_TAB_ALIGNMENT.RIGHT)
        set_font(paragraph.add_run(text), FANGSONG, SIZE_4)
    # A table that floats is bound to the paragraph behind it.
    paper.add_paragraph().paragraph_format.line_spacing = Pt(1)

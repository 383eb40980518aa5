"""Tables of official papers in python-docx: ruled tables of figures."""

from collections.abc import Sequence

from docx.enum.table import WD_ALIGN_VERTICAL, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.table import CT_TblPr
from docx.shared import Pt
from docx.table import _Cell

from scoring.official_paper import (
    CENTRE,
    FANGSONG,
    HEI,
    SIZE_TABLE,
    WIDTH,
    Paper,
    set_font,
)


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

"""The look of official papers (GB/T 9704-2012) in python-docx: page, grid, fonts, red head, numbering, footers.

Clause numbers are those of the standard. Fonts are named as the standard's practice does; each name carries the free
font that stands in where it is not installed.
"""

from collections.abc import Sequence
from datetime import datetime

from docx import Document
from docx.document import Document as Paper
from docx.enum.table import WD_ALIGN_VERTICAL, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.opc.oxml import serialize_part_xml
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.table import _Cell
from docx.text.paragraph import Paragraph
from docx.text.run import Run

SONG_TITLE, FANGSONG, KAI, HEI, SONG = "方正小标宋简体", "仿宋_GB2312", "楷体_GB2312", "黑体", "宋体"
STAND_INS = {
    SONG_TITLE: "FandolSong",
    FANGSONG: "FandolFang",
    KAI: "FandolKai",
    HEI: "FandolHei",
    SONG: "FandolSong",
}
SIZE_2, SIZE_3, SIZE_4, SIZE_HEAD = Pt(22), Pt(16), Pt(14), Pt(35)
SIZE_TABLE, SIZE_SMALL = Pt(12), Pt(10.5)
CELL = 15.79  # points: 28 characters on 156 mm (5.2.3), each a hair less, so that rounding takes none away
LINE = Pt(28.95)  # 22 lines on 225 mm (5.2.3)
RED = RGBColor(0xC8, 0x10, 0x2E)
LEFT, CENTRE, RIGHT = WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT


def new_paper(title: str, author: str, at: datetime) -> Paper:
    """Return an empty A4 paper with the standard's margins (5.2.1), grid (5.2.3) and page numbers (7.5)."""
    paper = Document()
    section = paper.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.footer_distance = Mm(35 - 7 - 5)  # the number stands 7 mm under the text area
    _grid(section._sectPr)
    normal = paper.styles["Normal"]
    normal.font.size = SIZE_3
    normal.font.name = FANGSONG
    normal.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), FANGSONG)
    paper.core_properties.title = title
    paper.core_properties.author = author
    paper.core_properties.created = paper.core_properties.modified = at
    _name_stand_ins(paper)
    paper.settings.odd_and_even_pages_header_footer = True
    _page_number(section.footer.paragraphs[0], RIGHT)
    _page_number(section.even_page_footer.paragraphs[0], LEFT)
    return paper


def write(
    paper: Paper,
    text: str,
    *,
    font: str = FANGSONG,
    size: Pt = SIZE_3,
    align: WD_ALIGN_PARAGRAPH | None = None,
    indent: float = 0,
    hanging: float = 0,
    lead: str = "",
    lead_font: str = KAI,
) -> Paragraph:
    """Add one paragraph, ``lead`` before it in a font of its own.

    ``indent`` counts characters before the first line, ``hanging`` characters before all others.
    """
    paragraph = paper.add_paragraph()
    paragraph.alignment = align
    form = paragraph.paragraph_format
    form.space_before = form.space_after = Pt(0)
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, LINE
    width = CELL if size == SIZE_3 else size.pt
    if hanging:
        form.left_indent = Pt(width * hanging)
    if indent or hanging:
        form.first_line_indent = Pt(width * (indent - hanging))
    if lead:
        _font(paragraph.add_run(lead), lead_font, size, None)
    _font(paragraph.add_run(text), font, size, None)
    return paragraph


def blank_lines(paper: Paper, count: int) -> None:
    """Add empty lines of the text's height."""
    for _ in range(count):
        write(paper, "")


def level_1(paper: Paper, text: str) -> None:
    """Write a heading 一、 in Hei (7.3.3); it stays with what follows."""
    write(paper, text, font=HEI, indent=2).paragraph_format.keep_with_next = True


def titled(paper: Paper, lines: Sequence[str]) -> None:
    """Write a title in 2号 小标宋, centred, each line of it as it was broken (7.3.1)."""
    for text in lines:
        line = write(paper, text, font=SONG_TITLE, size=SIZE_2, align=CENTRE)
        line.paragraph_format.line_spacing = Pt(36)
        line.paragraph_format.keep_with_next = True


def red_head(paper: Paper, lines: Sequence[str], number: str) -> None:
    """Write the issuer in red (7.2.4), the document number (7.2.5) and the red line under it (7.2.7)."""
    for place, text in enumerate(lines):
        line = write(paper, text, font=SONG_TITLE, size=SIZE_HEAD, align=CENTRE)
        line.runs[0].font.color.rgb = RED
        # An exact line sets its text at its foot: the upper edge of the first stands 35 mm down.
        line.paragraph_format.space_before = Pt(92) if place == 0 else Pt(0)
        line.paragraph_format.line_spacing = Pt(44)
    blank_lines(paper, 2)
    _border(write(paper, number, align=CENTRE), "bottom", "C8102E", eighths=16, space=6)


def attachment_number(paper: Paper, text: str) -> None:
    """Begin an attachment on a page of its own."""
    paragraph = write(paper, text, font=HEI)
    paragraph.paragraph_format.page_break_before = True
    paragraph.paragraph_format.keep_with_next = True


def signature(paper: Paper, issuer: str, day: str) -> None:
    """Write who signs, two characters in from the right, and the day, two in from the signature (7.3.5)."""
    start = 28 - 2 - len(issuer)
    for text, indent in ((issuer, start), (day, start + 2)):
        write(paper, text, indent=indent).paragraph_format.keep_with_next = True


def end_notes(paper: Paper, copies: str, printer: str, printed_on: str) -> None:
    """Write the 版记 (7.4) at the foot of the last page: 0.35 mm outside and 0.25 mm inside, 4号."""
    first = write(paper, f"抄送：{copies}", size=SIZE_4, indent=1, hanging=4)
    _border(first, "top", "000000", eighths=8, space=1)
    _border(first, "bottom", "000000", eighths=6, space=1)
    last = write(paper, f"{printer}\t{printed_on}印发", size=SIZE_4, indent=1)
    last.paragraph_format.tab_stops.add_tab_stop(Pt(442.2 - 14), alignment=2)
    _border(last, "bottom", "000000", eighths=8, space=1)
    for paragraph in (first, last):
        paragraph.paragraph_format.right_indent = SIZE_4 if paragraph is first else None
        _at_the_foot(paragraph)


def add_table(
    paper: Paper, headings: Sequence[str], groups: Sequence[Sequence[Sequence[str]]], *, size: Pt = SIZE_TABLE
) -> None:
    """Add a ruled table. Its head repeats on every page; the rows of a group share their first cell and a page."""
    table = paper.add_table(rows=1, cols=len(headings), style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    for cell, text in zip(table.rows[0].cells, headings, strict=True):
        _fill(cell, text, HEI, size)
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for rows in groups:
        made = [table.add_row() for _ in rows]
        for row, texts in zip(made, rows, strict=True):
            row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
            for place, (cell, text) in enumerate(zip(row.cells, texts, strict=True)):
                if place or row is made[0]:
                    _fill(cell, text, FANGSONG, size, keep=row is not made[-1])
        if len(made) > 1:
            made[0].cells[0].merge(made[-1].cells[0])


def _fill(cell: _Cell, text: str, font: str, size: Pt, *, keep: bool = False) -> None:
    cell.vertical_alignment = WD_ALIGN_VERTICAL.CENTER
    paragraph = cell.paragraphs[0]
    paragraph.alignment = CENTRE
    form = paragraph.paragraph_format
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(size.pt * 1.5)
    form.space_after, form.keep_with_next = Pt(0), keep
    _font(paragraph.add_run(text), font, size, None)


def _font(run: Run, font: str, size: Pt, colour: RGBColor | None) -> None:
    run.font.name, run.font.size = font, size
    run.font.color.rgb = colour or RGBColor(0, 0, 0)
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)


def _grid(section_properties: object) -> None:
    # A character's cell is CELL wide, 0.21 points less than 三号; charSpace counts 4096ths of a point.
    grid = OxmlElement("w:docGrid")
    for name, value in (("type", "linesAndChars"), ("linePitch", "579"), ("charSpace", "-860")):
        grid.set(qn(f"w:{name}"), value)
    for old in section_properties.findall(qn("w:docGrid")):  # type: ignore[attr-defined]
        section_properties.remove(old)  # type: ignore[attr-defined]
    section_properties.append(grid)  # type: ignore[attr-defined]


def _border(paragraph: Paragraph, side: str, colour: str, *, eighths: int, space: int) -> None:
    properties = paragraph._p.get_or_add_pPr()
    borders = properties.find(qn("w:pBdr"))
    if borders is None:
        borders = OxmlElement("w:pBdr")
        properties.insert_element_before(
            borders, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr", "w:sectPr"
        )
    edge = OxmlElement(f"w:{side}")
    for name, value in (("val", "single"), ("sz", str(eighths)), ("space", str(space)), ("color", colour)):
        edge.set(qn(f"w:{name}"), value)
    borders.append(edge)


def _page_number(paragraph: Paragraph, align: WD_ALIGN_PARAGRAPH) -> None:
    """Write — 1 — in 4号, one character in from the outside: odd pages on the right, even ones on the left."""
    paragraph.alignment = align
    indent = SIZE_4
    if align == RIGHT:
        paragraph.paragraph_format.right_indent = indent
    else:
        paragraph.paragraph_format.left_indent = indent
    _font(paragraph.add_run("— "), SONG, SIZE_4, None)
    number = paragraph.add_run()
    _font(number, SONG, SIZE_4, None)
    for kind, text in (("begin", None), (None, "PAGE"), ("end", None)):
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        else:
            element.text = text
        number._r.append(element)
    _font(paragraph.add_run(" —"), SONG, SIZE_4, None)


def _at_the_foot(paragraph: Paragraph) -> None:
    frame = OxmlElement("w:framePr")
    for name, value in (
        *(("w", "8844"), ("hSpace", "0"), ("wrap", "around")),
        *(("vAnchor", "margin"), ("hAnchor", "margin"), ("xAlign", "left"), ("yAlign", "bottom")),
    ):
        frame.set(qn(f"w:{name}"), value)
    properties = paragraph._p.get_or_add_pPr()
    later = ("w:widowControl", "w:numPr", "w:pBdr", "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr")
    properties.insert_element_before(frame, *later)


def _name_stand_ins(paper: Paper) -> None:
    part = next(part for part in paper.part.package.iter_parts() if part.partname == "/word/fontTable.xml")
    table = parse_xml(part.blob)
    for name, stand_in in STAND_INS.items():
        font, other = OxmlElement("w:font"), OxmlElement("w:altName")
        font.set(qn("w:name"), name)
        other.set(qn("w:val"), stand_in)
        font.append(other)
        table.append(font)
    part._blob = serialize_part_xml(table)

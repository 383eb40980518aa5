"""The look of official papers (GB/T 9704-2012) in python-docx: page, grid, fonts, red head, numbering, footers.

Clause numbers are those of the standard. Fonts are named as the standard's practice does; a machine without them
shows its own Song, Kai and Hei.
"""

from docx import Document
from docx.document import Document as Paper
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.table import _Cell
from docx.text.paragraph import Paragraph
from docx.text.run import Run

SONG_TITLE, FANGSONG, KAI, HEI, SONG = "方正小标宋简体", "仿宋_GB2312", "楷体_GB2312", "黑体", "宋体"
SIZE_2, SIZE_3, SIZE_4 = Pt(22), Pt(16), Pt(14)
SIZE_TABLE = Pt(12)
LINE = Pt(28.95)  # 22 lines on 225 mm (5.2.3)
RED = RGBColor(0xC8, 0x10, 0x2E)
LEFT, CENTRE, RIGHT = WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT


def new_paper(title: str) -> Paper:
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
    paper.core_properties.author = "泰安市新型工业化强市建设推进委员会办公室"
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
    indent: int = 0,
    colour: RGBColor | None = None,
    before: Pt | None = None,
) -> Paragraph:
    """Add one paragraph; ``indent`` counts characters of its own size before the first line."""
    paragraph = paper.add_paragraph()
    _set(paragraph, align, before)
    paragraph.paragraph_format.first_line_indent = Pt(size.pt * indent) if indent else None
    _font(paragraph.add_run(text), font, size, colour)
    return paragraph


def blank_lines(paper: Paper, count: int) -> None:
    """Add empty lines of the text's height."""
    for _ in range(count):
        write(paper, "")


def level_1(paper: Paper, text: str) -> None:
    """Write a heading 一、 in Hei (7.3.3); it stays with what follows."""
    write(paper, text, font=HEI, indent=2).paragraph_format.keep_with_next = True


def red_head(paper: Paper, issuer: str, number: str) -> None:
    """Write the issuer in red (7.2.4), the document number (7.2.5) and the red line under it (7.2.7)."""
    # Twenty characters on 156 mm: as large as one line allows.
    head = write(paper, issuer, font=SONG_TITLE, size=Pt(22), align=CENTRE, colour=RED, before=Pt(99))
    head.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
    blank_lines(paper, 2)
    _border(write(paper, number, align=CENTRE), "bottom", "C8102E", eighths=16, space=11)


def end_notes(paper: Paper, copies: str, printer: str, printed_on: str) -> None:
    """Write the 版记 (7.4): lines as wide as the text, 0.35 mm outside and 0.25 mm inside, 4号."""
    first = write(paper, f"　抄送：{copies}", size=SIZE_4)
    _border(first, "top", "000000", eighths=8, space=1)
    _border(first, "bottom", "000000", eighths=6, space=1)
    last = write(paper, f"　{printer}\t{printed_on}印发　", size=SIZE_4)
    last.paragraph_format.tab_stops.add_tab_stop(Mm(156), alignment=2)
    _border(last, "bottom", "000000", eighths=8, space=1)


def add_table(paper: Paper, headings: list[str], rows: list[list[str]], *, numeric_from: int = 2) -> None:
    """Add a ruled table in 小四; columns from ``numeric_from`` on are centred figures. The head repeats."""
    table = paper.add_table(rows=1, cols=len(headings), style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    for cell, text in zip(table.rows[0].cells, headings, strict=True):
        _fill(cell, text, HEI, CENTRE)
    repeat = OxmlElement("w:tblHeader")
    table.rows[0]._tr.get_or_add_trPr().append(repeat)
    for row in rows:
        cells = table.add_row().cells
        for place, (cell, text) in enumerate(zip(cells, row, strict=True)):
            _fill(cell, text, FANGSONG, CENTRE if place == 0 or place >= numeric_from else LEFT)


def _fill(cell: _Cell, text: str, font: str, align: WD_ALIGN_PARAGRAPH) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.alignment = align
    paragraph.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
    paragraph.paragraph_format.space_after = Pt(0)
    _font(paragraph.add_run(text), font, SIZE_TABLE, None)


def _set(paragraph: Paragraph, align: WD_ALIGN_PARAGRAPH | None, before: Pt | None) -> None:
    paragraph.alignment = align
    form = paragraph.paragraph_format
    form.space_before, form.space_after = before or Pt(0), Pt(0)
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, LINE


def _font(run: Run, font: str, size: Pt, colour: RGBColor | None) -> None:
    run.font.name, run.font.size = font, size
    run.font.color.rgb = colour or RGBColor(0, 0, 0)
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)


def _grid(section_properties: object) -> None:
    # 28 characters on 156 mm are 15.79 points each, 0.21 less than 三号; charSpace counts 4096ths of a point.
    grid = OxmlElement("w:docGrid")
    for name, value in (("type", "linesAndChars"), ("linePitch", "579"), ("charSpace", "-844")):
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

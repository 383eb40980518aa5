"""The look of official papers (GB/T 9704-2012) in python-docx: page, grid, fonts, red head, numbering, footers.

Clause numbers are those of the standard. Fonts are named as the standard's practice does; each name carries the free
font that stands in where it is not installed.
"""

from collections.abc import Sequence
from datetime import datetime

from docx import Document
from docx.document import Document as Paper
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.opc.oxml import serialize_part_xml
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import qn
from docx.oxml.styles import CT_Style
from docx.shared import Mm, Pt, RGBColor
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
WIDTH = 442.2  # points, 156 mm
# 28 characters on that (5.2.3): each a little narrower than 三号. The standard says 0.21 points; with 0.3 Word and
# LibreOffice both find room for 28.
NARROWER = 6  # twentieths of a point
CELL = 16 - NARROWER / 20
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
    _let_loose(normal.element)
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
    lay(paragraph, align, CELL if size == SIZE_3 else size.pt, indent=indent, hanging=hanging)
    if lead:
        set_font(paragraph.add_run(lead), lead_font, size)
    set_font(paragraph.add_run(text), font, size)
    return paragraph


def lay(
    paragraph: Paragraph, align: WD_ALIGN_PARAGRAPH | None, width: float, *, indent: float, hanging: float
) -> None:
    """Set alignment, the line's height, and indents in characters of ``width`` points."""
    paragraph.alignment = align
    form = paragraph.paragraph_format
    form.space_before = form.space_after = Pt(0)
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, LINE
    if hanging:
        form.left_indent = Pt(width * hanging)
    if indent or hanging:
        form.first_line_indent = Pt(width * (indent - hanging))


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
        write(paper, text, indent=indent)


def set_font(run: Run, font: str, size: Pt, colour: RGBColor | None = None) -> None:
    """Set a run in one font for every script; text of 3号 gets the pitch of 28 characters a line."""
    run.font.name, run.font.size = font, size
    run.font.color.rgb = colour or RGBColor(0, 0, 0)
    properties = run._element.get_or_add_rPr()
    properties.get_or_add_rFonts().set(qn("w:eastAsia"), font)
    if size == SIZE_3:
        spacing = OxmlElement("w:spacing")
        spacing.set(qn("w:val"), str(-NARROWER))
        properties.insert_element_before(spacing, "w:w", "w:kern", "w:position", "w:sz", "w:szCs", "w:lang")


def _grid(section_properties: object) -> None:
    # The grid that Word's dialogue shows: 22 lines of 28 characters; charSpace counts 4096ths of a point.
    grid = OxmlElement("w:docGrid")
    for name, value in (("type", "linesAndChars"), ("linePitch", "579"), ("charSpace", "-860")):
        grid.set(qn(f"w:{name}"), value)
    for old in section_properties.findall(qn("w:docGrid")):  # type: ignore[attr-defined]
        section_properties.remove(old)  # type: ignore[attr-defined]
    section_properties.append(grid)  # type: ignore[attr-defined]


def _let_loose(style: CT_Style) -> None:
    """Take text off the grid: programs snap to it each in their way, while spacing and pitch are alike in all."""
    for properties, names in (
        # Nor is a gap left between Chinese and figures, which papers write without one.
        (style.get_or_add_pPr(), ("autoSpaceDE", "autoSpaceDN", "snapToGrid")),
        (style.get_or_add_rPr(), ("snapToGrid",)),
    ):
        for name in names:
            loose = OxmlElement(f"w:{name}")
            loose.set(qn("w:val"), "0")
            properties.insert_element_before(
                loose, "w:spacing", "w:ind", "w:jc", "w:vanish", "w:color", "w:w", "w:sz", "w:szCs", "w:lang"
            )


def _border(paragraph: Paragraph, side: str, colour: str, *, eighths: int, space: int) -> None:
    properties = paragraph._p.get_or_add_pPr()
    borders = properties.find(qn("w:pBdr"))
    if borders is None:
        borders = OxmlElement("w:pBdr")
        properties.insert_element_before(
            borders, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr", "w:sectPr"
        )
    borders.append(edge(side, colour, eighths, space))


def edge(side: str, colour: str, eighths: int, space: int) -> object:
    """Return a border of one side; its weight in eighths of a point, its distance in points."""
    made = OxmlElement(f"w:{side}")
    for name, value in (("val", "single"), ("sz", str(eighths)), ("space", str(space)), ("color", colour)):
        made.set(qn(f"w:{name}"), value)
    return made


def _page_number(paragraph: Paragraph, align: WD_ALIGN_PARAGRAPH) -> None:
    """Write — 1 — in 4号, one character in from the outside: odd pages on the right, even ones on the left."""
    paragraph.alignment = align
    indent = SIZE_4
    if align == RIGHT:
        paragraph.paragraph_format.right_indent = indent
    else:
        paragraph.paragraph_format.left_indent = indent
    set_font(paragraph.add_run("— "), SONG, SIZE_4)
    number = paragraph.add_run()
    set_font(number, SONG, SIZE_4)
    for kind, text in (("begin", None), (None, "PAGE"), ("end", None)):
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        else:
            element.text = text
        number._r.append(element)
    set_font(paragraph.add_run(" —"), SONG, SIZE_4)


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

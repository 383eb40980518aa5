"""The end notes (版记) of official papers in python-docx: at the foot of the last page, between three rules.

Text in a frame and rules drawn apart: Word and LibreOffice both put these where they say. A table that floats, and a
frame whose paragraphs have borders, are set by LibreOffice after the text instead.
"""

from math import ceil

from docx.enum.text import WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import qn
from docx.shared import Emu, Length, Pt
from docx.text.paragraph import Paragraph

from scoring.official_paper import LINE, SIZE_4, WIDTH, Paper, write

EDGE = 79.4  # points from the left edge of the sheet to the text area (28 mm)
FOOT = 742.7  # points from the top of the sheet to the lower edge of the text area (262 mm)
OUTSIDE, INSIDE = Emu(12600), Emu(9000)  # 0.35 mm and 0.25 mm (7.4.1)
_WORD = "http://schemas.openxmlformats.org"
_RULE = f"""
<w:r xmlns:w="{_WORD}/wordprocessingml/2006/main" xmlns:a="{_WORD}/drawingml/2006/main"
     xmlns:wp="{_WORD}/drawingml/2006/wordprocessingDrawing" xmlns:mc="{_WORD}/markup-compatibility/2006"
     xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape">
  <mc:AlternateContent><mc:Choice Requires="wps"><w:drawing>
    <wp:anchor distT="0" distB="0" distL="0" distR="0" simplePos="0" relativeHeight="{{number}}" behindDoc="0"
               locked="0" layoutInCell="1" allowOverlap="1">
      <wp:simplePos x="0" y="0"/>
      <wp:positionH relativeFrom="page"><wp:posOffset>{{left}}</wp:posOffset></wp:positionH>
      <wp:positionV relativeFrom="page"><wp:posOffset>{{top}}</wp:posOffset></wp:positionV>
      <wp:extent cx="{{width}}" cy="0"/><wp:wrapNone/><wp:docPr id="{{number}}" name="版记分隔线{{number}}"/>
      <wp:cNvGraphicFramePr/>
      <a:graphic><a:graphicData uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape">
        <wps:wsp><wps:cNvCnPr/><wps:spPr>
          <a:xfrm><a:off x="0" y="0"/><a:ext cx="{{width}}" cy="0"/></a:xfrm>
          <a:prstGeom prst="line"><a:avLst/></a:prstGeom>
          <a:ln w="{{weight}}"><a:solidFill><a:srgbClr val="000000"/></a:solidFill></a:ln>
        </wps:spPr><wps:bodyPr/></wps:wsp>
      </a:graphicData></a:graphic>
    </wp:anchor>
  </w:drawing></mc:Choice></mc:AlternateContent>
</w:r>"""


def end_notes(paper: Paper, copies: str, printer: str, printed_on: str) -> None:
    """Write the 版记 (7.4) in 4号, as wide as the text, its last rule on the lower edge of the text area."""
    lines = 1 + ceil((len(copies) + 3) * SIZE_4.pt / (WIDTH - 2 * SIZE_4.pt))
    top = FOOT - lines * LINE.pt
    _framed(write(paper, f"抄送：{copies}", size=SIZE_4, indent=0.6, hanging=3.6), top)
    last = write(paper, f"{printer}\t{printed_on}印发", size=SIZE_4, indent=0.6, hanging=0.6)
    last.paragraph_format.tab_stops.add_tab_stop(Pt(WIDTH - 1.5 * SIZE_4.pt), WD_TAB_ALIGNMENT.RIGHT)
    _framed(last, top)
    # A frame and a drawing are bound to the paragraph behind them.
    bound = paper.add_paragraph()
    bound.paragraph_format.line_spacing = Pt(1)
    for number, (down, weight) in enumerate(
        ((top, OUTSIDE), (FOOT - LINE.pt, INSIDE), (FOOT, OUTSIDE)), start=1
    ):
        bound._p.append(_rule(number, Pt(down), weight))


def _framed(paragraph: Paragraph, top: float) -> None:
    frame = OxmlElement("w:framePr")
    places = {"w": 20 * WIDTH, "x": 20 * EDGE, "y": 20 * top}
    for name, value in (("wrap", "around"), ("vAnchor", "page"), ("hAnchor", "page")):
        frame.set(qn(f"w:{name}"), value)
    for name, twentieths in places.items():
        frame.set(qn(f"w:{name}"), str(int(twentieths)))
    paragraph._p.get_or_add_pPr().insert_element_before(
        frame, "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr"
    )


def _rule(number: int, down: Length, weight: Length) -> object:
    places = {"left": Pt(EDGE), "top": down, "width": Pt(WIDTH), "weight": weight}
    return parse_xml(_RULE.format(number=number, **{name: int(length) for name, length in places.items()}))

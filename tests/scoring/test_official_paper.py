"""A paper as .docx in the look of GB/T 9704: page, grid, order of its parts, fonts with their stand-ins."""

import re
from io import BytesIO

import pytest
from docx import Document
from docx.oxml.ns import qn
from docx.shared import Mm

from scoring.documents import write_docx
from tests.scoring.factories import moment
from tests.scoring.sample_paper import PAPER


@pytest.fixture
def word():
    target = BytesIO()
    write_docx(PAPER, target, at=moment("2023-07-18"))
    return Document(target)


def test_the_paper_has_the_page_of_the_standard(word):
    section = word.sections[0]
    millimetres = [section.page_width, section.page_height, section.top_margin, section.left_margin]
    assert [round(length / Mm(1)) for length in millimetres] == [210, 297, 37, 28]
    assert [round(length / Mm(1)) for length in (section.bottom_margin, section.right_margin)] == [35, 26]
    grid = section._sectPr.find(qn("w:docGrid"))
    assert [grid.get(qn(f"w:{name}")) for name in ("type", "linePitch")] == ["linesAndChars", "579"]


def test_text_has_22_lines_a_page_and_28_characters_a_line(word):
    text = next(p for p in word.paragraphs if p.text.startswith("要素保障大比拼通报"))
    run = text.runs[0]._element.rPr
    pitch = (
        int(run.find(qn("w:sz")).get(qn("w:val"))) / 2 + int(run.find(qn("w:spacing")).get(qn("w:val"))) / 20
    )
    assert 442.2 // pitch == 28
    assert 225 / 25.4 * 72 // text.paragraph_format.line_spacing.pt == 22


def test_the_paper_has_everything_in_its_order(word):
    texts = [paragraph.text for paragraph in word.paragraphs if paragraph.text.strip()]
    assert texts[:2] == ["泰安市新型工业化强市建设", "推进委员会办公室"]
    assert texts[2] == PAPER.number
    assert texts[3:5] == PAPER.title_lines
    order = [
        "一、总体情况",
        "附件：1.各月得分",
        PAPER.issuer,
        PAPER.day,
        "（此件公开发布）",
        "附件1",
        "附件2",
    ]
    assert sorted(order, key=texts.index) == order
    assert texts[-2:] == [
        "抄送：市委办公室，市人大常委会办公室，市政府办公室，市政协办公室。",
        "泰安市工业推进委办公室\t2023年7月18日印发",
    ]


def test_the_end_notes_stand_at_the_foot_of_the_text_area_between_three_rules(word):
    frames = [p._p.pPr.find(qn("w:framePr")) for p in word.paragraphs[-3:-1]]
    places = [(frame.get(qn("w:hAnchor")), frame.get(qn("w:vAnchor"))) for frame in frames]
    assert places == [("page", "page")] * 2
    rules = [
        (round(int(rule.find(qn("wp:positionV"))[0].text) / 36000), rule.find(".//" + qn("a:ln")).get("w"))
        for rule in word.element.body.iter(qn("wp:anchor"))
    ]
    assert rules == [(231, "12600"), (252, "9000"), (262, "12600")]


def test_page_numbers_are_between_dashes_right_on_odd_and_left_on_even_pages(word):
    section = word.sections[0]
    for footer, align in ((section.footer, "right"), (section.even_page_footer, "left")):
        paragraph = footer.paragraphs[0]
        assert (paragraph.text, paragraph.alignment.name.lower()) == ("—  —", align)


def test_every_run_of_text_names_its_chinese_font_and_each_font_a_stand_in(word):
    named = {
        run._element.rPr.rFonts.get(qn("w:eastAsia"))
        for paragraph in word.paragraphs
        for run in paragraph.runs
        if run._element.rPr is not None
    }
    assert named == {"方正小标宋简体", "仿宋_GB2312", "楷体_GB2312", "黑体"}
    fonts = next(
        p for p in word.part.package.iter_parts() if p.partname == "/word/fontTable.xml"
    ).blob.decode()
    for name in named:
        assert re.search(rf'w:name="{name}"><w:altName w:val="Fandol', fonts)

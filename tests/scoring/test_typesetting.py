"""A paper as PDF, measured: page, grid, head, numbers, end notes, fonts; no glyph is missing, or it is an error."""

from collections import defaultdict
from dataclasses import replace
from io import BytesIO
from itertools import pairwise

import pdfplumber
import pytest

from scoring import glyphs
from scoring.papers import Attachment
from scoring.typesetting import write_pdf
from tests.scoring.sample_paper import PAPER, TABLE

MM = 72 / 25.4
LEFT, RIGHT, TOP, FOOT = 28 * MM, (210 - 26) * MM, 37 * MM, (297 - 35) * MM


@pytest.fixture(scope="module")
def pdf():
    target = BytesIO()
    write_pdf(PAPER, target)
    with pdfplumber.open(target) as opened:
        yield opened


def lines(page):
    """The characters of a page by line, from the top."""
    found = defaultdict(list)
    for character in page.chars:
        if character["text"].strip():
            found[round(character["bottom"])].append(character)
    return [found[place] for place in sorted(found)]


def rules(page, colour):
    """The rules of a page as (upper, lower) edge; each is painted as what lies between two rectangles."""
    wide = [r for r in page.rects if r["width"] > 430 and r["non_stroking_color"] == colour]
    edges = sorted({round(r[side], 2) for r in wide for side in ("top", "bottom")})
    return [(upper, lower) for upper, lower in pairwise(edges) if lower - upper < MM]


def words(line):
    return "".join(character["text"] for character in line)


def test_a_full_page_has_22_lines_of_28_characters_on_a4(pdf):
    page = pdf.pages[1]
    assert (round(page.width / MM), round(page.height / MM)) == (210, 297)
    *text, number = lines(page)
    assert [len(line) for line in text] == [28] * 22
    assert words(number) == "—2—"
    assert abs(text[0][0]["x0"] - LEFT) < 1
    assert abs(text[0][-1]["x1"] - RIGHT) < 1
    pitch = (text[-1][0]["bottom"] - text[0][0]["bottom"]) / 21
    assert abs(pitch - 225 / 22 * MM) < 0.05
    assert text[0][0]["top"] > TOP
    assert text[-1][0]["bottom"] < FOOT
    assert {round(c["size"], 1) for line in text for c in line} == {16.0}


def test_page_numbers_stand_outside_one_character_in(pdf):
    for page in pdf.pages:
        number = lines(page)[-1]
        assert words(number) == f"—{page.page_number}—"
        assert {round(character["size"], 1) for character in number} == {14.0}
        if page.page_number % 2:
            assert abs(number[-1]["x1"] - (RIGHT - 14)) < 1
        else:
            assert abs(number[0]["x0"] - (LEFT + 14)) < 1
        assert 6.9 < (number[0]["top"] - FOOT) / MM < 9


def test_the_head_is_red_and_its_rule_4_mm_under_the_number(pdf):
    page = pdf.pages[0]
    first, second, number, *rest = lines(page)
    assert words(first) + words(second) == "泰安市新型工业化强市建设推进委员会办公室"
    assert abs((first[0]["top"] - TOP) / MM - 35) < 1.5
    red = first[0]["non_stroking_color"]
    assert red[0] > 0.7
    assert max(red[1:]) < 0.2
    ((upper, _),) = rules(page, red)
    assert words(number) == "泰工推办〔2023〕7号"
    assert abs((upper - number[0]["bottom"]) / MM - 4) < 1.5
    title = [line for line in rest if round(line[0]["size"]) == 22]
    assert [words(line) for line in title] == ["关于2023年第二季度", "要素保障大比拼情况的通报"]
    assert any(words(line).startswith("要素保障") and len(line) > 20 for line in rest), "page one has text"


def test_levels_signature_and_date_are_set_as_the_standard_says(pdf):
    faces = {words(line): line for page in pdf.pages for line in lines(page)}
    assert "paper-hei" in faces["一、总体情况"][0]["fontname"]
    second = next(line for text, line in faces.items() if text.startswith("（一）小标题。"))
    assert "paper-kai" in second[0]["fontname"]
    assert "paper-fang" in second[8]["fontname"]
    assert abs(second[0]["x0"] - LEFT - 2 * 15.79) < 1.5
    signed, day = faces["泰安市新型工业化强市建设推进委员会办公室"], faces["2023年7月18日"]
    assert abs(signed[-1]["x1"] - (RIGHT - 2 * 15.79)) < 1.5
    assert abs(day[0]["x0"] - signed[0]["x0"] - 2 * 15.79) < 1.5
    assert any(text.startswith("附件：1.各月得分") for text in faces)


def test_the_end_notes_stand_at_the_foot_of_the_last_page_and_that_is_an_even_one(pdf):
    assert len(pdf.pages) % 2 == 0
    last = pdf.pages[-1]
    found = rules(last, (0.0, 0.0, 0.0))
    assert [round((lower - upper) / MM, 2) for upper, lower in found] == [0.35, 0.25, 0.35]
    assert abs(found[-1][1] - FOOT) < 1
    *_, printed, _ = lines(last)
    assert words(printed) == "泰安市工业推进委办公室2023年7月18日印发"


def test_every_font_is_embedded_and_what_fandol_lacks_comes_from_noto(pdf):
    assert "朱镕基、陶喆、100㎡。" in pdf.pages[0].extract_text()
    helped = {c["text"] for page in pdf.pages for c in page.chars if "Noto" in c["fontname"]}
    assert {"镕", "喆", "㎡"} <= helped
    assert all("+" in c["fontname"] for page in pdf.pages for c in page.chars), "subsets are embedded"


def test_a_character_in_no_font_is_an_error_that_names_it_and_its_place():
    table = replace(TABLE, rows=[["市发改委", "\ue001"]])
    paper = replace(PAPER, title="关于\ue000的通报", attachments=[Attachment(1, "各月得分", [table])])
    with pytest.raises(glyphs.GlyphError) as refused:
        write_pdf(paper, BytesIO())
    assert "标题有字库中没有的字“\ue000”（U+E000）" in str(refused.value)
    assert "表“各月得分”第1行有字库中没有的字“\ue001”（U+E001）" in str(refused.value)


def test_a_machine_without_fonts_says_so(settings, tmp_path):
    settings.PAPER_FONTS = [str(tmp_path)]
    glyphs.font_file.cache_clear()
    try:
        with pytest.raises(glyphs.GlyphError, match=r"没有公文字体（FandolFang-Regular\.otf"):
            write_pdf(PAPER, BytesIO())
        assert glyphs.missing([("标题", "\ue000")]) == []
    finally:
        glyphs.font_file.cache_clear()

"""Bulletins: composed from published months only, issued by a second person, frozen; equal numbers everywhere."""

import re
from io import BytesIO

import pytest
from django.db import DatabaseError, connection, transaction
from docx import Document
from docx.oxml.ns import qn
from docx.shared import Mm
from openpyxl import load_workbook

from scoring import bulletins, documents, runs
from scoring.models import ScoringRun
from taian_factors.lib.periods import Period
from tests.directory.factories import actor as person_of
from tests.scoring.factories import (
    answered,
    completed,
    duty,
    excluded,
    moment,
    published,
    reviewed,
    worked_example,
)

QUARTER = Period.parse("2023Q2")
AT = moment("2023-07-18")
pytestmark = pytest.mark.django_db


@pytest.fixture
def months(office_lead):
    """A quarter with differences: the worked example, seven more departments, one excluded record."""
    worked_example("FGW")
    for number, code in enumerate(("SPJ", "ZJJ", "GXJ", "KJJ", "CZJ", "ZGJ", "STJ")):
        for each in range(6):
            answered(code, on_time=each >= number % 3, due="2023-05-10")
        reviewed(completed(code), 5 - number % 4)
    excluded(assignment=answered("FGW", on_time=False))
    duty("SWJ", on="2023-04-20")
    return [published(month, office_lead) for month in QUARTER.months]


@pytest.fixture
def draft(months, office_clerk):
    return bulletins.compose(period=QUARTER, actor=office_clerk, at=AT)


@pytest.fixture
def issued(draft, office_lead):
    return bulletins.issue(bulletin=draft, actor=office_lead, at=AT)


def words(bulletin):
    return "\n".join(text for section in bulletin.sections for text in section["paragraphs"])


def test_a_bulletin_is_composed_with_every_section_and_the_version_it_used(draft):
    assert draft.title == "关于2023年第二季度要素保障大比拼情况的通报"
    assert [s["code"] for s in draft.sections] == [
        "basis",
        "overview",
        "ranking",
        "strong",
        "weak",
        "problems",
        "next",
    ]
    assert "计分版本 v1" in words(draft)
    assert all(section["paragraphs"] for section in draft.sections)


def test_departments_without_matters_are_listed_in_the_words(draft):
    assert "无应办事项、不参加排名的部门" in words(draft)
    assert all(row["place"] is None for row in draft.numbers["unranked"])


def test_low_scores_are_explained_indicator_by_indicator(draft):
    weak = next(section for section in draft.sections if section["code"] == "weak")["paragraphs"]
    assert len(weak) == 3
    assert all(re.search(r"得 [\d.]+ 分，居第 \d+ 位。.+失 [\d.]+ 分", text) for text in weak)


def test_exclusions_are_printed_with_number_and_reason(draft):
    assert draft.numbers["exclusions"] == [["市发改委", "重复", 1]]


def test_composing_is_refused_while_a_month_is_not_published(office_clerk, office_lead):
    published(Period.parse("2023-06"), office_lead)
    with pytest.raises(bulletins.BulletinError, match="尚未公布"):
        bulletins.compose(period=QUARTER, actor=office_clerk, at=AT)


@pytest.mark.parametrize("who", ["office_auditor", "department_lead", "bank", "enterprise"])
def test_only_the_office_composes(who, request):
    with pytest.raises(bulletins.BulletinError, match="只有市工业推进办"):
        bulletins.compose(period=QUARTER, actor=request.getfixturevalue(who), at=AT)


def test_editing_changes_words_and_never_numbers(draft, office_clerk):
    before = draft.numbers
    edited = bulletins.edit(
        bulletin=draft,
        title="关于某事的通报",
        texts={"next": "第一条。\n\n 第二条。 "},
        actor=office_clerk,
        at=AT,
    )
    assert (edited.title, edited.sections[-1]["paragraphs"]) == ("关于某事的通报", ["第一条。", "第二条。"])
    assert edited.numbers == before


def test_a_clerk_does_not_issue_and_nobody_issues_their_own(draft, office_clerk, office_lead):
    with pytest.raises(bulletins.BulletinError, match="负责人"):
        bulletins.issue(bulletin=draft, actor=office_clerk, at=AT)
    bulletins.edit(bulletin=draft, title=draft.title, texts={}, actor=office_lead, at=AT)
    with pytest.raises(bulletins.BulletinError, match="另一位"):
        bulletins.issue(bulletin=draft, actor=office_lead, at=AT)
    other = person_of("GTB", "lead")
    assert bulletins.issue(bulletin=draft, actor=other, at=AT).document_number == "泰工推办〔2023〕1号"


def test_issuing_publishes_the_period_and_freezes_text_and_numbers(issued, office_clerk):
    assert ScoringRun.objects.published().get(period="2023Q2").pk == issued.run_id
    with pytest.raises(bulletins.BulletinError, match="已经印发"):
        bulletins.edit(bulletin=issued, title="改", texts={}, actor=office_clerk, at=AT)
    for change in ("title = '改'", "numbers = '{}'", "issued_at = NULL", "number = 7"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE scoring_bulletin SET {change}")
    with pytest.raises(DatabaseError), transaction.atomic():
        issued.delete()


def test_document_numbers_follow_each_other_through_the_year(issued, office_clerk, office_lead):
    again = bulletins.compose(period=QUARTER, actor=office_clerk, at=AT)
    assert bulletins.issue(bulletin=again, actor=office_lead, at=AT).number == 2
    third = bulletins.compose(period=QUARTER, actor=office_clerk, at=AT)
    assert bulletins.issue(bulletin=third, actor=office_lead, at=moment("2024-01-10")).number == 1


def test_a_month_corrected_after_composing_stops_the_issue(draft, office_lead):
    run = runs.compute_month(period=Period.parse("2023-06"), at=AT)
    runs.publish(run=run, actor=office_lead, at=AT, correction_reason="补录。")
    with pytest.raises(bulletins.BulletinError, match="请重新起草"):
        bulletins.issue(bulletin=draft, actor=office_lead, at=AT)


# --- files --------------------------------------------------------------------------------------------------


def docx_of(bulletin):
    target = BytesIO()
    documents.write_bulletin(bulletin, target)
    target.seek(0)
    return Document(target)


def test_numbers_are_equal_on_the_card_in_docx_and_in_xlsx(issued):
    paper = docx_of(issued)
    ranking = [[cell.text for cell in row.cells] for row in paper.tables[0].rows][1:]
    cards = list(issued.run.cards.ranked().in_order())
    assert [(row[0], row[1], row[-1]) for row in ranking] == [
        (str(c.place), c.short, f"{c.total:.2f}") for c in cards
    ]
    target = BytesIO()
    assert documents.write_ranking(issued.run, target) == issued.run.cards.count()
    sheet = load_workbook(target).active
    headings = [cell.value for cell in sheet[1]]
    rows = [
        dict(zip(headings, (cell.value for cell in row), strict=True)) for row in sheet.iter_rows(min_row=2)
    ]
    assert [(r["名次"], r["代码"], f"{r['总分']:.2f}") for r in rows if r["名次"]] == [
        (c.place, c.code, f"{c.total:.2f}") for c in cards
    ]
    for row, card in zip(rows, cards, strict=False):
        line = card.lines.get(indicator="on_time_reply")
        assert (row["按时回复率达标"], row["按时回复率应计"]) == (line.hits, line.population)


def test_the_paper_has_the_page_of_the_standard(issued):
    paper = docx_of(issued)
    section = paper.sections[0]
    millimetres = [section.page_width, section.page_height, section.top_margin, section.left_margin]
    assert [round(length / Mm(1)) for length in millimetres] == [210, 297, 37, 28]
    assert [round(length / Mm(1)) for length in (section.bottom_margin, section.right_margin)] == [35, 26]
    grid = section._sectPr.find(qn("w:docGrid"))
    assert grid.get(qn("w:type")) == "linesAndChars"


def test_the_paper_has_head_number_title_and_levels_in_their_order(issued):
    texts = [paragraph.text for paragraph in docx_of(issued).paragraphs if paragraph.text.strip()]
    assert texts[:3] == ["泰安市新型工业化强市建设推进委员会办公室", "泰工推办〔2023〕1号", issued.title]
    headings = [text for text in texts if re.match(r"[一二三四五六]、", text)]
    assert headings == [
        "一、总体情况",
        "二、得分排名",
        "三、做法突出",
        "四、排名靠后",
        "五、存在问题",
        "六、下步要求",
    ]
    assert "2023年7月18日" in texts
    assert texts[-1].endswith("2023年7月18日印发　")


def test_a_draft_says_that_it_is_one(draft):
    assert "草稿" in docx_of(draft).paragraphs[3].text


def test_every_run_of_text_names_its_chinese_font(issued):
    for paragraph in docx_of(issued).paragraphs:
        for run in paragraph.runs:
            assert run._element.rPr is None or run._element.rPr.rFonts.get(qn("w:eastAsia"))

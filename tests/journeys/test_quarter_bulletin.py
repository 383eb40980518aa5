"""A quarter's bulletin: three published months pooled, composed, issued with its number, read back from the paper."""

from io import BytesIO

import pytest
from django.urls import reverse
from docx import Document

from scoring.models import Bulletin, ScoringRun
from taian_factors.lib.periods import Period
from tests.scoring.factories import answered, completed, duty, published, reviewed

QUARTER = Period.parse("2023Q2")
BULLETINS = reverse("scoring:bulletins")
pytestmark = pytest.mark.django_db


def a_quarter_of_work():
    """Let ZGJ miss one reply of six and complete all; SPJ miss three of four; STJ only be late with a duty."""
    for month, on_time in (("04", 3), ("05", 1), ("06", 1)):
        for _ in range(on_time):
            answered("ZGJ", due=f"2023-{month}-10")
    answered("ZGJ", due="2023-06-12", on_time=False)
    reviewed(completed("ZGJ"))
    for number in range(4):
        answered("SPJ", due="2023-05-10", on_time=number == 0)
    duty("STJ", "late", on="2023-04-20")


def on_paper(response):
    paper = Document(BytesIO(response.content))
    rows = [[cell.text for cell in row.cells] for row in paper.tables[0].rows[1:]]
    texts = [paragraph.text for paragraph in paper.paragraphs]
    return {row[1]: (row[0], row[-1]) for row in rows}, texts


def test_the_bulletin_of_the_second_quarter_of_2023(
    clock_at,
    read,
    office_lead,
    as_office_clerk,
    as_office_lead,
    as_department_lead,
    as_bank,
    django_capture_on_commit_callbacks,
):
    a_quarter_of_work()

    # Two months are published: there is nothing to compose yet.
    clock_at("2023-07-07 10:00")
    for key in ("2023-04", "2023-05"):
        published(Period.parse(key), office_lead)
    assert "还没有各月都已公布的季度" in read(as_office_clerk.get(BULLETINS))
    assert as_office_clerk.post(reverse("scoring:compose"), {"period": "2023Q2"}).status_code == 422

    clock_at("2023-07-18 10:00")
    published(Period.parse("2023-06"), office_lead)
    with django_capture_on_commit_callbacks(execute=True):
        started = as_office_clerk.post(reverse("scoring:compose"), {"period": "2023Q2"})
    assert "已起草" in read(as_office_clerk.get(started.url, follow=True))
    draft = Bulletin.objects.get()
    page_url = reverse("scoring:bulletin", args=[draft.pk])

    # The quarter pools matters: five of six replies, not the mean of three months' rates.
    line = draft.run.cards.get(code="ZGJ").lines.get(indicator="on_time_reply")
    assert (line.hits, line.population) == (5, 6)

    # A clerk edits words, departments wait, a second person issues.
    edit = reverse("scoring:edit_bulletin", args=[draft.pk])
    typed = {s["code"]: "\n".join(s["paragraphs"]) for s in draft.sections} | {
        "title": draft.title,
        "base": 1,
    }
    typed["next"] += "\n各单位于月底前报送整改情况。"
    assert "文字已保存为第2版" in read(as_office_clerk.post(edit, typed, follow=True))
    assert as_department_lead.get(page_url).status_code == 404
    issue = reverse("scoring:issue", args=[draft.pk])
    assert as_office_clerk.post(issue, {"number": 1}).status_code == 403
    with django_capture_on_commit_callbacks(execute=True):
        done = as_office_lead.post(issue, {"number": 1})
    assert "文号泰工推办〔2023〕1号" in read(as_office_lead.get(done.url))

    # Page, paper and database say the same of every department that has a place.
    cards = ScoringRun.objects.published().get(period="2023Q2").cards.ranked()
    stored = {card.short: (str(card.place), f"{card.total:.2f}") for card in cards}
    rows, words = on_paper(as_department_lead.get(reverse("scoring:bulletin_file", args=[draft.pk, "docx"])))
    assert {name: rows[name] for name in stored} == stored
    # ZGJ: 25 × 5/6 + 31.25 + 43.75, the marks of duties moved; SPJ: 100 × 1/4.
    assert stored == {"市自然资源和规划局": ("1", "95.83"), "市行政审批服务局": ("2", "25.00")}
    assert "各单位于月底前报送整改情况。" in "".join(words)
    assert words[:2] == ["泰安市新型工业化强市建设", "推进委员会办公室"]
    assert any("泰工推办〔2023〕1号" in text for text in words)
    page = read(as_department_lead.get(page_url))
    table = read(as_bank.get(reverse("scoring:rankings"), {"period": "2023Q2"}))
    for name, (_, points) in stored.items():
        assert name in page
        assert points in page
        assert points in table

    # A department with a duty alone is named apart, without a place.
    assert "市生态环境局" in page.split("本期无应办事项的部门")[1]

    # Issued, it no longer changes.
    assert "已经印发" in read(as_office_clerk.post(edit, typed))

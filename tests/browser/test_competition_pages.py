"""The competition's pages as people see them: rules, what-if, duties from a sheet, paper, projector, open data."""

import os
import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import Workbook
from playwright.sync_api import Page, expect

from scoring import runs
from scoring.models import Duty, RuleVersion, ScoringRun
from taian_factors.directory.actors import Actor
from taian_factors.directory.models import Organization
from taian_factors.lib.periods import Period
from tests.directory import factories as directory
from tests.scoring.factories import (
    answered,
    completed,
    duty,
    matter,
    moment,
    need,
    published,
    reviewed,
    worked_example,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Look = Callable[[Page], None]
MAY, JUNE = Period.parse("2023-05"), Period.parse("2023-06")
PICTURES = os.environ.get("PORTAL_PICTURES", "")


@pytest.fixture
def lead() -> Actor:
    """A lead of the office, with two published months of fifteen departments."""
    lead = directory.actor("GTB", "lead", name="推进办负责人")
    departments = Organization.objects.departments().filter(takes_part=True).order_by("position")
    for n, code in enumerate(departments.values_list("code", flat=True)[:14]):
        for k in range(3):
            answered(code, due="2023-05-10", on_time=k > n % 3)
            answered(code, on_time=k > (n + 1) % 3)
            completed(code, done="2023-06-19" if k > n % 2 else "2023-07-05")
        reviewed(matter(code), 5 - n % 4)
        duty(code, ("on_time", "late", "not_done")[n % 3])
    worked_example("ZGJ")
    for month in (MAY, JUNE):
        published(month, lead)
    return lead


def picture(page: Page, name: str) -> None:
    """Keep a picture of a page at both widths for who wants to look."""
    if PICTURES:
        for width, height in ((360, 740), (1280, 800)):
            page.set_viewport_size({"width": width, "height": height})
            page.screenshot(path=str(Path(PICTURES) / f"{name}-{width}.png"), full_page=True)


def test_a_version_is_drafted_compared_tried_and_put_in_force(lead, open_page, look: Look):
    page = open_page(lead)
    page.goto("/scoring/rules/")
    look(page)
    page.get_by_role("button", name="复制 v1 起草新版本").click()
    page.get_by_label("按时回复率满分").fill("30")
    page.get_by_role("button", name="保存草稿").click()
    expect(page.locator(".error-summary")).to_contain_text("现为 110")
    look(page)
    picture(page, "edit")
    page.locator("#id_marks_on_time_reply").fill("30")
    page.locator("#id_marks_completion").fill("15")
    page.locator("#id_curve_satisfaction").select_option("threshold")
    for name, value in (("threshold", "98"), ("slope", "2"), ("floor", "50")):
        page.locator(f"#id_{name}_satisfaction").fill(value)
    page.locator("#id_first_month").fill("2023-06")
    page.get_by_role("button", name="保存草稿").click()
    expect(page.get_by_text("施行 v2")).to_be_visible()  # the page that follows is there
    look(page)
    page.get_by_text("施行 v2").click()
    page.get_by_role("button", name="施行", exact=True).click()
    expect(page.locator(".error-summary")).to_contain_text("2023年6月已经计算过")
    look(page)
    picture(page, "rules")
    page.get_by_role("link", name="并排对比两个版本").click()
    page.wait_for_url("**/compare/**")
    look(page)
    picture(page, "compare")
    page.goto("/scoring/rules/what-if/?period=2023-06&span=3")
    look(page)
    page.get_by_text("改几个数字再试").click()
    look(page)
    page.get_by_role("button", name="按这些数字试算").click()
    expect(page.get_by_role("heading", name="2023年5月")).to_be_visible()
    look(page)
    picture(page, "what-if")
    assert (ScoringRun.objects.count(), RuleVersion.objects.in_force().count()) == (2, 1)


def test_duties_come_from_a_sheet_and_from_the_ledger(lead, open_page, look: Look):
    page = open_page(lead)
    page.goto("/scoring/duties/?period=2023-06")
    look(page)
    picture(page, "duties")
    page.get_by_role("link", name="从表格导入").click()
    look(page)
    good = ["全部部门", "参加要素保障大集暨重点项目集中会商活动", "2023年6月13日", "按时落实", "签到表"]
    for rows, name in (([good, ["火星局", "示例", "六月底"]], "import-bad"), ([good], "import")):
        page.locator("input[type=file]").set_input_files(
            {"name": "工作.xlsx", "mimeType": "application/octet-stream", "buffer": workbook(rows)}
        )
        page.get_by_role("button", name="上传并核对").click()
        look(page)
        picture(page, name)
    before = Duty.objects.count()
    page.get_by_role("button", name="存入").click()
    expect(page.get_by_text("已存入")).to_be_visible()
    assert Duty.objects.count() == before + 1
    matter("ZGJ", of=need(is_historic=False), complete_due_at=moment("2023-06-20"))
    page.goto("/scoring/duties/overdue/")
    look(page)
    picture(page, "overdue")


def workbook(rows: list[list[str]]) -> bytes:
    """Make a sheet of duties."""
    book, target = Workbook(), BytesIO()
    for row in [["部门", "工作或活动", "完成期限", "落实结果", "认定依据"], *rows]:
        book.active.append(row)
    book.save(target)
    return target.getvalue()


def test_a_table_is_read_on_a_page_on_paper_on_a_wall_and_as_open_data(lead, open_page, look: Look):
    run = ScoringRun.objects.published().of(JUNE).get()
    page = open_page(lead)
    for address, name in (
        ("?period=2023-06", "rankings"),
        (f"runs/{run.pk}/print/", "print"),
        (f"runs/{run.pk}/projector/", "projector"),
    ):
        page.goto(f"/scoring/{address}")
        look(page)
        picture(page, name)
    page.set_viewport_size({"width": 1280, "height": 800})
    assert page.evaluate("document.documentElement.scrollHeight") <= 800, "one glance, no scrolling"
    page.goto(f"/scoring/runs/{run.pk}/print/")
    paper = page.pdf(prefer_css_page_size=True)
    if PICTURES:
        (Path(PICTURES) / "print.pdf").write_bytes(paper)
    assert len(re.findall(rb"/Type\s*/Page\b", paper)) == 1
    visitor = open_page(None)
    visitor.goto("/scoring/open/")
    look(visitor)
    picture(visitor, "open")
    assert runs.preview_until(JUNE) is not None


def test_on_a_phone_tables_are_read_downwards_and_none_scrolls_sideways(lead, open_page):
    page = open_page(lead)
    page.set_viewport_size({"width": 360, "height": 740})
    for address in (
        "why/2023-06/ZGJ/",
        "why/2023-06/ZGJ/completion/",
        "duties/?period=2023-06",
        "rules/",
        "rules/compare/",
        "rules/what-if/?period=2023-06&span=3",
        "fairness/?period=2023-06",
    ):
        page.goto(f"/scoring/{address}")
        regions = page.locator(".table-region")
        assert regions.count(), address
        wide = "regions => regions.filter(e => e.scrollWidth > e.clientWidth).map(e => e.ariaLabel)"
        assert regions.evaluate_all(wide) == [], address

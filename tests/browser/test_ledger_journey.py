"""The ledger in a browser: filter, choose columns, search, keep a view, share it, take the sheet."""

from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect

from requests_desk.models import FactorRequest, LedgerView
from taian_factors.lib.clock import now
from tests.directory import factories as directory
from tests.requests_desk import factories

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def city(db):
    """Sixty needs: one overdue, one with a long name and a story of its own."""
    owner = directory.enterprise("泰安示例输变电装备智能制造产业园运营管理有限公司")
    for _ in range(58):
        factories.filed("TD", enterprise=owner, at=now())
    late = factories.assigned("TD", at=now() - timedelta(days=40))
    told = factories.filed("TD", at=now())
    FactorRequest.objects.filter(pk=told.pk).update(headline="二期厂房<用地>", story="红线需要调整")
    return late, told


def test_a_lead_finds_keeps_and_shares_what_the_office_must_see(city, open_page, look):
    late, told = city
    page = open_page(directory.actor("GTB", "lead", name="推进办负责人"))
    page.goto("/desk/ledger/")
    expect(page.locator(".totals")).to_contain_text("合计 60 项，在办 60 项，逾期 1 项")
    expect(page.locator("tbody tr")).to_have_count(50)
    look(page)
    page.get_by_role("link", name="下一页").click()
    expect(page.locator(".pages")).to_contain_text("第 51–60 项")
    expect(page.locator("tbody tr")).to_have_count(10)

    # Without leaving the page: a light, then words; each stands in the address and as a chip.
    page.goto("/desk/ledger/?view=all")
    page.get_by_label("灯", exact=True).select_option(label="逾期")
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody")).to_contain_text(late.number)
    page.wait_for_url("**/ledger/?light=red")
    page.get_by_label("去掉条件：灯").click()
    page.get_by_label("搜索").fill("红")
    page.get_by_role("button", name="筛选").click()
    expect(page.locator(".error-summary")).to_contain_text("至少两个字")
    look(page)
    page.get_by_label("搜索").fill("红线")
    page.get_by_role("button", name="筛选").click()
    expect(page.locator("tbody mark")).to_have_text(["红线"])
    expect(page.locator("tbody")).to_contain_text(told.number)

    # Columns and everything else that can be asked for.
    page.get_by_text("更多条件、排序和列").click()
    for column in ("编号", "企业", "信用代码", "联系人"):
        page.get_by_label(column, exact=True).check()
    expect(page.locator("thead th")).to_have_count(5)
    look(page)

    # Kept, shared, and there for the department that sees its own part through it.
    page.get_by_text("存为视图").click()
    page.get_by_label("把现在的条件").fill("红线调整")
    page.get_by_role("button", name="保存").click()
    expect(page.locator(".messages")).to_contain_text("已存为视图“红线调整”")
    page.get_by_text("共享", exact=True).click()
    page.get_by_label("全体").check()
    look(page)
    page.get_by_role("button", name="确定").first.click()
    expect(page.locator(".messages")).to_contain_text("现在的共享范围：全体")
    assert LedgerView.objects.get().audience == "all"
    land = open_page(directory.actor("ZGJ", name="自规局经办"))
    land.goto("/desk/ledger/")
    expect(land.locator(".shelf-count")).to_have_text("0")

    # The sheet is what is shown.
    page.get_by_role("link", name="红线调整").click()
    with page.expect_download() as taken:
        page.get_by_role("link", name="导出全部").click()
    sheet = load_workbook(BytesIO(Path(taken.value.path()).read_bytes())).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[0] == ["编号", "企业", "信用代码", "联系人"]
    assert [row[0] for row in rows[1:]] == [told.number]

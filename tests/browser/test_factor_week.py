"""The factor week in a browser: frozen, seen by its department, signed line by line, closed, printed."""

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from requests_desk import beginning, transitions
from taian_factors.lib.periods import SHANGHAI
from tests.directory import factories as directory
from tests.requests_desk import factories as desk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Look = Callable[[Page], None]
MONDAY = datetime(2023, 7, 3, 8, 30, tzinfo=SHANGHAI)
TUESDAY = MONDAY.replace(day=4, hour=10)
PICTURES = os.environ.get("PORTAL_PICTURES", "")


def picture(page: Page, name: str) -> None:
    """Keep a picture of a page at both widths for who wants to look."""
    if PICTURES:
        for width, height in ((360, 740), (1280, 800)):
            page.set_viewport_size({"width": width, "height": height})
            page.screenshot(path=str(Path(PICTURES) / f"{name}-{width}.png"), full_page=True)


def test_a_factor_week_from_the_frozen_list_to_the_printed_record(open_page, look: Look, monkeypatch):
    settled, late = desk.confirmed(), desk.assigned(at=datetime(2023, 6, 1, 9, 0, tzinfo=SHANGHAI))
    moved = desk.assigned(at=datetime(2023, 6, 20, 9, 0, tzinfo=SHANGHAI))
    beginning.begin_week(at=MONDAY)
    transitions.complete(moved, text="用地手续已办结。", actor=desk.acting("ZGJ"), at=TUESDAY)
    monkeypatch.setattr("requests_desk.views.reconciliation.now", lambda: TUESDAY)

    department = open_page(directory.actor("ZGJ", name="规划局经办"))
    department.goto("/desk/ledger/")
    department.get_by_role("link", name="要素保障周对账").click()
    department.get_by_label(f"选择 {late.number}").check()
    department.get_by_role("button", name="提出出入").click()
    expect(department.locator(".error-summary").first).to_contain_text("请写明有什么出入")
    expect(department.get_by_label(f"选择 {late.number}")).to_be_checked()
    look(department)
    department.get_by_label("有什么出入").fill("省厅已受理，不应算逾期")
    department.get_by_role("button", name="提出出入").click()
    expect(department.get_by_text("已记录：1 项有出入")).to_be_visible()
    department.get_by_text("其余与清单一致", exact=True).click()
    department.get_by_role("button", name="一致", exact=True).click()
    expect(department.get_by_text("已记录：本单位核对 2 项，与清单一致")).to_be_visible()
    look(department)

    page = open_page(directory.actor("GTB", name="推进办经办"))
    page.goto("/desk/factor-week/2023Q3/")
    expect(page.get_by_role("row", name=moved.number)).to_contain_text("07-04 市自然资源和规划局办结")
    look(page)
    picture(page, "factor-week")
    page.get_by_label(f"选择 {late.number}").check()
    page.get_by_label("结转", exact=True).check()
    page.get_by_role("button", name="签认所选事项").click()
    expect(page.locator(".error-summary").first).to_contain_text("结转须写明理由")
    expect(page.get_by_label(f"选择 {late.number}")).to_be_checked()
    look(page)
    page.get_by_label("说明").fill("手续在省级审批，预计下季度办结")
    page.get_by_role("button", name="签认所选事项").click()
    expect(page.get_by_text("已签认结转 1 项")).to_be_visible()
    page.get_by_label(f"选择 {settled.number}").check()
    page.get_by_label("销号", exact=True).check()
    page.get_by_role("button", name="签认所选事项").click()
    expect(page.get_by_text("已签认销号 1 项")).to_be_visible()
    page.get_by_text("把其余待签认的一并结转").click()
    page.get_by_label("结转理由").fill("等企业确认")
    page.get_by_role("button", name="一并结转").click()
    page.get_by_text("结束对账", exact=True).click()
    page.get_by_role("button", name="结束", exact=True).click()
    expect(page.get_by_text("记录不再改变").first).to_be_visible()
    look(page)
    picture(page, "factor-week-closed")
    page.get_by_role("link", name="打印版").click()
    expect(page.get_by_text("列入 3 项，其中当时逾期 1 项。经逐项核对，销号 1 项，结转 2 项")).to_be_visible()
    look(page)
    picture(page, "factor-week-print")

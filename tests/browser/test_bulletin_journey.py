"""A bulletin in a browser: composed, edited by two at once, compared, signed off by a second person, fetched."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from taian_factors.directory.actors import Actor
from taian_factors.lib.periods import Period
from tests.directory import factories as directory
from tests.scoring.factories import answered, completed, duty, published, reviewed, worked_example

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Look = Callable[[Page], None]
QUARTER = Period.parse("2023Q2")


@pytest.fixture
def people() -> tuple[Actor, Actor, Actor]:
    """A clerk and two leads of the office, with a published quarter of eight departments."""
    clerk, lead, second = (
        directory.actor("GTB", role, name=name)
        for role, name in (("clerk", "张起草"), ("lead", "李修改"), ("lead", "王签发"))
    )
    worked_example("ZGJ")
    for number, code in enumerate(("FGW", "SPJ", "ZJJ", "GXJ", "KJJ", "CZJ", "STJ")):
        for each in range(4):
            answered(code, on_time=each >= number % 3, due="2023-05-10")
        reviewed(completed(code), 5 - number % 4)
    duty("SWJ", on="2023-04-20")
    for month in QUARTER.months:
        published(month, lead)
    return clerk, lead, second


def test_a_bulletin_from_the_first_draft_to_the_download(
    people: tuple[Actor, Actor, Actor], open_page: Callable[..., Page], look: Look, live_server: Any
) -> None:
    clerk, lead, second = people
    page = open_page(clerk)
    page.goto("/scoring/bulletins/")
    look(page)
    page.get_by_label("各月都已公布的期间").select_option("2023Q2")
    # The job that a worker does elsewhere is done before this press is answered.
    page.get_by_role("button", name="起草").click(timeout=30_000)
    expect(page.get_by_role("heading", name="关于2023年第二季度")).to_be_visible()
    expect(page.get_by_text("已起草，可以修改文字")).to_be_visible()
    look(page)
    page.set_viewport_size({"width": 360, "height": 740})
    wide = "regions => regions.filter(e => e.scrollWidth > e.clientWidth).map(e => e.ariaLabel)"
    assert page.locator(".paper-scroll").evaluate_all(wide) == [], "a table is read downwards on a phone"
    page.set_viewport_size({"width": 1280, "height": 800})
    draft = page.url

    # Words are counted while they are typed; a limit is a limit.
    page.get_by_role("link", name="修改文字").click()
    before = int(page.locator("[data-count]").inner_text())
    page.get_by_label("下步要求").fill("各单位于月底前报送整改情况。")
    expect(page.locator("[data-count]")).not_to_have_text(str(before))
    look(page)

    # A lead saves first; the clerk keeps the text and sees the difference.
    other = open_page(lead)
    other.goto(f"{draft}edit/")
    other.get_by_label("下步要求").fill("各单位于下月初报送整改情况。")
    other.get_by_role("button", name="保存").click()
    expect(other.get_by_text("文字已保存为第2版")).to_be_visible()
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("已有人保存了第2版")).to_be_visible()
    expect(page.get_by_label("下步要求")).to_have_value("各单位于月底前报送整改情况。")
    expect(page.locator("del").first).to_be_visible()
    look(page)
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("文字已保存为第3版")).to_be_visible()
    page.get_by_role("link", name=re.compile("各版本")).click()
    expect(page.locator("ins").first).to_be_visible()
    look(page)

    # Who wrote may not issue; the second lead may, and the files are made once.
    other.goto(draft)
    other.get_by_text("签发", exact=True).click()
    other.get_by_role("button", name="签发并印发").click()
    expect(other.get_by_text("另一位负责人签发")).to_be_visible()
    last = open_page(second)
    last.goto(draft)
    last.get_by_text("签发", exact=True).click()
    look(last)
    last.get_by_role("button", name="签发并印发").click()
    expect(last.get_by_text(re.compile("已印发，文号泰工推办〔"))).to_be_visible()
    look(last)
    with last.expect_download() as got:
        last.get_by_role("link", name="下载 PDF 文件").click()
    assert got.value.path().read_bytes().startswith(b"%PDF")
    assert got.value.suggested_filename == "关于2023年第二季度要素保障大比拼情况的通报.pdf"

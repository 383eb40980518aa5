"""The panels of a request's verbs: drawn when opened, by mouse and keys; what was typed outlives every mishap."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from requests_desk import clocks, records
from requests_desk.models import FactorRequest
from taian_factors.directory.actors import Actor
from taian_factors.lib.clock import now
from tests.directory import factories as directory
from tests.requests_desk import factories

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Look = Callable[[Page], None]


@pytest.fixture
def made() -> FactorRequest:
    return factories.assigned(at=now())


@pytest.fixture
def lead() -> Actor:
    return directory.actor("ZGJ", name="自规局经办")


@pytest.mark.parametrize("width", [360, 1280])
def test_a_refused_form_comes_back_open_with_its_words(
    open_page: Callable[..., Page], look: Look, made: FactorRequest, lead: Actor, width: int
):
    page = open_page(lead, width=width)
    page.goto(f"/desk/requests/{made.number}/")
    panel = page.locator("#verb-ask_extension")
    panel.locator("summary").press("Enter")
    panel.get_by_label("延期理由").fill("等待省里批复")
    panel.get_by_role("button", name="申请延期").click()
    expect(page.locator(".error-summary")).to_contain_text("请选择延期工作日")
    expect(panel.get_by_label("延期理由")).to_be_visible()
    expect(panel.get_by_label("延期理由")).to_have_value("等待省里批复")
    look(page)
    # The others open as before.
    page.locator("#verb-note summary").click()
    expect(page.locator("#verb-note textarea")).to_be_visible()


def test_a_panel_opened_after_the_login_ran_out_keeps_what_was_typed(
    open_page: Callable[..., Page], made: FactorRequest, lead: Actor
):
    page = open_page(lead)
    page.goto(f"/desk/requests/{made.number}/?do=interim_reply")
    words = page.locator("#verb-interim_reply textarea")
    words.fill("正在核对宗地图。")
    page.context.clear_cookies()
    page.locator("#verb-note summary").click()
    expect(page.locator(".toast-line")).to_contain_text("登录已过期")
    expect(page.locator("#verb-note").get_by_role("link", name="打开")).to_be_visible()
    expect(words).to_have_value("正在核对宗地图。")


def test_a_panel_that_somebody_else_has_done_says_so(
    open_page: Callable[..., Page], made: FactorRequest, lead: Actor
):
    colleague = directory.actor("ZGJ", name="自规局另一位经办")
    page = open_page(lead)
    page.goto(f"/desk/requests/{made.number}/")
    suggested = directory.body("SPJ")
    clocks.hand_back(made, reason="职责在审批局", suggested=suggested, actor=colleague, at=now())
    records.note(made, text="已申请退回", actor=colleague, at=now())
    panel = page.locator("#verb-hand_back")
    panel.locator("summary").click()
    expect(page.locator(".toast-line")).to_contain_text("可能已有人办过")
    expect(panel.get_by_role("link", name="打开")).to_be_visible()

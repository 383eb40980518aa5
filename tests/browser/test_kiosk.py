"""The kiosk in a hall with bad Wi-Fi: what was lost is asked for again by the same press, and nobody finds it dead."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from fairs.models import Fair, Visit
from taian_factors.lib.clock import now
from taian_factors.lib.periods import local_day
from tests.directory import factories as directory
from tests.fairs import factories as fairs

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def fair() -> Fair:
    made = fairs.fair(held_on=local_day(now()))
    fairs.stall(made, "ZGJ", code="B01")
    return made


@pytest.fixture
def kiosk(fair: Fair, open_page: Callable[..., Page]) -> Page:
    page = open_page(None)
    page.clock.install()
    page.goto(f"/fairs/kiosk/{fair.door_token}/")
    return page


def lose_the_answer(route: Route) -> None:
    """Let the server do it and nobody hear of it."""
    route.fetch()
    route.abort()


def fill(page: Page) -> None:
    page.get_by_label("统一社会信用代码或预约码").fill(directory.enterprise().profile.credit_code)
    page.get_by_label("B01", exact=False).check()


def test_the_same_press_again_shows_the_number_that_was_given(fair: Fair, kiosk: Page, look):
    fill(kiosk)
    press = kiosk.get_by_role("button", name="签到取号")
    kiosk.route("**/kiosk/**", lose_the_answer, times=1)
    press.click()
    expect(kiosk.locator("#messages")).to_contain_text("不会取两个号")
    look(kiosk)
    visit = Visit.objects.get()
    press.click()
    expect(kiosk.locator(".ticket-number")).to_have_text(f"{visit.number:03d}")
    expect(kiosk.get_by_role("button", name="打印号单")).to_be_visible()
    look(kiosk)
    assert visit.tickets.count() == 1
    kiosk.clock.fast_forward(46_000)
    expect(kiosk.locator("h1")).to_have_text("自助签到取号")


def test_without_a_network_what_was_typed_is_cleared_and_the_page_stays(kiosk: Page):
    fill(kiosk)
    kiosk.context.set_offline(True)
    kiosk.clock.fast_forward(46_000)
    expect(kiosk.get_by_label("统一社会信用代码或预约码")).to_have_value("")
    expect(kiosk.locator("h1")).to_have_text("自助签到取号")
    kiosk.context.set_offline(False)
    fill(kiosk)
    kiosk.get_by_role("button", name="签到取号").click()
    expect(kiosk.locator(".ticket-number")).to_be_visible()

"""A fair hour at one stall: check-in, number, call, screen and phone, a need completed on the spot."""

from datetime import time

import pytest
from playwright.sync_api import expect

from fairs.models import Fair, Visit
from requests_desk.models import FactorRequest
from taian_factors.lib.clock import now
from taian_factors.lib.periods import local_day
from tests.directory import factories as directory
from tests.fairs import factories as fairs

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def fair() -> Fair:
    """Today's fair with two stalls, open round the clock so that the hour of the test does not matter."""
    made = fairs.fair(held_on=local_day(now()), opens_at=time(0), closes_at=time(23, 59))
    fairs.stall(made, "ZGJ")
    fairs.stall(made, "SPJ")
    return made


def test_a_fair_hour_at_one_stall_with_screen_and_phone(fair, open_page, look):
    owner = directory.enterprise("示例新材料有限公司")
    office = open_page(directory.actor("GTB", name="服务台"))
    office.goto(f"/fairs/{fair.pk}/")
    look(office)
    office.goto(f"/fairs/{fair.pk}/reception/?q=示例新材料")
    look(office)
    office.get_by_role("link", name=owner.name).click()
    look(office)
    for code in fair.stalls.values_list("code", flat=True):
        office.locator("label", has_text=code).first.click()
    office.get_by_role("button", name="签到").click()
    expect(office.locator("h1")).to_be_visible()
    look(office)
    visit = Visit.objects.get()
    assert visit.tickets.count() == 2

    phone = open_page(None, width=360, height=740)
    phone.goto(f"/fairs/t/{visit.token}/")
    look(phone)
    screen = open_page(None)
    screen.goto(f"/fairs/screen/{fair.token}/")
    look(screen)

    clerk = open_page(directory.actor("ZGJ", name="摊位经办"))
    clerk.goto("/desk/stall/")
    look(clerk)
    clerk.get_by_role("button", name="就座").first.click()
    look(clerk)
    clerk.keyboard.press("Space")
    expect(clerk.locator(".counter-now")).to_have_text(f"{visit.number:03d}")
    look(clerk)
    # A call is on the screen and the phone within a few seconds, without anybody pressing reload.
    expect(screen.locator("main")).to_contain_text(f"{visit.number:03d}", timeout=8_000)
    expect(phone.locator("body")).to_contain_text("叫", timeout=12_000)
    look(screen)
    look(phone)

    clerk.get_by_role("button", name="开始办理").click()
    form = clerk.locator("form.need-form")
    form.get_by_label("要素").select_option(label="土地")
    form.get_by_label("需求（一句话）").fill("二期厂房用地预审")
    form.get_by_label("现场办结", exact=True).check()
    form.get_by_label("办结结果或解决方案").fill("当场出具用地预审意见。")
    look(clerk)
    form.get_by_role("button", name="登记").click()
    expect(clerk.locator(".counter-work")).to_contain_text("二期厂房用地预审")
    look(clerk)
    clerk.get_by_role("button", name="完成").click()
    expect(clerk.locator(".empty-title")).to_be_visible()

    made = FactorRequest.objects.get()
    assert (made.state, made.filing.visit) == ("completed", visit)
    assert set(visit.tickets.values_list("state", flat=True)) == {"served", "waiting"}
    expect(screen.locator("main")).not_to_contain_text(f"{visit.number:03d} ", timeout=8_000)

"""Before the fair and at its door: planned from the last one, booked, waited for, refilled, checked in, kiosk."""

import re
from collections.abc import Callable
from datetime import time, timedelta

import pytest
from playwright.sync_api import Page, expect

from fairs.models import Booking, Fair, Visit
from requests_desk.tasks import announce_bookings
from taian_factors.lib.clock import now
from taian_factors.lib.periods import local_day
from tests.directory import factories as directory
from tests.fairs import factories as fairs
from tests.requests_desk import factories as desk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Look = Callable[[Page], None]
CONTACT = "13800003333"


@pytest.fixture
def last_fair() -> Fair:
    """Last month's fair: two stalls on the floor, one slot each for the whole day, so that the hour does not matter."""
    made = fairs.fair(
        held_on=local_day(now()) - timedelta(days=30),
        name="上月大集",
        opens_at=time(0),
        closes_at=time(23, 59),
    )
    for column, code in enumerate(("ZGJ", "B01"), start=1):
        stall = fairs.stall(made, code, code=f"B0{column}", row=1, column=column)
        fairs.slot(stall, "00:00", "23:59")
    made.stalls.get(code="B02").handles.add(desk.factor("JR"))
    return made


def plan(page: Page, look: Look) -> Fair:
    page.goto("/fairs/plan/")
    look(page)
    expect(page.get_by_label("照哪一场安排")).to_have_value(str(Fair.objects.get().pk))
    page.get_by_label("名称").fill("本月要素保障大集")
    page.get_by_label("日期").fill(str(local_day(now())))
    page.get_by_role("button", name="保存").click()
    expect(page.locator("h1")).to_have_text("摊位安排")
    expect(page.locator("tbody tr")).to_have_count(2)
    look(page)
    page.get_by_role("link", name="B01", exact=True).click()
    look(page)
    page.get_by_label("位置说明").fill("一楼西侧")
    page.get_by_role("button", name="保存").click()
    expect(page.locator("body")).to_contain_text("B01 已保存")
    page.get_by_role("link", name="平面图").click()
    expect(page).to_have_url(re.compile(r"/floor/$"))
    look(page)
    page.get_by_role("link", name="调整位置").click()
    expect(page.get_by_label("B01 第几列")).to_be_visible()
    look(page)
    page.get_by_label("B01 第几列").fill("3")
    page.get_by_role("button", name="保存位置").click()
    expect(page.locator("main")).to_contain_text("第 1 排第 3 列")
    fair = Fair.objects.get(name="本月要素保障大集")
    page.goto(f"/fairs/{fair.pk}/slots/")
    look(page)
    page.goto(f"/fairs/{fair.pk}/door/")
    look(page)
    return fair


def book(page: Page, look: Look) -> str:
    """Book the land department's stall for a land need, and return the code."""
    page.goto("/desk/booking/")
    look(page)
    page.locator("main a.btn", has_text="预约").click()
    look(page)
    page.locator("label", has_text="新上项目用地").click()
    page.get_by_role("button", name="看推荐的摊位").click()
    expect(page.locator("main")).to_contain_text("土地由")
    look(page)
    field = page.get_by_label("B01")
    field.select_option(index=1)
    page.get_by_label("联系电话").fill(CONTACT)
    page.get_by_role("button", name="确认预约").click()
    expect(page.locator(".booking-code")).to_be_visible()
    look(page)
    return page.locator(".booking-code").inner_text()


def test_from_the_plan_to_the_kiosk(last_fair: Fair, open_page: Callable[..., Page], look: Look):
    office = open_page(directory.actor("GTB", name="服务台"))
    fair = plan(office, look)
    first, second = (
        directory.actor(directory.enterprise(f"示例预约{word}有限公司"), name="企业经办") for word in "甲乙"
    )
    for actor in (first, second):
        desk.filed("TD", enterprise=actor.organization)

    one = open_page(first)
    book(one, look)
    expect(one.locator("main")).to_contain_text("已约上")
    two = open_page(second, width=360, height=740)
    code = book(two, look)
    expect(two.locator("main")).to_contain_text("候补，前面还有 0 家")

    one.locator("summary", has_text="取消全部预约").click()
    one.get_by_role("button", name="全部取消").click()
    expect(one.locator("main")).to_contain_text("预约都已取消")
    look(one)
    two.reload()
    expect(two.locator("main")).to_contain_text("已约上")
    two.goto("/desk/notices/")
    expect(two.locator("main")).to_contain_text("候补成功")
    assert announce_bookings() == 0

    office.goto(f"/fairs/{fair.pk}/guests/")
    expect(office.locator("tbody tr")).to_have_count(1)
    look(office)
    office.goto(f"/fairs/{fair.pk}/guests/invite/")
    look(office)
    # Scanned with the reception's own device, the booking opens the check-in with its stall ticked.
    office.goto(f"/desk/bookings/{code}/")
    expect(office.locator("h1")).to_have_text(second.organization.name)
    expect(office.get_by_label("B01", exact=False).first).to_be_checked()
    look(office)
    office.goto(f"/fairs/{fair.pk}/guests/")
    office.get_by_role("button", name="签到").click()
    visit = Visit.objects.get()
    expect(office.locator("h1")).to_contain_text(f"{visit.number:03d}")
    assert visit.number == Booking.objects.get(code=code).number
    assert visit.tickets.get().stall.code == "B01"

    at_the_kiosk(open_page(None), fair, look)
    at_the_door(open_page(None, width=360, height=740), fair, look)


def at_the_kiosk(page: Page, fair: Fair, look: Look) -> None:
    """Come with a booking's code, take the slip, go; the next one finds the start."""
    slot = fairs.slot(fairs.stall(fair, "SPJ", code="B03"), "00:00", "23:59")
    place = fairs.booked(slot, at=now())
    page.clock.install()
    page.goto(f"/fairs/kiosk/{fair.door_token}/")
    look(page)
    page.get_by_label("统一社会信用代码或预约码").fill("ABCDEFGHJK")
    page.get_by_role("button", name="签到取号").click()
    expect(page.locator(".error-summary")).to_contain_text("没有这个预约码")
    look(page)
    page.get_by_label("统一社会信用代码或预约码").fill(place.booking.code)
    page.get_by_role("button", name="签到取号").click()
    expect(page.locator(".ticket-number")).to_have_text(f"{place.booking.number:03d}")
    expect(page.get_by_role("button", name="打印号单")).to_be_visible()
    look(page)
    page.clock.fast_forward(46_000)
    expect(page.locator("h1")).to_have_text("自助签到取号")
    expect(page.get_by_label("统一社会信用代码或预约码")).to_have_value("")


def at_the_door(page: Page, fair: Fair, look: Look) -> None:
    """Scan the poster, type the code, and have the phone page at once."""
    place = fairs.booked(fairs.slot(fairs.stall(fair, "FGW", code="B04"), "00:00", "23:59"), at=now())
    page.goto(f"/fairs/door/{fair.door_token}/")
    look(page)
    page.get_by_label("统一社会信用代码或预约码").fill(place.booking.code)
    page.get_by_role("button", name="签到取号").click()
    expect(page.locator(".ticket-number")).to_have_text(f"{place.booking.number:03d}")

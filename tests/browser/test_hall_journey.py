"""Screens and phone follow a call, which is spoken once and again when repeated; the fair is rated; the big screen."""

from datetime import time, timedelta

import pytest
from playwright.sync_api import expect

from fairs import queueing
from fairs.models import FairRating, Zone
from taian_factors.lib.clock import now
from taian_factors.lib.periods import local_day
from tests.directory import factories as directory
from tests.fairs import factories as fairs
from tests.requests_desk import factories as desk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# Stands in for the hall's loudspeaker: what it was given is kept in a list.
LOUDSPEAKER = """
    window.said = [];
    window.SpeechSynthesisUtterance = function (text) { this.text = text; };
    Object.defineProperty(window, "speechSynthesis", { value: { speak: (it) => window.said.push(it.text) } });
"""
SMALLEST = """
    () => Math.min(...[...document.querySelectorAll("body *")]
      .filter((it) => it.offsetParent && [...it.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim()))
      .map((it) => parseFloat(getComputedStyle(it).fontSize)))
"""


@pytest.fixture
def hall(transactional_db):
    """Today's fair: two stalls in two zones, a clerk at each desk, two enterprises that wait at the first."""
    at = now() - timedelta(minutes=30)
    fair = fairs.fair(held_on=local_day(now()), opens_at=time(0), closes_at=time(23, 59))
    bank = Zone.objects.create(fair=fair, code="F", name="金融服务")
    stalls = fairs.stall(fair, "ZGJ", code="B01"), fairs.stall(fair, "B01", code="F01", zone=bank)
    seats = [fairs.seated(stall, at=at) for stall in stalls]
    owners = directory.enterprise("示例新材料有限公司"), directory.enterprise("示例食品有限公司")
    visits = [fairs.checked_in(fair, at=now(), enterprise=owner) for owner in owners]
    for visit in visits:
        fairs.waiting(stalls[0], visit=visit, at=now())
    fairs.waiting(stalls[1], visit=visits[0], at=now())
    return fair, seats, visits


def press(verb, seat, **more):
    """Press a button at a desk."""
    place, clerk = seat
    return verb(desk=place, actor=clerk, at=now(), key=fairs.key(), **more)


def _handed_out(visit):
    """A need of this visit, given to its lead at this moment: an hour later it may be another day."""
    made = desk.filed(enterprise=visit.enterprise, at=now(), visit=visit)
    desk.transitions.accept(made, actor=desk.office(), at=now())
    lead = directory.body("ZGJ")
    desk.transitions.assign(made, lead=lead, supports=[], reason="按分办目录", actor=desk.office(), at=now())
    return made


def test_screens_and_phone_follow_a_call(hall, open_page, look):
    fair, (seat, _), (visit, second) = hall
    whole, zone, other = open_page(None), open_page(None), open_page(None)
    whole.add_init_script(LOUDSPEAKER)
    whole.goto(f"/fairs/screen/{fair.token}/")
    zone.goto(f"/fairs/screen/{fair.token}/B/")
    other.goto(f"/fairs/screen/{fair.token}/F/")
    phone = open_page(None, width=360, height=740)
    phone.goto(f"/fairs/t/{visit.token}/")
    for page in (whole, zone, other, phone):
        look(page)
    expect(phone.get_by_text("现在等得最短的是")).to_be_visible()
    phone.get_by_text("换号规则").click()
    look(phone)
    whole.get_by_role("button", name="开启叫号语音").click()

    press(queueing.call_next, seat)
    expect(whole.locator("main")).to_contain_text("001 号", timeout=8_000)
    expect(zone.locator("main")).to_contain_text("001 号", timeout=8_000)
    expect(phone.locator(".ticket-now")).to_contain_text("请到 B01", timeout=8_000)
    expect(other.locator("main")).not_to_contain_text("001")
    for page in (whole, zone, other, phone):
        look(page)
    assert whole.evaluate(SMALLEST) >= 28
    press(queueing.recall, seat)
    said = "请 001 号 到 B01 摊位 1 席"
    whole.wait_for_function("() => window.said.length >= 3", timeout=10_000)
    assert whole.evaluate("window.said") == ["叫号语音已开启", said, said]

    press(queueing.pass_over, seat)
    press(queueing.call_next, seat)
    expect(whole.locator("main")).to_contain_text(f"{second}", timeout=8_000)
    expect(phone.locator("body")).to_contain_text("已过号，可重新排队一次", timeout=8_000)
    look(phone)


def test_the_phone_rates_the_matter_and_the_fair(hall, open_page, look):
    _, (seat, _), (visit, _) = hall
    phone = open_page(None, width=360, height=740)
    phone.goto(f"/fairs/t/{visit.token}/")
    press(queueing.call_next, seat)
    press(queueing.begin, seat)
    done = _handed_out(visit)
    desk.transitions.complete(done, text="当场出具意见。", actor=desk.acting("ZGJ"), at=now())
    press(queueing.finish, seat)
    phone.get_by_role("link", name="满意度测评").click(timeout=12_000)
    look(phone)
    phone.get_by_role("link", name="评价这件事").click()
    look(phone)
    phone.get_by_label("非常满意").check()
    phone.get_by_role("button", name="提交评价").click()
    expect(phone.get_by_text("评价已记录").first).to_be_visible()

    phone.goto(f"/desk/fair-review/{visit.token}/")
    expect(phone.get_by_text("已评价：非常满意")).to_be_visible()
    phone.get_by_role("button", name="提交测评").click()
    expect(phone.locator("[data-error-summary]")).to_contain_text("请选择总体满意度")
    look(phone)
    phone.locator("#id_rating").get_by_label("满意", exact=True).check()
    phone.locator("#id_attitude").get_by_label("非常满意").check()
    phone.get_by_label("意见建议").fill("明年再来。")
    phone.get_by_role("button", name="提交测评").click()
    expect(phone.get_by_text("您已经测评过：满意")).to_be_visible()
    look(phone)
    phone.get_by_text("修改测评").first.click()
    look(phone)
    given = FairRating.objects.get(visit=visit)
    assert (given.rating, given.attitude, given.comment) == (4, 5, "明年再来。")


def test_a_leader_sees_the_day_on_the_big_screen(hall, open_page, look):
    fair, (seat, _), (visit, _) = hall
    office = open_page(directory.actor("GTB", "lead", name="负责人"))
    office.goto(f"/fairs/{fair.pk}/")
    office.get_by_role("link", name="领导大屏").click()
    expect(office.get_by_text("还没有受理的需求")).to_be_visible()
    look(office)
    press(queueing.call_next, seat)
    done = _handed_out(visit)
    desk.transitions.complete(done, text="当场出具意见。", actor=desk.acting("ZGJ"), at=now())
    expect(office.locator(".hall-chart img")).to_be_visible(timeout=15_000)
    look(office)
    assert office.evaluate(SMALLEST) >= 28
    expect(office.locator("main")).not_to_contain_text(visit.enterprise.short)

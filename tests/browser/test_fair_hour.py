"""One whole fair hour in a browser: three enterprises at four stalls, a no-show, a transfer, a joint table, a review.

The desks and the hall's screen are looked at on a wide page, the three phones on a narrow one; what happens at a desk
is on screen and phone by itself.
"""

from dataclasses import dataclass
from datetime import time

import pytest
from playwright.sync_api import Page, expect

from fairs.models import Fair, FairRating, Ticket, Zone
from requests_desk.models import FactorRequest, SatisfactionReview
from taian_factors.lib.clock import now
from taian_factors.lib.periods import local_day
from tests.directory import factories as directory
from tests.fairs import factories as fairs

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SEEN = 12_000  # milliseconds in which a page that polls has seen it, on a machine that does other things too
STALLS = (("ZGJ", "B01", "B"), ("SPJ", "B02", "B"), ("B01", "F01", "F"), ("GTB", "H01", "H"))
FIRST, SECOND, THIRD = "示例重工有限公司", "示例玻纤有限公司", "示例药业有限公司"


@pytest.fixture
def fair() -> Fair:
    """Today's fair: land, permits, a bank and the office's joint table, each in its zone."""
    made = fairs.fair(held_on=local_day(now()), opens_at=time(0), closes_at=time(23, 59))
    for code, name in (("F", "金融服务"), ("H", "联合会商")):
        Zone.objects.create(fair=made, code=code, name=name)
    for body, code, zone in STALLS:
        place = {"code": code, "zone": made.zones.get(code=zone), "position": f"{zone} 区"}
        fairs.stall(made, body, is_joint_table=zone == "H", **place)
    for name in (FIRST, SECOND, THIRD):
        directory.enterprise(name)
    return made


@dataclass
class Hour:
    """All the pages of the hour."""

    office: Page
    screen: Page
    land: Page
    permits: Page
    bank: Page
    chair: Page
    phones: list[Page]


@pytest.fixture
def hour(fair, open_page) -> Hour:
    """Everybody has arrived: the clerks sit, three enterprises are checked in, and look at their phones."""
    desks = [open_page(directory.actor(body)) for body, _, _ in STALLS]
    for page in desks:
        page.goto("/desk/stall/")
        page.get_by_role("button", name="就座").click()
        expect(page.locator(".btn-call")).to_be_visible()
    office, screen = open_page(directory.actor("GTB", name="服务台")), open_page(None)
    screen.goto(f"/fairs/screen/{fair.token}/")
    wishes = {FIRST: ("B01", "F01"), SECOND: ("B01",), THIRD: ("B02",)}
    phones = []
    for name, codes in wishes.items():
        phones.append(open_page(None, width=360, height=740))
        phones[-1].goto(checked_in(office, fair, name, codes))
    land, permits, bank, chair = desks
    return Hour(office, screen, land, permits, bank, chair, phones)


def checked_in(office: Page, fair: Fair, name: str, codes: tuple[str, ...]) -> str:
    """Check an enterprise in at reception, and read where its phone page is."""
    office.goto(f"/fairs/{fair.pk}/reception/?q={name}")
    office.get_by_role("link", name=name).click()
    for code in codes:
        office.locator("label", has_text=code).first.click()
    office.get_by_role("button", name="签到").click()
    return office.get_by_role("link", name="打开手机页面").get_attribute("href") or ""


def calls(desk: Page, number: str) -> None:
    desk.keyboard.press("Space")
    expect(desk.locator(".counter-now")).to_have_text(number)


def begins(desk: Page) -> None:
    desk.get_by_role("button", name="开始办理").click()
    expect(desk.locator("form.need-form")).to_be_visible()


def consults(desk: Page) -> None:
    desk.get_by_role("button", name="只是咨询，结束").click()
    expect(desk.locator(".empty-title")).to_be_visible()


def files(desk: Page, factor: str, headline: str, outcome: str, text: str = "") -> None:
    form = desk.locator("form.need-form")
    form.get_by_label("要素").select_option(label=factor)
    form.get_by_label("需求（一句话）").fill(headline)
    form.get_by_label(outcome).check()
    if text:
        form.get_by_label("办结结果或解决方案").fill(text)
    form.get_by_role("button", name="登记").click()
    expect(desk.locator(".counter-work")).to_contain_text(headline)


def test_a_whole_fair_hour(fair, hour, look):
    look(hour.office)
    look(hour.screen)
    first_is_served_at_land_and_asks_for_a_table(hour, look)
    third_is_sent_on_to_land(hour, look)
    the_table_is_held_and_the_bank_goes_on(hour, look)
    second_does_not_come_and_comes_back(hour, look)
    first_reviews_what_it_got(hour, look)

    assert list(Ticket.objects.values_list("state", flat=True).distinct()) == ["served"]
    hour.office.goto(f"/desk/fairs/{fair.pk}/report/")
    # The reception gave four numbers, the table and the transfer one each.
    expect(hour.office.locator("main")).to_contain_text("到场企业3家，取号6个，办理6个")
    expect(hour.office.locator("main")).to_contain_text("受理金融需求1项，其中现场办结1项")
    look(hour.office)


def first_is_served_at_land_and_asks_for_a_table(hour: Hour, look) -> None:
    phone = hour.phones[0]
    calls(hour.land, "001")
    # Wanted at two stalls: at one desk it keeps its place at the other, which passes over it and skips nobody.
    hour.bank.keyboard.press("Space")
    expect(hour.bank.locator("main")).to_contain_text("现在没有可以叫的号")
    expect(hour.bank.locator(".counter-queue")).to_contain_text("001")
    expect(hour.screen.locator("main")).to_contain_text("001 号", timeout=SEEN)
    expect(phone.locator(".ticket-now")).to_contain_text("请到 B01", timeout=SEEN)
    for page in (hour.land, hour.bank, hour.screen, phone):
        look(page)
    begins(hour.land)
    files(hour.land, "土地", "二期用地四十亩", "转交办：本单位会后办理")
    hour.land.get_by_text("请求会商", exact=True).first.click()
    table = hour.land.locator(".confirm-table")
    table.get_by_label("议题").fill("二期用地与项目贷款一并解决")
    table.locator("label", has_text="工商银行").click()
    table.locator("label", has_text="二期用地四十亩").click()
    look(hour.land)
    table.get_by_role("button", name="请求会商").click()
    expect(hour.land.locator(".counter-work")).to_contain_text("待推进办确认")
    expect(phone.locator(".ticket-places")).to_contain_text("H01", timeout=SEEN)
    hour.bank.reload()
    expect(hour.bank.locator(".counter-place")).to_contain_text("应邀到 H01")


def third_is_sent_on_to_land(hour: Hour, look) -> None:
    phone = hour.phones[2]
    calls(hour.permits, "003")
    expect(phone.locator(".ticket-now")).to_contain_text("请到 B02", timeout=SEEN)
    begins(hour.permits)
    hour.permits.get_by_text("转摊位", exact=True).click()
    hour.permits.locator("#transfer_stall").select_option(label="B01 市自然资源和规划局")
    hour.permits.locator("#transfer_note").fill("规划条件已说明，请谈用地")
    look(hour.permits)
    hour.permits.get_by_role("button", name="确定转过去").click()
    expect(hour.permits.locator(".empty-title")).to_be_visible()
    expect(phone.locator(".ticket-next")).to_contain_text("B01", timeout=SEEN)
    look(phone)


def the_table_is_held_and_the_bank_goes_on(hour: Hour, look) -> None:
    phone = hour.phones[0]
    hour.office.goto("/desk/consultations/")
    hour.office.get_by_role("link", name="二期用地与项目贷款一并解决").click()
    hour.office.get_by_role("button", name="同意会商").click()
    expect(hour.office.locator("main")).to_contain_text("会商中")
    hour.land.get_by_role("button", name="完成").click()
    expect(hour.land.locator(".empty-title")).to_be_visible()
    calls(hour.chair, "001")
    expect(phone.locator(".ticket-now")).to_contain_text("请到 H01", timeout=SEEN)
    expect(hour.screen.locator("main")).to_contain_text("H01", timeout=SEEN)
    begins(hour.chair)
    look(hour.chair)
    consults(hour.chair)
    hour.bank.reload()
    expect(hour.bank.locator(".counter-place")).not_to_contain_text("席位已暂停")
    calls(hour.bank, "001")
    begins(hour.bank)
    factor = FactorRequest._meta.get_field("factor").related_model.objects.filter(is_finance=True).first()
    files(hour.bank, factor.name, "设备贷款两千万元", "现场办结", "当场授信。")
    hour.bank.get_by_role("button", name="完成").click()
    expect(hour.bank.locator(".empty-title")).to_be_visible()


def second_does_not_come_and_comes_back(hour: Hour, look) -> None:
    phone = hour.phones[1]
    calls(hour.land, "002")
    hour.land.get_by_role("button", name="再叫一次").click()
    expect(hour.land.locator(".counter-held")).to_contain_text("已叫 2 次")
    expect(hour.screen.locator("main")).to_contain_text("002 号", timeout=SEEN)
    hour.land.get_by_role("button", name="过号").click()
    expect(hour.land.locator(".empty-title")).to_be_visible()
    expect(phone.locator("body")).to_contain_text("已过号，可重新排队一次", timeout=SEEN)
    look(phone)
    # Meanwhile the one who was sent on has its turn, with the word that came with it.
    calls(hour.land, "003")
    expect(hour.land.locator(".handover")).to_contain_text("规划条件已说明，请谈用地")
    phone.get_by_role("button", name="重新排队").click()
    expect(phone.locator(".ticket-next")).to_contain_text("B01")
    begins(hour.land)
    consults(hour.land)
    calls(hour.land, "002")
    expect(phone.locator(".ticket-now")).to_contain_text("请到 B01", timeout=SEEN)
    begins(hour.land)
    look(hour.land)
    consults(hour.land)


def first_reviews_what_it_got(hour: Hour, look) -> None:
    phone = hour.phones[0]
    phone.get_by_role("link", name="满意度测评").click(timeout=SEEN)
    expect(phone.get_by_role("link", name="评价这件事").first).to_be_visible()
    look(phone)
    phone.get_by_role("link", name="评价这件事").first.click()
    expect(phone.get_by_label("非常满意")).to_be_visible()
    look(phone)
    phone.get_by_label("非常满意").check()
    phone.get_by_role("button", name="提交评价").click()
    expect(phone.get_by_text("评价已记录").first).to_be_visible()
    phone.goto(f"/desk/fair-review/{Ticket.objects.earliest('pk').visit.token}/")
    phone.locator("#id_rating").get_by_label("满意", exact=True).check()
    phone.get_by_role("button", name="提交测评").click()
    expect(phone.get_by_text("您已经测评过：满意")).to_be_visible()
    look(phone)
    assert (SatisfactionReview.objects.get().rating, FairRating.objects.get().rating) == (5, 4)

"""现场会商 in a browser: asked for at a stall, agreed to by the office, held, ended; the called desk goes on."""

from datetime import time, timedelta

import pytest
from playwright.sync_api import expect

from fairs.models import Fair, Ticket
from requests_desk.models import JointConsultation
from taian_factors.lib.clock import now
from taian_factors.lib.periods import local_day
from tests.directory import factories as directory
from tests.fairs import factories as fairs
from tests.requests_desk import factories as needs

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def fair() -> Fair:
    """Today's fair: land, a bank and the office's joint table; an enterprise with a history waits at land."""
    made = fairs.fair(held_on=local_day(now()), opens_at=time(0), closes_at=time(23, 59))
    land, bank = fairs.stall(made, "ZGJ"), fairs.stall(made, "B01")
    table = fairs.stall(made, "GTB", is_joint_table=True, position="二楼会商室")
    for stall in (land, bank, table):
        fairs.seated(stall, at=now())
        stall.desks.update(clerk=None)
    enterprise = directory.enterprise("示例高端装备制造（泰安）股份有限公司")
    needs.written_off(at=now() - timedelta(days=60), enterprise=enterprise)
    needs.assigned("TD", at=now() - timedelta(days=1), enterprise=enterprise)
    before = fairs.fair(held_on=local_day(now()) - timedelta(days=60), name="四月份要素保障大集")
    fairs.checked_in(before, at=now() - timedelta(days=60), enterprise=enterprise)
    visit = fairs.checked_in(made, at=now(), enterprise=enterprise)
    fairs.waiting(land, at=now(), visit=visit)
    return made


def sit(page) -> None:
    page.goto("/desk/stall/")
    page.get_by_role("button", name="就座").first.click()
    expect(page.locator(".btn-call")).to_be_visible()


def test_a_joint_table_is_asked_for_agreed_held_and_ended(fair, open_page, look):
    clerk = open_page(directory.actor("ZGJ", name="摊位经办"))
    bank = open_page(directory.actor("B01", name="银行经办"))
    chair = open_page(directory.actor("GTB", name="会商主持"))
    office = open_page(directory.actor("GTB", name="推进办经办"))
    for page in (clerk, bank, chair):
        sit(page)
    clerk.keyboard.press("Space")
    clerk.get_by_role("button", name="开始办理").click()
    expect(clerk.locator(".counter-work")).to_contain_text("四月份要素保障大集")
    look(clerk)
    clerk.get_by_text("加号", exact=True).click()
    look(clerk)
    clerk.get_by_text("加号", exact=True).click()
    clerk.get_by_text("请求会商", exact=True).first.click()
    clerk.get_by_label("议题").fill("二期用地与项目贷款一并解决")
    clerk.locator(".confirm-table label", has_text="工商银行").click()
    clerk.locator(".confirm-table fieldset", has_text="会商的需求").locator("label").first.click()
    look(clerk)
    clerk.locator(".confirm-table").get_by_role("button", name="请求会商").click()
    expect(clerk.locator(".counter-work")).to_contain_text("待推进办确认")
    look(clerk)

    # The called desk learns it by itself, and why it calls nobody.
    expect(bank.locator(".counter-queue")).to_contain_text("右边已经变化", timeout=8_000)
    bank.reload()
    expect(bank.locator(".counter-place")).to_contain_text("应邀到")
    look(bank)

    office.goto("/desk/consultations/")
    look(office)
    office.get_by_role("link", name="二期用地与项目贷款一并解决").click()
    look(office)
    office.get_by_role("button", name="同意会商").click()
    expect(office.locator("main")).to_contain_text("会商中，主办计时暂停")
    look(office)

    clerk.reload()
    expect(clerk.locator(".counter-work")).to_contain_text("会商中")
    clerk.get_by_role("button", name="只是咨询，结束").click()
    expect(clerk.locator(".empty-title")).to_be_visible()
    chair.keyboard.press("Space")
    chair.get_by_role("button", name="开始办理").click()
    expect(chair.locator(".counter-work")).to_contain_text("二期用地与项目贷款一并解决")
    look(chair)
    chair.get_by_role("button", name="只是咨询，结束").click()
    expect(chair.locator(".empty-title")).to_be_visible()
    bank.reload()
    expect(bank.locator(".counter-place")).not_to_contain_text("席位已暂停")
    assert JointConsultation.objects.get().factor_requests.get().state == "consulting"
    assert set(Ticket.objects.values_list("state", flat=True)) == {"served"}

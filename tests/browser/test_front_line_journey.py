"""一线服务: a department plans a visit, files on the spot, records it; the enterprise follows; the cap holds."""

import pytest
from playwright.sync_api import expect

from requests_desk.models import FactorRequest, FrontLineVisit
from taian_factors.lib.clock import now
from taian_factors.lib.periods import local_day
from tests.directory import factories as directory
from tests.requests_desk import factories as desk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_visit_is_planned_filed_on_recorded_and_followed(open_page, look, settings):
    settings.FRONT_LINE_VISITS_A_YEAR = 2
    owner = directory.enterprise("示例新材料有限公司")
    directory.project(owner, "年产十万吨新材料项目", is_key=True)
    desk.front_line_done(owner, at=now(), by=desk.acting("FGW"))
    today = f"{local_day(now()):%Y-%m-%d}"

    clerk = open_page(directory.actor("ZGJ", name="部门经办"))
    clerk.goto("/desk/front-line/")
    look(clerk)
    clerk.get_by_role("link", name="安排走访").click()
    look(clerk)
    clerk.get_by_label("企业", exact=True).fill("新材料")
    clerk.get_by_role("button", name="筛选").click()
    clerk.get_by_role("link", name="：示例新材料有限公司").click()
    look(clerk)
    clerk.get_by_role("button", name="安排走访").click()
    expect(clerk.get_by_role("alert")).to_contain_text("请填写走访事项")
    look(clerk)
    clerk.get_by_label("计划日期").fill(today)
    clerk.get_by_label("走访事项").fill("了解二期用地和用电")
    clerk.get_by_text("选择同行单位").click()
    clerk.get_by_label("泰山区推进办").check()
    look(clerk)
    clerk.get_by_role("button", name="安排走访").click()
    expect(clerk.locator("h1")).to_contain_text("示例新材料有限公司")
    look(clerk)
    visit = FrontLineVisit.objects.get(state="planned")
    assert visit.team.get().code == "TB-370902"

    clerk.get_by_role("button", name="登记企业提出的需求").click()
    clerk.get_by_role("button", name="下一步").click()
    clerk.get_by_role("button", name="土地").click()
    clerk.locator("[name=need1-headline]").fill("二期厂房用地预审")
    clerk.locator("[name=need1-quantity]").fill("30")
    clerk.locator("[name=need1-story]").fill("指标还没有落实。")
    clerk.get_by_role("button", name="下一步").click()
    clerk.get_by_role("button", name="提交").click()
    clerk.get_by_role("link", name="回到这次走访").click()
    expect(clerk.locator("main")).to_contain_text("二期厂房用地预审")
    need = FactorRequest.objects.get()
    assert (need.filing.front_line_visit, need.filing.channel) == (visit, "visit")

    clerk.locator("summary", has_text="登记走访").click()
    clerk.get_by_label("走访纪要").fill("查看了二期厂房，用地预审由本局跟进。")
    look(clerk)
    clerk.locator("details[open]").get_by_role("button", name="登记走访").click()
    expect(clerk.locator(".badge-state").first).to_have_text("已走访")
    look(clerk)

    clerk.goto(f"/desk/front-line/plan/{owner.pk}/")
    clerk.get_by_label("计划日期").fill(today)
    clerk.get_by_label("走访事项").fill("再去一次")
    clerk.get_by_role("button", name="安排走访").click()
    expect(clerk.get_by_role("alert")).to_contain_text("达到每年 2 次的上限")
    look(clerk)

    phone = open_page(directory.actor(owner, name="企业经办"), width=360, height=740)
    phone.goto("/desk/front-line/")
    look(phone)
    phone.locator("tr", has_text="了解二期用地和用电").get_by_role("link").click()
    expect(phone.locator("main")).to_contain_text("二期厂房用地预审")
    look(phone)

"""A hard need at a joint table, as an open call and case by case; and what follows a bad review."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from requests_desk import reviewing
from requests_desk.models import FactorRequest, FollowUp
from taian_factors.lib.clock import now
from tests.directory import factories as directory
from tests.requests_desk import factories

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Look = Callable[[Page], None]


def do(page: Page, made: FactorRequest, verb: str) -> None:
    """Open a verb's panel on the request's page, read anew: a link to a part of the same page would not ask again."""
    page.goto(f"/desk/requests/{made.number}/")
    panel = page.locator(f"#verb-{verb}")
    if panel.get_attribute("open") is None:
        panel.locator("summary").click()


def fill(page: Page, verb: str, **texts: str) -> None:
    for name, text in texts.items():
        page.locator(f"#id_{verb}_{name}").fill(text)


def press(page: Page, verb: str) -> None:
    page.locator(f"#verb-{verb} button[type=submit]").first.click()
    expect(page.locator(".messages, .toast").first).to_be_visible()


def in_days(days: int) -> str:
    return (now() + timedelta(days=days)).strftime("%Y-%m-%d")


def test_a_hard_need_is_decided_at_a_table_put_up_for_claims_and_accepted(open_page, look):
    made = factories.assigned(at=now() - timedelta(hours=2))
    lead = directory.actor("GTB", "lead", name="推进办负责人")
    office, land = open_page(lead), open_page(directory.actor("ZGJ", name="自规局经办"))

    do(office, made, "mark_case_by_case")
    fill(office, "mark_case_by_case", reason="市重点项目")
    fill(office, "mark_case_by_case", complete_on=in_days(90))
    press(office, "mark_case_by_case")
    expect(office.locator("h1")).to_contain_text("一事一议")

    office.goto(f"/desk/consultations/new/?number={made.number}")
    office.get_by_label("议题").fill("用地指标联合会商")
    office.get_by_label("市行政审批服务局").check()
    look(office)
    office.get_by_role("button", name="发起会商").click()
    office.get_by_label("会商纪要").fill("同意由审批局并联出具意见。")
    decision = office.locator("fieldset.decision").first
    decision.get_by_label("事项").select_option(index=1)
    decision.get_by_label("单位").select_option(label="市行政审批服务局")
    decision.get_by_label("角色").select_option(label="协办")
    decision.get_by_label("任务").fill("出具并联审批意见")
    look(office)
    office.get_by_role("button", name="形成结论").click()
    expect(office.locator(".error-summary").first).to_contain_text("完成日期")
    decision.get_by_label("完成日期").fill(in_days(30))
    office.get_by_role("button", name="形成结论").click()
    expect(office.locator("main")).to_contain_text("出具并联审批意见")
    look(office)

    do(office, made, "open_call")
    fill(office, "open_call", problem="省级用地指标难以落实")
    fill(office, "open_call", claims_until_on=in_days(10))
    press(office, "open_call")
    do(land, made, "lodge_claim")
    fill(land, "lodge_claim", plan="联合企业向省厅争取点供指标")
    land.locator("#verb-lodge_claim").get_by_label(made.enterprise.short, exact=True).check()
    press(land, "lodge_claim")
    do(office, made, "award")
    office.locator("#verb-award input[type=radio]").first.check()
    fill(office, "award", reason="方案可行")
    press(office, "award")
    do(land, made, "plan_milestone")
    fill(land, "plan_milestone", title="取得省厅批复")
    fill(land, "plan_milestone", due_on=in_days(20))
    press(land, "plan_milestone")
    do(land, made, "log_effort")
    land.locator("#verb-log_effort").get_by_label("省", exact=True).check()
    fill(land, "log_effort", counterpart="省自然资源厅")
    fill(land, "log_effort", sought_on=in_days(0))
    fill(land, "log_effort", matter="点供指标")
    fill(land, "log_effort", result="列入计划")
    press(land, "log_effort")
    do(land, made, "reach_milestone")
    land.locator("#verb-reach_milestone").locator("select").select_option(index=1)
    fill(land, "reach_milestone", report="批复已到")
    press(land, "reach_milestone")
    do(office, made, "check_milestone")
    office.locator("#verb-check_milestone").locator("select").select_option(index=1)
    office.locator("#verb-check_milestone").get_by_label("通过", exact=True).check()
    fill(office, "check_milestone", opinion="属实")
    press(office, "check_milestone")
    expect(office.locator("#hard").locator("..")).to_contain_text("已通过")
    look(office)
    do(land, made, "complete")
    fill(land, "complete", text="指标已落实")
    press(land, "complete")
    do(office, made, "accept_challenge")
    fill(office, "accept_challenge", acceptance="目标达成")
    press(office, "accept_challenge")
    expect(office.locator("#hard").locator("..")).to_contain_text("目标达成")


def test_a_bad_review_is_called_about_rectified_and_rated_again(open_page, look):
    made = factories.completed(at=now() - timedelta(days=3))
    invitation = reviewing.open_invitation(made, at=now())
    reviewing.review(invitation=invitation, verdict=reviewing.Verdict(1, comment="太慢"), at=now())
    office = open_page(directory.actor("GTB", name="推进办经办"))
    office.goto("/desk/call-backs/")
    look(office)
    office.get_by_role("link", name=f"登记差评回访 {made.number}").click()
    panel = office.locator("#verb-follow_up")
    if panel.get_attribute("open") is None:
        panel.locator("summary").click()
    panel.get_by_label("接通", exact=True).check()
    panel.get_by_label("企业同意转办理部门整改").check()
    fill(office, "follow_up", finding="企业嫌慢")
    fill(office, "follow_up", told="请一次告知材料")
    press(office, "follow_up")
    look(office)
    land = open_page(directory.actor("ZGJ", name="自规局经办"))
    do(land, made, "rectify")
    expect(land.locator("main")).not_to_contain_text("太慢")
    fill(land, "rectify", text="已改为一次告知")
    press(land, "rectify")
    phone = open_page(None, width=360)
    phone.goto(f"/desk/review-again/{FollowUp.objects.get().token}/")
    look(phone)
    phone.get_by_label("满意", exact=True).check()
    phone.get_by_role("button", name="提交评价").click()
    expect(phone.locator("main")).to_contain_text("您已再次评价")
    phone.goto("/desk/contact/")
    look(phone)

"""A need from the first word to the score: filed, dispatched, answered, completed, confirmed, reviewed, counted."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from requests_desk.models import FactorRequest
from scoring.runs import compute_month
from taian_factors.directory.actors import Actor
from taian_factors.lib.clock import now
from taian_factors.lib.periods import Period, local_day
from tests.directory import factories as directory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Look = Callable[[Page], None]


@pytest.fixture
def cast() -> dict[str, Actor]:
    """The people of the journey."""
    owner = directory.enterprise("示例电气装备制造股份有限公司")
    directory.project(owner, "年产五千台智能变压器项目")
    return {
        "enterprise": directory.actor(owner, name="企业经办"),
        "office": directory.actor("GTB", name="推进办经办"),
        "land": directory.actor("ZGJ", name="自规局经办"),
        "lead": directory.actor("GTB", "lead", name="推进办负责人"),
    }


def file_two_needs(page: Page, look: Look) -> None:
    page.goto("/")
    look(page)
    page.get_by_role("link", name="申报需求").first.click()
    look(page)
    page.get_by_label("联系人").fill("示例联系人")
    page.get_by_label("联系电话").fill("13800005678")
    page.get_by_role("button", name="下一步：写需求").click()
    page.get_by_role("button", name="土地", exact=True).click()
    page.get_by_role("button", name="项目审批", exact=True).click()
    first, second = page.locator("fieldset.need").all()
    first.locator("input[name$=headline]").fill("二期厂房用地三十五亩")
    second.locator("input[name$=headline]").fill("施工许可与消防审查衔接")
    for need in (first, second):
        need.locator("textarea[name$=story]").fill("项目已开工，需要尽快落实。")
    # A quantity below nothing is said at its field, and what was typed stays.
    amount = first.locator("input[name$='quantity']")
    amount.fill("-35")
    page.get_by_role("button", name="下一步：核对").click()
    expect(page.locator(".error-summary")).to_be_visible()
    look(page)
    first = page.locator("fieldset.need").first
    assert first.locator("input[name$='headline']").input_value() == "二期厂房用地三十五亩"
    first.locator("input[name$='quantity']").fill("35.5")
    page.get_by_role("button", name="下一步：核对").click()
    look(page)
    page.get_by_role("button", name="提交申报").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("申报已提交")
    look(page)


def dispatch_in_one_act(page: Page, look: Look) -> None:
    page.goto("/")
    look(page)
    page.goto("/desk/inbox/")
    look(page)
    page.get_by_role("link", name="受理并交办").click()
    look(page)
    page.get_by_role("button", name="受理并一次交办").click()
    expect(page.locator("body")).to_contain_text("交办")


def answer_and_complete(page: Page, number: str, look: Look) -> None:
    page.goto("/desk/worklist/")
    look(page)
    page.goto(f"/desk/requests/{number}/")
    look(page)
    page.get_by_role("button", name="签收").click()
    reply = page.locator("#verb-reply")
    if reply.get_attribute("open") is None:
        reply.locator("summary").click()
    reply.get_by_label("回复内容").fill("已完成踏勘，意向地块在高新区北区，可供 36 亩。")
    reply.get_by_role("button", name="回复", exact=True).click()
    complete = page.locator("#verb-complete")
    if complete.get_attribute("open") is None:
        complete.locator("summary").click()
    complete.get_by_label("办结结果").fill("土地出让合同已签订。")
    complete.get_by_role("button", name="办结").click()
    expect(page.locator("h1")).to_contain_text("已办结")
    look(page)


def confirm_and_review(page: Page, number: str, look: Look) -> None:
    page.goto(f"/desk/requests/{number}/")
    look(page)
    review_link = page.locator("#verb-review a").get_attribute("href")
    confirm = page.locator("#verb-confirm")
    if confirm.get_attribute("open") is None:
        confirm.locator("summary").click()
    confirm.get_by_label("已解决", exact=True).check()
    confirm.get_by_role("button", name="确认办结").click()
    expect(page.locator("h1")).to_contain_text("已确认")
    page.goto(review_link)
    look(page)
    page.get_by_label("非常满意", exact=True).check()
    page.get_by_role("button", name="提交评价").click()
    look(page)


def test_a_need_travels_from_the_first_word_to_the_score(cast, open_page, look):
    enterprise = open_page(cast["enterprise"])
    file_two_needs(enterprise, look)
    dispatch_in_one_act(open_page(cast["office"]), look)
    land = FactorRequest.objects.get(factor__code="TD")
    assert {r.state for r in FactorRequest.objects.all()} == {"assigned"}

    answer_and_complete(open_page(cast["land"]), land.number, look)
    confirm_and_review(enterprise, land.number, look)
    enterprise.goto("/desk/mine/")
    look(enterprise)

    review = land.reviews.get()
    period = Period.month_of(local_day(review.first_submitted_at))
    compute_month(period=period, at=now() + timedelta(seconds=1))
    lead = open_page(cast["lead"])
    lead.goto(f"/scoring/?period={period.key}")
    look(lead)
    lead.goto(f"/scoring/why/{period.key}/ZGJ/satisfaction/")
    look(lead)
    expect(lead.locator("main")).to_contain_text(review.number)
    lead.goto(f"/desk/requests/{land.number}/")
    look(lead)
    lead.goto("/desk/ledger/")
    look(lead)

"""The desk in a browser: a rule previewed and used, a filing dispatched in one act, answers, a ruling, many at once."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from requests_desk import records
from requests_desk.models import Assignment, FactorRequest, Reply
from requests_desk.phrasing import write_template
from taian_factors.directory.actors import Actor
from taian_factors.lib.clock import now
from taian_factors.lib.periods import local_day
from tests.directory import factories as directory
from tests.requests_desk import factories

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Look = Callable[[Page], None]


@pytest.fixture
def cast() -> dict[str, Actor]:
    """The people of the journey."""
    return {
        "office": directory.actor("GTB", name="推进办经办"),
        "colleague": directory.actor("ZGJ", name="自规局另一位经办"),
        "land": directory.actor("ZGJ", name="自规局经办"),
        "help": directory.actor("SPJ", name="审批局经办"),
    }


def use_a_rule(page: Page, look: Look) -> None:
    """What a rule would do is seen before it is used."""
    page.goto("/desk/directory/")
    page.get_by_role("link", name="录入规则").click()
    page.get_by_label("要素").select_option(label="土地")
    page.get_by_label("主办单位").select_option(label="市自然资源和规划局")
    page.get_by_role("checkbox", name="市行政审批服务局").check()
    page.get_by_label("起始日期").fill(local_day(now()).isoformat())
    page.get_by_label("依据").fill("市政府专题会议纪要")
    page.get_by_role("button", name="预览影响").click()
    expect(page.get_by_role("heading", name="改了以后会怎样")).to_be_visible()
    look(page)
    page.get_by_role("button", name="确认录入").click()
    expect(page.locator(".toast-line")).to_contain_text("已录入")


def dispatch(page: Page, look: Look) -> None:
    """One act for the filing; another way than the directory's needs a reason."""
    page.goto("/desk/inbox/")
    page.get_by_role("link", name="受理并交办").first.click()
    energy = page.locator("section.panel").nth(1)
    energy.get_by_label("主办单位").select_option(label="市自然资源和规划局")
    page.get_by_role("button", name="受理并一次交办").click()
    expect(page.locator(".error-summary")).to_contain_text("与分办目录不同，请写明理由")
    look(page)
    page.locator("section.panel").nth(1).get_by_label("交办说明").fill("与用地一并研究")
    page.get_by_role("button", name="受理并一次交办").click()
    expect(page.locator(".toast-line")).to_contain_text("已并联交办")


def help_first(page: Page, number: str, look: Look) -> None:
    """A support sees its own duty first, and replies on its own clock."""
    page.goto("/desk/worklist/")
    look(page)
    page.goto(f"/desk/requests/{number}/?do=support_reply")
    expect(page.locator(".next-step")).to_contain_text("请您办理：回复")
    page.locator("#verb-support_reply").get_by_label("协办意见").fill("可以并联审批。")
    page.locator("#verb-support_reply").get_by_role("button", name="协办回复").click()
    expect(page.locator(".toast-line")).to_contain_text("协办回复已记录")


def answer(page: Page, number: str, colleague: Actor, look: Look) -> None:
    """A template, a preview, a quicker colleague, and the answer after all."""
    page.goto(f"/desk/requests/{number}/?do=reply")
    form = page.locator("#verb-reply")
    form.get_by_label("回复内容").fill("我先写一句。")
    form.get_by_role("button", name="套用").click()
    expect(form.get_by_label("回复内容")).to_have_value("我先写一句。\n已安排现场踏勘。")
    form.get_by_role("button", name="预览").click()
    expect(form.locator(".verb-preview")).to_contain_text("企业会看到")
    look(page)
    need = FactorRequest.objects.get(number=number)
    records.note(need, text="下午联系企业", actor=colleague, at=now())
    form.get_by_role("button", name="回复", exact=True).click()
    expect(page.locator(".meanwhile")).to_contain_text("自规局另一位经办")
    look(page)
    expect(form.get_by_label("回复内容")).to_have_value("我先写一句。\n已安排现场踏勘。")
    form.get_by_role("button", name="回复", exact=True).click()
    expect(page.locator("h1")).to_contain_text("已回复")


def hand_back_and_rule(lead: Page, office: Page, number: str) -> None:
    """A proposal with the body it should be; the office rules in its list."""
    lead.goto(f"/desk/requests/{number}/?do=hand_back")
    form = lead.locator("#verb-hand_back")
    form.get_by_label("应当承办的单位").select_option(str(directory.body("FGW").pk))
    form.get_by_label("退回理由和职责依据").fill("能耗指标属发展改革部门职责")
    form.get_by_role("button", name="申请退回").click()
    expect(lead.locator(".toast-line")).to_contain_text("申请退回已记录")
    office.goto("/desk/decisions/")
    office.get_by_role("link", name="去裁定").click()
    ruling = office.locator("#verb-rule_hand_back")
    if ruling.get_attribute("open") is None:
        ruling.locator("summary").click()
    ruling.get_by_label("同意退回", exact=True).check()
    ruling.get_by_label("裁定意见").fill("同意，改由发展改革委主办")
    ruling.get_by_role("button", name="裁定退回").click()
    expect(office.locator("main")).to_contain_text(directory.body("FGW").name)


def sign_many(page: Page, look: Look) -> None:
    """Tick, look at the dry run, do it, read what came of each."""
    page.goto("/desk/worklist/?move=acknowledge")
    for box in page.get_by_role("checkbox", name="选择").all():
        box.check()
    page.get_by_role("button", name="先核对").click()
    expect(page.get_by_role("heading", name="可以签收")).to_be_visible()
    look(page)
    page.get_by_role("button", name="确定签收").click()
    expect(page.locator("h1")).to_have_text("批量办理结果")
    look(page)


def test_a_filing_travels_through_the_desk(
    cast: dict[str, Actor], open_page: Callable[..., Page], look: Look
):
    write_template(
        title="踏勘答复", text="已安排现场踏勘。", outcome=Reply.Outcome.ANSWER, factor=None,
        actor=cast["land"], at=now(),
    )  # fmt: skip
    office, land = open_page(cast["office"]), open_page(cast["land"])
    filing = factories.filing("TD", "NY", at=now() - timedelta(hours=2))
    use_a_rule(office, look)
    dispatch(office, look)
    need, energy = filing.factor_requests.order_by("pk")
    help_first(open_page(cast["help"]), need.number, look)
    sign_many(land, look)
    assert not Assignment.objects.filter(part="lead", acknowledged_at__isnull=True).exists()
    answer(land, need.number, cast["colleague"], look)
    hand_back_and_rule(land, office, energy.number)
    assert energy.assignments.get(part="lead", ended_at=None).organization.code == "FGW"

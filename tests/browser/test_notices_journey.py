"""Telling people, seen by those who are told and by the office that wants to know: bell, choice, delivery log."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from requests_desk import notices, outbox
from requests_desk.models import Delivery
from taian_factors.directory.actors import Actor
from taian_factors.lib.clock import now
from tests.requests_desk import factories as desk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Look = Callable[[Page], None]


def hear_and_choose(page: Page, look: Look) -> None:
    page.goto("/desk/notices/")
    expect(page.locator("main")).to_contain_text("需要补正")
    page.get_by_role("link", name="通知方式").click()
    look(page)
    page.get_by_label("办理进展：短信").uncheck()
    page.get_by_label("邮件每日汇总").check()
    page.get_by_role("button", name="保存").click()
    expect(page.locator("body")).to_contain_text("通知方式已保存")
    expect(page.get_by_label("办理进展：短信")).not_to_be_checked()
    page.get_by_role("link", name="修改手机和企业微信").click()
    page.get_by_label("手机").fill("1380000")
    page.get_by_role("button", name="保存").click()
    expect(page.locator(".error-summary")).to_be_visible()
    look(page)
    page.get_by_label("手机").fill("13800001234")
    page.get_by_role("button", name="保存").click()
    expect(page.locator("main")).to_contain_text("13800001234")


def look_it_up(page: Page, number: str, look: Look) -> None:
    page.goto(f"/desk/requests/{number}/")
    page.locator("details.told summary").click()
    expect(page.locator("details.told")).to_contain_text("138****5678")
    look(page)
    page.get_by_role("link", name="这件需求的站外发送记录").click()
    expect(page.get_by_role("row")).to_have_count(2)
    look(page)
    page.locator("td[data-label=生成时间] a").click()
    expect(page.locator("main")).to_contain_text("网关返回 503")
    look(page)
    page.locator("summary", has_text="重新发送").click()
    page.locator(".confirm-panel").get_by_role("button", name="重新发送").click()
    expect(page.locator("body")).to_contain_text("1 条通知已放回待发")


def test_who_was_told_hears_it_chooses_and_the_office_finds_it(
    enterprise: Actor, office_clerk: Actor, open_page: Callable[..., Page], look: Look
):
    enterprise.user.phone = "13800005678"
    enterprise.user.save()
    made = desk.returned(enterprise=enterprise.organization, at=now() - timedelta(hours=2))
    notices.announce(at=now())
    row = Delivery.objects.gone_out().get()
    result = outbox.Result(outbox.Outcome.PERMANENT, error="网关返回 503")
    outbox.settle(row, result, at=now())

    hear_and_choose(open_page(enterprise, width=360, height=740), look)
    look_it_up(open_page(office_clerk), made.number, look)
    assert row.attempts.filter(outcome="again", user=office_clerk.user).exists()

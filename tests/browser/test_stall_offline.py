"""A stall desk loses its line: it calls on from its list, comes back, and settles what does not fit."""

from datetime import time

import pytest
from playwright.sync_api import expect

from fairs import queueing
from fairs.models import DeskClaim, Fair, Ticket
from requests_desk.models import FactorRequest
from taian_factors.lib.clock import now
from taian_factors.lib.periods import local_day
from tests.directory import factories as directory
from tests.fairs import factories as fairs

# Waits until the worker has the page and what it is drawn with.
KEPT = """async () => {
    const wanted = ["/desk/stall/", "/static/js/stall.js", "/static/js/site.js", "/static/css/site.css"];
    const has = async (url) => Boolean(await caches.match(url, { ignoreVary: true }));
    while (!(await Promise.all(wanted.map(has))).every(Boolean)) await new Promise((go) => setTimeout(go, 100));
}"""

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def stall():
    """A stall of today's fair with two desks and three enterprises in line."""
    fair: Fair = fairs.fair(held_on=local_day(now()), opens_at=time(0), closes_at=time(23, 59))
    made = fairs.stall(fair, "ZGJ", desks=2)
    for name in ("示例新材料有限公司", "示例装备制造有限公司", "示例精细化工有限公司"):
        fairs.waiting(
            made, at=now(), visit=fairs.checked_in(fair, at=now(), enterprise=directory.enterprise(name))
        )
    return made


def test_calling_goes_on_without_a_line_and_one_conflict_is_settled(stall, open_page, look):
    first, second, _ = Ticket.objects.order_by("pk")
    colleague_desk, colleague = fairs.seated(stall, at=now())
    page = open_page(directory.actor("ZGJ", name="摊位经办"))
    page.goto("/desk/stall/")
    page.get_by_role("button", name="就座").first.click()
    expect(page.locator(".btn-call")).to_be_visible()

    page.context.set_offline(True)
    # A colleague calls the first one meanwhile; this desk cannot know it.
    queueing.call_next(desk=colleague_desk, actor=colleague, at=now(), key=fairs.key())
    page.keyboard.press("Space")
    expect(page.locator(".counter-now")).to_have_text(f"{first.visit.number:03d}")
    expect(page.locator("[data-offline-line]")).to_contain_text("已在本机记下 1 步")
    look(page)
    page.keyboard.press("r")
    page.keyboard.press("b")
    expect(page.locator(".need-form").first).to_be_visible()
    look(page)
    page.keyboard.press("f")
    expect(page.locator("[data-offline-line]")).to_contain_text("还没有登记需求")
    page.get_by_role("button", name="只是咨询，结束").click()
    expect(page.locator(".empty-title")).to_have_text("没有正在办理的号")
    look(page)

    page.keyboard.press("Space")
    expect(page.locator(".counter-now")).to_have_text(f"{second.visit.number:03d}")
    page.keyboard.press("b")
    form = page.locator("form.need-form")
    form.get_by_label("要素").select_option(label="土地")
    form.get_by_label("需求（一句话）").fill("二期厂房用地预审")
    form.get_by_label("现场办结", exact=True).check()
    form.get_by_label("办结结果或解决方案").fill("当场出具用地预审意见。")
    form.get_by_role("button", name="登记").click()
    expect(page.locator("[data-offline-line]")).to_contain_text("已在本机记下 7 步")
    page.locator("body").click(position={"x": 5, "y": 5})
    page.keyboard.press("f")
    expect(page.locator("[data-offline-line]")).to_contain_text("已在本机记下 8 步")
    assert Ticket.objects.get(pk=second.pk).state == "waiting"

    page.context.set_offline(False)
    conflicts = page.locator(".conflicts")
    expect(conflicts).to_contain_text("1 处出入", timeout=15_000)
    expect(conflicts).to_contain_text(str(colleague_desk))
    look(page)
    made = FactorRequest.objects.get()
    assert (made.state, made.headline) == ("completed", "二期厂房用地预审")
    served = Ticket.objects.get(pk=second.pk)
    assert (served.state, served.outcome) == ("served", "handled")
    assert served.began_at < served.ended_at < now()
    states = list(DeskClaim.objects.order_by("pk").values_list("state", flat=True))
    assert states == ["conflict"] * 4 + ["applied"] * 4

    conflicts.get_by_label("说明").fill("实际由同事接待，本席位没有接待。")
    conflicts.get_by_role("button", name="写入说明").click()
    expect(page.locator(".conflicts")).to_have_count(0)
    assert first.events.filter(verb="annotate").count() == 1
    assert not DeskClaim.objects.in_conflict().exists()
    look(page)


def test_a_reload_without_a_line_keeps_the_page_and_its_steps(stall, open_page):
    first = Ticket.objects.order_by("pk").first()
    page = open_page(directory.actor("ZGJ", name="摊位经办"))
    page.goto("/desk/stall/")
    page.get_by_role("button", name="就座").first.click()
    expect(page.locator(".btn-call")).to_be_visible()
    page.evaluate(KEPT)
    page.context.set_offline(True)
    page.keyboard.press("Space")
    expect(page.locator("[data-offline-line]")).to_contain_text("已在本机记下 1 步")
    page.reload()
    expect(page.locator(".counter-now")).to_have_text(f"{first.visit.number:03d}")
    expect(page.locator("[data-offline-line]")).to_contain_text("已在本机记下 1 步")
    page.keyboard.press("b")
    expect(page.locator("[data-offline-line]")).to_contain_text("已在本机记下 2 步")
    page.context.set_offline(False)
    expect(page.locator("form.need-form")).to_be_visible()
    expect(page.locator("[data-offline-line]")).to_be_hidden(timeout=15_000)
    assert Ticket.objects.get(pk=first.pk).state == "serving"


def test_a_call_whose_answer_is_lost_is_done_once(stall, open_page):
    first = Ticket.objects.order_by("pk").first()
    page = open_page(directory.actor("ZGJ", name="摊位经办"), has_worker=False)
    page.goto("/desk/stall/")
    page.get_by_role("button", name="就座").first.click()
    expect(page.locator(".btn-call")).to_be_visible()
    lost = []

    def lose(route) -> None:
        lost.append(route.request.url)  # before: under load the page gives up first
        route.fetch()
        route.abort()

    page.route("**/stall/call/", lose, times=1)
    page.keyboard.press("Space")
    expect(page.locator(".counter-now")).to_have_text(f"{first.visit.number:03d}")
    expect(page.get_by_role("button", name="开始办理")).to_be_visible()
    expect(page.locator("[data-offline-line]")).to_be_hidden(timeout=15_000)
    page.get_by_role("button", name="开始办理").click()
    expect(page.locator("form.need-form")).to_be_visible()
    assert len(lost) == 1
    assert first.events.filter(verb="call").count() == 1
    assert list(DeskClaim.objects.values_list("verb", "state")) == [("call", "applied")]
    assert Ticket.objects.filter(state="serving").get() == first

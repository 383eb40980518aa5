"""A month of the competition in a browser: rules, duties, a score explained, appealed, decided, corrected."""

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from scoring import announcing, drafting, runs
from scoring.models import RuleVersion, ScoringRun
from taian_factors.lib.periods import Period
from tests.directory import factories as directory
from tests.scoring.factories import (
    answered,
    completed,
    moment,
    previewed,
    published,
    reviewed,
    worked_example,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Look = Callable[[Page], None]
MAY, JUNE = Period.parse("2023-05"), Period.parse("2023-06")
SIXTH = moment("2023-07-10")
PICTURES = os.environ.get("PORTAL_PICTURES", "")


def picture(page: Page, name: str) -> None:
    """Keep a picture of a page at both widths for who wants to look."""
    if PICTURES:
        for width, height in ((360, 740), (1280, 800)):
            page.set_viewport_size({"width": width, "height": height})
            page.screenshot(path=str(Path(PICTURES) / f"{name}-{width}.png"), full_page=True)


@pytest.fixture
def clock(monkeypatch):
    """Return a function that sets the competition's pages to a moment."""

    def set_to(at):
        for name in ("appeals", "rankings", "duties", "rules"):
            monkeypatch.setattr(f"scoring.views.{name}.now", lambda: at)

    set_to(SIXTH)
    return set_to


def test_a_draft_is_set_aside_and_a_duty_is_arranged_answered_and_credited(open_page, look: Look, clock):
    lead = directory.actor("GTB", "lead", name="推进办负责人")
    drafting.draft(source=RuleVersion.objects.get(name="v1"), actor=lead, at=SIXTH)
    office = open_page(lead)
    office.goto("/scoring/rules/")
    office.get_by_text("搁置 v2").click()
    office.get_by_role("button", name="搁置", exact=True).click()
    expect(office.get_by_text("v2（已搁置的草稿）")).to_be_visible()
    office.get_by_text("v2（已搁置的草稿）").click()
    look(office)

    office.goto("/scoring/duties/arrange/")
    look(office)
    office.get_by_label("工作或活动").fill("报送重点项目要素清单")
    office.locator("input[type=date]").fill("2023-07-20")
    office.get_by_label("市自然资源和规划局").check()
    office.get_by_role("button", name="安排").click()
    expect(office.get_by_role("heading", name="报送重点项目要素清单").first).to_be_visible()
    duty_page = office.url
    department = open_page(directory.actor("ZGJ", name="规划局经办"))
    department.goto(duty_page)
    department.get_by_label("落实情况").fill("已于 7 月 10 日书面报送。")
    department.get_by_role("button", name="提交反馈").click()
    look(department)
    office.goto(duty_page)
    expect(office.get_by_text("已于 7 月 10 日书面报送。")).to_be_visible()
    office.locator("summary", has_text="认定").click()
    office.get_by_label("落实结果").select_option("on_time")
    office.get_by_label("认定依据").fill("报送登记表")
    office.get_by_role("button", name="登记结果").click()
    expect(office.get_by_text("计 1 分")).to_be_visible()
    look(office)
    picture(office, "duty")


def test_a_month_is_shown_explained_appealed_decided_published_and_corrected(open_page, look: Look, clock):
    lead = directory.actor("GTB", "lead", name="推进办负责人")
    people = directory.actor("ZGJ", name="规划局经办")
    answered("ZGJ", due="2023-05-10")
    published(MAY, lead)
    worked_example("ZGJ")
    reviewed(completed("ZGJ"), 2)
    for code in ("STJ", "GXJ", "SPJ"):
        answered(code)
    previewed(JUNE, SIXTH)
    announcing.announce(at=SIXTH)

    department = open_page(people)
    department.goto("/desk/notices/")
    expect(department.get_by_text("2023年6月排名已预公布：本部门第")).to_be_visible()
    department.locator("a[href*='/scoring/why/2023-06/ZGJ/']").first.click()
    expect(department.get_by_text("差在哪里")).to_be_visible()
    expect(department.get_by_text("示例企业")).to_have_count(0)
    look(department)
    picture(department, "why")
    department.get_by_role("link", name="申诉").first.click()
    look(department)
    department.get_by_role("button", name="提交申诉").click()
    expect(department.locator(".error-summary")).to_be_visible()
    look(department)
    department.get_by_label("理由").select_option("重复")
    department.get_by_label("情况和证据").fill("与另一件为同一事项。")
    department.get_by_role("button", name="提交申诉").click()
    expect(department.get_by_text("申诉已提交")).to_be_visible()
    look(department)

    office = open_page(directory.actor("GTB", name="推进办经办"))
    office.goto("/scoring/appeals/")
    look(office)
    picture(office, "appeals")
    office.get_by_role("link", name="决定").first.click()
    look(office)
    office.get_by_label("成立，予以剔除").check()
    office.get_by_label("决定意见").fill("属实，剔除。")
    office.get_by_role("button", name="作出决定").click()
    expect(office.get_by_text("已重新计算，更新了预公布的排名")).to_be_visible()
    look(office)

    clock(runs.preview_until(JUNE) + timedelta(hours=10))
    page = open_page(lead)
    page.goto("/scoring/?period=2023-06")
    publish(page)
    expect(page.get_by_text("结果不再改变").first).to_be_visible()
    clock(moment("2023-07-20"))
    runs.compute_month(period=JUNE, at=moment("2023-07-20"), actor=lead)
    newest = ScoringRun.objects.order_by("-pk").first()
    page.goto(f"/scoring/?period=2023-06&run={newest.pk}")
    publish(page)
    expect(page.get_by_text("更正已公布的结果须写明理由").first).to_be_visible()
    look(page)
    publish(page, "漏计一件回复")
    expect(page.get_by_text("第 1 次更正").first).to_be_visible()
    look(page)
    picture(page, "corrected")


def publish(page: Page, reason: str = "") -> None:
    """Publish what is shown, with a reason where it corrects."""
    page.locator("summary", has_text="公布").filter(has_not_text="预公布").click()
    if reason:
        page.get_by_label("更正理由").fill(reason)
    page.get_by_role("button", name="公布", exact=True).click()

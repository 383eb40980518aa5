"""After a fair: its report on the screen and on paper, what stays open, the attendance recorded once."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from fairs import arrivals
from requests_desk import counter
from requests_desk.counter import Outcome, Result
from requests_desk.transitions import Answer
from scoring.models import Duty, DutyRecord
from tests.directory import factories as directory
from tests.fairs import factories as fairs
from tests.requests_desk import factories as desk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def fair(at):
    """A closed fair: a department and a bank served one enterprise each, a third stall stayed empty."""
    made = fairs.fair()
    plan = Answer("已列入计划。", outcome="plan", plan_on=at.date() + timedelta(9), plan_owner="张某")
    for code, factor, outcome in (("ZGJ", "TD", Outcome.PLANNED), ("B01", "JR", Outcome.COMPLETED)):
        place, clerk = fairs.seated(fairs.stall(made, code), at=at)
        ticket = fairs.serving(place, clerk, at=at)
        result = Result(outcome, plan if outcome == Outcome.PLANNED else Answer("当场授信。"))
        counter.file_need(
            desk=place,
            ticket=ticket,
            key=fairs.key(),
            need=desk.need(factor),
            result=result,
            actor=clerk,
            at=at,
        )
        counter.finish(desk=place, ticket=ticket, key=fairs.key(), outcome="handled", actor=clerk, at=at)
    fairs.stall(made, "SPJ")
    arrivals.close_day(fair=made, at=at + timedelta(hours=7), actor=fairs.reception())
    return made


def test_the_day_is_reported_printed_and_its_attendance_recorded(fair, open_page, look):
    office = open_page(directory.actor("GTB", name="推进办"))
    office.goto(f"/fairs/{fair.pk}/")
    office.get_by_role("link", name="当天报表").click()
    expect(office.locator("main")).to_contain_text(
        "现场受理要素需求1项，其中现场办结0项、现场拿出解决方案1项"
    )
    expect(office.locator("main")).to_contain_text("全部相符")
    look(office)
    office.get_by_role("link", name="打印").click()
    expect(office.locator("main")).to_contain_text("受理金融需求1项")
    look(office)
    office.get_by_role("link", name="返回").click()
    with office.expect_download() as download:
        office.get_by_role("link", name="导出 XLSX").click()
    assert download.value.suggested_filename.endswith("当天报表-20230613.xlsx")

    office.get_by_role("link", name="部门到场").click()
    look(office)
    office.get_by_role("button", name="确认登记 2 个部门").click()
    expect(office.locator(".toast-line")).to_contain_text("已登记 2 个部门")
    results = dict(DutyRecord.objects.values_list("organization__code", "result"))
    assert results == {"ZGJ": "on_time", "SPJ": "not_done"}
    office.goto(f"/scoring/fairs/{fair.pk}/attendance/")
    look(office)
    office.get_by_role("button", name="确认登记 2 个部门").click()
    expect(office.locator(".toast-line")).to_contain_text("没有重复登记")
    assert (Duty.objects.count(), DutyRecord.objects.count()) == (1, 2)

    stall = open_page(directory.actor("ZGJ", name="部门经办"))
    stall.goto(f"/desk/fairs/{fair.pk}/report/")
    expect(stall.locator("main")).to_contain_text("这里是本单位摊位的数字")
    expect(stall.locator("main")).not_to_contain_text("满意度")
    look(stall)

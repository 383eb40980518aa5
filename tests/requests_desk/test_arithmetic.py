"""The new deadline is shown before it is asked for and before it is decided, and comes out as shown."""

from datetime import datetime, timedelta

import pytest
from django.test import Client

from requests_desk import arithmetic, clocks
from requests_desk.models import FactorRequest, Suspension
from taian_factors.directory.models import CalendarYear
from taian_factors.lib.clock import now
from taian_factors.lib.periods import SHANGHAI, local_day
from tests.requests_desk import factories
from tests.requests_desk.factories import acting, office

pytestmark = pytest.mark.django_db


def june(day: int, hour: int = 10) -> datetime:
    return datetime(2023, 6, day, hour, tzinfo=SHANGHAI)


def lead_of(made: FactorRequest):
    return made.assignments.get(part="lead", ended_at=None)


def test_every_choice_of_an_extension_is_what_an_approval_makes():
    made = factories.assigned()
    calendar = CalendarYear.objects.calendar()
    choices = dict(arithmetic.extension_choices(lead_of(made), calendar))
    assert list(choices) == list(range(1, 11))
    clocks.ask_extension(made, days=4, reason="等批复", actor=acting("ZGJ"), at=june(14))
    told = arithmetic.extension_asked(lead_of(made).extension, lead_of(made), calendar)
    clocks.decide_extension(made, is_approved=True, decision="", actor=office(), at=june(30))
    new = local_day(lead_of(made).complete_due_at)
    assert choices[4] == f"4 个工作日，到 {new}"
    assert f"加 4 个工作日，为 {new}" in told


def test_a_suspension_tells_what_it_keeps_and_a_resumption_what_it_writes():
    made = factories.assigned()
    calendar = CalendarYear.objects.calendar()
    told = arithmetic.suspension_asked(lead_of(made), at=june(14), calendar=calendar)
    assert "回复还剩 2 个工作日、办结还剩 14 个工作日" in told
    cause = Suspension.Cause.PROCEDURE
    clocks.ask_suspension(made, cause=cause, reason="公示", actor=acting("ZGJ"), at=june(14))
    clocks.decide_suspension(made, is_approved=True, actor=office(), at=june(14))
    suspension = lead_of(made).suspensions.get()
    assert f"最迟 {local_day(suspension.ends_by)} 恢复" in told
    told = arithmetic.resumption(suspension, at=june(20), calendar=calendar)
    clocks.resume_clock(made, actor=acting("ZGJ"), at=june(20))
    lead = lead_of(made)
    assert f"回复期限为 {local_day(lead.reply_due_at)}" in told
    assert f"办结期限为 {local_day(lead.complete_due_at)}" in told


def test_a_clock_that_has_run_out_has_nothing_to_keep():
    made = factories.assigned()
    told = arithmetic.suspension_asked(
        lead_of(made), at=june(13) + timedelta(days=60), calendar=CalendarYear.objects.calendar()
    )
    assert "没有可停的期限" in told


def test_the_pages_show_it_to_who_asks_and_to_who_decides(
    as_department_clerk: Client, as_office_clerk: Client
):
    made = factories.assigned(at=now() - timedelta(hours=3))
    url = f"/desk/requests/{made.number}/"
    assert "10 个工作日，到 " in as_department_clerk.get(f"{url}?do=ask_extension").content.decode()
    assert "如今天批准：" in as_department_clerk.get(f"{url}?do=ask_suspension").content.decode()
    clocks.ask_extension(made, days=10, reason="等批复", actor=acting("ZGJ"), at=now())
    clocks.ask_suspension(made, cause=Suspension.Cause.PAPERS, reason="等材料", actor=acting("ZGJ"), at=now())
    assert "加 10 个工作日，为" in as_office_clerk.get(f"{url}?do=decide_extension").content.decode()
    assert "停止计时" in as_office_clerk.get(f"{url}?do=decide_suspension").content.decode()
    clocks.decide_suspension(made, is_approved=True, actor=office(), at=now())
    assert "如今天恢复：" in as_department_clerk.get(f"{url}?do=resume").content.decode()
    assert "剩余天数再加 10 个工作日" in as_office_clerk.get(f"{url}?do=decide_extension").content.decode()

"""Attendance at a fair becomes a duty: proposed from the records, confirmed once, absent ones not done."""

from datetime import timedelta

import pytest
from django.urls import reverse

from scoring.arranging import DutyError
from scoring.attendance import Attended, attendance, record_attendance
from scoring.models import Duty, DutyRecord
from tests.directory import factories as directory
from tests.fairs import factories as fairs

pytestmark = pytest.mark.django_db


@pytest.fixture
def fair(at):
    """ZGJ served somebody at ten past nine, STJ sits there, SPJ is empty; a bank called, the office has a table."""
    made = fairs.fair()
    fairs.served(*fairs.seated(fairs.stall(made, "ZGJ"), at=at), at=at)
    fairs.seated(fairs.stall(made, "STJ"), at=at)
    fairs.stall(made, "SPJ")
    fairs.called(*fairs.seated(fairs.stall(made, "B01"), at=at), at=at)
    fairs.stall(made, "GTB", is_joint_table=True)
    return made


def proposed(fair):
    return [Attended(each.organization, each.result, each.proof) for each in attendance(fair).departments]


def test_the_proposal_is_taken_from_the_records(fair):
    found = attendance(fair)
    by_code = {each.organization.code: each for each in found.departments}
    assert set(by_code) == {"ZGJ", "STJ", "SPJ"}
    assert {code: each.result for code, each in by_code.items()} == {
        "ZGJ": "on_time",
        "STJ": "on_time",
        "SPJ": "not_done",
    }
    assert by_code["ZGJ"].proof.endswith("摊位 09:30 首次叫号")
    assert by_code["SPJ"].proof.endswith("摊位 无在席和叫号记录")
    assert [(each.organization.code, each.was_there) for each in found.others] == [("B01", True)]


def test_the_act_lays_one_judged_duty_on_the_departments_alone(fair, office_clerk, at):
    recorded = record_attendance(fair=fair, attended=proposed(fair), actor=office_clerk, at=at)
    duty = Duty.objects.get()
    assert (recorded.duty, recorded.changed) == (duty, 3)
    assert (duty.fair, duty.due_on, duty.title) == (fair, fair.held_on, f"{fair.name}到场")
    results = {r.organization.code: r.result for r in duty.records.select_related("organization")}
    assert results == {"ZGJ": "on_time", "STJ": "on_time", "SPJ": "not_done"}
    assert all(r.proof and r.judged_by == office_clerk.user and r.judged_at == at for r in duty.records.all())


def test_the_same_act_twice_stores_nothing_twice(fair, office_clerk, at):
    said = proposed(fair)
    record_attendance(fair=fair, attended=said, actor=office_clerk, at=at)
    fair.name = "改了名的大集"
    fair.save()
    again = record_attendance(
        fair=fair, attended=proposed(fair), actor=office_clerk, at=at + timedelta(hours=1)
    )
    assert again.changed == 0
    assert (Duty.objects.count(), DutyRecord.objects.count()) == (1, 3)
    assert set(DutyRecord.objects.values_list("judged_at", flat=True)) == {at}


def test_another_word_on_one_department_changes_that_one(fair, office_clerk, at):
    record_attendance(fair=fair, attended=proposed(fair), actor=office_clerk, at=at)
    late = [
        Attended(e.organization, "late", "9:50 到场") if e.organization.code == "STJ" else e
        for e in proposed(fair)
    ]
    assert record_attendance(fair=fair, attended=late, actor=office_clerk, at=at).changed == 1
    assert DutyRecord.objects.get(organization__code="STJ").result == "late"


def test_a_stall_that_came_later_joins_the_duty(fair, office_clerk, at):
    record_attendance(fair=fair, attended=proposed(fair), actor=office_clerk, at=at)
    fairs.stall(fair, "FGW")
    assert record_attendance(fair=fair, attended=proposed(fair), actor=office_clerk, at=at).changed == 1
    assert DutyRecord.objects.get(organization__code="FGW").result == "not_done"


@pytest.mark.parametrize("role", ["department_lead", "bank", "office_auditor", "enterprise"])
def test_nobody_but_the_office_records_attendance(role, fair, at, request):
    with pytest.raises(DutyError):
        record_attendance(fair=fair, attended=proposed(fair), actor=request.getfixturevalue(role), at=at)
    assert not Duty.objects.exists()


def test_before_the_day_for_nobody_or_for_a_bank_it_is_refused(fair, office_clerk, at):
    bank = Attended(directory.body("B01"), "on_time", "签到表")
    without_stall = Attended(directory.body("FGW"), "on_time", "签到表")
    bare = Attended(directory.body("ZGJ"), "on_time", " ")
    for attended, when in (
        (proposed(fair), at - timedelta(days=1)),
        ([], at),
        ([bank], at),
        ([without_stall], at),
        ([bare], at),
    ):
        with pytest.raises(DutyError):
            record_attendance(fair=fair, attended=attended, actor=office_clerk, at=when)
    assert not Duty.objects.exists()


def test_the_page_proposes_and_one_press_records(
    fair, as_office_clerk, as_department_clerk, as_office_auditor
):
    url = reverse("scoring:attendance", args=[fair.pk])
    page = as_office_clerk.get(url).content.decode()
    assert "09:30 首次叫号" in page
    sent = {}
    for each in attendance(fair).departments:
        prefix = f"b{each.organization.pk}"
        sent |= {f"{prefix}-result": each.result, f"{prefix}-proof": each.proof}
    assert as_office_auditor.get(url).status_code == 200
    assert as_office_auditor.post(url, sent).status_code == 403
    assert as_department_clerk.get(url).status_code == 404
    wrong = {**sent, f"{prefix}-proof": ""}
    answer = as_office_clerk.post(url, wrong)
    assert answer.status_code == 422
    assert "请写明认定依据" in answer.content.decode()
    answer = as_office_clerk.post(url, sent)
    duty = Duty.objects.get()
    assert answer.url == reverse("scoring:duty", args=[duty.pk])
    as_office_clerk.post(url, sent)
    assert DutyRecord.objects.count() == 3
    assert "没有重复登记" in as_office_clerk.get(answer.url).content.decode()


def test_more_stalls_cost_no_more_queries(fair, at, django_assert_num_queries):
    with django_assert_num_queries(5):
        attendance(fair)
    for code in ("FGW", "GXJ", "KJJ", "B02"):
        fairs.seated(fairs.stall(fair, code), at=at)
    with django_assert_num_queries(5):
        attendance(fair)

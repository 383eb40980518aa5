"""Appeals, exclusions and duties on their pages: who asks, who decides, what is refused."""

from datetime import timedelta

import pytest
from django.urls import reverse

from scoring import sealing
from scoring.models import Appeal, CountedInput, Duty, DutyRecord, Exclusion, RunStep, ScoringRun
from taian_factors.directory.models import Organization
from taian_factors.lib.clock import now
from tests.scoring.test_pages import text

pytestmark = pytest.mark.django_db


# --- appeals ------------------------------------------------------------------------------------------------

WORDS = {"reason": "重复", "evidence": "与另一件相同。"}


@pytest.fixture
def counted(june):
    """A missed reply of the worked example, in a run that has just been shown to the departments."""
    return shown(june, now())


def shown(run, at):
    """Show a run at a moment of today's clock, which no calendar day of June allows."""
    ScoringRun.objects.filter(pk=run.pk).update(state="preview", previewed_at=at)
    sealing.step(run, RunStep.Verb.PREVIEWED, at=at)
    return missed(run)


def missed(run):
    return CountedInput.objects.get(run=run, indicator="on_time_reply", credit=0)


def test_a_department_appeals_and_a_second_person_decides(counted, as_department_clerk, as_office_clerk):
    url = reverse("scoring:appeal", args=[counted.pk])
    assert "申诉" in text(as_department_clerk.get(url))
    assert as_department_clerk.post(url, {"reason": "", "evidence": ""}).status_code == 422
    assert as_department_clerk.post(url, WORDS).status_code == 302
    again = as_department_clerk.post(url, WORDS)
    assert (again.status_code, "已经申诉过" in text(again)) == (422, True)
    case = Appeal.objects.get()
    decide = reverse("scoring:decide_appeal", args=[case.pk])
    assert as_department_clerk.get(decide).status_code == 404
    assert as_office_clerk.post(decide, {"is_upheld": "maybe", "decision": "属实。"}).status_code == 422
    assert as_office_clerk.post(decide, {"is_upheld": "yes", "decision": "属实。"}).status_code == 302
    assert Exclusion.objects.upheld().count() == 1
    for client in (as_department_clerk, as_office_clerk):
        assert f"由{Appeal.objects.get().decided_by}决定：属实。" in text(
            client.get(reverse("scoring:appeals"))
        )


@pytest.mark.parametrize(("days_ago", "is_open"), [(0, True), (30, False)])
def test_an_appeal_is_offered_as_long_as_its_days_last(days_ago, is_open, june, as_department_clerk):
    counted = shown(june, now() - timedelta(days=days_ago))
    pages = [reverse("scoring:why", args=["2023-06", "ZGJ"])]
    pages.append(reverse("scoring:matters", args=["2023-06", "ZGJ", "on_time_reply"]))
    door = reverse("scoring:appeal", args=[counted.pk])
    assert [door in as_department_clerk.get(page).content.decode() for page in pages] == [is_open] * 2
    page = text(as_department_clerk.get(door))
    assert ("提交申诉" in page, "结束，不再受理申诉" in page) == (is_open, not is_open)
    answer = as_department_clerk.post(door, WORDS)
    assert answer.status_code == (302 if is_open else 422)
    assert is_open or WORDS["evidence"] in text(answer)


def test_appeals_of_others_are_not_seen(counted, as_department_clerk, as_other_department, as_bank):
    as_department_clerk.post(reverse("scoring:appeal", args=[counted.pk]), WORDS)
    assert "没有申诉" in text(as_other_department.get(reverse("scoring:appeals")))
    assert as_other_department.get(reverse("scoring:appeal", args=[counted.pk])).status_code == 404
    assert as_bank.get(reverse("scoring:appeal", args=[counted.pk])).status_code == 404


def test_an_exclusion_needs_two_people_of_the_office(
    counted, as_office_clerk, as_office_lead, as_office_auditor
):
    url = reverse("scoring:exclude", args=[counted.pk])
    assert as_office_auditor.get(url).status_code == 403
    assert as_office_clerk.post(url, WORDS).status_code == 302
    decide = reverse("scoring:decide_exclusion", args=[Exclusion.objects.get().pk])
    own = as_office_clerk.post(decide, {"is_upheld": "yes", "decision": "同意。"})
    assert (own.status_code, "另一人" in text(own)) == (422, True)
    assert as_office_lead.post(decide, {"is_upheld": "yes", "decision": "同意。"}).status_code == 302


# --- duties -------------------------------------------------------------------------------------------------


def test_a_duty_is_arranged_answered_and_judged(as_office_clerk, as_department_clerk, as_other_department):
    body = Organization.objects.get(code="ZGJ")
    asked = {"title": "参加大集", "due_on": "2023-06-13", "departments": [body.pk]}
    response = as_office_clerk.post(reverse("scoring:arrange"), asked)
    made, record = Duty.objects.get(), DutyRecord.objects.get()
    assert response["Location"] == reverse("scoring:duty", args=[made.pk])
    answer = reverse("scoring:answer_duty", args=[record.pk])
    assert as_department_clerk.post(answer, {f"r{record.pk}-text": "已派 3 人到场。"}).status_code == 302
    assert as_other_department.post(answer, {f"r{record.pk}-text": "别人"}).status_code == 404
    judge = reverse("scoring:judge_duty", args=[record.pk])
    given = {f"r{record.pk}-result": "late", f"r{record.pk}-proof": "签到表"}
    assert as_department_clerk.post(judge, given).status_code == 404
    assert as_office_clerk.post(judge, {}).status_code == 422
    assert as_office_clerk.post(judge, given).status_code == 302
    late = as_department_clerk.post(answer, {f"r{record.pk}-text": "再说一句"})
    assert (late.status_code, "已经认定" in text(late)) == (422, True)
    record.refresh_from_db()
    assert (record.result, record.answer) == ("late", "已派 3 人到场。")
    assert "逾期落实" in text(as_department_clerk.get(reverse("scoring:duty", args=[made.pk])))
    assert as_other_department.get(reverse("scoring:duty", args=[made.pk])).status_code == 404


def test_a_duty_for_everybody_reaches_each_department_that_takes_part(as_office_clerk):
    as_office_clerk.post(
        reverse("scoring:arrange"), {"title": "报送", "due_on": "2023-06-13", "everybody": "on"}
    )
    assert DutyRecord.objects.count() == Organization.objects.filter(takes_part=True).count()


@pytest.mark.parametrize(
    ("wrong", "word"),
    [({"due_on": "2023-02-30"}, "日期"), ({"title": ""}, "工作或活动"), ({"everybody": ""}, "请勾选部门")],
)
def test_a_wrong_duty_is_told_at_its_field(as_office_clerk, wrong, word):
    asked = {"title": "报送", "due_on": "2023-06-13", "everybody": "on", **wrong}
    response = as_office_clerk.post(reverse("scoring:arrange"), asked)
    assert (response.status_code, word in text(response), Duty.objects.count()) == (422, True, 0)


def test_the_same_duty_twice_on_a_day_is_refused(as_office_clerk):
    asked = {"title": "报送", "due_on": "2023-06-13", "everybody": "on"}
    as_office_clerk.post(reverse("scoring:arrange"), asked)
    again = as_office_clerk.post(reverse("scoring:arrange"), asked)
    assert (again.status_code, "已有同名的工作" in text(again)) == (422, True)

"""Each page for each role: what is seen, what is hidden, what is refused, and what it costs."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from scoring import runs, sealing
from scoring.models import Appeal, CountedInput, Duty, DutyRecord, Exclusion, RunStep, ScoringRun
from taian_factors.directory.models import Job, Organization
from taian_factors.lib.clock import now
from taian_factors.lib.periods import Period
from tests.scoring.factories import (
    answered,
    completed,
    duty,
    matter,
    moment,
    need,
    previewed,
    published,
    reviewed,
    worked_example,
)

JUNE = Period.parse("2023-06")
AT = moment("2023-07-10")
RANKINGS = reverse("scoring:rankings")
pytestmark = pytest.mark.django_db


def why(code="ZGJ", period="2023-06"):
    return reverse("scoring:why", args=[period, code])


def text(response):
    return re.sub(r"\s+", " ", response.content.decode())


@pytest.fixture
def june(db):
    """June with the worked example for the department of the cast, computed and not yet shown."""
    worked_example("ZGJ")
    return runs.compute_month(period=JUNE, at=AT)


# --- rankings -----------------------------------------------------------------------------------------------


def test_each_rate_leads_to_its_matters_for_those_who_may_look(as_office_clerk, as_department_clerk):
    worked_example("ZGJ")
    run = previewed(JUNE)
    lead_to = reverse("scoring:matters", args=["2023-06", "ZGJ", "completion"])
    for client in (as_office_clerk, as_department_clerk):
        assert f'<a href="{lead_to}?run={run.pk}">' in text(client.get(RANKINGS))
    elsewhere = reverse("scoring:why", args=["2023-06", "FGW"])
    assert elsewhere in text(as_office_clerk.get(RANKINGS))
    assert elsewhere not in text(as_department_clerk.get(RANKINGS))


def test_an_empty_competition_says_so(as_office_lead, as_department_clerk):
    for client in (as_office_lead, as_department_clerk):
        assert "还没有可以看的排名" in text(client.get(RANKINGS))


def test_the_office_sees_a_provisional_run_and_departments_do_not(june, as_office_clerk, as_department_clerk):
    assert "89.51" in text(as_office_clerk.get(RANKINGS))
    assert "还没有可以看的排名" in text(as_department_clerk.get(RANKINGS))


def test_departments_see_the_table_from_preview_on_and_banks_from_publication_on(
    as_department_clerk, as_bank, office_lead
):
    worked_example("ZGJ")
    run = previewed(JUNE)
    assert "预公布" in text(as_department_clerk.get(RANKINGS))
    assert "89.51" not in text(as_bank.get(RANKINGS))
    runs.publish(run=run, actor=office_lead, at=moment("2023-07-14"))
    assert "89.51" in text(as_bank.get(RANKINGS))


def test_enterprises_find_no_ranking(as_enterprise, june):
    assert as_enterprise.get(RANKINGS).status_code == 404
    assert as_enterprise.get(why()).status_code == 404


@pytest.mark.parametrize("query", ["?period=2023-13", "?period=abc"])
def test_what_is_no_period_is_not_found(as_office_lead, query):
    assert as_office_lead.get(RANKINGS + query).status_code == 404


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("?period=2023-05", "2023年5月没有可以看的排名"),
        ("?period=2023-06&run=999999", "2023年6月没有这一次计算"),
        ("?period=2023-06&run=x&job=x", "2023年6月没有这一次计算"),
    ],
)
def test_a_period_without_a_run_is_an_empty_page(as_office_lead, june, query, said):
    response = as_office_lead.get(RANKINGS + query)
    assert (response.status_code, said in text(response)) == (200, True)
    assert "89.51" not in text(response)


def test_the_period_that_was_asked_for_stays_chosen_where_it_has_no_run(as_office_lead, june):
    page = text(as_office_lead.get(RANKINGS + "?period=2023-05"))
    assert '<option value="2023-05" selected>2023年5月（没有结果）</option>' in page
    assert '<option value="2023-06">' in page
    assert "（没有结果）" not in text(as_office_lead.get(RANKINGS))


def test_change_since_last_month_stands_beside_the_place(as_office_lead, office_lead):
    answered("ZGJ", due="2023-05-10")
    answered("STJ", due="2023-05-10", on_time=False)
    answered("ZGJ", on_time=False)
    answered("STJ")
    published(Period.parse("2023-05"), office_lead)
    published(JUNE, office_lead)
    page = text(as_office_lead.get(RANKINGS))
    assert "升 1" in page
    assert "降 1" in page


def test_a_published_month_is_corrected_with_a_reason_and_shown_to_nobody_first(as_office_lead, office_lead):
    answered("ZGJ")
    first = runs.compute_month(period=JUNE, at=moment("2023-07-10"))
    page = text(as_office_lead.get(RANKINGS))
    assert (reverse("scoring:preview", args=[first.pk]) in page, "更正理由" in page) == (True, False)
    published(JUNE, office_lead)
    fresh = runs.compute_month(period=JUNE, at=moment("2023-07-20"))
    page = text(as_office_lead.get(f"{RANKINGS}?period=2023-06&run={fresh.pk}"))
    assert (reverse("scoring:preview", args=[fresh.pk]) in page, "更正理由" in page) == (False, True)


def test_small_samples_are_marked_and_departments_without_matters_stand_apart(june, as_office_lead):
    page = text(as_office_lead.get(RANKINGS))
    assert "样本不足" in page
    assert "无应办事项，不排名" in page


def test_the_sheet_is_given_to_who_sees_the_run(june, as_office_lead, as_department_clerk):
    url = reverse("scoring:ranking_sheet", args=[june.pk])
    assert b"".join(as_office_lead.get(url).streaming_content)[:2] == b"PK"
    assert as_department_clerk.get(url).status_code == 404


# --- why ----------------------------------------------------------------------------------------------------


def test_why_shows_the_sentence_the_matters_and_what_would_have_helped(june, as_office_clerk):
    page = text(as_office_clerk.get(why()))
    assert "30.77 × 12/13 = 28.40 分" in page
    assert "迟于期限" in page
    assert "再有 1 件按时回复：总分 89.51 → 91.88" in page


def test_left_out_matters_are_told_with_why(as_office_clerk):
    due = moment("2023-06-13", "23:59:59")
    answered("ZGJ")
    matter("ZGJ", reply_due_at=due, ended_at=moment("2023-06-12"), end_reason="reassigned")
    completed("ZGJ", of=need(ineligible_at=AT))
    runs.compute_month(period=JUNE, at=AT)
    page = text(as_office_clerk.get(why()))
    assert "期限未到时已结束" in page
    assert "不符合办理条件" in page


def test_a_department_sees_its_own_reasons_and_nobody_elses(
    as_department_clerk, as_other_department, as_bank
):
    worked_example("ZGJ")
    previewed(JUNE)
    assert as_department_clerk.get(why()).status_code == 200
    assert as_other_department.get(why()).status_code == 404
    assert as_bank.get(why()).status_code == 404


def test_reasons_of_a_provisional_run_are_hidden_from_the_department(june, as_department_clerk):
    assert as_department_clerk.get(why()).status_code == 404
    assert as_department_clerk.get(f"{why()}?run={june.pk}").status_code == 404


def test_the_scored_department_never_learns_who_reviewed(as_department_clerk, as_office_clerk):
    lead = matter("ZGJ", complete_due_at=moment("2023-05-20"))
    review = reviewed(lead, 2, contacted=False, solved="no")
    answered("ZGJ")
    previewed(JUNE)
    pages = [why(), reverse("scoring:matters", args=["2023-06", "ZGJ", "satisfaction"])]
    for page in (text(as_department_clerk.get(url)) for url in pages):
        assert review.number in page
        assert "2 分 不满意，部门没有联系过，未解决" in page
        for secret in (
            lead.factor_request.number,
            lead.factor_request.headline,
            lead.factor_request.enterprise.name,
        ):
            assert secret not in page
        assert "2023-06-21" not in page
    assert lead.factor_request.number in text(as_office_clerk.get(why()))


def test_an_unknown_department_or_line_is_not_found(june, as_office_clerk):
    assert as_office_clerk.get(why("XXX")).status_code == 404
    assert (
        as_office_clerk.get(reverse("scoring:matters", args=["2023-06", "ZGJ", "speed"])).status_code == 404
    )


# --- steps --------------------------------------------------------------------------------------------------


def test_the_button_computes_and_leads_to_the_result(as_office_clerk, django_capture_on_commit_callbacks):
    worked_example("ZGJ")
    with django_capture_on_commit_callbacks(execute=True):
        response = as_office_clerk.post(reverse("scoring:compute"), {"period": "2023-06"})
    job = Job.objects.get()
    assert (response.status_code, job.state, ScoringRun.objects.count()) == (302, "done", 1)
    assert "看这次计算的结果" in text(as_office_clerk.get(response["Location"]))
    assert "89.51" in text(as_office_clerk.get(job.result_url))


@pytest.mark.parametrize("typed", ["2023-13", "", "六月"])
def test_what_is_no_period_is_refused_in_words(typed, as_office_clerk):
    response = as_office_clerk.post(reverse("scoring:compute"), {"period": typed}, follow=True)
    assert f"“{typed}”不是期间" in text(response)
    assert not Job.objects.exists()


def test_the_total_of_a_quarter_stands_before_its_months(office_lead, as_office_lead):
    answered("ZGJ", due="2023-05-10")
    quarter = Period.parse("2023Q2")
    for month in quarter.months:
        published(month, office_lead)
    runs.compute_period(period=quarter, at=AT)
    page = as_office_lead.get(RANKINGS, {"period": "2023Q2"}).content.decode()
    assert re.findall(r'<th scope="col" class="num">([^<]*)<', page)[-4:] == ["总分", "4月", "5月", "6月"]


def test_a_computation_that_is_refused_ends_with_its_reason(
    as_office_clerk, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        response = as_office_clerk.post(reverse("scoring:compute"), {"period": "2023Q2"})
    assert "尚未公布" in text(as_office_clerk.get(response["Location"]))


def test_a_month_goes_its_way_through_the_pages(june, as_office_clerk, as_office_lead):
    publish_url = reverse("scoring:publish", args=[june.pk])
    assert as_office_lead.post(publish_url).status_code == 409
    assert as_office_clerk.post(reverse("scoring:preview", args=[june.pk])).status_code == 302
    assert as_office_clerk.post(publish_url).status_code == 403
    # The preview began today, so its three days are not over.
    refused = as_office_lead.post(publish_url)
    assert (refused.status_code, "之后才能公布" in text(refused)) == (409, True)


@pytest.mark.parametrize("client", ["as_office_auditor", "as_department_lead", "as_bank", "as_enterprise"])
def test_nobody_else_moves_a_run(client, request, june):
    client = request.getfixturevalue(client)
    for name, args in (("compute", []), ("preview", [june.pk]), ("publish", [june.pk])):
        assert client.post(reverse(f"scoring:{name}", args=args), {"period": "2023-06"}).status_code in (
            403,
            404,
        )
    assert ScoringRun.objects.get().state == "draft"


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


# --- rules -------------------------------------------------------------------------------------------------


def test_the_rules_are_read_by_all_staff(as_department_clerk, as_bank, as_enterprise):
    url = reverse("scoring:rules")
    assert "v1" in text(as_department_clerk.get(url))
    assert as_bank.get(url).status_code == 200
    assert as_enterprise.get(url).status_code == 404


# --- cost ---------------------------------------------------------------------------------------------------


def queries(client, url):
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def test_ten_matters_and_two_hundred_cost_the_same(as_office_clerk, office_lead):
    def fill(count):
        for number in range(count):
            lead = completed("ZGJ", reply_due_at=moment("2023-06-13"))
            reviewed(lead, 1 + number % 5)
        for _ in range(count // 10):
            duty("ZGJ")
        return runs.compute_month(period=JUNE, at=AT)

    urls = [RANKINGS, why(), reverse("scoring:matters", args=["2023-06", "ZGJ", "satisfaction"])]
    urls += [reverse("scoring:duties") + "?period=2023-06"]
    fill(10)
    few = [queries(as_office_clerk, url) for url in urls]
    fill(190)
    assert [queries(as_office_clerk, url) for url in urls] == few


def test_ten_appeals_cost_as_much_as_one(as_office_clerk, office_clerk, june):
    def fill(count):
        for counted in CountedInput.objects.filter(run=june, assignment__isnull=False)[:count]:
            if not Exclusion.objects.filter(assignment=counted.assignment_id).exists():
                Exclusion.objects.create(
                    assignment_id=counted.assignment_id,
                    reason="重复",
                    recorded_at=AT,
                    recorded_by=office_clerk.user,
                )

    url = reverse("scoring:appeals")
    fill(1)
    few = queries(as_office_clerk, url)
    fill(10)
    assert queries(as_office_clerk, url) == few

"""Each page for each role: what is seen, what is hidden, what is refused, and what it costs."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from scoring import runs
from scoring.models import CountedInput, Exclusion, ScoringRun
from taian_factors.directory.models import Job
from taian_factors.lib.periods import Period
from tests.scoring.factories import (
    answered,
    completed,
    duty,
    moment,
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

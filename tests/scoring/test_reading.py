"""A table on paper, on a projector and as open data; who gets it, what is in it, what it costs."""

import csv
import io
import json
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from scoring import runs, standings
from scoring.models import RuleVersion, ScoringRun
from taian_factors.lib.periods import Period
from tests.scoring.factories import answered, matter, moment, previewed, published, reviewed, worked_example

JUNE = Period.parse("2023-06")
AT = moment("2023-07-10")
RANKINGS = reverse("scoring:rankings")
CSV, JSON = (reverse(f"scoring:open_{form}", args=["2023-06"]) for form in ("csv", "json"))
pytestmark = pytest.mark.django_db


def text(response):
    return re.sub(r"\s+", " ", response.content.decode())


# --- paper and projector ------------------------------------------------------------------------------------


@pytest.mark.parametrize("view", ["print_ranking", "projector"])
def test_who_sees_the_run_sees_it_on_paper_and_on_the_wall(
    view, as_office_clerk, as_department_clerk, as_bank, as_enterprise, client, office_lead
):
    worked_example("ZGJ")
    run = runs.compute_month(period=JUNE, at=AT)
    url = reverse(f"scoring:{view}", args=[run.pk])
    page = text(as_office_clerk.get(url))
    assert "89.51" in page
    assert "市自然资源和规划局" in page
    assert 'class="sidenav"' not in page
    assert [c.get(url).status_code for c in (as_department_clerk, as_bank, as_enterprise)] == [404] * 3
    assert client.get(url).status_code == 302
    runs.preview(run=run, actor=None, at=AT)
    assert [c.get(url).status_code for c in (as_department_clerk, as_bank)] == [200, 404]


def test_paper_says_what_is_not_published(as_office_clerk):
    worked_example("ZGJ")
    run = previewed(JUNE)
    assert "预公布，尚未公布" in text(as_office_clerk.get(reverse("scoring:print_ranking", args=[run.pk])))


@pytest.mark.parametrize("view", ["rankings", "print_ranking", "projector"])
def test_a_long_table_costs_as_much_as_a_short_one(view, as_office_clerk):
    worked_example("ZGJ")
    first = runs.compute_month(period=JUNE, at=AT)
    as_office_clerk.get(RANKINGS)
    few = queries(as_office_clerk, view, first)
    for code in ("STJ", "FGW", "ZJJ", "SPJ", "CZJ", "RSJ", "SLJ"):
        worked_example(code)
    assert queries(as_office_clerk, view, runs.compute_month(period=JUNE, at=AT)) == few


def queries(client, view, run):
    url = f"{RANKINGS}?period=2023-06&run={run.pk}" if view == "rankings" else None
    with CaptureQueriesContext(
        connection,
    ) as captured:
        client.get(url or reverse(f"scoring:{view}", args=[run.pk]))
    return len(captured)


# --- periods ------------------------------------------------------------------------------------------------


def test_periods_lead_to_each_other():
    shown = [Period.parse(key) for key in ("2023", "2023Q2", "2023-06", "2023-05", "2023-04", "2023-01")]
    found = [each.key for _, each in standings.related(JUNE, shown)]
    assert found == ["2023-05", "2023Q2", "2023"]
    longer = [each.key for _, each in standings.related(Period.parse("2023Q2"), shown)]
    assert longer == ["2023-04", "2023-05", "2023-06", "2023"]


def test_the_quarter_is_a_link_on_the_page_of_its_month(office_lead, as_bank):
    for month in ("2023-04", "2023-05", "2023-06"):
        answered("ZGJ", due=f"{month}-12")
        published(Period.parse(month), office_lead)
    quarter = runs.compute_period(period=Period.parse("2023Q2"), at=moment("2023-08-01"))
    assert "2023年第二季度" not in text(as_bank.get(f"{RANKINGS}?period=2023-06"))
    runs.publish(run=quarter, actor=office_lead, at=moment("2023-08-01"))
    assert "?period=2023Q2" in text(as_bank.get(f"{RANKINGS}?period=2023-06"))
    assert "?period=2023-04" in text(as_bank.get(f"{RANKINGS}?period=2023Q2"))


# --- open data ----------------------------------------------------------------------------------------------


@pytest.fixture
def june(office_lead):
    """June published, with a review that nobody may recognize."""
    worked_example("ZGJ")
    lead = matter("STJ", complete_due_at=moment("2023-05-20"))
    reviewed(lead, 2)
    published(JUNE, office_lead)
    return lead


def test_what_is_not_published_is_not_open(client):
    worked_example("ZGJ")
    previewed(JUNE)
    assert [client.get(url).status_code for url in (CSV, JSON)] == [404, 404]
    assert "还没有公布的结果" in text(client.get(reverse("scoring:open_data")))


@pytest.mark.parametrize("key", ["2023-13", "abc", "2023-05"])
def test_what_is_no_period_is_not_found(key, client, june):
    assert client.get(reverse("scoring:open_json", args=[key])).status_code == 404


def test_json_has_the_numbers_of_the_table_and_nothing_else(client, june):
    data = json.loads(client.get(JSON).content)
    assert list(data) == [
        "period", "period_name", "rules", "published_on", "correction", "departments", "unranked",
    ]  # fmt: skip
    first = data["departments"][0]
    assert (first["department"], first["place"], first["total"]) == ("泰安市自然资源和规划局", 1, "89.51")
    assert set(first) == {"department", "group", "place", "total", "lines"}
    assert first["lines"][0] == {
        "indicator": "on_time_reply", "indicator_name": "按时回复率", "hits": "12", "n": 13,
        "full_marks": "30.77", "points": "28.40", "small_sample": False,
    }  # fmt: skip
    assert [card["place"] for card in data["unranked"]] == [None] * len(data["unranked"])


def test_csv_opens_in_a_spreadsheet_with_the_same_numbers(client, june):
    response = client.get(CSV)
    assert response.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))
    data = json.loads(client.get(JSON).content)
    assert len(rows) == 4 * len(data["departments"] + data["unranked"])
    assert rows[3]["small_sample"] == "1"
    assert (rows[0]["period"], rows[0]["total"], rows[0]["hits"], rows[0]["n"]) == (
        "2023-06",
        "89.51",
        "12",
        "13",
    )


def test_nothing_of_a_matter_is_open(client, june):
    for page in (client.get(url).content.decode() for url in (CSV, JSON, reverse("scoring:open_data"))):
        for secret in (
            june.factor_request.number,
            june.factor_request.headline,
            june.factor_request.enterprise.name,
        ):
            assert secret not in page


def test_a_correction_takes_the_place_of_what_it_corrects(client, june, office_lead):
    run = runs.compute_month(period=JUNE, at=moment("2023-08-01"))
    runs.publish(run=run, actor=office_lead, at=moment("2023-08-01"), correction_reason="示例更正")
    assert json.loads(client.get(JSON).content)["correction"] == 1
    assert ScoringRun.objects.published().count() == 1


def test_open_data_costs_three_queries(client, june):
    for url in (CSV, JSON):
        with CaptureQueriesContext(connection) as captured:
            client.get(url)
        assert len(captured) == 3


def test_only_the_figures_that_the_version_names_are_printed_beside(as_office_clerk):
    version = RuleVersion.objects.get(name="v1")
    version.content = {**version.content, "beside": ["backlog", "solved"]}
    version.save()
    worked_example("ZGJ")
    runs.compute_month(period=JUNE, at=AT)
    page = text(as_office_clerk.get(reverse("scoring:why", args=["2023-06", "ZGJ"])))
    assert [word in page for word in ("解决率", "积案", "评价率", "自收件占比")] == [True, True, False, False]

"""A month's run: what is printed, what it costs, and that it cannot be edited afterwards."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from scoring import runs
from scoring.models import CountedInput, RuleVersion, ScoringRun
from taian_factors.directory.models import Organization
from taian_factors.lib.periods import Period
from tests.scoring.factories import (
    answered,
    completed,
    excluded,
    matter,
    moment,
    need,
    reviewed,
    worked_example,
)

JUNE = Period.parse("2023-06")
AT = moment("2023-07-10")
pytestmark = pytest.mark.django_db


def printed(month="2023-06"):
    out = StringIO()
    call_command("compute_month", month, "--json", stdout=out)
    return json.loads(out.getvalue())


def of(output, code):
    return next(row for row in output["departments"] + output["unranked"] if row["code"] == code)


def line(code="FGW", indicator="on_time_reply", month="2023-06"):
    found = next((row for row in of(printed(month), code)["lines"] if row["indicator"] == indicator), None)
    return found and (found["hits"], found["population"])


def test_worked_example_comes_out_of_the_database_to_the_digit():
    worked_example("FGW")
    output = printed()
    assert (output["period"], output["rules"], output["state"]) == ("2023-06", "v1", "draft")
    assert list(output) == ["period", "rules", "run", "state", "digest", "departments", "unranked"]
    row = of(output, "FGW")
    assert (row["place"], row["total"], row["name"]) == (1, "89.51", "泰安市发展和改革委员会")
    assert [list(found.values()) for found in row["lines"]] == [
        ["on_time_reply", "12", 13, "30.77", "28.40", []],
        ["completion", "8", 9, "38.46", "34.19", []],
        ["satisfaction", "0", 0, "0.00", "0.00", []],
        ["cooperation", "3.5", 4, "30.77", "26.92", ["small_sample"]],
    ]
    assert list(row["lines"][0]) == ["indicator", "hits", "population", "full_marks", "points", "flags"]


def test_departments_without_matters_are_listed_apart_with_their_other_lines():
    reviewed(completed("ZJJ", due="2023-05-20", done="2023-05-19"))
    row = of(printed(), "ZJJ")
    assert row == {
        "code": "ZJJ",
        "name": row["name"],
        "reason": "no_matters",
        "lines": [{"indicator": "satisfaction", "hits": "1", "population": 1}],
    }


def test_only_departments_that_take_part_are_scored():
    answered("B01")
    output = printed()
    codes = {row["code"] for row in output["departments"] + output["unranked"]}
    assert codes == set(Organization.objects.filter(takes_part=True).values_list("code", flat=True))
    assert not CountedInput.objects.filter(organization__code="B01").exists()


def test_the_run_is_stored_and_a_second_one_over_the_same_facts_has_the_same_digest():
    worked_example()
    first, second = printed(), printed()
    assert first["digest"] == second["digest"]
    assert first["run"] < second["run"]
    assert ScoringRun.objects.count() == 2


def test_another_fact_gives_another_digest():
    worked_example()
    before = printed()
    answered("ZJJ")
    assert printed()["digest"] != before["digest"]


# --- boundaries ---------------------------------------------------------------------------------------------


def test_a_deadline_met_to_the_second_is_met():
    due = moment("2023-06-13", "23:59:59")
    matter(part="support", reply_due_at=due, replied_at=due)
    matter(part="support", reply_due_at=due, replied_at=moment("2023-06-14", "00:00:00"))
    assert line() == ("1", 2)


def test_the_month_is_cut_at_midnight_in_shanghai():
    first, last = "00:00:00", "23:59:59"
    for day, clock in (
        ("2023-05-31", last),
        ("2023-06-01", first),
        ("2023-06-30", last),
        ("2023-07-01", first),
    ):
        matter(part="support", reply_due_at=moment(day, clock), replied_at=moment(day, clock))
    assert line() == ("2", 2)
    assert line(month="2023-07") == ("1", 1)


def test_completed_in_the_last_second_counts_and_at_midnight_does_not():
    due = moment("2023-06-30", "23:59:59")
    matter(complete_due_at=due, completed_at=due)
    matter(complete_due_at=due, completed_at=moment("2023-07-01", "00:00:00"))
    assert line(indicator="completion") == ("1", 2)


def test_completed_late_but_inside_the_month_is_a_hit():
    completed(due="2023-06-05", done="2023-06-29")
    assert line(indicator="completion") == ("1", 1)


def test_reassigned_the_moment_it_was_due_leaves_the_population_if_unanswered():
    due = moment("2023-06-13", "23:59:59")
    matter(reply_due_at=due, ended_at=due, end_reason="reassigned")
    matter(reply_due_at=due, ended_at=due, end_reason="reassigned", replied_at=due)
    matter(reply_due_at=due, ended_at=moment("2023-06-14", "00:00:00"), end_reason="reassigned")
    assert line() == ("1", 2)


def test_a_redo_stays_a_miss_where_it_was_due_and_the_new_one_counts_in_its_own_month():
    asked = need()
    undone = {"ended_at": moment("2023-07-03"), "end_reason": "redone"}
    completed(of=asked, **undone)
    completed(of=asked, due="2023-07-10", done="2023-07-06", assigned_at=moment("2023-07-03"))
    assert line(indicator="completion") == ("0", 1)
    assert line(indicator="completion", month="2023-07") == ("1", 1)


def test_a_redo_before_the_deadline_stays_in_the_population():
    completed(done=None, ended_at=moment("2023-06-15"), end_reason="redone")
    completed(done=None, ended_at=moment("2023-06-15"), end_reason="handed_back")
    assert line(indicator="completion") == ("0", 1)


def test_ineligible_touches_completion_only():
    asked = need(ineligible_at=moment("2023-08-01"))
    due = moment("2023-06-13", "23:59:59")
    lead = matter(
        of=asked, reply_due_at=due, replied_at=due, complete_due_at=moment("2023-06-20", "23:59:59")
    )
    reviewed(lead, 4)
    output = of(printed(), "FGW")["lines"]
    assert [(row["hits"], row["population"]) for row in output[:3]] == [("1", 1), ("0", 0), ("1", 1)]


def test_supports_count_for_replies_and_not_for_completion():
    both = {"complete_due_at": moment("2023-06-20"), "reply_due_at": moment("2023-06-10")}
    matter(part="support", **both)
    matter(part="lead", **both)
    output = of(printed(), "FGW")["lines"]
    assert [row["population"] for row in output[:2]] == [2, 1]


def test_an_exclusion_takes_its_own_record_out_and_nothing_else():
    lead = matter(reply_due_at=moment("2023-06-10"), complete_due_at=moment("2023-06-20"))
    reviewed(lead, 1)
    answered(on_time=True)
    excluded(assignment=lead)
    output = of(printed(), "FGW")["lines"]
    assert [(row["hits"], row["population"]) for row in output[:3]] == [("1", 1), ("0", 0), ("0", 1)]
    left_out = CountedInput.objects.filter(assignment=lead).values_list("indicator", "left_out", "reason")
    assert set(left_out) == {("on_time_reply", "excluded", "重复"), ("completion", "excluded", "重复")}


def test_an_exclusion_that_is_open_or_was_refused_changes_nothing():
    first, second = answered(on_time=False), answered(on_time=False)
    at = moment("2023-07-03")
    first.exclusions.create(reason="重复", recorded_at=at)
    second.exclusions.create(reason="重复", recorded_at=at, is_upheld=False, decided_at=at, is_historic=True)
    assert line() == ("0", 2)


def test_three_stars_satisfy_and_two_do_not():
    for rating in (5, 4, 3, 2, 1):
        reviewed(matter(), rating)
    assert line(indicator="satisfaction") is not None
    lines = of(printed(), "FGW")["lines"]
    assert [(row["hits"], row["population"]) for row in lines if row["indicator"] == "satisfaction"] == [
        ("3", 5)
    ]


# --- cost and order -----------------------------------------------------------------------------------------


def test_a_run_takes_the_same_number_of_statements_for_one_department_and_for_all():
    worked_example("FGW")
    with CaptureQueriesContext(connection) as one:
        runs.compute_month(period=JUNE, at=AT)
    for code in Organization.objects.filter(takes_part=True).values_list("code", flat=True):
        reviewed(completed(code))
    Organization.objects.departments().update(takes_part=True)
    with CaptureQueriesContext(connection) as all_of_them:
        runs.compute_month(period=JUNE, at=AT)
    assert len(one) == len(all_of_them) == 17


def test_a_period_that_no_version_governs_is_refused():
    with pytest.raises(runs.RunError, match="没有适用于2022年6月的实施细则"):
        runs.compute_month(period=Period.parse("2022-06"), at=AT)


@pytest.mark.parametrize("month", ["2023-13", "2023-6", "2023Q2", "六月", "2023"])
def test_what_is_no_month_is_refused_with_a_sentence(month):
    with pytest.raises(CommandError, match=r"月|期间"):
        call_command("compute_month", month)


def test_the_newest_version_in_force_governs():
    content = RuleVersion.objects.get(name="v1").content
    RuleVersion.objects.create(name="v2", first_month="2023-06", content=content, state="in_force")
    RuleVersion.objects.create(name="v3", first_month="2023-06", content=content, state="draft")
    assert printed("2023-05")["rules"] == "v1"
    assert printed("2023-06")["rules"] == printed("2023-07")["rules"] == "v2"


# --- written once -------------------------------------------------------------------------------------------

EDITS = [
    "UPDATE scoring_scorecard SET total = 100 WHERE total IS NOT NULL",
    "UPDATE scoring_scoreline SET points = 0",
    "UPDATE scoring_countedinput SET credit = 1",
    "DELETE FROM scoring_countedinput",
    "DELETE FROM scoring_scoreline",
    "UPDATE scoring_scoringrun SET digest = 'x'",
    "UPDATE scoring_scoringrun SET rules = '{}'",
    "DELETE FROM scoring_scoringrun",
    "UPDATE scoring_ruleversion SET content = '{}' WHERE name = 'v1'",
    "DELETE FROM scoring_ruleversion WHERE name = 'v1'",
]


@pytest.mark.parametrize("sql", EDITS)
def test_a_run_and_its_rules_cannot_be_edited_even_by_sql(sql):
    worked_example()
    printed()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)

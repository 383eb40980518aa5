"""What if: other weights, curves and groups tried on past months, stored nowhere."""

from decimal import Decimal

import pytest
from django.urls import reverse

from scoring import runs
from scoring.models import RuleVersion, Scorecard, ScoreLine, ScoringRun
from scoring.rulebook import Rules
from taian_factors.lib.periods import Period
from tests.scoring.factories import answered, duty, matter, reviewed, worked_example
from tests.scoring.test_drafting import AT, JUNE, text, typed

pytestmark = pytest.mark.django_db


WHAT_IF = reverse("scoring:what_if")


@pytest.fixture
def june(db):
    """Two departments: one with good service, one with good replies."""
    for code, on_time, rating in (("ZGJ", True, 1), ("STJ", False, 5)):
        reviewed(matter(code), rating)
        answered(code, on_time=on_time)
        duty(code)
    return runs.compute_month(period=JUNE, at=AT)


def shifts(response):
    return {s.card.code: (s.card.place, s.place, s.total) for s in response.context["trials"][0].shifts}


def test_other_weights_shift_places_and_nothing_is_stored(june, as_office_clerk, django_assert_num_queries):
    assert shifts(as_office_clerk.get(WHAT_IF))["ZGJ"][:2] == (1, 1)
    before = [model.objects.count() for model in (ScoringRun, Scorecard, ScoreLine, RuleVersion)]
    digest = ScoringRun.objects.get().digest
    sent = typed(marks_on_time_reply="5", marks_completion="5", marks_satisfaction="70", period="2023-06")
    response = as_office_clerk.get(WHAT_IF, sent)
    assert shifts(response)["STJ"] == (2, 1, Decimal("90.00"))
    assert shifts(response)["ZGJ"][:2] == (1, 2)
    assert "升 1" in text(response)
    assert [model.objects.count() for model in (ScoringRun, Scorecard, ScoreLine, RuleVersion)] == before
    assert ScoringRun.objects.get().digest == digest


def test_the_version_itself_gives_back_the_stored_totals(june, as_office_clerk):
    worked_example("FGW")
    run = runs.compute_month(period=JUNE, at=AT)
    response = as_office_clerk.get(WHAT_IF, {"period": "2023-06"})
    trial = response.context["trials"][0]
    assert (trial.run, trial.n_moved) == (run, 0)
    assert all(shift.card.total == shift.total for shift in trial.shifts)


def test_several_months_are_tried_at_once_for_the_same_queries(
    june, as_office_clerk, django_assert_max_num_queries
):
    answered("ZGJ", due="2023-05-10")
    runs.compute_month(period=Period.parse("2023-05"), at=AT)
    with django_assert_max_num_queries(16) as one:
        as_office_clerk.get(WHAT_IF, {"period": "2023-06"})
    with django_assert_max_num_queries(len(one.captured_queries)):
        response = as_office_clerk.get(WHAT_IF, {"period": "2023-06", "span": "12"})
    assert [trial.run.period for trial in response.context["trials"]] == ["2023-06", "2023-05"]


def test_numbers_that_do_not_add_up_are_said_at_the_field(june, as_office_clerk):
    response = as_office_clerk.get(WHAT_IF, typed(marks_completion="5", period="2023-06"))
    assert (response.status_code, response.context["trials"]) == (422, [])
    assert "现为 80" in text(response)


def test_own_comparison_groups_are_tried_too(june, as_office_clerk):
    sent = typed(period="2023-06", groups="甲组：市生态环境局\n乙组：其余部门")
    response = as_office_clerk.get(WHAT_IF, sent)
    assert {shift.card.code: shift.group for shift in response.context["trials"][0].shifts}["STJ"] == "甲组"
    assert shifts(response)["STJ"][:2] == (2, 1)
    assert "甲组：市生态环境局" in text(response)
    assert ScoringRun.objects.get().rules["groups"][0]["name"] == "市直要素保障部门"
    wrong = as_office_clerk.get(WHAT_IF, sent | {"groups": "甲组：市生态环境局"})
    assert (wrong.status_code, "恰有一个比较组" in text(wrong)) == (422, True)
    unsaid = as_office_clerk.get(WHAT_IF, sent | {"groups": ""})
    assert unsaid.context["trials"][0].shifts[0].group == "市直要素保障部门"


def test_a_period_without_a_run_is_said_and_no_other_is_shown_as_chosen(june, as_office_clerk):
    response = as_office_clerk.get(WHAT_IF, {"period": "2023-01"})
    assert response.context["trials"] == []
    assert "2023年1月还没有计算过" in text(response)
    assert '<option value="2023-01" selected>' in text(response)


@pytest.mark.parametrize(
    ("who", "status"), [("office_auditor", 200), ("department_lead", 404), ("enterprise", 404)]
)
def test_only_the_office_plays_with_the_numbers(who, status, june, request):
    assert request.getfixturevalue(f"as_{who}").get(WHAT_IF).status_code == status


def test_an_empty_competition_has_nothing_to_try(as_office_clerk):
    assert "还没有可以试算的期间" in text(as_office_clerk.get(WHAT_IF))
    assert as_office_clerk.get(WHAT_IF, {"version": "x"}).status_code == 404


def test_a_rules_object_is_what_the_form_makes(june, as_office_clerk):
    response = as_office_clerk.get(WHAT_IF, typed(period="2023-06"))
    assert isinstance(response.context["form"].cleaned_data["rules"], Rules)

"""Why a score is what it is: the page for each role, and what it keeps from whom."""

import pytest
from django.urls import reverse

from scoring import runs
from tests.scoring.factories import (
    answered,
    completed,
    matter,
    moment,
    need,
    previewed,
    reviewed,
    worked_example,
)
from tests.scoring.test_pages import AT, JUNE, text, why

pytestmark = pytest.mark.django_db


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

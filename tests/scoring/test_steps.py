"""The steps of a month stand on its page with their moments, for each reader as far as it may see."""

import pytest
from django.urls import reverse

from scoring import runs
from scoring.steps import steps
from taian_factors.lib.periods import Period
from tests.scoring.factories import answered, moment, published

JUNE = Period.parse("2023-06")
pytestmark = pytest.mark.django_db


def test_each_step_is_dated_and_a_correction_gives_its_reason(office_lead, department_clerk, bank):
    answered("ZGJ")
    run = published(JUNE, office_lead)
    again = runs.compute_month(period=JUNE, at=moment("2023-08-01"))
    runs.publish(
        run=again, actor=office_lead, at=moment("2023-08-01", "11:00:00"), correction_reason="补录一件。"
    )
    told = [step.text for step in steps(period=JUNE, actor=office_lead)]
    assert told == [
        f"第 {run.pk} 次计算",
        f"预公布第 {run.pk} 次计算",
        f"公布（第 {run.pk} 次计算）",
        f"第 {again.pk} 次计算",
        f"第 1 次更正：补录一件。（第 {again.pk} 次计算）",
    ]
    mine = [step.text for step in steps(period=JUNE, actor=department_clerk)]
    assert mine == [told[1], told[2], told[4]]


def test_the_page_shows_them(office_lead, as_department_clerk):
    answered("ZGJ")
    published(JUNE, office_lead)
    page = as_department_clerk.get(reverse("scoring:rankings")).content.decode()
    assert "已经走过的步骤" in page


def test_the_history_chart_is_an_image_of_its_own_for_who_may_see_why(
    office_lead, as_department_clerk, as_other_department
):
    answered("ZGJ")
    published(JUNE, office_lead)
    url = reverse("scoring:history_chart", args=["2023-06", "ZGJ"])
    answer = as_department_clerk.get(url)
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/svg+xml")
    assert b"100.00" in answer.content
    assert b"<script" not in answer.content
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert as_other_department.get(url).status_code == 404
    why = as_department_clerk.get(reverse("scoring:why", args=["2023-06", "ZGJ"])).content.decode()
    assert f'src="{url}' in why

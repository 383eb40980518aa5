"""Duties from the ledger: what is open and overdue becomes work of its department, once."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from scoring import overdue
from scoring.arranging import DutyError
from scoring.models import Duty
from taian_factors.directory.models import Organization
from tests.scoring.factories import matter, moment, need
from tests.scoring.test_duty_sheets import AT, OVERDUE, text

pytestmark = pytest.mark.django_db


def late(department="ZGJ", due="2023-06-20", **fields):
    """A lead that is open and past its day."""
    return matter(department, of=need(is_historic=False), complete_due_at=moment(due, "23:59:59"), **fields)


def test_what_is_open_and_overdue_becomes_one_duty_of_its_department(office_clerk):
    first, second = late(), late(due="2023-06-25")
    late("STJ", ended_at=moment("2023-06-21"), end_reason="reassigned")
    late("ZGJ", due="2023-07-20")
    late("ZGJ", part="support")
    (held,) = overdue.backlogs(at=AT)
    assert (held.department.code, list(held.assignments)) == ("ZGJ", [first, second])
    made = overdue.arrange(department=held.department, due_on=date(2023, 7, 14), actor=office_clerk, at=AT)
    assert made.title == "办结逾期事项 2 项（市自然资源和规划局）"
    assert first.factor_request.number in made.requirement
    assert [r.organization.code for r in made.records.select_related("organization")] == ["ZGJ"]


def test_a_second_press_arranges_nothing_more(office_clerk):
    late()
    given = {"department": late().organization, "due_on": date(2023, 7, 14), "actor": office_clerk, "at": AT}
    overdue.arrange(**given)
    with pytest.raises(DutyError, match="已有同名"):
        overdue.arrange(**given)
    assert Duty.objects.count() == 1


@pytest.mark.parametrize(
    ("at", "due_on", "said"),
    [
        (moment("2023-06-28"), "2023-07-14", "要素保障周"),
        (moment("2023-07-10"), "2023-07-14", "要素保障周"),
        (AT, "2023-07-05", "今天以后"),
    ],
)
def test_it_is_refused_out_of_its_week_and_for_a_day_that_has_begun(at, due_on, said, office_clerk):
    with pytest.raises(DutyError, match=said):
        overdue.arrange(
            department=late().organization, due_on=date.fromisoformat(due_on), actor=office_clerk, at=at
        )


def test_nothing_overdue_is_nothing_to_arrange(office_clerk, department_clerk):
    department = Organization.objects.get(code="STJ")
    with pytest.raises(DutyError, match="没有未办结的逾期事项"):
        overdue.arrange(department=department, due_on=date(2023, 7, 14), actor=office_clerk, at=AT)
    with pytest.raises(DutyError, match="只有"):
        overdue.arrange(department=department, due_on=date(2023, 7, 14), actor=department_clerk, at=AT)


def test_the_page_lists_departments_for_a_fixed_number_of_queries(as_office_clerk):
    late()
    as_office_clerk.get(OVERDUE)
    with CaptureQueriesContext(connection) as one:
        assert "逾期未办结 1 项" in text(as_office_clerk.get(OVERDUE))
    for code in ("STJ", "FGW", "ZGJ"):
        late(code)
    with CaptureQueriesContext(connection) as more:
        as_office_clerk.get(OVERDUE)
    assert len(more) == len(one)


def test_a_refusal_stands_at_the_day(as_office_clerk):
    late()
    url = reverse("scoring:arrange_overdue", args=["ZGJ"])
    for due_on in ("", "2000-01-01"):
        response = as_office_clerk.post(url, {"ZGJ-due_on": due_on})
        assert response.status_code == 422
        assert response.context["form"].errors["due_on"]
    assert as_office_clerk.post(reverse("scoring:arrange_overdue", args=["XXX"])).status_code == 404

"""一事一议: marked by an office lead, with days of its own."""

from datetime import date, datetime, timedelta

import pytest
from django.urls import reverse

from requests_desk import case_by_case, transitions
from requests_desk.journal import NotAllowedError, RefusedError
from taian_factors.lib.periods import SHANGHAI
from tests.directory.factories import body
from tests.requests_desk import factories
from tests.requests_desk.factories import START, acting, office

pytestmark = pytest.mark.django_db
A_DAY = timedelta(days=1)
BY = date(2023, 9, 28)
END = datetime(2023, 9, 28, 23, 59, 59, tzinfo=SHANGHAI)


def marked(made, *, at=START + A_DAY, **days):
    return case_by_case.mark_case_by_case(made, reason="重大项目", actor=office("lead"), at=at, **days)


def test_own_days_move_the_running_clock_and_hold_for_the_next_lead():
    made = factories.assigned()
    event = marked(made, complete_on=BY)
    first = made.assignments.get()
    assert (first.complete_due_at, event.detail["own_complete_on"]) == (END, "2023-09-28")
    assert first.reply_due_at < END
    transitions.reassign(made, lead=body("SPJ"), reason="职责调整", actor=office(), at=START + 2 * A_DAY)
    assert made.assignments.get(ended_at=None).complete_due_at == END


def test_days_set_before_the_assignment_are_its_days():
    made = factories.accepted()
    marked(made, reply_on=date(2023, 7, 31), complete_on=BY)
    transitions.assign(made, lead=body("ZGJ"), supports=[body("SPJ")], actor=office(), at=START + 2 * A_DAY)
    lead, support = made.assignments.order_by("part")
    assert lead.reply_due_at == datetime(2023, 7, 31, 23, 59, 59, tzinfo=SHANGHAI)
    assert (lead.complete_due_at, support.complete_due_at) == (END, None)
    assert support.reply_due_at < lead.reply_due_at  # the factor's limit, not the lead's own day


def test_a_deadline_that_has_passed_stays_passed():
    made = factories.assigned()
    late = datetime(2023, 7, 10, 9, 0, tzinfo=SHANGHAI)
    before = made.assignments.get().complete_due_at
    marked(made, complete_on=BY, at=late)
    assert made.assignments.get().complete_due_at == before < late


def test_days_are_ahead_in_order_and_set_by_an_office_lead_only():
    made = factories.assigned()
    with pytest.raises(RefusedError, match="今天之后"):
        marked(made, complete_on=START.date())
    with pytest.raises(RefusedError, match="不应晚于办结日期"):
        marked(made, reply_on=date(2023, 9, 29), complete_on=BY)
    for actor in (office(), acting("ZGJ")):
        with pytest.raises(NotAllowedError):
            case_by_case.mark_case_by_case(made, reason="急", actor=actor, at=START)


def test_it_shows_wherever_the_state_shows(as_department_clerk, as_office_clerk, sign_in):
    made = factories.assigned()
    marked(made, complete_on=BY)
    for page in (reverse("requests_desk:show", args=[made.number]), reverse("requests_desk:worklist")):
        assert "一事一议" in as_department_clerk.get(page).content.decode()
    assert "一事一议" in as_office_clerk.get(reverse("requests_desk:ledger")).content.decode()

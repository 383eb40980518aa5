"""交办、转办."""

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from requests_desk import transitions
from requests_desk.handing import LEAD, open_assignment
from requests_desk.journal import NotAllowedError, RefusedError
from taian_factors.directory.models import CalendarYear
from taian_factors.lib.periods import SHANGHAI
from tests.directory.factories import body
from tests.requests_desk import factories
from tests.requests_desk.factories import START, acting, office

pytestmark = pytest.mark.django_db


def end_of(day: int, month: int = 6) -> datetime:
    return datetime(2023, month, day, 23, 59, 59, tzinfo=SHANGHAI)


def test_lead_and_supports_start_in_parallel_each_with_its_own_clock():
    made = factories.assigned(supports=("SPJ", "FGW"))
    lead, *supports = made.assignments.order_by("part", "pk")
    assert (lead.organization.code, lead.reply_due_at, lead.complete_due_at) == (
        "ZGJ",
        end_of(16),
        end_of(5, 7),
    )
    assert [(s.organization.code, s.reply_due_at, s.complete_due_at) for s in supports] == [
        ("SPJ", end_of(16), None),
        ("FGW", end_of(16), None),
    ]
    assert {a.acknowledge_due_at for a in made.assignments.all()} == {end_of(14)}


def test_a_body_stands_once_in_a_request():
    made = factories.accepted()
    supports = [body("ZGJ"), body("SPJ"), body("SPJ")]
    transitions.assign(made, lead=body("ZGJ"), supports=supports, actor=office(), at=START)
    assert sorted(a.organization.code for a in made.assignments.all()) == ["SPJ", "ZGJ"]


@pytest.mark.parametrize(("code", "lead"), [("TD", "B01"), ("JR", "JRJ"), ("TD", "ZB-C01"), ("TD", "GTB")])
def test_a_lead_must_be_of_the_right_kind(code: str, lead: str):
    made = factories.accepted(code)
    with pytest.raises(RefusedError, match="不能主办") as caught:
        transitions.assign(made, lead=body(lead), actor=office(), at=START)
    assert caught.value.field == "lead"
    assert made.state == "accepted"
    assert not made.assignments.exists()


def test_an_institution_leads_finance_and_a_county_office_may_lead_the_rest():
    assert factories.assigned("JR", lead="F01").running_lead.organization.code == "F01"
    assert factories.assigned("TD", lead="TB-370902").running_lead.organization.code == "TB-370902"


def test_later_limits_do_not_move_a_stored_deadline():
    made = factories.assigned()
    made.factor.reply_days = 1
    made.factor.save(update_fields=["reply_days"])
    assert made.assignments.get().reply_due_at == end_of(16)
    assert factories.assigned().assignments.get().reply_due_at == end_of(14)


def test_reassigning_ends_one_and_opens_another_so_each_answers_for_its_days():
    made = factories.assigned()
    transitions.reassign(
        made, lead=body("FGW"), reason="职责调整", actor=office(), at=START + timedelta(days=2)
    )
    old, new = made.assignments.order_by("pk")
    assert (old.end_reason, old.ended_at) == ("reassigned", START + timedelta(days=2))
    assert (new.organization.code, new.reply_due_at) == ("FGW", end_of(20))
    assert made.turns == 1


def test_a_support_that_becomes_lead_stops_being_a_support():
    made = factories.assigned(supports=("FGW",))
    transitions.reassign(
        made, lead=body("FGW"), reason="职责调整", actor=office(), at=START + timedelta(days=1)
    )
    assert [(a.organization.code, a.part) for a in made.assignments.filter(ended_at=None)] == [
        ("FGW", "lead")
    ]


def test_given_again_to_the_same_department_the_old_deadlines_stand():
    made = factories.assigned()
    transitions.reassign(
        made, lead=body("FGW"), reason="职责调整", actor=office(), at=START + timedelta(days=1)
    )
    transitions.reassign(
        made, lead=body("ZGJ"), reason="仍归自规局", actor=office(), at=START + timedelta(days=2)
    )
    assert made.assignments.get(ended_at=None).reply_due_at == end_of(16)


def test_reassigning_to_the_lead_itself_is_refused():
    made = factories.assigned()
    with pytest.raises(RefusedError, match="已经是主办"):
        transitions.reassign(made, lead=body("ZGJ"), reason="再办", actor=office(), at=START)


def test_the_third_turn_goes_to_the_leads_of_the_office():
    made = factories.assigned()
    for day, code in enumerate(["FGW", "SPJ", "ZJJ"], start=1):
        assert not made.is_escalated
        transitions.reassign(
            made, lead=body(code), reason="改派", actor=office(), at=START + timedelta(days=day)
        )
    assert made.is_escalated
    assert made.events.filter(verb="escalate").count() == 1


def test_the_database_refuses_a_second_running_lead():
    made = factories.assigned()
    calendar = CalendarYear.objects.calendar()
    with pytest.raises(IntegrityError, match="one_running_lead"), transaction.atomic():
        open_assignment(made, body("FGW"), part=LEAD, at=START, calendar=calendar)


def test_a_department_does_not_assign():
    with pytest.raises(NotAllowedError):
        transitions.assign(factories.accepted(), lead=body("ZGJ"), actor=acting("ZGJ"), at=START)

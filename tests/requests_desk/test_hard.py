"""联合会商、揭榜挂帅、吹哨报到."""

from datetime import date, datetime, timedelta

import pytest

from requests_desk import escalation, records, transitions
from requests_desk.journal import NotAllowedError, RefusedError
from requests_desk.minuting import Decision, minute
from requests_desk.models import JointConsultation
from taian_factors.lib.periods import SHANGHAI
from tests.directory import factories as directory
from tests.directory.factories import body
from tests.requests_desk import factories
from tests.requests_desk.factories import START, acting, office

pytestmark = pytest.mark.django_db
A_DAY = timedelta(days=1)


def test_a_consultation_over_two_requests_stops_both_clocks_and_its_minutes_let_them_run():
    first, second = factories.assigned(), factories.assigned("SP", lead="SPJ")
    consultation = escalation.call_together(
        subject="用地审批",
        invited=[body("ZGJ")],
        factor_requests=[first, second],
        actor=office(),
        at=START + A_DAY,
    )
    assert {r.state for r in consultation.factor_requests.all()} == {"consulting"}
    assert first.assignments.get().reply_due_at is None
    to_zjj = Decision(second, body("ZJJ"), True, "出具意见", date(2023, 6, 28))
    minute(consultation, minutes="由住建局牵头", decisions=[to_zjj], actor=office(), at=START + 2 * A_DAY)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == ("assigned", "assigned")
    assert first.assignments.get().reply_due_at == datetime(2023, 6, 19, 23, 59, 59, tzinfo=SHANGHAI)
    taken = second.assignments.get(ended_at=None)
    assert taken.organization.code == "ZJJ"
    assert taken.complete_due_at == datetime(2023, 6, 28, 23, 59, 59, tzinfo=SHANGHAI)
    with pytest.raises(RefusedError, match="已有结论"):
        minute(consultation, minutes="再议", actor=office(), at=START + 3 * A_DAY)


def test_a_key_project_may_be_consulted_before_any_need():
    project = directory.project(directory.enterprise(), is_key=True)
    escalation.call_together(subject="新上项目", invited=[], project=project, actor=office(), at=START)
    with pytest.raises(RefusedError):
        escalation.call_together(subject="空", invited=[], actor=office(), at=START)
    with pytest.raises(NotAllowedError):
        escalation.call_together(subject="越权", invited=[], project=project, actor=acting("ZGJ"), at=START)
    assert JointConsultation.objects.count() == 1


def test_a_claim_is_lodged_jointly_and_awarded_with_a_reason():
    made = factories.on_open_call()
    claim = escalation.lodge_claim(
        made, plan="向省厅争取", partners=[body("TB-370902")], actor=acting("FGW"), at=START + 2 * A_DAY
    )
    with pytest.raises(RefusedError, match="已经揭榜"):
        escalation.lodge_claim(made, plan="再揭", actor=acting("FGW"), at=START + 2 * A_DAY)
    transitions.award(made, claim=claim, reason="方案可行", actor=office(), at=START + 3 * A_DAY)
    old, new, partner = made.assignments.order_by("pk")
    assert (partner.part, partner.organization.code) == ("support", "TB-370902")
    assert (made.state, old.end_reason, new.organization.code) == ("assigned", "awarded", "FGW")
    assert made.open_calls.get().closed_at == START + 3 * A_DAY


def test_only_a_body_that_can_lead_is_awarded_and_nothing_is_half_written():
    made = factories.on_open_call()
    claim = escalation.lodge_claim(made, plan="融资方案", actor=acting("B01"), at=START + 2 * A_DAY)
    with pytest.raises(RefusedError, match="不能主办"):
        transitions.award(made, claim=claim, reason="试", actor=office(), at=START + 3 * A_DAY)
    claim.refresh_from_db()
    made.refresh_from_db()
    assert (claim.is_chosen, made.state) == (False, "open_call")


def test_claims_end_with_their_day():
    made = factories.on_open_call()
    with pytest.raises(RefusedError, match="期限已过"):
        escalation.lodge_claim(made, plan="迟到", actor=acting("FGW"), at=START + 11 * A_DAY)
    transitions.close_call(made, reason="无合适方案", actor=office(), at=START + 12 * A_DAY)
    assert made.state == "assigned"
    assert made.assignments.get().complete_due_at is not None


def test_a_whistle_is_answered_within_two_working_hours():
    made = factories.assigned()
    records.whistle(made, text="没人联系", actor=acting(made.enterprise), at=START.replace(hour=11))
    with pytest.raises(RefusedError, match="已经吹哨"):
        records.whistle(made, text="再吹", actor=acting(made.enterprise), at=START.replace(hour=12))
    blown = made.assignments.get().whistles.get()
    # From 11:00 over the lunch break: one hour before noon, one after half past one.
    assert blown.due_at == START.replace(hour=14, minute=30)
    event = records.report_in(made, text="已联系", actor=acting("ZGJ"), at=START.replace(hour=14, minute=31))
    assert event.detail["is_late"] is True
    with pytest.raises(RefusedError, match="没有待报到"):
        records.report_in(made, text="再报", actor=acting("ZGJ"), at=START.replace(hour=15))

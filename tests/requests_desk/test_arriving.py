"""受理、退回补正、不予受理、重新提交、重新受理、撤回."""

from datetime import datetime, timedelta

import pytest

from requests_desk import transitions
from requests_desk.journal import RefusedError, WrongStateError
from requests_desk.models import RequestEvent
from taian_factors.lib.periods import SHANGHAI
from tests.requests_desk import factories
from tests.requests_desk.factories import AN_HOUR, START, office

pytestmark = pytest.mark.django_db


def end_of(day: int, month: int = 6) -> datetime:
    return datetime(2023, month, day, 23, 59, 59, tzinfo=SHANGHAI)


def test_accepting_starts_the_clock_for_assigning():
    made = factories.filed()
    assert made.accept_due_at == end_of(14)
    event = transitions.accept(made, actor=office(), at=START + AN_HOUR)
    assert (made.state, made.accepted_at, made.assign_due_at) == ("accepted", START + AN_HOUR, end_of(14))
    assert (event.verb, event.from_state, event.to_state) == ("accept", "filed", "accepted")


def test_who_typed_a_filing_does_not_accept_it(office_clerk, office_lead, enterprise):
    filing = factories.filing(enterprise=enterprise.organization)
    filing.typed_by = office_clerk.user
    filing.save(update_fields=["typed_by"])
    made = filing.factor_requests.get()
    with pytest.raises(RefusedError, match="须由他人受理"):
        transitions.accept(made, actor=office_clerk, at=START)
    transitions.accept(made, actor=office_lead, at=START)


def test_a_returned_request_waits_ten_working_days_and_comes_back_with_its_story():
    made = factories.returned()
    assert made.completion_asked_until == end_of(28)
    transitions.refile(
        made, story="红线图已附。", actor=factories.acting(made.enterprise), at=START + 2 * AN_HOUR
    )
    assert (made.state, made.story, made.completion_asked_until) == ("filed", "红线图已附。", None)
    assert made.events.get(verb="refile").detail["story_before"] == "需要尽快落实，请协调。"


@pytest.mark.parametrize("verb", ["send_back", "refuse"])
def test_saying_no_needs_a_reason_and_writes_nothing_without(verb: str):
    made = factories.filed()
    with pytest.raises(RefusedError) as caught:
        getattr(transitions, verb)(made, reason="  ", actor=office(), at=START)
    assert caught.value.field == "reason"
    assert made.events.count() == 1


def test_a_wrong_refusal_is_reconsidered_not_edited():
    made = factories.refused()
    transitions.reconsider(made, reason="诉讼已结束", actor=office(), at=START + timedelta(days=1))
    assert made.state == "filed"
    assert list(made.events.order_by("pk").values_list("verb", flat=True)) == ["file", "refuse", "reconsider"]


def test_withdrawing_ends_every_part():
    made = factories.assigned(supports=("SPJ", "FGW"))
    transitions.withdraw(
        made, reason="项目调整", actor=factories.acting(made.enterprise), at=START + 3 * AN_HOUR
    )
    assert {a.end_reason for a in made.assignments.all()} == {"withdrawn"}


def test_a_second_try_is_refused_and_writes_no_event():
    made = factories.accepted()
    with pytest.raises(WrongStateError, match="待交办"):
        transitions.accept(made, actor=office(), at=START)
    assert RequestEvent.objects.filter(verb="accept").count() == 1

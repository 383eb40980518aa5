"""回复、办结."""

from datetime import date, timedelta

import pytest

from requests_desk import records, transitions
from requests_desk.journal import NotAllowedError, RefusedError
from requests_desk.models import Reply
from requests_desk.transitions import Answer
from tests.directory.factories import body
from tests.requests_desk import factories
from tests.requests_desk.factories import START, acting

pytestmark = pytest.mark.django_db
A_DAY = timedelta(days=1)


def test_the_first_substantive_reply_stops_the_clock_and_later_ones_change_nothing():
    made = factories.replied()
    lead = made.assignments.get()
    assert (made.state, lead.replied_at) == ("replied", START + A_DAY)
    transitions.reply(made, answer=Answer("补充说明。"), actor=acting("ZGJ"), at=START + 2 * A_DAY)
    lead.refresh_from_db()
    assert lead.replied_at == START + A_DAY
    assert lead.replies.count() == 2


def test_an_interim_reply_names_the_next_word_and_stops_nothing():
    made = factories.assigned()
    records.interim_reply(
        made, text="正在踏勘。", next_word_on=date(2023, 6, 16), actor=acting("ZGJ"), at=START + A_DAY
    )
    assert made.state == "assigned"
    assert made.assignments.get().replied_at is None
    with pytest.raises(RefusedError) as caught:
        records.interim_reply(
            made, text="正在踏勘。", next_word_on=date(2023, 6, 14), actor=acting("ZGJ"), at=START + A_DAY
        )
    assert caught.value.field == "next_word_on"


@pytest.mark.parametrize(
    ("answer", "field"),
    [
        (Answer(""), "text"),
        (Answer("方案", Reply.Outcome.PLAN), "plan_on"),
        (Answer("方案", Reply.Outcome.PLAN, plan_on=date(2023, 7, 1)), "plan_owner"),
        (Answer("不符合", Reply.Outcome.PROPOSE_INELIGIBLE), "basis"),
    ],
)
def test_an_answer_that_lacks_something_is_refused_at_its_field(answer: Answer, field: str):
    made = factories.assigned()
    with pytest.raises(RefusedError) as caught:
        transitions.reply(made, answer=answer, actor=acting("ZGJ"), at=START + A_DAY)
    assert caught.value.field == field
    assert made.state == "assigned"
    assert not Reply.objects.exists()


def test_where_the_lead_signs_a_clerk_does_not_reply():
    organization = body("ZGJ")
    organization.lead_signs_replies = True
    organization.save(update_fields=["lead_signs_replies"])
    made = factories.assigned()
    with pytest.raises(RefusedError, match="负责人签发"):
        transitions.reply(made, answer=Answer("可以。"), actor=acting("ZGJ"), at=START + A_DAY)
    transitions.reply(made, answer=Answer("可以。"), actor=acting("ZGJ", "lead"), at=START + A_DAY)


def test_completing_replies_too_ends_supports_and_opens_confirmation_and_review():
    made = factories.assigned(supports=("SPJ",))
    transitions.complete(made, text="已办结。", actor=acting("ZGJ"), at=START + A_DAY)
    lead, support = made.assignments.order_by("part")
    assert (lead.replied_at, lead.completed_at, lead.ended_at) == (START + A_DAY, START + A_DAY, None)
    assert (support.end_reason, support.replied_at) == ("completed", None)
    assert (made.state, made.completed_at) == ("completed", START + A_DAY)
    assert made.confirm_due_at.astimezone(START.tzinfo).date() == date(2023, 6, 21)
    assert made.invitations.get().assignment == lead


def test_a_support_neither_replies_for_the_lead_nor_completes():
    made = factories.assigned(supports=("SPJ",))
    with pytest.raises(NotAllowedError):
        transitions.complete(made, text="已办结。", actor=acting("SPJ"), at=START)
    records.support_reply(made, text="同意。", actor=acting("SPJ"), at=START + A_DAY)
    assert made.state == "assigned"
    assert made.assignments.get(part="support").replied_at == START + A_DAY
    assert made.assignments.get(part="lead").replied_at is None

"""确认、退回重办、不符合条件、销号、重新办理."""

from datetime import datetime, timedelta

import pytest

from requests_desk import case_by_case, records, transitions
from requests_desk.journal import NotAllowedError, RefusedError
from requests_desk.models import FactorRequest, ReviewInvitation
from taian_factors.lib.periods import SHANGHAI
from tests.requests_desk import factories
from tests.requests_desk.factories import START, acting, office

pytestmark = pytest.mark.django_db
A_DAY = timedelta(days=1)
IN_WEEK = datetime(2023, 7, 3, 10, tzinfo=SHANGHAI)
Answer = FactorRequest.Answer


def test_solved_and_partly_are_confirmed_with_their_answer():
    for answer in (Answer.SOLVED, Answer.PARTLY):
        made = factories.completed()
        transitions.confirm(made, answer=answer, actor=acting(made.enterprise), at=START + 3 * A_DAY)
        assert (made.state, made.answer) == ("confirmed", answer)


def test_unsolved_is_a_redo_at_once():
    made = factories.completed()
    event = transitions.confirm(
        made, answer=Answer.UNSOLVED, actor=acting(made.enterprise), at=START + 3 * A_DAY
    )
    assert (event.verb, made.state, made.completed_at) == ("redo", "assigned", None)
    old, new = made.assignments.order_by("pk")
    assert (old.end_reason, old.organization_id) == ("redone", new.organization_id)
    assert old.completed_at == START + 2 * A_DAY
    # 16 June + five working days, the festival and its make-up Sunday in between.
    assert new.complete_due_at == datetime(2023, 6, 26, 23, 59, 59, tzinfo=SHANGHAI)


def test_a_matter_that_was_reviewed_is_not_invited_again():
    made = factories.completed()
    assert ReviewInvitation.objects.filter(factor_request=made).count() == 1
    transitions.redo(made, reason="没有解决", actor=office(), at=START + 3 * A_DAY)
    transitions.complete(made, text="再次办结", actor=acting("ZGJ"), at=START + 4 * A_DAY)
    assert ReviewInvitation.objects.filter(factor_request=made).count() == 2


def test_the_office_notes_silence_only_after_the_deadline_and_three_calls_on_two_days():
    made = factories.completed()
    late = START + 13 * A_DAY

    def confirm(at: datetime, answer: str = Answer.SILENT) -> None:
        transitions.confirm(made, answer=answer, actor=office(), at=at)

    with pytest.raises(RefusedError, match="不能替企业答复"):
        confirm(late, Answer.SOLVED)
    with pytest.raises(RefusedError, match="期限未到"):
        confirm(START + 3 * A_DAY)
    for days in (3, 3, 3):
        records.phone(made, has_answered=False, text="无人接听", actor=office(), at=START + days * A_DAY)
    with pytest.raises(RefusedError, match="两天内至少电话联系三次"):
        confirm(late)
    records.phone(made, has_answered=False, text="无人接听", actor=office(), at=START + 6 * A_DAY)
    confirm(late)
    assert (made.state, made.answer) == ("confirmed", "silent")


def test_an_enterprise_cannot_answer_with_silence():
    made = factories.completed()
    with pytest.raises(RefusedError):
        transitions.confirm(made, answer=Answer.SILENT, actor=acting(made.enterprise), at=START + 3 * A_DAY)


def test_ineligible_ends_every_part_and_keeps_the_basis():
    made = factories.assigned(supports=("SPJ",))
    transitions.declare_ineligible(made, basis="限制类目录", actor=office(), at=START + A_DAY)
    assert (made.state, made.ineligible_at) == ("ineligible", START + A_DAY)
    assert {a.end_reason for a in made.assignments.all()} == {"ineligible"}


def test_writing_off_waits_for_a_factor_week():
    made = factories.confirmed()
    with pytest.raises(RefusedError, match="要素保障周"):
        transitions.write_off(made, actor=office(), at=START + 4 * A_DAY)
    transitions.write_off(made, actor=office(), at=IN_WEEK)
    assert (made.state, made.written_off_at) == ("written_off", IN_WEEK)


def test_case_by_case_is_for_an_office_lead_and_a_marked_matter():
    made = factories.replied()
    lead = office("lead")
    with pytest.raises(NotAllowedError):
        transitions.write_off_by_case(made, decision="市政府专题会议", actor=office(), at=START + A_DAY)
    with pytest.raises(RefusedError, match="列为一事一议"):
        transitions.write_off_by_case(made, decision="市政府专题会议", actor=lead, at=START + A_DAY)
    case_by_case.mark_case_by_case(made, reason="重大项目", actor=lead, at=START + A_DAY)
    transitions.write_off_by_case(made, decision="市政府专题会议", actor=lead, at=START + 2 * A_DAY)
    assert made.state == "written_off"
    assert made.assignments.get().end_reason == "written_off"


@pytest.mark.parametrize("state", ["confirmed", "ineligible", "written_off"])
def test_what_was_closed_by_mistake_is_reopened_with_a_new_assignment(state: str):
    made = factories.IN_STATE[state]()
    events = made.events.count()
    transitions.reopen(made, reason="企业反映仍未落实", actor=office(), at=IN_WEEK + A_DAY)
    assert (made.state, made.ineligible_at, made.written_off_at) == ("assigned", None, None)
    assert made.assignments.count() == 2
    assert made.assignments.get(ended_at=None).organization.code == "ZGJ"
    assert made.events.count() == events + 1


def test_contesting_is_for_once():
    made = factories.ineligible()
    filer = acting(made.enterprise)
    records.contest(made, text="我公司属于鼓励类。", actor=filer, at=START + 3 * A_DAY)
    with pytest.raises(RefusedError, match="已经提出过"):
        records.contest(made, text="再次说明", actor=filer, at=START + 4 * A_DAY)

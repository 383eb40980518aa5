"""退回、延期、挂起: what moves a deadline, and what does not."""

from datetime import date, datetime, timedelta

import pytest

from requests_desk import clocks, recalculating, transitions
from requests_desk.journal import RefusedError
from requests_desk.models import FactorRequest, Suspension
from taian_factors.directory.models import CalendarDay, CalendarYear
from taian_factors.lib.periods import SHANGHAI
from tests.directory.factories import body
from tests.requests_desk import factories
from tests.requests_desk.factories import START, acting, office

pytestmark = pytest.mark.django_db
A_DAY = timedelta(days=1)
ZGJ = "ZGJ"


def end_of(day: int, month: int = 6) -> datetime:
    return datetime(2023, month, day, 23, 59, 59, tzinfo=SHANGHAI)


def hand_back(made: FactorRequest, at: datetime, by: str = ZGJ) -> None:
    clocks.hand_back(made, reason="非本部门职责", suggested=body("FGW"), actor=acting(by), at=at)


def test_handing_back_is_a_proposal_that_leaves_state_and_clock_alone():
    made = factories.assigned()
    hand_back(made, START + A_DAY)
    lead = made.assignments.get()
    assert (made.state, lead.ended_at, lead.reply_due_at) == ("assigned", None, end_of(16))
    with pytest.raises(RefusedError, match="等推进办裁定"):
        hand_back(made, START + A_DAY)


def test_handing_back_is_for_two_working_days():
    made = factories.assigned()
    with pytest.raises(RefusedError, match="期限已过"):
        hand_back(made, end_of(15) + timedelta(seconds=1))
    hand_back(made, end_of(15))


def test_upheld_the_office_reassigns_and_the_old_assignment_ends():
    made = factories.assigned()
    hand_back(made, START + A_DAY)
    clocks.rule_hand_back(made, is_upheld=True, ruling="同意", actor=office(), at=START + 2 * A_DAY)
    old, new = made.assignments.order_by("pk")
    assert (old.end_reason, new.organization.code, made.turns) == ("handed_back", "FGW", 1)


def test_refused_the_deadlines_stand_and_the_second_ruling_is_final():
    made = factories.assigned()
    for _ in range(2):
        hand_back(made, START + A_DAY)
        clocks.rule_hand_back(made, is_upheld=False, ruling="属你局职责", actor=office(), at=START + A_DAY)
    assert made.assignments.get().reply_due_at == end_of(16)
    with pytest.raises(RefusedError, match="两次裁定"):
        hand_back(made, START + A_DAY)


def extended(made: FactorRequest, *, asked: datetime, decided: datetime, days: int = 10) -> None:
    clocks.ask_extension(made, days=days, reason="需省级批复", actor=acting(ZGJ), at=asked)
    clocks.decide_extension(made, is_approved=True, decision="同意", actor=office(), at=decided)


def test_an_extension_moves_completion_only_and_counts_from_the_old_date_however_late():
    made = factories.assigned()
    extended(made, asked=end_of(5, 7), decided=end_of(5, 7) + 6 * A_DAY)
    lead = made.assignments.get()
    assert (lead.reply_due_at, lead.complete_due_at) == (end_of(16), end_of(19, 7))


def test_an_extension_is_asked_once_before_the_deadline_and_for_ten_days_at_most():
    made = factories.assigned()
    with pytest.raises(RefusedError, match="期限已过"):
        extended(made, asked=end_of(5, 7) + timedelta(seconds=1), decided=end_of(5, 7))
    with pytest.raises(RefusedError) as caught:
        extended(made, asked=START, decided=START, days=11)
    assert caught.value.field == "days"
    extended(made, asked=START + A_DAY, decided=START + A_DAY, days=1)
    with pytest.raises(RefusedError, match="一次"):
        clocks.ask_extension(made, days=1, reason="再延", actor=acting(ZGJ), at=START + A_DAY)


def suspended(made: FactorRequest, at: datetime, cause: str = Suspension.Cause.PROCEDURE) -> Suspension:
    clocks.ask_suspension(made, cause=cause, reason="环评公示", actor=acting(ZGJ), at=at)
    clocks.decide_suspension(made, is_approved=True, actor=office(), at=at)
    return Suspension.objects.latest("pk")


def test_a_suspension_stores_the_days_left_and_empties_the_deadlines():
    made = factories.assigned()
    suspension = suspended(made, START + A_DAY)
    lead = made.assignments.get()
    assert (lead.reply_due_at, lead.complete_due_at) == (None, None)
    assert (suspension.reply_days_left, suspension.complete_days_left) == (2, 14)
    assert made.state == "assigned"


def test_resuming_writes_new_deadlines_from_the_days_that_were_left():
    made = factories.assigned()
    suspended(made, START + A_DAY)
    clocks.resume_clock(made, actor=acting(ZGJ), at=datetime(2023, 7, 3, 9, tzinfo=SHANGHAI))
    lead = made.assignments.get()
    assert (lead.reply_due_at, lead.complete_due_at) == (end_of(5, 7), end_of(21, 7))


def test_an_extension_decided_after_a_suspension_loses_none_of_its_days():
    made = factories.assigned()
    clocks.ask_extension(made, days=10, reason="需省级批复", actor=acting(ZGJ), at=START + A_DAY)
    suspended(made, START + A_DAY)
    clocks.resume_clock(made, actor=acting(ZGJ), at=datetime(2023, 7, 3, 9, tzinfo=SHANGHAI))
    clocks.decide_extension(made, is_approved=True, decision="同意", actor=office(), at=end_of(4, 7))
    assert made.assignments.get().complete_due_at == end_of(4, 8)


def test_an_extension_decided_during_a_suspension_is_added_to_the_days_left():
    made = factories.assigned()
    clocks.ask_extension(made, days=10, reason="需省级批复", actor=acting(ZGJ), at=START + A_DAY)
    suspension = suspended(made, START + A_DAY)
    clocks.decide_extension(made, is_approved=True, decision="同意", actor=office(), at=START + A_DAY)
    suspension.refresh_from_db()
    assert suspension.complete_days_left == 24
    assert made.assignments.get().complete_due_at is None


def test_a_reply_that_was_given_keeps_its_deadline_through_a_suspension():
    made = factories.replied()
    suspension = suspended(made, START + 2 * A_DAY)
    lead = made.assignments.get()
    assert (lead.reply_due_at, lead.complete_due_at) == (end_of(16), None)
    assert suspension.reply_days_left is None


def test_a_suspension_is_never_asked_after_the_deadline_nor_backwards():
    made = factories.assigned()
    with pytest.raises(RefusedError, match="期限已过"):
        suspended(made, end_of(16) + timedelta(seconds=1))
    with pytest.raises(RefusedError) as caught:
        suspended(made, START, Suspension.Cause.CONSULTATION)
    assert caught.value.field == "cause"


def test_standing_still_does_not_undo_a_miss():
    made = factories.assigned()
    call = {"problem": "难题", "aim": "", "claims_until_on": (START + 20 * A_DAY).date()}
    transitions.open_call(made, **call, actor=office(), at=START + 6 * A_DAY)
    lead = made.assignments.get()
    assert (lead.reply_due_at, lead.complete_due_at) == (end_of(16), None)


def test_a_year_entered_late_moves_open_deadlines_later_once_and_never_earlier():
    late_in_2026 = datetime(2026, 12, 29, 9, tzinfo=SHANGHAI)
    made = factories.assigned(at=late_in_2026)
    lead = made.assignments.get()
    # 2027 is not known yet: Monday to Friday.
    assert lead.reply_due_at == datetime(2027, 1, 1, 23, 59, 59, tzinfo=SHANGHAI)
    assert recalculating.follow_calendar(2027, actor=office(), at=late_in_2026) == 0
    year = CalendarYear.objects.create(year=2027, source="示例通知")
    CalendarDay.objects.create(day=date(2027, 1, 1), year=year, is_working=False, name="元旦")
    CalendarDay.objects.create(day=date(2027, 1, 2), year=year, is_working=True, name="元旦调休")
    assert recalculating.follow_calendar(2027, actor=office(), at=late_in_2026) == 1
    lead.refresh_from_db()
    assert lead.reply_due_at == datetime(2027, 1, 2, 23, 59, 59, tzinfo=SHANGHAI)
    assert recalculating.follow_calendar(2027, actor=office(), at=late_in_2026) == 0
    assert made.events.filter(verb="recalculate").count() == 1

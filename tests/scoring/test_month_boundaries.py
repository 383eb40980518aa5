"""The edges of a month, brought about by the desk's own verbs and counted by the very second (scoring rules §2)."""

from datetime import timedelta

import pytest

from requests_desk import clocks, transitions
from requests_desk.models import Assignment
from scoring.runs import compute_month
from taian_factors.lib.periods import Period
from tests.directory import factories as directory
from tests.requests_desk import factories as desk
from tests.scoring.factories import answered, completed, duty, matter, moment, reviewed

JUNE, JULY = Period.parse("2023-06"), Period.parse("2023-07")
A_SECOND = timedelta(seconds=1)
LAND = "ZGJ"
pytestmark = pytest.mark.django_db


def lines(period=JUNE, code=LAND):
    """What was counted for a department: {indicator: "hits/population"}, empty ones left away."""
    run = compute_month(period=period, at=moment("2023-09-01"))
    found = run.cards.get(code=code).lines.filter(population__gt=0)
    return {line.indicator: f"{line.hits.normalize():f}/{line.population}" for line in found}


def lead_of(made):
    return made.assignments.filter(part="lead").order_by("-pk").first()


def reply(made, at):
    transitions.reply(made, answer=desk.Answer("已安排。"), actor=desk.acting(LAND, "lead"), at=at)


def complete(made, at):
    transitions.complete(made, text="已办结。", actor=desk.acting(LAND), at=at)


# --- the cut at midnight in Asia/Shanghai -------------------------------------------------------------------


def test_the_month_is_cut_at_midnight_in_asia_shanghai_not_in_utc():
    # 23:59:59 on 30 June in Tai'an is 15:59:59 UTC; eight hours later it is still June in UTC, and July here.
    matter(LAND, reply_due_at=moment("2023-06-30", "23:59:59"), replied_at=moment("2023-06-30"))
    matter(LAND, reply_due_at=moment("2023-07-01", "00:00:00"), replied_at=moment("2023-06-30"))
    matter(LAND, reply_due_at=moment("2023-05-31", "23:59:59"), replied_at=moment("2023-05-31"))
    assert lines(JUNE) == {"on_time_reply": "1/1"}
    assert lines(JULY) == {"on_time_reply": "1/1"}


def test_a_completion_at_midnight_belongs_to_the_next_month_and_a_second_before_to_this():
    due = {"complete_due_at": moment("2023-06-20", "23:59:59")}
    matter(LAND, completed_at=moment("2023-06-30", "23:59:59"), **due)
    matter(LAND, completed_at=moment("2023-07-01", "00:00:00"), **due)
    assert lines() == {"completion": "1/2"}


def test_a_review_at_midnight_is_the_next_months():
    reviewed(matter(LAND), first_submitted_at=moment("2023-07-01", "00:00:00"))
    reviewed(matter(LAND), first_submitted_at=moment("2023-06-30", "23:59:59"))
    assert (lines(JUNE), lines(JULY)) == ({"satisfaction": "1/1"}, {"satisfaction": "1/1"})


def test_a_duty_counts_on_its_calendar_day_in_taian():
    duty(LAND, on="2023-06-30")
    duty(LAND, "late", on="2023-07-01")
    assert lines(JUNE)["cooperation"] == "1/1"
    assert lines(JULY)["cooperation"] == "0.5/1"


# --- to the second ------------------------------------------------------------------------------------------


def test_a_deadline_met_to_the_second_is_met_and_a_second_later_is_missed():
    met, missed = desk.assigned(), desk.assigned()
    reply(met, lead_of(met).reply_due_at)
    reply(missed, lead_of(missed).reply_due_at + A_SECOND)
    assert lines() == {"on_time_reply": "1/2"}


# --- reassigned ---------------------------------------------------------------------------------------------


def reassigned(at_offset):
    made = desk.assigned()
    transitions.reassign(
        made,
        lead=directory.body("STJ"),
        reason="职责不符",
        actor=desk.office(),
        at=lead_of(made).reply_due_at + at_offset,
    )


def test_a_matter_reassigned_the_moment_it_was_due_no_longer_counts_for_the_old_department():
    reassigned(timedelta(0))
    assert lines() == {}


def test_a_matter_reassigned_a_second_after_it_was_due_stays_a_miss_of_the_old_department():
    reassigned(A_SECOND)
    assert lines() == {"on_time_reply": "0/1"}


def test_the_new_department_answers_for_its_own_days():
    reassigned(timedelta(0))
    assert lines(code="STJ") == {"on_time_reply": "0/1"}  # three working days after 16 June: 21 June


def test_a_matter_answered_before_it_was_reassigned_counts_as_answered():
    made = desk.assigned()
    reply(made, moment("2023-06-14"))
    transitions.reassign(
        made, lead=directory.body("STJ"), reason="职责不符", actor=desk.office(), at=moment("2023-06-15")
    )
    assert lines() == {"on_time_reply": "1/1"}
    assert lines(JULY) == {}


# --- redo ---------------------------------------------------------------------------------------------------


def test_a_redo_after_month_end_leaves_a_miss_where_the_first_was_due_and_the_new_one_in_its_own_month():
    made = desk.assigned(at=moment("2023-06-01", "09:00:00"))
    first = lead_of(made)
    assert JUNE.start <= first.complete_due_at < JUNE.end
    complete(made, moment("2023-06-20"))
    before = compute_month(period=JUNE, at=moment("2023-07-03")).cards.get(code=LAND)
    assert before.lines.get(indicator="completion").hits == 1
    transitions.redo(made, reason="没有解决。", actor=desk.acting(made.enterprise), at=moment("2023-07-03"))
    second = lead_of(made)
    complete(made, moment("2023-07-05"))
    assert second.complete_due_at == moment("2023-07-10", "23:59:59")
    assert lines(JUNE)["completion"] == "0/1"
    assert lines(JULY)["completion"] == "1/1"


# --- extension and suspension -------------------------------------------------------------------------------


def test_an_extension_decided_late_counts_from_the_old_date_and_moves_the_matter_to_the_new_ones_month():
    made = desk.assigned(at=moment("2023-06-01", "09:00:00"))
    old = lead_of(made).complete_due_at
    assert f"{old:%m-%d}" == "06-25"  # the festival of 22 and 23 June between, Sunday the 25th worked
    clocks.ask_extension(made, days=6, reason="等待批复", actor=desk.acting(LAND), at=old - timedelta(days=3))
    clocks.decide_extension(
        made, is_approved=True, decision="同意。", actor=desk.office(), at=old + timedelta(days=2)
    )
    assert lead_of(made).complete_due_at == moment("2023-07-03", "23:59:59")
    complete(made, moment("2023-07-03", "23:59:59"))
    assert "completion" not in lines(JUNE)
    assert lines(JULY)["completion"] == "1/1"


def test_an_extension_refused_late_leaves_the_matter_where_it_was_due():
    made = desk.assigned(at=moment("2023-06-01", "09:00:00"))
    old = lead_of(made).complete_due_at
    clocks.ask_extension(made, days=5, reason="等待批复", actor=desk.acting(LAND), at=old - timedelta(days=3))
    clocks.decide_extension(
        made, is_approved=False, decision="不同意。", actor=desk.office(), at=old + timedelta(days=2)
    )
    complete(made, moment("2023-07-03"))
    assert lines(JUNE)["completion"] == "0/1"


def test_a_suspension_over_month_end_takes_the_matter_into_the_month_in_which_it_is_due_again():
    made = desk.assigned(at=moment("2023-06-01", "09:00:00"))
    reply(made, moment("2023-06-02"))
    clocks.ask_suspension(
        made, cause="procedure", reason="法定公示", actor=desk.acting(LAND), at=moment("2023-06-20")
    )
    clocks.decide_suspension(made, is_approved=True, actor=desk.office(), at=moment("2023-06-20"))
    assert lead_of(made).complete_due_at is None
    assert "completion" not in lines(JUNE)
    clocks.resume_clock(made, reason="公示期满", actor=desk.acting(LAND), at=moment("2023-07-10"))
    due = lead_of(made).complete_due_at
    assert JULY.start <= due < JULY.end
    complete(made, due)
    assert lines(JUNE) == {"on_time_reply": "1/1"}
    assert lines(JULY) == {"completion": "1/1"}


# --- nothing to count, and ties -----------------------------------------------------------------------------


def full_marks():
    card = compute_month(period=JUNE, at=moment("2023-07-10")).cards.get(code=LAND)
    return {line.indicator: str(line.full_marks) for line in card.lines.all()}


def test_an_empty_indicator_gives_its_marks_to_the_other_of_its_dimension():
    answered(LAND)
    reviewed(matter(LAND))
    duty(LAND)
    assert full_marks() == {
        "on_time_reply": "45.00", "completion": "0.00", "satisfaction": "35.00", "cooperation": "20.00"
    }  # fmt: skip


def test_a_wholly_empty_dimension_gives_its_marks_to_all_that_remain():
    answered(LAND)
    completed(LAND)
    duty(LAND)
    assert full_marks() == {
        "on_time_reply": "30.77", "completion": "38.46", "satisfaction": "0.00", "cooperation": "30.77"
    }  # fmt: skip


def test_a_department_without_effect_has_no_place_and_its_other_rates_are_printed():
    reviewed(matter(LAND))
    duty(LAND, "late")
    card = compute_month(period=JUNE, at=moment("2023-07-10")).cards.get(code=LAND)
    assert (card.place, card.total, card.unranked) == (None, None, "no_matters")
    assert lines() == {"satisfaction": "1/1", "cooperation": "0.5/1"}


def test_equal_totals_share_a_place_and_the_next_one_is_skipped():
    for code in ("FGW", "SPJ"):
        answered(code)
    answered("STJ")
    answered("STJ", on_time=False)
    run = compute_month(period=JUNE, at=moment("2023-07-10"))
    assert [(c.code, c.place) for c in run.cards.ranked().in_order()] == [("FGW", 1), ("SPJ", 1), ("STJ", 3)]


def test_a_need_completed_on_the_spot_has_its_reply_in_june_and_its_completion_in_july():
    made = desk.assigned()
    complete(made, moment("2023-06-13", "11:30:00"))
    assert Assignment.objects.get().complete_due_at == moment("2023-07-05", "23:59:59")
    assert (lines(JUNE), lines(JULY)) == ({"on_time_reply": "1/1"}, {"completion": "1/1"})


def test_a_matter_declared_ineligible_after_month_end_leaves_completion_and_keeps_its_reply():
    made = desk.assigned(at=moment("2023-06-01", "09:00:00"))
    reply(made, moment("2023-06-02"))
    transitions.declare_ineligible(made, basis="限制类目录", actor=desk.office(), at=moment("2023-07-05"))
    assert lines(JUNE) == {"on_time_reply": "1/1"}


def test_the_helpers_here_count_what_the_factories_make():
    completed(LAND)
    assert lines() == {"completion": "1/1"}

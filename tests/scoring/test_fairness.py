"""Watching over fairness: what near a deadline, undone, excluded, reviewed in a row, recorded late is counted right."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from requests_desk import clocks, drawing, records, transitions
from scoring import call_backs, deadline_watch, fairness, runs
from scoring.appealing import propose_exclusion
from scoring.models import CountedInput
from taian_factors.directory.models import CalendarYear
from tests.directory import factories as directory
from tests.requests_desk import factories as desk
from tests.scoring.factories import completed, duty, excluded, moment, previewed, reviewed
from tests.scoring.test_flagged_reviews import JULY, JUNE, given, sent

PAGE = reverse("scoring:fairness")
pytestmark = pytest.mark.django_db


def acts(period=JUNE):
    return [(c.verb, c.how_near) for c in deadline_watch.near_deadlines(period).changes]


def assigned_on_tuesday():
    """A request assigned on 13 June at 11:00: its reply falls due on Friday 16 June, its completion on 5 July."""
    made = desk.assigned()
    lead = made.assignments.get()
    assert f"{lead.reply_due_at:%m-%d} {lead.complete_due_at:%m-%d}" == "06-16 07-05"
    return made, lead


# --- near a deadline ----------------------------------------------------------------------------------------


def test_a_reply_in_the_last_hour_is_named_and_an_earlier_one_is_not():
    early, _ = assigned_on_tuesday()
    late, lead = assigned_on_tuesday()
    at = lead.reply_due_at - timedelta(minutes=30)
    for made, when in ((early, at - timedelta(hours=1)), (late, at)):
        transitions.reply(made, answer=desk.Answer("已安排踏勘。"), actor=desk.acting("ZGJ", "lead"), at=when)
    assert acts() == [("reply", "期限前 30 分钟")]


def test_a_matter_reassigned_at_the_very_second_it_was_due_is_named():
    made, lead = assigned_on_tuesday()
    transitions.reassign(
        made, lead=directory.body("STJ"), reason="职责不符", actor=desk.office(), at=lead.reply_due_at
    )
    assert acts() == [("reassign", "正在期限")]


def test_a_reassignment_after_the_reply_and_long_before_completion_is_ordinary_work():
    made = desk.replied()
    transitions.reassign(
        made, lead=directory.body("STJ"), reason="职责不符", actor=desk.office(), at=moment("2023-06-15")
    )
    assert acts() == acts(JULY) == []


def test_24_working_hours_begin_at_eleven_on_the_third_working_day_before():
    days, opens = deadline_watch._windows(JUNE, CalendarYear.objects.calendar())
    assert opens[days.index(moment("2023-06-16").date())] == moment("2023-06-13", "11:00:00")


def test_of_a_limit_of_three_days_only_the_last_one_is_near():
    for day in ("2023-06-14", "2023-06-15", "2023-06-16"):
        made, _ = assigned_on_tuesday()
        suggested = directory.body("STJ")
        transitions.reassign(
            made, lead=suggested, reason="职责不符", actor=desk.office(), at=moment(day, "11:00:00")
        )
    assert acts() == [("reassign", "期限前 12 小时")]


def test_a_suspension_counts_as_near_when_the_last_third_of_a_limit_was_left():
    for day in ("2023-06-14", "2023-06-16"):
        made, _ = assigned_on_tuesday()
        clocks.ask_suspension(
            made, cause="papers", reason="等红线图", actor=desk.acting("ZGJ"), at=moment(day, "09:00:00")
        )
        clocks.decide_suspension(
            made, is_approved=True, decision="同意。", actor=desk.office(), at=moment(day)
        )
    assert acts() == [("decide_suspension", "批准挂起时期限将到")]


def test_an_extension_decided_after_the_old_deadline_is_named_with_it():
    made, lead = assigned_on_tuesday()
    old = lead.complete_due_at
    clocks.ask_extension(
        made, days=5, reason="等待指标", actor=desk.acting("ZGJ"), at=old - timedelta(days=20)
    )
    clocks.decide_extension(
        made, is_approved=True, decision="同意。", actor=desk.office(), at=old + timedelta(hours=3)
    )
    assert acts(JULY) == [("decide_extension", "期限后 3 小时")]
    assert deadline_watch.near_deadlines(JULY).counts == [(directory.body("ZGJ").short, "审批延期", 0, 1)]


def test_past_years_taken_over_are_no_acts_of_anybody():
    completed(ended_at=moment("2023-06-20", "23:59:59"), end_reason="reassigned")
    assert acts() == []


# --- undone, handed back, excluded --------------------------------------------------------------------------


def test_undone_completions_are_shown_with_all_of_the_month():
    for made in (desk.completed(), desk.completed()):
        last = made
    transitions.redo(last, reason="没有解决。", actor=desk.office(), at=moment("2023-06-20"))
    (share,) = fairness.undone(JUNE)
    assert (share.body, share.hits, share.of, str(share.rate)) == (directory.body("ZGJ").short, 1, 2, "1/2")


def test_hand_backs_are_counted_by_their_ruling():
    for is_upheld in (True, False, None):
        made, _ = assigned_on_tuesday()
        at = moment("2023-06-14")
        clocks.hand_back(
            made, reason="不属职责", suggested=directory.body("STJ"), actor=desk.acting("ZGJ"), at=at
        )
        if is_upheld is not None:
            lead = directory.body("STJ") if is_upheld else None
            clocks.rule_hand_back(
                made, is_upheld=is_upheld, lead=lead, ruling="裁定。", actor=desk.office(), at=at
            )
    (row,) = fairness.hand_backs(JUNE)
    assert (row["n"], row["upheld"], row["refused"], row["waiting"]) == (3, 1, 1, 1)


def test_exclusions_stand_by_body_and_reason_whatever_they_name():
    excluded("重复", assignment=completed("ZGJ"))
    excluded("重复", assignment=completed("ZGJ", due="2023-07-20"))
    excluded("误评或恶意评价", review=reviewed(completed("ZGJ", due="2023-08-20"), 1))
    excluded("重复", duty_record=duty("STJ"))
    found = [(r["body"], r["reason"], r["upheld"]) for r in fairness.exclusions(JUNE)]
    mine, other = directory.body("ZGJ").short, directory.body("STJ").short
    assert sorted(found) == sorted([(other, "重复", 1), (mine, "误评或恶意评价", 1), (mine, "重复", 1)])


# --- late evidence, call-backs ------------------------------------------------------------------------------


def test_what_is_recorded_after_the_preview_began_is_named(office_clerk):
    record = duty("ZGJ")
    completed("ZGJ", done=None)
    assert fairness.late_evidence(JUNE) == (None, [])
    run = previewed(JUNE)
    began = run.previewed_at
    assert fairness.late_evidence(JUNE) == (began, [])
    type(record).objects.filter(pk=record.pk).update(judged_at=began + timedelta(hours=1))
    propose_exclusion(
        counted=CountedInput.objects.get(run=run, indicator="completion"),
        reason="重复",
        evidence="相同。",
        actor=office_clerk,
        at=began + timedelta(hours=2),
    )
    _, late = fairness.late_evidence(JUNE)
    assert [each.what.partition("：")[0] for each in late] == ["登记剔除", "认定工作落实"]


def test_the_mismatch_rate_is_of_those_who_were_reached():
    for answer in (True, False, None):
        made = desk.confirmed()
        records.call_back(made, is_solved=answer, text="回访", actor=desk.office(), at=moment("2023-06-20"))
    desk.completed()
    drawing.draw_call_backs(at=moment("2023-06-21"), wins=lambda: True)
    (mine,) = call_backs.by_body(JUNE)
    assert (mine.completions, mine.drawn, mine.reached, mine.mismatches) == (4, 4, 2, 1)
    assert str(call_backs.in_all([mine, mine]).mismatch_rate) == "1/2"


def test_a_month_prints_the_call_backs_that_were_reached_and_a_later_completion_has_its_own():
    made = desk.confirmed()
    lead = made.assignments.get().organization
    records.call_back(made, is_solved=False, text="", actor=desk.office(), at=moment("2023-06-20"))
    transitions.redo(made, reason="没有解决", actor=desk.office(), at=moment("2023-06-21"))
    transitions.complete(made, text="办好", actor=desk.acting("ZGJ"), at=moment("2023-06-22"))
    drawing.draw_call_backs(at=moment("2023-06-23"), wins=lambda: True)
    records.call_back(made, is_solved=True, text="", actor=desk.office(), at=moment("2023-06-24"))
    run = runs.compute_month(period=JUNE, at=moment("2023-07-10"))
    assert run.cards.get(organization=lead).beside["called_back"] == [1, 2]


def test_nobody_reached_has_no_rate():
    assert call_backs.in_all(call_backs.by_body(JUNE)).mismatch_rate is None


# --- the page -----------------------------------------------------------------------------------------------


def test_leads_and_auditors_read_it_clerks_may_not_and_others_find_nothing(
    as_office_lead, as_office_auditor, as_office_clerk, as_department_lead, as_bank, as_enterprise
):
    for client in (as_office_lead, as_office_auditor):
        page = client.get(PAGE, {"period": "2023-06"}).content.decode()
        assert '<option value="2023-06" selected>' in page
    assert as_office_clerk.get(PAGE).status_code == 403
    for client in (as_department_lead, as_bank, as_enterprise):
        assert client.get(PAGE).status_code == 404


@pytest.mark.parametrize("period", ["2023Q2", "x"])
def test_what_is_no_month_is_not_found(as_office_lead, period):
    assert as_office_lead.get(PAGE, {"period": period}).status_code == 404


def test_the_page_costs_the_same_for_one_matter_and_for_ten(as_office_lead):
    costs = []
    for number in (1, 9):
        for _ in range(number):
            made, lead = assigned_on_tuesday()
            transitions.reassign(
                made, lead=directory.body("STJ"), reason="不符", actor=desk.office(), at=lead.reply_due_at
            )
            sent(given("10:00:00"), "a", is_staff_device=True)
            excluded(assignment=completed("ZGJ"))
        previewed(JUNE)
        drawing.draw_call_backs(at=moment("2023-06-30"))
        with CaptureQueriesContext(connection) as queries:
            assert as_office_lead.get(PAGE, {"period": "2023-06"}).status_code == 200
        costs.append(len(queries))
    assert costs[0] == costs[1] < 35

"""The day's report of a fair: counted from the records, adding up, the office's whole and a body's part."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from fairs import arrivals
from requests_desk import counter, reviewing, transitions
from requests_desk.counter import Outcome, Result
from requests_desk.fair_report import fair_report
from requests_desk.models import FactorRequest, ReviewInvitation
from requests_desk.reviewing import Verdict
from requests_desk.transitions import Answer
from tests.directory import factories as directory
from tests.fairs import factories as fairs
from tests.requests_desk import factories as desk

pytestmark = pytest.mark.django_db


def report_url(fair, name="fair_report"):
    return reverse(f"requests_desk:{name}", args=[fair.pk])


@pytest.fixture
def day(at):
    """A fair with a department's and a bank's stall: three needs at the one, two at the other, one who left."""
    fair = fairs.fair()
    land, bank = (fairs.seated(fairs.stall(fair, code), at=at) for code in ("ZGJ", "B01"))
    plan = Answer("已列入计划。", outcome="plan", plan_on=at.date() + timedelta(9), plan_owner="张某")
    for seat, code, outcomes in (
        (land, "TD", (Outcome.COMPLETED, Outcome.PLANNED, Outcome.KEPT)),
        (bank, "JR", (Outcome.COMPLETED, Outcome.COMPLETED)),
    ):
        for outcome in outcomes:
            served(
                seat, code, Result(outcome, plan if outcome == Outcome.PLANNED else Answer("当场办好。")), at
            )
    arrivals.leave(ticket=fairs.waiting(land[0].stall, at=at), actor=fairs.reception(), at=at)
    return fair


def served(seat, code, result, at):
    """Serve a new enterprise with one need."""
    ticket = fairs.serving(*seat, at=at)
    key, at = fairs.key(), at + timedelta(minutes=3)
    made = counter.file_need(
        desk=seat[0], ticket=ticket, key=key, need=desk.need(code), result=result, actor=seat[1], at=at
    )
    counter.finish(desk=seat[0], ticket=ticket, key=fairs.key(), outcome="handled", actor=seat[1], at=at)
    return made


def test_the_report_counts_needs_by_what_came_of_them_that_day(day, office_clerk, at):
    report = fair_report(day, actor=office_clerk, at=at)
    assert (report.needs.received, report.needs.completed, report.needs.planned, report.needs.handed) == (
        3,
        1,
        1,
        1,
    )
    assert (report.finance.received, report.finance.completed) == (2, 2)
    assert (report.visits, report.total.taken, report.total.served, report.total.left) == (6, 6, 5, 1)
    assert [line.factor.code for line in report.factors] == ["TD"]
    assert report.adds_up, report.checks
    assert report.sentence == (
        f"2023年6月13日，{day.name}在市民之家举办，1个市直要素保障部门、1家金融机构参加。到场企业6家，取号6个，"
        "办理5个。现场受理要素需求3项，其中现场办结1项、现场拿出解决方案1项、转交办1项；"
        "受理金融需求2项，其中现场办结2项、现场拿出解决方案0项。"
    )


def test_what_happens_on_later_days_changes_nothing_of_the_day(day, office_clerk, at):
    before = fair_report(day, actor=office_clerk, at=at)
    later = at + timedelta(days=2)
    kept = FactorRequest.objects.get(state="assigned")
    transitions.complete(kept, text="办好了。", actor=desk.acting("ZGJ"), at=later)
    after = fair_report(day, actor=office_clerk, at=later)
    assert (after.needs, after.finance, after.stalls, after.sentence) == (
        before.needs,
        before.finance,
        before.stalls,
        before.sentence,
    )
    assert len(before.open) == len(after.open) + 1 == 2


def test_what_stays_open_has_its_owner_and_its_date(day, office_clerk, at):
    kept, planned = sorted(
        fair_report(day, actor=office_clerk, at=at).open, key=lambda each: each.plan is not None
    )
    assert kept.owner == planned.owner == "市自然资源和规划局"
    assert kept.row.next_clock.due_at is not None
    assert (planned.plan.plan_owner, planned.plan.plan_on) == ("张某", at.date() + timedelta(9))


def test_a_need_that_was_filed_before_counts_where_it_was_taken_on(day, office_clerk, at):
    seat = fairs.seated(day.stalls.get(organization__code="ZGJ"), at=at)
    owner = directory.enterprise()
    filed = desk.filed("TD", enterprise=owner, at=at - timedelta(days=1))
    visit = fairs.checked_in(day, at=at, enterprise=owner)
    fairs.waiting(seat[0].stall, at=at, visit=visit)
    ticket = fairs.queueing.call_next(desk=seat[0], actor=seat[1], at=at, key=fairs.key())
    ticket = fairs.queueing.begin(desk=seat[0], actor=seat[1], at=at, key=fairs.key())
    done = Result(Outcome.COMPLETED, Answer("当场办好。"))
    counter.take_on(filed, desk=seat[0], ticket=ticket, key=fairs.key(), result=done, actor=seat[1], at=at)
    report = fair_report(day, actor=office_clerk, at=at)
    assert (report.needs.received, report.needs.completed, report.adds_up) == (4, 2, True)
    (line,) = [line for line in report.stalls if line.stall == seat[0].stall]
    assert line.needs.received == 4


def test_a_need_for_another_body_waits_and_then_stands_apart_from_the_stalls(day, office_clerk, at):
    seat = fairs.seated(day.stalls.get(organization__code="ZGJ"), at=at)
    made = served(seat, "HJ", Result(Outcome.HANDED_OVER), at)
    report = fair_report(day, actor=office_clerk, at=at)
    assert (report.left_over, report.needs.received) == (1, 3)
    transitions.assign(made, lead=directory.body("STJ"), reason="会后交办", actor=desk.office(), at=at)
    report = fair_report(day, actor=office_clerk, at=at)
    assert (report.left_over, report.needs.received, report.adds_up) == (0, 4, True)
    assert report.stalls[-1].stall is None
    assert report.stalls[-1].needs.handed == 1


def test_a_body_has_its_own_part_and_nothing_of_what_was_thought_of_it(day, department_clerk, bank, at):
    report = fair_report(day, actor=department_clerk, at=at)
    assert {line.stall.organization.code for line in report.stalls} == {"ZGJ"}
    assert (report.total.taken, report.needs.received, report.finance.received) == (4, 3, 0)
    assert (report.reviews, report.satisfaction, report.adds_up) == (None, None, True)
    assert len(report.open) == 2
    report = fair_report(day, actor=bank, at=at)
    assert (report.total.taken, report.needs.received, report.finance.received, len(report.open)) == (
        2,
        0,
        2,
        0,
    )
    assert "受理金融需求2项" in report.sentence


def test_reviews_are_shown_with_their_number(day, office_clerk, as_office_clerk, at):
    for rating, days in ((5, 0), (2, 1)):
        invitation = ReviewInvitation.objects.filter(assignment__review=None).order_by("pk").first()
        then = at + timedelta(days=days, minutes=9)
        reviewing.review(invitation=invitation, verdict=Verdict(rating), at=then)
    reviews = fair_report(day, actor=office_clerk, at=at).reviews
    assert (reviews.n, reviews.n_until_now, reviews.satisfied) == (1, 2, 1)
    page = as_office_clerk.get(report_url(day)).content.decode()
    assert "当天 1 份，至今 2 份，基本满意及以上 1 份，占 50.00%（共 2 份）" in page


def test_who_may_see_which_report(
    day, as_office_auditor, as_department_clerk, as_other_department, as_enterprise, as_county_office
):
    for name in ("fair_report", "print_fair_report", "fair_report_sheet"):
        assert as_office_auditor.get(report_url(day, name)).status_code == 200
        assert as_department_clerk.get(report_url(day, name)).status_code == 200
        for client in (as_other_department, as_enterprise, as_county_office):
            assert client.get(report_url(day, name)).status_code == 404


def test_the_page_says_the_sentence_and_leads_to_the_ledger_of_the_fair(
    day, office_clerk, as_office_clerk, at
):
    report = fair_report(day, actor=office_clerk, at=at)
    page = as_office_clerk.get(report_url(day)).content.decode()
    assert report.sentence in page
    assert report.sentence in as_office_clerk.get(report_url(day, "print_fair_report")).content.decode()
    link = f"{reverse('requests_desk:ledger')}?fair={day.pk}"
    assert link in page
    ledger = as_office_clerk.get(link + "&state=open").content.decode()
    for each in report.open:
        assert each.row.factor_request.number in ledger


def test_an_empty_fair_has_an_empty_report(as_office_clerk, office_clerk, at):
    fair = fairs.fair()
    assert as_office_clerk.get(report_url(fair)).status_code == 200
    assert "现场受理要素需求0项；受理金融需求0项" in fair_report(fair, actor=office_clerk, at=at).sentence


def test_the_workbook_has_the_numbers_of_the_page(
    day, office_clerk, as_office_clerk, as_department_clerk, at
):
    report = fair_report(day, actor=office_clerk, at=at)
    book = _book(as_office_clerk.get(report_url(day, "fair_report_sheet")))
    assert book.sheetnames == ["概况", "分摊位", "分时段", "分要素", "满意度", "留办事项", "核对"]
    summary = dict(_rows(book["概况"]))
    assert (summary["通报用语"], summary["取号"]) == (report.sentence, 6)
    assert (summary["要素需求：受理"], summary["金融需求：现场办结"]) == (3, 2)
    stalls = _rows(book["分摊位"])
    assert [row[-1] for row in stalls] == [line.paused for line in report.stalls]
    assert [row[3] for row in stalls] == [line.figures.taken for line in report.stalls]
    assert [row[-5] for row in stalls] == [line.needs.received for line in report.stalls]
    assert {row[0] for row in _rows(book["留办事项"])} == {x.row.factor_request.number for x in report.open}
    assert {row[3] for row in _rows(book["核对"])} == {"相符"}
    own = _book(as_department_clerk.get(report_url(day, "fair_report_sheet")))
    assert "满意度" not in own.sheetnames
    assert len(_rows(own["分摊位"])) == 1


def _book(answer):
    return load_workbook(BytesIO(b"".join(answer.streaming_content)))


def _rows(sheet):
    return list(sheet.iter_rows(min_row=2, values_only=True))


def test_more_stalls_and_needs_cost_no_more_queries(day, office_clerk, at, django_assert_max_num_queries):
    with django_assert_max_num_queries(16) as few:
        fair_report(day, actor=office_clerk, at=at)
    for code in ("STJ", "FGW", "SPJ"):
        seat = fairs.seated(fairs.stall(day, code), at=at)
        for _ in range(3):
            served(seat, "TD", Result(Outcome.KEPT), at)
    with django_assert_max_num_queries(len(few)) as many:
        assert len(fair_report(day, actor=office_clerk, at=at).open) == 11
    assert len(few) == len(many)

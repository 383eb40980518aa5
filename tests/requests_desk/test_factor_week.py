"""The factor week: the list is frozen once, each line signed once, differences said, the week a record when closed."""

from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from requests_desk import factor_weeks, reconciled, reconciling, records, tasks, transitions
from requests_desk.journal import NotAllowedError, RefusedError, WrongStateError
from requests_desk.models import Delivery, FactorRequest, ReconciliationLine, ReconciliationWeek
from taian_factors.lib.periods import SHANGHAI
from tests.requests_desk import factories

MONDAY = datetime(2023, 7, 3, 8, 30, tzinfo=SHANGHAI)
TUESDAY = MONDAY + timedelta(days=1, hours=1)
PAGE = reverse("requests_desk:factor_week", args=["2023Q3"])
pytestmark = pytest.mark.django_db


def address(verb):
    return reverse(f"requests_desk:{verb}", args=["2023Q3"])


@pytest.fixture
def cast():
    """One of each kind: settled, barred, overdue, running, not handed out, and three that are at their end."""
    settled, barred = factories.confirmed(), factories.ineligible()
    overdue = factories.assigned(at=datetime(2023, 6, 1, 9, 0, tzinfo=SHANGHAI))
    running, waiting = factories.assigned(at=MONDAY - timedelta(days=3)), factories.accepted()
    factories.refused(), factories.withdrawn()
    return settled, barred, overdue, running, waiting


@pytest.fixture
def week(cast):
    return factor_weeks.open_week(at=MONDAY, actor=factories.office())


def line_of(factor_request):
    return ReconciliationLine.objects.get(factor_request=factor_request)


def sign(week, *requests, outcome="written_off", at=TUESDAY, actor=None, **said):
    lines = [line_of(request).pk for request in requests]
    return factor_weeks.sign(week, lines, outcome=outcome, actor=actor or factories.office(), at=at, **said)


def test_the_list_is_every_request_that_is_not_at_its_end_as_it_stands(week, cast):
    frozen = {line.factor_request_id: (line.state, line.is_overdue) for line in week.lines.all()}
    settled, barred, overdue, running, waiting = cast
    assert frozen == {
        settled.pk: ("confirmed", False),
        barred.pk: ("ineligible", False),
        overdue.pk: ("assigned", True),
        running.pk: ("assigned", False),
        waiting.pk: ("accepted", False),
    }
    assert str(week.first_on), str(week.last_on) == ("2023-07-03", "2023-07-07")
    factories.assigned(at=TUESDAY)
    assert week.lines.count() == 5


def test_a_week_is_opened_once_in_its_days_and_by_the_office_or_the_clock(week):
    office = factories.office()
    with pytest.raises(WrongStateError, match="已经冻结"):
        factor_weeks.open_week(at=TUESDAY, actor=office)
    with pytest.raises(WrongStateError, match="只在要素保障周"):
        factor_weeks.open_week(at=MONDAY + timedelta(days=10), actor=office)
    for stranger in (factories.acting("ZGJ"), factories.acting("B01"), factories.office("auditor")):
        with pytest.raises(NotAllowedError):
            factor_weeks.open_week(at=MONDAY + timedelta(days=92), actor=stranger)


def test_the_clock_opens_it_on_the_first_morning_and_tells_each_body_what_is_its_own(
    cast, department_clerk, office_clerk, monkeypatch
):
    monkeypatch.setattr(tasks, "now", lambda: MONDAY - timedelta(days=1))
    assert not tasks.begin_factor_week()
    monkeypatch.setattr(tasks, "now", lambda: MONDAY)
    assert tasks.begin_factor_week()
    assert not tasks.begin_factor_week()
    (told,) = Delivery.objects.filter(user=department_clerk.user, channel="portal")
    assert "台账已冻结，本单位主办 4 项，其中逾期 1 项" in told.text
    assert told.url == PAGE
    assert not Delivery.objects.filter(user=office_clerk.user).exists()


def test_signing_writes_off_and_says_what_changed_since_the_freeze(week, cast):
    settled, barred, overdue, running, _ = cast
    lead = factories.acting("ZGJ", "lead")
    transitions.complete(running, text="办好", actor=lead, at=TUESDAY - timedelta(hours=2))
    assert [c.why for c in reconciled.compared(week, [line_of(running)])] == ["07-04 市自然资源和规划局办结"]
    assert sign(week, settled, barred) == 2
    settled.refresh_from_db()
    assert settled.state == "written_off"
    assert line_of(settled).changes == "07-04 市工业推进办销号"
    assert sign(week, running, outcome="carried_over", reason="等企业确认") == 1
    kept = line_of(running)
    assert (kept.state, kept.signed_state, kept.changes) == (
        "assigned",
        "completed",
        "07-04 市自然资源和规划局办结",
    )
    transitions.complete(overdue, text="办好", actor=lead, at=TUESDAY)
    assert line_of(running).changes == "07-04 市自然资源和规划局办结"


def test_what_cannot_be_written_off_leaves_all_as_they_were(week, cast):
    settled, _, overdue, *_ = cast
    with pytest.raises(WrongStateError):
        sign(week, settled, overdue)
    settled.refresh_from_db()
    assert settled.state == "confirmed"
    assert not week.lines.exclude(outcome="").exists()


def test_a_line_is_carried_over_with_a_reason_and_signed_once(week, cast):
    settled, _, overdue, *_ = cast
    with pytest.raises(RefusedError, match="结转须写明理由"):
        sign(week, overdue, outcome="carried_over", reason=" ")
    sign(week, overdue, outcome="carried_over", reason="手续在省级审批")
    with pytest.raises(RefusedError):
        sign(week, overdue, outcome="carried_over", reason="改一个")
    with pytest.raises(WrongStateError, match="已由他人签认"):
        sign(week, overdue, settled)
    for stranger in (factories.acting("ZGJ"), factories.office("auditor")):
        with pytest.raises(NotAllowedError):
            sign(week, settled, actor=stranger)


def test_what_is_written_off_from_the_ledger_is_signed_too(week, cast):
    reconciling.write_off_and_sign(cast[0], actor=factories.office(), at=TUESDAY)
    assert (line_of(cast[0]).outcome, line_of(cast[0]).signed_state) == ("written_off", "written_off")


def test_the_rest_is_carried_over_for_one_reason_and_the_week_closes_only_then(week, cast):
    settled, *_ = cast
    office = factories.office()
    transitions.write_off(settled, actor=office, at=TUESDAY)
    with pytest.raises(WrongStateError, match="还有 5 项没有签认"):
        factor_weeks.close_week(week, actor=office, at=TUESDAY)
    assert factor_weeks.carry_over_rest(week, reason="继续办理", actor=office, at=TUESDAY) == 4
    assert line_of(settled).outcome == "written_off"
    closed = factor_weeks.close_week(week, actor=office, at=TUESDAY)
    assert closed.closed_at == TUESDAY
    for late in (
        lambda: factor_weeks.see(week, actor=factories.acting("ZGJ"), at=TUESDAY),
        lambda: sign(week, settled),
        lambda: factor_weeks.close_week(week, actor=office, at=TUESDAY),
    ):
        with pytest.raises(WrongStateError, match="已经结束"):
            late()
    assert reconciled.figures(week.lines.all()) == {
        "n": 5, "written_off": 1, "carried_over": 4, "unsigned": 0, "overdue": 1, "seen": 0,
        "unseen": 4, "differing": 0,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("model", "changes"),
    [
        (ReconciliationLine, {"state": "completed"}), (ReconciliationLine, {"is_overdue": False}),
        (ReconciliationLine, {"reason": "改"}), (ReconciliationLine, {"outcome": "written_off"}),
        (ReconciliationWeek, {"opened_at": TUESDAY}), (ReconciliationWeek, {"closed_at": None}),
    ],
)  # fmt: skip
def test_a_record_stands_even_against_sql(week, cast, model, changes):
    office = factories.office()
    factor_weeks.carry_over_rest(week, reason="继续办理", actor=office, at=TUESDAY)
    factor_weeks.close_week(week, actor=office, at=TUESDAY)
    rows = (
        model.objects.filter(factor_request=cast[2]) if model is ReconciliationLine else model.objects.all()
    )
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.update(**changes)
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.delete()


# --- the pages ----------------------------------------------------------------------------------------------


def text(response):
    return " ".join(response.content.decode().split())


def test_before_the_first_week_the_page_says_when_it_comes(as_office_clerk, as_department_clerk, monkeypatch):
    front = reverse("requests_desk:factor_weeks")
    assert "还没有对过账" in text(as_office_clerk.get(front))
    monkeypatch.setattr("requests_desk.views.reconciliation.now", lambda: MONDAY)
    assert "冻结台账" in text(as_office_clerk.get(front))
    assert "冻结台账" not in text(as_department_clerk.get(front))
    assert as_department_clerk.post(reverse("requests_desk:open_factor_week")).status_code == 404
    opened = as_office_clerk.post(reverse("requests_desk:open_factor_week"), follow=True)
    assert "台账已冻结" in text(opened)
    assert as_office_clerk.post(reverse("requests_desk:open_factor_week")).status_code == 409


def test_the_office_signs_and_closes_on_the_page(week, cast, as_office_clerk, monkeypatch):
    monkeypatch.setattr("requests_desk.views.reconciliation.now", lambda: TUESDAY)
    settled, barred, overdue, *_ = cast
    nothing = as_office_clerk.post(address("sign_lines"), {"outcome": "written_off"})
    assert (nothing.status_code, "请先勾选" in text(nothing)) == (422, True)
    ticked = {"line": [line_of(overdue).pk], "outcome": "carried_over", "reason": ""}
    refused = as_office_clerk.post(address("sign_lines"), ticked)
    assert (refused.status_code, "结转须写明理由" in text(refused)) == (422, True)
    assert f'value="{line_of(overdue).pk}" aria-label="选择 {overdue.number}" checked' in text(refused)
    lines = [line_of(settled).pk, line_of(barred).pk]
    done = as_office_clerk.post(address("sign_lines"), {"line": lines, "outcome": "written_off"}, follow=True)
    assert "已签认销号 2 项" in text(done)
    assert as_office_clerk.post(address("close_factor_week")).status_code == 409
    assert as_office_clerk.post(address("carry_over_rest"), {"reason": ""}).status_code == 422
    rest = as_office_clerk.post(address("carry_over_rest"), {"reason": "继续办理"}, follow=True)
    assert "已签认结转 3 项" in text(rest)
    assert "对账已结束" in text(as_office_clerk.post(address("close_factor_week"), follow=True))
    paper = text(as_office_clerk.get(address("print_factor_week")))
    assert "列入 5 项，其中当时逾期 1 项。经逐项核对，销号 2 项，结转 3 项" in paper
    assert "结转：继续办理" in paper


def test_a_department_sees_its_own_lines_and_says_so_and_an_auditor_only_reads(
    week, cast, as_department_clerk, as_other_department, as_office_auditor, as_enterprise, monkeypatch
):
    monkeypatch.setattr("requests_desk.views.reconciliation.now", lambda: TUESDAY)
    assert "签认所选" not in text(as_department_clerk.get(PAGE))
    assert "本单位核对 4 项" in text(as_department_clerk.post(address("see_lines"), follow=True))
    assert line_of(cast[2]).seen_at == TUESDAY
    assert "没有本单位的事项" in text(as_other_department.get(PAGE))
    assert cast[2].number not in text(as_other_department.get(address("print_factor_week")))
    assert as_enterprise.get(PAGE).status_code == 404
    assert as_office_auditor.get(PAGE).status_code == 200
    for verb in ("sign_lines", "carry_over_rest", "see_lines", "differ_lines", "close_factor_week"):
        assert as_office_auditor.post(address(verb)).status_code == 403
    for verb in ("sign_lines", "carry_over_rest", "close_factor_week"):
        assert as_department_clerk.post(address(verb)).status_code == 404


def test_a_body_says_in_what_it_differs_once_and_the_office_answers_when_it_signs(
    week, cast, as_department_clerk, as_office_clerk, monkeypatch
):
    monkeypatch.setattr("requests_desk.views.reconciliation.now", lambda: TUESDAY)
    settled, barred, *_ = cast
    here, words = address("differ_lines"), "6 月 28 日已销号"
    ticked = {"line": [line_of(settled).pk], "difference": words}
    assert "请写明有什么出入" in text(as_department_clerk.post(here, {**ticked, "difference": ""}))
    assert "请先勾选" in text(as_department_clerk.post(here, {"difference": words}))
    assert "1 项有出入" in text(as_department_clerk.post(here, ticked, follow=True))
    again = as_department_clerk.post(here, {**ticked, "difference": "改一个"})
    assert (again.status_code, "已经核对过" in text(again)) == (409, True)
    assert "本单位核对 3 项" in text(as_department_clerk.post(address("see_lines"), follow=True))
    assert (line_of(settled).difference, line_of(barred).difference) == (words, "")

    shown = as_office_clerk.get(PAGE, {"show": "differing"})
    assert [row.line.factor_request for row in shown.context["rows"]] == [settled]
    sent = {"line": [line_of(settled).pk], "outcome": "written_off"}
    silent = as_office_clerk.post(address("sign_lines"), sent)
    assert (silent.status_code, "签认须写明核对结果" in text(silent)) == (422, True)
    settled.refresh_from_db()
    assert settled.state == "confirmed"
    assert as_office_clerk.post(address("sign_lines"), {**sent, "reason": "今日补销"}).status_code == 302
    assert f"有出入：{words}" in text(as_office_clerk.get(address("print_factor_week")))


def test_a_body_says_nothing_about_a_line_of_another(week, cast, as_other_department):
    for difference in ("不是我们的", ""):
        with pytest.raises(WrongStateError, match="不是本单位主办"):
            factor_weeks.see(
                week,
                [line_of(cast[0]).pk],
                difference=difference,
                actor=factories.acting("SPJ"),
                at=TUESDAY,
            )
    assert not week.lines.exclude(seen_at=None).exists()


def test_what_a_body_said_stands_even_against_sql(week, cast):
    factor_weeks.see(week, difference="有出入", actor=factories.acting("ZGJ"), at=TUESDAY)
    with pytest.raises(DatabaseError), transaction.atomic():
        week.lines.filter(factor_request=cast[0]).update(difference="")


def test_a_week_without_lines_is_closed_at_once_and_two_weeks_may_be_open(as_office_clerk):
    office, october = factories.office(), datetime(2023, 10, 9, 9, 0, tzinfo=SHANGHAI)
    factor_weeks.open_week(at=MONDAY, actor=office)
    later = factor_weeks.open_week(at=october, actor=office)
    page = text(as_office_clerk.get(address("factor_week")))
    assert "冻结时没有要对账的需求" in page
    assert page.count("（没有结束）") == 2
    factor_weeks.close_week(later, actor=office, at=october)
    assert text(as_office_clerk.get(PAGE)).count("（没有结束）") == 1


def test_a_body_finds_its_own_lines_first(week, cast, as_other_department, monkeypatch):
    monkeypatch.setattr("requests_desk.views.reconciliation.now", lambda: TUESDAY)
    mine = ReconciliationLine.objects.create(
        week=week,
        factor_request=factories.assigned(lead="STJ"),
        organization=factories.acting("STJ").organization,
        state="assigned",
    )
    helped = {"support": mine.organization, "reason": "会同办理"}
    records.add_support(cast[2], **helped, actor=factories.office(), at=TUESDAY)
    shown = as_other_department.get(PAGE)
    assert [row.line.factor_request for row in shown.context["rows"]] == [mine.factor_request, cast[2]]
    assert "本单位还有 1 项没有核对" in text(shown)


def test_the_ledger_leads_to_the_factor_week(as_office_clerk, as_department_clerk):
    for reader in (as_office_clerk, as_department_clerk):
        page = reader.get(reverse("requests_desk:ledger")).content.decode()
        assert f'href="{reverse("requests_desk:factor_weeks")}"' in page


def test_a_long_list_costs_as_much_as_a_short_one(week, as_office_clerk, django_assert_max_num_queries):
    with django_assert_max_num_queries(30) as few:
        as_office_clerk.get(PAGE)
    for _ in range(10):
        ReconciliationLine.objects.create(week=week, factor_request=factories.assigned(), state="assigned")
    with django_assert_max_num_queries(len(few.captured_queries)):
        as_office_clerk.get(PAGE)


def test_the_list_is_filtered_by_the_address(week, cast, as_office_clerk):
    shown = as_office_clerk.get(PAGE, {"show": "overdue"}).context["rows"]
    assert [row.line.factor_request for row in shown] == [cast[2]]
    lead = line_of(cast[2]).organization_id
    assert len(as_office_clerk.get(PAGE, {"body": lead}).context["rows"]) == 4
    assert FactorRequest.objects.count() == 7

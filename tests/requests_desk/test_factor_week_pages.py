"""The pages of the factor week: the office signs and closes on them, a body answers for its own lines, others read."""

from datetime import datetime

import pytest
from django.urls import reverse

from requests_desk import factor_weeks, records
from requests_desk.models import FactorRequest, ReconciliationLine
from taian_factors.lib.periods import SHANGHAI
from tests.requests_desk import factories
from tests.requests_desk.conftest import MONDAY
from tests.requests_desk.test_factor_week import PAGE, TUESDAY, line_of

pytestmark = pytest.mark.django_db


def address(verb):
    return reverse(f"requests_desk:{verb}", args=["2023Q3"])


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

"""The pages of front-line visits: list, register, plan, one visit; refusals keep what was typed."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from requests_desk.models import FactorRequest, Filing, FrontLineVisit
from taian_factors.lib.clock import now
from taian_factors.lib.periods import local_day
from tests.directory import factories as directory
from tests.requests_desk import factories as desk

pytestmark = pytest.mark.django_db


def url(name, *arguments):
    return reverse(f"requests_desk:{name}", args=arguments)


@pytest.fixture
def today():
    return local_day(now())


@pytest.fixture
def visit(enterprise):
    return desk.front_line_visit(enterprise.organization, at=now())


def test_a_department_plans_a_visit_from_the_register(as_department_clerk, enterprise, today):
    owner = enterprise.organization
    page = as_department_clerk.get(url("front_line_register"), {"q": owner.name}).content.decode()
    assert url("plan_front_line", owner.pk) in page
    assert "从未走访" in page
    sent = {"planned_on": f"{today:%Y-%m-%d}", "purpose": "用地", "team": [directory.body("B01").pk]}
    answer = as_department_clerk.post(url("plan_front_line", owner.pk), sent)
    visit = FrontLineVisit.objects.get()
    assert answer.url == url("front_line_visit", visit.pk)
    assert visit.team.get().code == "B01"


def test_a_plan_beyond_the_cap_is_refused_and_keeps_what_was_typed(
    as_department_clerk, as_office_lead, enterprise, today, settings
):
    settings.FRONT_LINE_VISITS_A_YEAR = 1
    owner = enterprise.organization
    desk.front_line_visit(owner, at=now(), by=desk.acting("FGW"))
    sent = {"planned_on": f"{today:%Y-%m-%d}", "purpose": "了解用电增容"}
    answer = as_department_clerk.post(url("plan_front_line", owner.pk), sent)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "达到每年 1 次的上限" in page
    assert "了解用电增容" in page
    assert "over_cap_reason" not in page
    answer = as_office_lead.post(url("plan_front_line", owner.pk), {**sent, "over_cap_reason": "投产在即"})
    assert answer.status_code == 302
    assert FrontLineVisit.objects.filter(over_cap_reason="投产在即").exists()


def test_what_is_heard_on_the_spot_is_filed_for_the_enterprise_and_tied(as_department_clerk, visit):
    answer = as_department_clerk.post(url("file_front_line", visit.pk))
    draft = Filing.objects.get()
    assert answer.url == url("file_contact", draft.pk)
    assert as_department_clerk.post(url("file_front_line", visit.pk)).url == answer.url
    contact = {"heard": "counter", "project": "", "new_project": "", "division": "", "next": "1"}
    contact |= {"contact_name": "示例联系人", "contact_phone": "13800000000"}
    as_department_clerk.post(answer.url, contact)
    as_department_clerk.post(url("file_needs", draft.pk), {"add": "TD"})
    typed = {
        "need1-headline": "二期厂房用地",
        "need1-story": "需要 30 亩。",
        "need1-quantity": "30",
        "next": "1",
    }
    as_department_clerk.post(url("file_needs", draft.pk), typed)
    answer = as_department_clerk.post(url("file_check", draft.pk))
    assert answer.status_code == 302, answer.content.decode()
    need = FactorRequest.objects.get()
    assert (need.filing.channel, need.filing.front_line_visit) == ("visit", visit)
    assert need.filing.typed_for.code == "ZGJ"
    assert "二期厂房用地" in as_department_clerk.get(url("front_line_visit", visit.pk)).content.decode()


def test_nothing_is_filed_before_the_day(as_department_clerk, enterprise, today):
    later = desk.front_line_visit(enterprise.organization, at=now(), planned_on=today + timedelta(2))
    assert as_department_clerk.post(url("file_front_line", later.pk)).status_code == 422
    assert not Filing.objects.exists()


def test_recording_on_the_page_moves_the_visit_on(as_department_clerk, visit, today):
    act = url("act_front_line", visit.pk, "record")
    answer = as_department_clerk.post(
        act, {"record-visited_on": f"{today:%Y-%m-%d}", "record-people": "张某"}
    )
    assert answer.status_code == 422
    assert "请填写走访纪要" in answer.content.decode()
    assert "张某" in answer.content.decode()
    sent = {"record-visited_on": f"{today:%Y-%m-%d}", "record-minutes": "看了厂房。"}
    assert as_department_clerk.post(act, sent).status_code == 302
    visit.refresh_from_db()
    assert visit.state == "done"
    assert as_department_clerk.post(act, sent).status_code == 409


def test_the_wrong_party_is_refused_and_strangers_find_nothing(
    as_office_auditor, as_other_department, as_stranger, as_bank, as_enterprise, visit
):
    cancel = url("act_front_line", visit.pk, "cancel")
    assert as_office_auditor.post(cancel, {"cancel-reason": "不去"}).status_code == 403
    assert as_enterprise.post(cancel, {"cancel-reason": "不去"}).status_code == 403
    for client in (as_other_department, as_stranger, as_bank):
        assert client.post(cancel, {"cancel-reason": "不去"}).status_code == 404
    assert as_office_auditor.post(url("act_front_line", visit.pk, "dance")).status_code == 404


def test_an_enterprise_sees_the_visits_to_itself_and_no_register(as_enterprise, as_stranger, as_bank, visit):
    assert visit.purpose in as_enterprise.get(url("front_line")).content.decode()
    page = as_enterprise.get(url("front_line_visit", visit.pk)).content.decode()
    assert visit.purpose in page
    assert "登记走访" not in page
    assert "经过" not in page
    assert visit.purpose not in as_stranger.get(url("front_line")).content.decode()
    assert as_enterprise.get(url("front_line_register")).status_code == 404
    assert as_bank.get(url("front_line_register")).status_code == 403
    assert as_bank.get(url("plan_front_line", visit.enterprise_id)).status_code == 403


def test_the_sheet_says_what_the_register_shows(as_office_auditor, enterprise, today):
    desk.front_line_done(enterprise.organization, at=now())
    never = directory.enterprise("示例未访有限公司")
    answer = as_office_auditor.get(url("front_line_sheet"), {"q": "示例"})
    book = load_workbook(BytesIO(b"".join(answer.streaming_content)))
    rows = list(book.active.iter_rows(values_only=True))
    assert rows[0][0] == "企业"
    by_name = {row[0]: row for row in rows[1:]}
    assert by_name[never.name][5] == "从未走访"
    assert by_name[enterprise.organization.name][5].date() == today
    assert by_name[enterprise.organization.name][7] == 1


def test_ten_and_twenty_enterprises_cost_the_same(as_office_clerk):
    def made(number):
        for _ in range(number):
            owner = directory.enterprise()
            directory.project(owner, is_key=True)
            desk.front_line_done(owner, at=now(), team=[directory.body("B01")])

    made(10)
    pages = [url("front_line_register"), url("front_line"), url("front_line_sheet")]
    before = [_queries(as_office_clerk, page) for page in pages]
    made(10)
    assert [_queries(as_office_clerk, page) for page in pages] == before


def _queries(client, page):
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(page)
        assert b"".join(answer) if answer.streaming else answer.content
    return len(queries)

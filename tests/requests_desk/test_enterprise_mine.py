"""我的需求: filings with n/m, each request with its light, who is on it, and what comes next."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from requests_desk import drafting, intake, transitions
from taian_factors.directory.actors import Actor
from taian_factors.lib.clock import now
from tests.requests_desk import factories as desk

MINE = "/desk/mine/"


def page(client: Client, address: str = MINE) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def queries(client: Client, address: str = MINE) -> int:
    with CaptureQueriesContext(
        connection,
    ) as found:
        client.get(address)
    return len(found)


def test_the_address_is_the_one_of_the_page(db: None):
    assert MINE == MINE


def test_an_enterprise_sees_who_is_on_it_and_what_comes_next(as_enterprise: Client, enterprise: Actor):
    at = now()
    filing = desk.filing("TD", "JR", enterprise=enterprise.organization, at=at)
    land = filing.factor_requests.get(factor__code="TD")
    transitions.accept(land, actor=desk.office(), at=at)
    transitions.assign(land, lead=desk.acting("ZGJ").organization, actor=desk.office(), at=at)
    shown = page(as_enterprise)
    assert filing.number in shown
    assert "已了结 0/2 项" in shown
    assert "市自然资源和规划局 主办" in shown
    assert "下一步：回复" in shown
    assert reverse("requests_desk:show", args=[land.number]) in shown


def test_a_filing_with_a_returned_request_waits_for_its_enterprise(as_enterprise: Client, enterprise: Actor):
    desk.returned(enterprise=enterprise.organization, at=now() - timedelta(hours=2))
    shown = page(as_enterprise)
    assert shown.count("待补正") == 2, "the filing and its request"
    assert "前补正" in shown


def test_a_filing_is_done_when_every_request_is(as_enterprise: Client, enterprise: Actor):
    desk.completed(enterprise=enterprise.organization, at=now() - timedelta(days=3))
    shown = page(as_enterprise)
    assert "已了结 1/1 项" in shown
    assert "前确认" in shown


def test_an_enterprise_without_filings_is_told_what_to_do(as_enterprise: Client):
    shown = page(as_enterprise)
    assert "还没有申报过需求" in shown
    assert reverse("requests_desk:file") in shown


def test_an_enterprise_sees_nothing_of_another(as_stranger: Client, enterprise: Actor):
    filing = desk.filing("TD", enterprise=enterprise.organization)
    assert filing.number not in page(as_stranger)


def test_staff_see_what_their_body_typed_and_nothing_else(
    as_chain_team: Client, chain_team: Actor, enterprise: Actor
):
    own = intake.file(
        enterprise=enterprise.organization, needs=[desk.need()], actor=chain_team, at=desk.START
    )
    other = desk.filing("TD", enterprise=enterprise.organization)
    shown = page(as_chain_team)
    assert own.number in shown
    assert other.number not in shown


def test_an_auditor_files_for_nobody_and_has_no_such_page(as_office_auditor: Client):
    assert as_office_auditor.get(MINE).status_code == 403


def test_ten_and_two_hundred_rows_cost_the_same(as_enterprise: Client, enterprise: Actor):
    def file_more(count: int) -> None:
        for _ in range(count):
            desk.filing("TD", "JR", "RC", "ZJ", enterprise=enterprise.organization)
            draft = {
                "key": "",
                "contact": {},
                "needs": [{"id": "1", "factor": "TD", "values": {}}],
                "next": 2,
            }
            drafting.save_draft(
                None, enterprise=enterprise.organization, content=draft, actor=enterprise, at=desk.START
            )

    file_more(2)
    as_enterprise.get(MINE)  # what is asked once per process is not counted
    before = queries(as_enterprise)
    file_more(48)
    assert queries(as_enterprise) == before


@pytest.mark.parametrize("count", [1, 30])
def test_the_second_page_is_reached(as_enterprise: Client, enterprise: Actor, count: int):
    for _ in range(count):
        desk.filing("TD", enterprise=enterprise.organization)
    assert ("?page=2" in page(as_enterprise)) is (count > 10)


def test_finding_an_enterprise_costs_the_same_however_many_there_are(
    as_office_clerk: Client, enterprise: Actor, stranger: Actor
):
    few = queries(as_office_clerk, "/desk/file/?q=示例电气")
    assert queries(as_office_clerk, "/desk/file/?q=示例") == few


def test_a_person_without_a_body_has_no_filings(sign_in: Callable[[Actor], Client], enterprise: Actor):
    enterprise.user.memberships.update(until_on="2022-12-31")
    assert sign_in(enterprise).get(MINE).status_code == 403


def test_a_draft_says_what_it_lacks_and_leads_to_that_step(as_enterprise: Client, enterprise: Actor):
    empty, half, full = (desk.draft(enterprise, *codes) for codes in ((), ("TD", "SP"), ("SP",)))
    person = {"contact_name": "王工", "contact_phone": "13800001234"}
    told = {"headline": "施工许可", "story": "卡在消防。"}
    half.draft["contact"] = {**person, "contact_phone": "138"}
    half.draft["needs"][0]["values"] = {"headline": "用地", "quantity": "-3"}
    half.draft["needs"][1]["values"] = told
    full.draft["contact"], full.draft["needs"][0]["values"] = person, told
    for draft in (half, full):
        draft.save()
    page = as_enterprise.get(MINE).content.decode()
    assert "第 1 步还缺：联系人、联系电话。第 2 步还缺：还没有写需求。" in page
    assert "第 1 步还缺：联系电话。第 2 步还缺：需求 1（土地）的用地面积、需求 1（土地）的具体情况。" in page
    assert "已填齐，核对后就可以提交。" in page
    for draft, step, place in (
        (empty, "contact", "#id_contact_name"),
        (half, "contact", "#id_contact_phone"),
    ):
        assert f"/desk/file/{draft.pk}/{step}/{place}" in page
    assert f'href="/desk/file/{full.pk}/check/"' in page

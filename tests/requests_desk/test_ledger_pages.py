"""The ledger: who sees which rows and columns, in which order, page by page, and its cost."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from requests_desk import columns, transitions
from requests_desk.intake import file
from requests_desk.models import FactorRequest, Filing, Reply, SatisfactionReview
from requests_desk.transitions import Answer
from taian_factors.lib.clock import now
from taian_factors.lib.periods import local_day
from tests.directory import factories as directory
from tests.requests_desk import factories

LEDGER = reverse("requests_desk:ledger")


def numbers(client, **query):
    answer = client.get(LEDGER, query)
    assert answer.status_code == 200
    return {row.factor_request.number for row in answer.context["rows"]}


@pytest.mark.parametrize("who", ["office_clerk", "office_lead", "office_auditor"])
def test_the_office_sees_every_request(who, request, enterprise):
    made = {factories.filed(at=now()).number, factories.assigned(at=now()).number}
    assert numbers(request.getfixturevalue(f"as_{who}")) == made


def test_everybody_else_sees_the_ledger_of_their_part(
    as_department_clerk, as_other_department, as_bank, as_county_office, as_chain_team
):
    land = factories.assigned(at=now(), enterprise=directory.enterprise(division="370982", chain="C07"))
    local = factories.filed(at=now(), enterprise=directory.enterprise(division="370902", chain="C03"))
    chain = factories.filed(at=now(), enterprise=directory.enterprise(division="370983", chain="C01"))
    assert numbers(as_department_clerk) == {land.number}
    assert numbers(as_other_department) == set()
    assert numbers(as_bank) == set()
    assert numbers(as_county_office) == {local.number}
    assert numbers(as_chain_team) == {chain.number}


@pytest.mark.parametrize("name", ["ledger", "export"])
def test_enterprises_have_no_ledger_and_nobody_has_one_without_signing_in(
    name, client, as_enterprise, as_stranger
):
    url = reverse(f"requests_desk:{name}")
    assert as_enterprise.get(url).status_code == 404
    assert as_stranger.get(url).status_code == 404
    assert client.get(url).status_code == 302


def test_only_who_runs_the_desk_can_tick_rows(as_office_clerk, as_office_auditor, as_department_clerk):
    factories.assigned(at=now())
    assert "所选联合会商" in as_office_clerk.get(LEDGER).content.decode()
    for reader in (as_office_auditor, as_department_clerk):
        page = reader.get(LEDGER).content.decode()
        assert "所选联合会商" not in page
        assert 'type="checkbox" name="number"' not in page


def test_an_empty_ledger_says_why(as_bank, as_office_clerk):
    assert "台账里还没有需求" in as_bank.get(LEDGER).content.decode()
    assert "没有符合条件的需求" in as_office_clerk.get(LEDGER, {"q": "无此企业"}).content.decode()


def test_a_place_that_is_none_shows_the_beginning(as_office_clerk):
    made = factories.filed(at=now())
    for place in ("x", "1.2", "²..", "-1.1.1", "99999999999999999.1.1"):
        assert numbers(as_office_clerk, after=place) == {made.number}


def test_every_row_has_a_cell_for_every_column(as_department_clerk):
    factories.assigned(at=now(), supports=("SPJ",))
    page = as_department_clerk.get(LEDGER).content.decode()
    body = page[page.index("<tbody>") : page.index("</tbody>")]
    assert body.count("<td") + body.count("<th") == sum(column.is_usual for column in columns.LEDGER)


def test_ten_rows_and_two_hundred_cost_the_same(as_office_clerk, as_department_clerk):
    def cost(client):
        with CaptureQueriesContext(connection) as counted:
            assert client.get(LEDGER).status_code == 200
        return len(counted)

    def fill(count):
        for _ in range(count):
            factories.assigned(at=now(), supports=("SPJ",))

    fill(10)
    few = cost(as_office_clerk), cost(as_department_clerk)
    fill(190)
    assert FactorRequest.objects.count() == 200
    assert (cost(as_office_clerk), cost(as_department_clerk)) == few
    assert max(few) <= 16  # its saved views and their default among them


def test_orders_walk_the_list_both_ways(as_office_clerk):
    made = [factories.filed(at=now() - timedelta(days=days)) for days in (3, 2, 1)]
    late = factories.assigned(at=now() - timedelta(days=9))

    def listed(order):
        return [
            row.factor_request.number for row in as_office_clerk.get(LEDGER, {"order": order}).context["rows"]
        ]

    assert listed("oldest") == listed("")[::-1] == [late.number, *[m.number for m in made]]
    assert set(listed("due")) == {late.number, *[m.number for m in made]}
    assert listed("done") == []


def test_the_pages_of_a_long_ledger_hold_every_row_once(as_office_clerk):
    owner = directory.enterprise()
    file(enterprise=owner, needs=[factories.need()] * 120, actor=factories.acting(owner), at=now())
    found, there = [], {}
    while True:
        page = as_office_clerk.get(LEDGER, {"view": "all"} | there).context["page"]
        found.append([each.pk for each in page.rows])
        if page.after is None:
            break
        there = {"after": page.after}
    assert [len(each) for each in found] == [50, 50, 20]
    assert len({pk for each in found for pk in each}) == 120
    assert (page.first, page.last) == (101, 120)
    back = as_office_clerk.get(LEDGER, {"before": page.before}).context["page"]
    assert ([each.pk for each in back.rows], back.first) == (found[1], 51)
    first = as_office_clerk.get(LEDGER, {"before": back.before}).context["page"]
    assert ([each.pk for each in first.rows], first.before) == (found[0], None)


def cells(client, *names):
    page = client.get(LEDGER, {"col": names}).content.decode()
    return page[page.index("<tbody>") : page.index("</tbody>")]


def test_the_columns_that_the_law_asks_for_are_there(as_office_clerk):
    made = factories.assigned(at=now())
    plan = Answer("六月底前完成报批", outcome=Reply.Outcome.PLAN, plan_on=local_day(now()), plan_owner="李工")
    transitions.reply(made, answer=plan, actor=factories.acting("ZGJ", "lead"), at=now())
    filing = made.filing
    Filing.objects.filter(pk=filing.pk).update(contact_name="王小明", contact_phone="13805381234")
    shown = cells(as_office_clerk, "number", "code", "contact", "plan", "plan_on")
    assert made.enterprise.profile.credit_code in shown
    assert "王** 138****1234" in shown
    assert "小明" not in shown
    assert plan.text in shown
    assert f"{plan.plan_on}" in shown
    headings = {column.heading for column in columns.LEDGER}
    assert headings >= {
        *(
            "编号",
            "届次",
            "企业",
            "信用代码",
            "县市区",
            "产业链",
            "项目",
            "要素",
            "数量",
            "单位",
            "期望时间",
            "主办",
            "协办",
        ),
        *("现场结果", "方案", "方案完成日", "联系人", "满意度", "状态", "灯", "期限", "销号日期"),
    }


def test_the_office_alone_reads_reviews_beside_requests(
    as_office_clerk, as_office_auditor, as_department_clerk
):
    made = factories.completed(at=now())
    SatisfactionReview.objects.create(
        number="PJ1",
        factor_request=made,
        assignment=made.assignments.get(),
        rating=2,
        first_submitted_at=now(),
    )
    for reader, sees in ((as_office_clerk, True), (as_office_auditor, True), (as_department_clerk, False)):
        page = reader.get(LEDGER, {"col": ["number", "rating"]})
        assert page.status_code == 200
        assert ("不满意" in page.content.decode()) is sees
        assert ("满意度" in page.content.decode()) is sees

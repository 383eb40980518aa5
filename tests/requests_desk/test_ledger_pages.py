"""The ledger: who sees which rows, its filters, its totals, its fragments, its cost."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from requests_desk import case_by_case, columns, transitions
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


@pytest.fixture
def mixed(db):
    """Two requests that differ in everything that a filter can ask for."""
    at = now()
    first = directory.enterprise("泰安示例电缆有限公司", division="370902", chain="C01")
    second = directory.enterprise("新泰示例食品有限公司", division="370982", chain="C07")
    project = directory.project(first, is_key=True)
    one = factories.assigned(at=at, enterprise=first, project=project, supports=("SPJ",))
    filing = factories.filing(
        "NY", enterprise=second, at=at - timedelta(days=40), channel=Filing.Channel.PROBLEM
    )
    other = filing.factor_requests.get()
    case_by_case.mark_case_by_case(one, reason="情况特殊", actor=factories.office("lead"), at=at)
    return one, other


def test_each_filter_leaves_what_it_says(as_office_clerk, mixed):
    one, other = mixed
    today = local_day(now())
    only_one = [
        {"state": "assigned"},
        {"light": "green"},
        {"factor": one.factor_id},
        {"chain": one.chain_id},
        {"division": one.division_id},
        {"lead": directory.body("ZGJ").pk},
        {"channel": "online"},
        {"filed_from": today - timedelta(1)},
        {"key": "on"},
        {"case": "on"},
        {"q": "电缆"},
        {"q": one.number},
        {"q": one.enterprise.profile.credit_code},
        {"q": "泰安 用地"},
        {"support": directory.body("SPJ").pk},
        {"body": directory.body("SPJ").pk},
        {"due_from": today},
    ]
    for query in only_one:
        assert numbers(as_office_clerk, **query) == {one.number}, query
    only_other = [
        {"state": "filed"},
        {"light": "red"},
        {"channel": "problem"},
        {"filed_until": today - timedelta(30)},
    ]
    for query in only_other:
        assert numbers(as_office_clerk, **query) == {other.number}, query
    assert numbers(as_office_clerk, state="open") == {one.number, other.number}
    assert numbers(as_office_clerk, key="", case="") == {one.number, other.number}
    assert numbers(as_office_clerk, q="电缆", state="filed") == set()


def test_the_lead_filter_follows_the_last_lead(as_office_clerk):
    made, later = factories.assigned(at=now() - timedelta(days=1)), now()
    lead = directory.body("SPJ")
    transitions.reassign(made, lead=lead, reason="属审批事项", actor=factories.office(), at=later)
    assert numbers(as_office_clerk, lead=lead.pk) == {made.number}
    assert numbers(as_office_clerk, lead=directory.body("ZGJ").pk) == set()
    transitions.declare_ineligible(made, basis="限制类", actor=factories.office(), at=later)
    assert numbers(as_office_clerk, lead=lead.pk) == {made.number}


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"filed_from": "2023-02-30"}, "申报日期起"),
        ({"factor": "999999"}, "要素"),
        ({"state": "lost"}, "状态"),
        ({"light": "blue"}, "灯"),
    ],
)
def test_a_filter_that_cannot_be_understood_is_named_and_shows_nothing(as_office_clerk, query, field):
    factories.filed(at=now())
    answer = as_office_clerk.get(LEDGER, query)
    assert answer.status_code == 422
    assert f">{field}</a>" in answer.content.decode()
    assert answer.context["rows"] == []
    assert as_office_clerk.get(reverse("requests_desk:export"), query).status_code == 422


def test_htmx_gets_the_rows_alone_and_a_short_address(as_office_clerk, mixed):
    query = {"state": "assigned", "light": "", "q": ""}
    answer = as_office_clerk.get(LEDGER, query, headers={"HX-Request": "true"})
    page = answer.content.decode()
    assert "<html" not in page
    assert mixed[0].number in page
    assert answer["HX-Push-Url"] == "?state=assigned"
    assert "HX-Request" in answer["Vary"]


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


def chips(client, **query):
    return [(chip.label, chip.value) for chip in client.get(LEDGER, query).context["filters"].chips]


def test_chips_say_what_is_filtered_and_lead_to_the_rest(as_office_clerk, mixed):
    query = {"state": "open", "chain": mixed[0].chain_id, "key": "on", "filed_from": "2023-06-01"}
    assert chips(as_office_clerk, **query) == [
        ("状态", "全部在办"),
        ("产业链", mixed[0].chain.name),
        ("申报日期起", "2023-06-01"),
        ("重点项目", ""),
    ]
    filters = as_office_clerk.get(LEDGER, query | {"col": ["number", "code"]}).context["filters"]
    assert (
        filters.chips[0].without
        == f"chain={mixed[0].chain_id}&key=on&filed_from=2023-06-01&col=number&col=code"
    )


@pytest.mark.parametrize("query", [{"q": "电"}, {"q": "电缆 缆"}])
def test_one_character_is_too_little_to_search_for(as_office_clerk, query):
    answer = as_office_clerk.get(LEDGER, query)
    assert answer.status_code == 422
    assert "至少两个字" in answer.content.decode()


@pytest.mark.parametrize(
    "query",
    [
        {"col": "secret"},
        {"order": "random"},
        {"fair": "9" * 30},
        {"division": "x"},
        {"q": "电缆\0"},
        {"due_from": "昨天"},
    ],
)
def test_what_no_address_of_ours_says_gets_a_sentence_and_no_error(as_office_clerk, query):
    answer = as_office_clerk.get(LEDGER, query)
    assert answer.status_code == 422
    assert "有条件看不懂" in answer.content.decode()


def test_escalated_and_backlog_are_filters(as_office_clerk):
    old = factories.assigned(at=now() - timedelta(days=60))
    raised = factories.filed(at=now())
    FactorRequest.objects.filter(pk=raised.pk).update(is_escalated=True)
    assert numbers(as_office_clerk, backlog="on") == {old.number}
    assert numbers(as_office_clerk, escalated="on") == {raised.number}


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


def test_what_was_sought_is_marked_where_it_stands(as_office_clerk):
    made = factories.filed(at=now())
    FactorRequest.objects.filter(pk=made.pk).update(headline="<b>二期</b>厂房", story="设备到货，等待进场")
    assert (
        "&lt;b&gt;二期&lt;/b&gt;<mark>厂房</mark>"
        in as_office_clerk.get(LEDGER, {"q": "厂房"}).content.decode()
    )
    assert "…备到货，等待<mark>进场</mark>…" in as_office_clerk.get(LEDGER, {"q": "进场"}).content.decode()


def test_every_filter_and_column_can_be_chosen_without_scripts(as_office_clerk, as_bank):
    url = reverse("requests_desk:ledger_filters")
    page = as_office_clerk.get(url, {"lead": directory.body("ZGJ").pk, "col": "code"}).content.decode()
    assert 'name="col" value="code" checked' in page
    assert 'value="rating"' in page
    assert "selected" in page[page.index('name="lead"') : page.index('name="support"')]
    assert 'value="rating"' not in as_bank.get(url).content.decode()

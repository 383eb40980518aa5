"""The filters of the ledger: each leaves what it says, all stand in the address, and one that is wrong is named."""

from datetime import timedelta

import pytest
from django.urls import reverse

from requests_desk import case_by_case, transitions
from requests_desk.models import FactorRequest, Filing
from taian_factors.lib.clock import now
from taian_factors.lib.periods import local_day
from tests.directory import factories as directory
from tests.requests_desk import factories
from tests.requests_desk.test_ledger_pages import LEDGER, numbers


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


def test_escalated_and_backlog_are_filters(as_office_clerk):
    old = factories.assigned(at=now() - timedelta(days=60))
    raised = factories.filed(at=now())
    FactorRequest.objects.filter(pk=raised.pk).update(is_escalated=True)
    assert numbers(as_office_clerk, backlog="on") == {old.number}
    assert numbers(as_office_clerk, escalated="on") == {raised.number}


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


@pytest.mark.parametrize("query", [{"q": "电"}, {"q": "电缆 缆"}])
def test_one_character_is_too_little_to_search_for(as_office_clerk, query):
    answer = as_office_clerk.get(LEDGER, query)
    assert answer.status_code == 422
    assert "至少两个字" in answer.content.decode()


def test_what_was_sought_is_marked_where_it_stands(as_office_clerk):
    made = factories.filed(at=now())
    FactorRequest.objects.filter(pk=made.pk).update(headline="<b>二期</b>厂房", story="设备到货，等待进场")
    assert (
        "&lt;b&gt;二期&lt;/b&gt;<mark>厂房</mark>"
        in as_office_clerk.get(LEDGER, {"q": "厂房"}).content.decode()
    )
    assert "…备到货，等待<mark>进场</mark>…" in as_office_clerk.get(LEDGER, {"q": "进场"}).content.decode()


def test_htmx_gets_the_rows_alone_and_a_short_address(as_office_clerk, mixed):
    query = {"state": "assigned", "light": "", "q": ""}
    answer = as_office_clerk.get(LEDGER, query, headers={"HX-Request": "true"})
    page = answer.content.decode()
    assert "<html" not in page
    assert mixed[0].number in page
    assert answer["HX-Push-Url"] == "?state=assigned"
    assert "HX-Request" in answer["Vary"]


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


def test_every_filter_and_column_can_be_chosen_without_scripts(as_office_clerk, as_bank):
    url = reverse("requests_desk:ledger_filters")
    page = as_office_clerk.get(url, {"lead": directory.body("ZGJ").pk, "col": "code"}).content.decode()
    assert 'name="col" value="code" checked' in page
    assert 'value="rating"' in page
    assert "selected" in page[page.index('name="lead"') : page.index('name="support"')]
    assert 'value="rating"' not in as_bank.get(url).content.decode()

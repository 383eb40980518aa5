"""What is overdue or near it, for those who watch: chain team, county office, office."""

from datetime import timedelta

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from requests_desk import watchlists
from taian_factors.directory.actors import Actor
from taian_factors.lib.clock import now
from tests.directory import factories as directory
from tests.requests_desk import factories

DAY = timedelta(days=1)
URL = "/desk/watchlist/"


def late(**fields: str) -> object:
    return factories.assigned(enterprise=directory.enterprise(**fields), at=now() - 40 * DAY)


def numbers(client: Client, query: str = "") -> set[str]:
    page = client.get(f"{URL}{query}").context["rows"]
    return {row.factor_request.number for row in page}


def test_each_watches_its_own(as_chain_team: Client, as_county_office: Client, as_office_clerk: Client):
    here, chain, elsewhere = late(), late(division="370982"), late(division="370982", chain="C07")
    assert numbers(as_chain_team) == {here.number, chain.number}
    assert numbers(as_county_office) == {here.number}
    assert numbers(as_office_clerk) == {here.number, chain.number, elsewhere.number}


def test_nobody_else_has_a_watch_list(
    client: Client, as_department_clerk: Client, as_bank: Client, as_enterprise: Client
):
    assert client.get(URL).status_code == 302
    for outsider in (as_department_clerk, as_bank, as_enterprise):
        assert outsider.get(URL).status_code == 404


def test_overdue_comes_first_and_calm_ones_only_when_asked_for(as_chain_team: Client, chain_team: Actor):
    red, calm = late(), factories.assigned(at=now() - timedelta(hours=2))
    assert numbers(as_chain_team) == {red.number}
    assert numbers(as_chain_team, "?light=green") == {calm.number}
    assert numbers(as_chain_team, "?light=red&escalated=on") == set()
    assert watchlists.red_count(chain_team, at=now(), most=9) == 1
    assert "积案" in as_chain_team.get(URL).content.decode()


def test_an_empty_list_says_what_will_stand_there(as_chain_team: Client):
    assert "没有逾期或临期的需求" in as_chain_team.get(URL).content.decode()


def test_ten_rows_cost_what_one_costs(as_office_clerk: Client):
    def cost() -> int:
        with CaptureQueriesContext(connection) as counted:
            assert as_office_clerk.get(URL).status_code == 200
        return len(counted)

    late()
    cost()
    few = cost()
    for _ in range(9):
        late()
    assert cost() == few

"""The worklist of a body: today's first, the next move of each, filters, and a fixed cost."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from requests_desk import clocks, ledger, records, worklists
from requests_desk.models import FactorRequest, Suspension
from taian_factors.directory.actors import Actor
from taian_factors.lib.clock import now
from tests.directory import factories as directory
from tests.requests_desk import factories

DAY = timedelta(days=1)
ZGJ = "ZGJ"


def fresh(**fields: object) -> FactorRequest:
    return factories.assigned(at=now() - timedelta(hours=3), **fields)


def acknowledged(**fields: object) -> FactorRequest:
    made = fresh(**fields)
    records.acknowledge(made, actor=factories.acting(ZGJ), at=now())
    return made


def late() -> FactorRequest:
    made = factories.assigned(at=now() - 40 * DAY)
    records.acknowledge(made, actor=factories.acting(ZGJ), at=now() - 39 * DAY)
    return made


def suspended() -> FactorRequest:
    made, lead = acknowledged(), factories.acting(ZGJ)
    clocks.ask_suspension(made, cause=Suspension.Cause.PAPERS, reason="等企业补图", actor=lead, at=now())
    clocks.decide_suspension(made, is_approved=True, actor=factories.office(), at=now())
    return made


def rows(html: str) -> list[str]:
    return [
        " ".join(re.sub("<[^>]+>", " ", row).split()) for row in re.findall(r"<tr>(.*?)</tr>", html, re.S)[1:]
    ]


def test_who_holds_nothing_has_no_worklist(
    client: Client, as_enterprise: Client, as_office_clerk: Client, as_chain_team: Client
):
    assert client.get("/desk/worklist/").status_code == 302
    for outsider in (as_enterprise, as_office_clerk, as_chain_team):
        assert outsider.get("/desk/worklist/").status_code == 404


def test_an_empty_worklist_says_so(as_bank: Client, as_county_office: Client):
    assert "没有待办" in as_bank.get("/desk/worklist/").content.decode()
    assert "没有符合条件的待办" in as_county_office.get("/desk/worklist/?light=red").content.decode()


def test_each_matter_says_its_next_move(as_department_clerk: Client, department_clerk: Actor):
    made = fresh()
    assert rows(as_department_clerk.get("/desk/worklist/").content.decode())[0].startswith("签收")
    records.acknowledge(made, actor=department_clerk, at=now())
    assert rows(as_department_clerk.get("/desk/worklist/").content.decode())[0].startswith("回复")
    factories.transitions.reply(made, answer=factories.Answer("已安排"), actor=department_clerk, at=now())
    assert rows(as_department_clerk.get("/desk/worklist/").content.decode())[0].startswith("办结")
    records.whistle(made, text="", actor=factories.acting(made.enterprise), at=now())
    assert rows(as_department_clerk.get("/desk/worklist/").content.decode())[0].startswith("报到")


def test_today_comes_first_and_suspended_last(department_clerk: Actor):
    calm, stopped, red, new = acknowledged(), suspended(), late(), fresh()
    found = list(worklists.todos(department_clerk, at=now()).with_parts())
    assert [r.pk for r in found] == [red.pk, new.pk, calm.pk, stopped.pk]
    assert [r.is_today for r in found] == [True, True, False, False]
    assert {r.pk for r in ledger.due_today(ledger.worklist(department_clerk), at=now())} == {red.pk, new.pk}


def test_a_whistle_is_for_today(department_clerk: Actor):
    made = acknowledged()
    assert not ledger.due_today(ledger.worklist(department_clerk), at=now()).exists()
    records.whistle(made, text="", actor=factories.acting(made.enterprise), at=now())
    assert ledger.due_today(ledger.worklist(department_clerk), at=now()).get() == made


def test_the_light_of_the_filter_is_the_light_of_the_row(department_clerk: Actor):
    late(), suspended(), acknowledged(), fresh()
    factories.replied(at=now() - 19 * DAY)
    at, seen = now(), {}
    everything = worklists.todos(department_clerk, at=at)
    for todo in worklists.read(department_clerk, everything.with_parts(), at=at):
        seen.setdefault(todo.light, set()).add(todo.factor_request.pk)
    for light in ("red", "yellow", "green", "grey"):
        assert {r.pk for r in worklists.narrowed(everything, light=light)} == seen.get(light, set())
    figures = worklists.figures(everything)
    assert figures["red"] == len(seen["red"])
    assert figures["total"] == 5


def test_filters_stand_in_the_address(as_department_clerk: Client):
    late(), acknowledged()
    assert len(rows(as_department_clerk.get("/desk/worklist/?light=red").content.decode())) == 1
    assert len(rows(as_department_clerk.get("/desk/worklist/?state=replied").content.decode())) == 0
    assert as_department_clerk.get("/desk/worklist/?light=pink&state=x&page=-3").status_code == 200


def test_a_support_that_has_replied_is_done(sign_in: Callable[[Actor], Client]):
    made, support = fresh(supports=("SPJ",)), directory.actor("SPJ")
    client = sign_in(support)
    assert "协办" in client.get("/desk/worklist/").content.decode()
    records.support_reply(made, text="可以并联审批", actor=support, at=now())
    assert "没有待办" in client.get("/desk/worklist/").content.decode()


@pytest.mark.parametrize("more", [9])
def test_ten_rows_cost_what_one_costs(as_department_clerk: Client, more: int):
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert as_department_clerk.get("/desk/worklist/").status_code == 200
        return len(queries)

    fresh(supports=("SPJ",))
    cost()
    before = cost()
    for _ in range(more):
        fresh(supports=("SPJ", "STJ"))
    assert cost() == before

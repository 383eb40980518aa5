"""The worklist of a body: today's first, the next move of each, filters, and a fixed cost."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from requests_desk import clocks, records, worklists
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


def move_of(client: Client) -> str:
    """Return the move on the first row's button."""
    return rows(client.get("/desk/worklist/").content.decode())[0].split()[-2]


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
    assert move_of(as_department_clerk) == "签收"
    records.acknowledge(made, actor=department_clerk, at=now())
    assert move_of(as_department_clerk) == "回复"
    factories.transitions.reply(made, answer=factories.Answer("已安排"), actor=department_clerk, at=now())
    assert move_of(as_department_clerk) == "办结"
    records.whistle(made, text="", actor=factories.acting(made.enterprise), at=now())
    assert move_of(as_department_clerk) == "报到"


def test_today_comes_first_and_suspended_last(department_clerk: Actor):
    calm, stopped, red, new = acknowledged(), suspended(), late(), fresh()
    found = list(worklists.todos(department_clerk, at=now()))
    assert [a.factor_request_id for a in found] == [red.pk, new.pk, calm.pk, stopped.pk]
    assert [a.is_today for a in found] == [True, True, False, False]
    assert worklists.today_count(department_clerk, at=now()) == 2


def test_a_whistle_is_for_today(department_clerk: Actor):
    made = acknowledged()
    assert worklists.today_count(department_clerk, at=now()) == 0
    records.whistle(made, text="", actor=factories.acting(made.enterprise), at=now())
    (todo,) = worklists.read(worklists.todos(department_clerk, at=now()), at=now())
    assert (todo.factor_request, todo.verb, todo.is_today) == (made, "report_in", True)


def test_the_light_of_the_filter_is_the_light_of_the_row(department_clerk: Actor):
    late(), suspended(), acknowledged(), fresh()
    factories.replied(at=now() - 19 * DAY)
    at, seen = now(), {}
    everything = worklists.todos(department_clerk, at=at)
    for todo in worklists.read(everything, at=at):
        seen.setdefault(todo.light, set()).add(todo.factor_request.pk)
    for light in ("red", "yellow", "green", "grey"):
        narrowed = worklists.narrowed(everything, at=at, light=light)
        assert {a.factor_request_id for a in narrowed} == seen.get(light, set())
    figures = worklists.figures(department_clerk, at=at)
    assert figures["red"] == len(seen["red"])
    assert figures["total"] == 5


def test_filters_stand_in_the_address(as_department_clerk: Client):
    late(), acknowledged()
    assert len(rows(as_department_clerk.get("/desk/worklist/?light=red").content.decode())) == 1
    assert len(rows(as_department_clerk.get("/desk/worklist/?state=replied").content.decode())) == 0
    assert as_department_clerk.get("/desk/worklist/?light=pink&state=x&factor=no&page=-3").status_code == 200
    assert len(as_department_clerk.get("/desk/worklist/?move=reply&part=lead").context["todos"]) == 2
    assert len(as_department_clerk.get("/desk/worklist/?move=acknowledge").context["todos"]) == 0


def test_every_row_waits_for_just_one_move(department_clerk: Actor):
    late(), fresh(), acknowledged(), suspended()
    waiting = factories.consulting(at=now() - 2 * DAY)
    records.acknowledge(waiting, actor=department_clerk, at=now())
    factories.replied(at=now() - 2 * DAY)
    records.whistle(
        fresh(), text="", actor=factories.acting(FactorRequest.objects.latest("pk").enterprise), at=now()
    )
    everything = worklists.todos(department_clerk, at=now())
    by_move = {move: set(worklists.narrowed(everything, at=now(), move=move)) for move in worklists.MOVES}
    assert sum(len(found) for found in by_move.values()) == everything.count() - 1 == 6
    for todo in worklists.read(everything, at=now()):
        if todo.factor_request == waiting:
            assert (todo.verb, todo.what) == ("", "等待联合会商")
        else:
            assert todo.assignment in by_move[todo.verb]


def test_a_button_on_the_row_acknowledges_and_comes_back(as_department_clerk: Client):
    made = fresh()
    act = f"/desk/requests/{made.number}/acknowledge/"
    assert act in as_department_clerk.get("/desk/worklist/").content.decode()
    answer = as_department_clerk.post(act, {"back": "worklist"})
    assert (answer.status_code, answer.url) == (302, "/desk/worklist/")


def test_a_link_on_the_row_opens_the_form_that_is_next(as_department_clerk: Client):
    made = acknowledged()
    link = f"/desk/requests/{made.number}/?do=reply#verb-reply"
    assert link in as_department_clerk.get("/desk/worklist/").content.decode()
    page = as_department_clerk.get(f"/desk/requests/{made.number}/?do=interim_reply").content.decode()
    assert re.search('id="verb-interim_reply" name="verb" open', page)
    assert not re.search('id="verb-reply" name="verb" open', page)


def test_the_number_in_the_column_stops_at_many(as_department_clerk: Client, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(worklists, "MANY", 2)
    fresh(), fresh(), fresh()
    assert '<span class="count">1+<span' in as_department_clerk.get("/").content.decode()


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

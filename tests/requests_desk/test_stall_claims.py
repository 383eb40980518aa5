"""Steps of a desk without a line over HTTP: applied, answered again, kept as conflicts, settled once."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from fairs.models import DeskClaim, Ticket
from requests_desk.models import FactorRequest
from taian_factors.lib.clock import now
from taian_factors.lib.periods import local_day
from tests.fairs import factories as fairs
from tests.requests_desk import factories

URL, SETTLE = "/desk/stall/claims/", "/desk/stall/claims/settle/"
NEED = {"which": "new", "headline": "二期用地", "outcome": "completed", "text": "已出具预审意见"}


class Offline:
    """A desk with its clerk, signed in, that had no line."""

    def __init__(self, stall, sign_in):
        self.stall = stall
        self.desk, self.clerk = fairs.seated(stall, at=now())
        self.client = sign_in(self.clerk)

    def step(self, verb: str, ticket: Ticket, ago: int, **typed: Any) -> dict[str, Any]:
        at = (now() - timedelta(seconds=ago)).isoformat()
        step = {"key": fairs.key(), "verb": verb, "desk": self.desk.pk, "ticket": ticket.pk, "local_at": at}
        return {**step, "typed": typed} if typed else step

    def serving(self, ticket: Ticket, *verbs: str) -> list[dict[str, Any]]:
        return [self.step(verb, ticket, 60 - n) for n, verb in enumerate(verbs)]

    def send(self, claims: Any, client: Client | None = None, moment: str = "") -> Any:
        body = {"now": moment or now().isoformat(), "claims": claims}
        return (client or self.client).post(URL, json.dumps(body), content_type="application/json")

    def states(self, claims: Any) -> list[str]:
        answer = self.send(claims)
        assert answer.status_code == 200
        return [result["state"] for result in answer.json()["results"]]

    def settle(self, ticket: Ticket, resolution: str, **more: Any) -> Any:
        given = {"desk": self.desk.pk, "ticket": ticket.pk, "resolution": resolution, **more}
        return self.client.post(SETTLE, given)


@pytest.fixture
def stall(db):
    return fairs.stall(fairs.fair(local_day(now())), "ZGJ", desks=2)


@pytest.fixture
def desk(stall, sign_in):
    return Offline(stall, sign_in)


@pytest.fixture
def ticket(stall):
    return fairs.waiting(stall, at=now() - timedelta(minutes=5))


def need(**more):
    return {**NEED, "factor": str(factories.factor("TD").pk), **more}


def test_a_whole_serving_with_its_need_is_written_down(desk, ticket):
    steps = [
        *desk.serving(ticket, "call", "begin"),
        desk.step("need", ticket, 30, **need()),
        desk.step("finish", ticket, 20),
    ]
    assert desk.states(steps) == ["applied"] * 4
    ticket.refresh_from_db()
    assert (ticket.state, ticket.outcome) == ("served", "handled")
    made = FactorRequest.objects.get()
    assert (made.state, made.enterprise_id) == ("completed", ticket.visit.enterprise_id)
    assert ticket.began_at < made.filed_at < ticket.ended_at < now() - timedelta(seconds=10)
    assert desk.states(steps) == ["applied"] * 4
    assert (FactorRequest.objects.count(), DeskClaim.objects.count()) == (1, 4)


def test_a_clock_that_is_wrong_is_set_right_by_what_it_shows_now(desk, ticket):
    ahead = timedelta(hours=3)
    steps = desk.serving(ticket, "call")
    steps[0]["local_at"] = (now() + ahead - timedelta(seconds=40)).isoformat()
    assert desk.send(steps, moment=(now() + ahead).isoformat()).status_code == 200
    ticket.refresh_from_db()
    assert timedelta(seconds=35) < now() - ticket.called_at < timedelta(seconds=60)


def test_a_finish_without_a_need_is_a_conflict_and_the_ticket_stays_served_here(desk, ticket):
    assert desk.states(desk.serving(ticket, "call", "begin", "finish")) == ["applied", "applied", "conflict"]
    html = desk.client.get("/desk/stall/").content.decode()
    assert "1 处出入" in html
    assert "还没有登记或办理需求" in html
    assert desk.settle(ticket, "applied").status_code == 409
    typed = {**need(), "key": fairs.key(), "ticket": ticket.pk}
    assert desk.client.post("/desk/stall/need/", typed).status_code == 302
    assert desk.settle(ticket, "applied").status_code == 302
    ticket.refresh_from_db()
    assert (ticket.state, ticket.outcome) == ("served", "handled")


def test_a_need_that_lacks_something_is_kept_with_its_words(desk, ticket):
    steps = [
        *desk.serving(ticket, "call", "begin"),
        desk.step("need", ticket, 30, **need(quantity="许多", headline="写了很久的需求")),
        desk.step("finish", ticket, 20),
    ]
    assert desk.states(steps) == ["applied", "applied", "conflict", "conflict"]
    html = desk.client.get("/desk/stall/").content.decode()
    assert "数量应是数字" in html
    assert "写了很久的需求" in html


def test_a_need_that_was_filed_before_is_taken_on(desk):
    made = factories.filed(at=now() - timedelta(hours=1))
    visit = fairs.checked_in(desk.stall.fair, at=now(), enterprise=made.enterprise)
    ticket = fairs.waiting(desk.stall, at=now() - timedelta(minutes=5), visit=visit)
    typed = {"which": str(made.pk), "outcome": "completed", "text": "当场办结"}
    steps = [*desk.serving(ticket, "call", "begin"), desk.step("need", ticket, 30, **typed)]
    assert desk.states(steps) == ["applied"] * 3
    made.refresh_from_db()
    assert made.state == "completed"


def test_two_desks_claim_the_same_ticket_and_one_of_them_settles(desk, stall, sign_in, ticket):
    other = Offline(stall, sign_in)
    assert other.states(other.serving(ticket, "call", "begin", "consult")) == ["applied"] * 3
    assert desk.states(desk.serving(ticket, "call", "begin", "consult")) == ["conflict"] * 3
    html = desk.client.get("/desk/stall/").content.decode()
    assert str(other.desk) in html
    assert "服务器记录" in html
    assert "出入" not in other.client.get("/desk/stall/").content.decode()
    assert desk.settle(ticket, "").status_code == 422
    assert desk.settle(ticket, "noted").status_code == 409
    assert desk.settle(ticket, "noted", note="x" * 101).status_code == 422
    assert desk.settle(ticket, "noted", note="两席同时接待").status_code == 302
    again = desk.settle(ticket, "server")
    assert again.status_code == 409
    assert "已经核定过" in again.content.decode()
    assert ticket.events.filter(verb="annotate").count() == 1


def test_who_has_left_the_desk_settles_from_the_page_of_desks(desk, stall, ticket):
    desk.client.post("/desk/stall/rise/", {"key": fairs.key()})
    assert desk.states(desk.serving(ticket, "call")) == ["conflict"]
    assert "1 处出入" in desk.client.get("/desk/stall/").content.decode()
    assert desk.settle(ticket, "applied").status_code == 403
    assert desk.settle(ticket, "server").status_code == 302
    assert "处出入" not in desk.client.get("/desk/stall/").content.decode()


def test_what_is_no_step_is_refused_and_what_is_not_ours_is_named(desk, ticket, as_bank):
    for body in (
        "",
        "[]",
        "{}",
        '{"now": "x", "claims": []}',
        '{"now": "2023-06-13T10:00:00Z", "claims": 3}',
    ):
        assert desk.client.post(URL, body, content_type="application/json").status_code == 400
    assert desk.states([3, {}, {**desk.step("dance", ticket, 3)}]) == ["unknown"] * 3
    steps = desk.serving(ticket, "call")
    answer = desk.send(steps, as_bank)
    assert [result["state"] for result in answer.json()["results"]] == ["unknown"]
    assert (
        as_bank.post(SETTLE, {"desk": desk.desk.pk, "ticket": ticket.pk, "resolution": "server"}).status_code
        == 404
    )
    assert not DeskClaim.objects.exists()


def test_enterprises_and_strangers_have_no_part(client, as_enterprise):
    for url in (URL, SETTLE):
        assert client.post(url).status_code == 302
        assert as_enterprise.post(url).status_code == 404
        assert as_enterprise.get(url).status_code == 405
    assert as_enterprise.get("/desk/stall/worker.js").status_code == 404


def test_the_worker_is_handed_out_where_it_keeps_the_desk(desk):
    answer = desk.client.get("/desk/stall/worker.js")
    assert answer["Content-Type"].startswith("text/javascript")
    assert b"skipWaiting" in answer.content


@pytest.mark.django_db(transaction=True)
def test_two_desks_that_come_back_at_once_give_one_serving_and_one_conflict(stall, sign_in, ticket):
    desks = [Offline(stall, sign_in), Offline(stall, sign_in)]

    def back(one: Offline) -> list[str]:
        try:
            return one.states(one.serving(ticket, "call", "begin", "consult"))
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        states = sorted(pool.map(back, desks))
    assert states == [["applied"] * 3, ["conflict"] * 3]
    assert ticket.events.filter(verb="call").count() == 1

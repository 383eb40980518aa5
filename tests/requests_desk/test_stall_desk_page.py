"""The stall desk: sit, call, serve, send on, finish, pause; each click once; who may not, may not."""

from datetime import timedelta
from typing import Any

from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from fairs.models import Ticket
from requests_desk.models import FactorRequest
from taian_factors.lib.clock import now
from tests.directory import factories as directory
from tests.fairs import factories as fairs
from tests.requests_desk import factories
from tests.requests_desk.counters import Counter


def test_who_is_not_staff_finds_no_desk(client: Client, as_enterprise: Client, as_bank: Client):
    assert client.get("/desk/stall/").status_code == 302
    assert as_enterprise.get("/desk/stall/").status_code == 404
    assert "今天没有本单位的席位" in as_bank.get("/desk/stall/").content.decode()
    assert as_bank.get("/desk/stall/queue/").status_code == 403
    assert as_bank.post("/desk/stall/call/").status_code == 403
    assert as_bank.get("/desk/stall/call/").status_code == 405


def test_one_sits_at_a_desk_of_the_own_body_only(hall: Any, as_department_clerk: Client, as_bank: Client):
    stall = fairs.stall(hall, "ZGJ", desks=2)
    desk = stall.desks.get(number=1)
    assert as_bank.post("/desk/stall/sit/", {"desk": desk.pk}).status_code == 404
    assert as_department_clerk.post("/desk/stall/sit/", {"desk": "x"}).status_code == 404
    assert as_department_clerk.post("/desk/stall/sit/", {"desk": desk.pk}).status_code == 302
    assert f"{desk} 席位" in as_department_clerk.get("/desk/stall/").content.decode()


def test_a_taken_desk_is_said_to_be_taken(counter: Counter, as_department_clerk: Client):
    answer = as_department_clerk.post("/desk/stall/sit/", {"desk": counter.desk.pk})
    assert answer.status_code == 409
    assert "请先让其离席" in answer.content.decode()


def test_a_number_is_called_recalled_begun_and_passed_over(counter: Counter):
    assert "现在没有可以叫的号" in counter.client.get(counter.press("call").url).content.decode()
    fairs.waiting(counter.stall, at=now())
    counter.press("call")
    ticket = Ticket.objects.get()
    assert counter.press("recall", ticket=ticket.pk).status_code == 302
    assert counter.press("pass_over", ticket=ticket.pk).status_code == 302
    assert "重新排队" in counter.page()
    assert counter.press("reenter", ticket=ticket.pk).status_code == 302
    counter.press("call")
    assert counter.press("begin", ticket=ticket.pk).status_code == 302
    assert "登记需求" in counter.page()
    assert [e.verb for e in ticket.events.order_by("pk")] == [
        "take", "call", "recall", "pass_over", "reenter", "call", "begin"
    ]  # fmt: skip


def test_a_click_sent_twice_is_done_once(counter: Counter):
    fairs.waiting(counter.stall, at=now())
    fairs.waiting(counter.stall, at=now())
    key = fairs.key()
    told = [counter.client.get(counter.press("call", key=key).url).content.decode() for _ in range(2)]
    assert all("已叫" in page and "本席位还有" not in page for page in told)
    assert Ticket.objects.filter(state="called").count() == 1
    ticket = Ticket.objects.get(state="called")
    counter.press("begin", ticket=ticket.pk)
    key = fairs.key()
    for _ in range(2):
        assert counter.file(ticket, key=key).status_code == 302
    assert FactorRequest.objects.count() == 1
    key = fairs.key()
    for _ in range(2):
        assert counter.press("finish", key=key, ticket=ticket.pk).status_code == 302
    assert ticket.events.filter(verb="finish").count() == 1


def test_a_click_on_an_old_page_says_so(counter: Counter):
    ticket = counter.serving()
    answer = counter.press("recall", ticket=ticket.pk)
    assert answer.status_code == 409
    assert "这一步没有做" in answer.content.decode()
    assert counter.press("begin", ticket="x").status_code == 422
    assert counter.press("begin", ticket=ticket.pk + 99).status_code == 409
    assert counter.press("explode").status_code == 404


def test_serving_ends_only_with_an_outcome(counter: Counter):
    ticket = counter.serving()
    answer = counter.press("finish", ticket=ticket.pk)
    assert answer.status_code == 409
    assert "还没有登记或办理需求" in answer.content.decode()
    assert counter.file(ticket).status_code == 302
    assert counter.press("finish", ticket=ticket.pk).status_code == 302
    ticket.refresh_from_db()
    assert (ticket.state, ticket.outcome) == ("served", "handled")


def test_a_mere_question_ends_as_a_consultation(counter: Counter):
    ticket = counter.serving()
    assert counter.press("consult", ticket=ticket.pk).status_code == 302
    ticket.refresh_from_db()
    assert ticket.outcome == "consulted"


def test_who_stands_at_the_wrong_stall_is_sent_on_with_its_place(counter: Counter):
    other, ticket = fairs.stall(counter.stall.fair, "SPJ"), counter.serving()
    assert counter.press("transfer", ticket=ticket.pk).status_code == 409
    assert counter.press("transfer", ticket=ticket.pk, to_stall=other.pk + 99).status_code == 422
    assert counter.press("transfer", ticket=ticket.pk, to_stall=other.pk).status_code == 302
    moved = Ticket.objects.get(stall=other)
    assert (moved.state, moved.place_at) == ("waiting", ticket.place_at)


def test_the_line_says_304_until_something_changes(counter: Counter):
    first = counter.client.get("/desk/stall/queue/?shown=")
    assert first.status_code == 200
    again = counter.client.get("/desk/stall/queue/?shown=", headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304
    fairs.waiting(counter.stall, at=now())
    changed = counter.client.get("/desk/stall/queue/?shown=", headers={"If-None-Match": first["ETag"]})
    assert changed.status_code == 200
    assert "排队 1 家" in changed.content.decode()
    counter.press("call")
    assert "右边已经变化" in counter.client.get("/desk/stall/queue/?shown=").content.decode()


def test_a_desk_pauses_goes_on_and_is_left(counter: Counter):
    fairs.waiting(counter.stall, at=now())
    counter.press("pause")
    assert "席位已暂停" in counter.page()
    assert counter.press("call").status_code == 409
    counter.press("go_on")
    assert counter.press("call").status_code == 302
    assert counter.press("rise").status_code == 409
    ticket = Ticket.objects.get(state="called")
    counter.press("pass_over", ticket=ticket.pk)
    assert counter.press("rise").status_code == 302
    assert "选择席位" in counter.page()


def test_a_long_line_costs_what_a_short_one_costs(counter: Counter):
    def cost() -> int:
        cache.clear()  # nothing is drawn yet
        with CaptureQueriesContext(connection) as queries:
            counter.page()
        return len(queries)

    enterprise = directory.enterprise()
    factories.filing("TD", "SW", "HJ", enterprise=enterprise, at=now() - timedelta(hours=2))
    counter.serving(enterprise)
    fairs.waiting(counter.stall, at=now())
    before = cost()
    for _ in range(8):
        fairs.waiting(counter.stall, at=now())
        factories.filing("TD", "SW", enterprise=enterprise, at=now() - timedelta(hours=2))
    assert cost() == before
    assert before < 32

"""The stall desk: sit, call, serve, file on the spot, finish; each click once; who may not, may not."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from fairs.models import Desk, Stall, Ticket
from requests_desk.models import FactorRequest
from taian_factors.directory.actors import Actor
from taian_factors.directory.models import Organization
from taian_factors.lib.clock import now
from taian_factors.lib.periods import local_day
from tests.directory import factories as directory
from tests.fairs import factories as fairs
from tests.requests_desk import factories

SignIn = Callable[[Actor], Client]
IN_A_WEEK = (date.today() + timedelta(days=7)).isoformat()


@dataclass
class Counter:
    """A desk with its clerk, signed in."""

    stall: Stall
    desk: Desk
    clerk: Actor
    client: Client

    def press(self, verb: str, key: str = "", **data: Any) -> HttpResponse:
        return self.client.post(f"/desk/stall/{verb}/", {"key": key or fairs.key(), **data})

    def page(self) -> str:
        answer = self.client.get("/desk/stall/")
        assert answer.status_code == 200
        return answer.content.decode()

    def file(self, ticket: Ticket, **data: Any) -> HttpResponse:
        given = {"factor": factories.factor("TD").pk, "headline": "二期用地", "outcome": "kept"}
        return self.client.post(
            "/desk/stall/need/", {"key": fairs.key(), "ticket": ticket.pk, "which": "new", **given, **data}
        )

    def serving(self, enterprise: Organization | None = None) -> Ticket:
        visit = fairs.checked_in(self.stall.fair, at=now(), enterprise=enterprise)
        fairs.waiting(self.stall, at=now(), visit=visit)
        self.press("call")
        ticket = Ticket.objects.get(desk=self.desk, state="called")
        self.press("begin", ticket=ticket.pk)
        ticket.refresh_from_db()
        assert ticket.state == "serving"
        return ticket


@pytest.fixture
def hall(db: None) -> Any:
    return fairs.fair(local_day(now()))


def counter_at(hall: Any, sign_in: SignIn, organization: str = "ZGJ") -> Counter:
    stall = fairs.stall(hall, organization)
    desk, clerk = fairs.seated(stall, at=now())
    return Counter(stall, desk, clerk, sign_in(clerk))


@pytest.fixture
def counter(hall: Any, sign_in: SignIn) -> Counter:
    return counter_at(hall, sign_in)


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


OUTCOMES = {
    "completed": ({"outcome": "completed", "text": "已出具用地预审意见"}, "completed"),
    "planned": (
        {"outcome": "planned", "text": "下周调整指标", "plan_on": IN_A_WEEK, "plan_owner": "张科长"},
        "replied",
    ),
    "kept": ({"outcome": "kept"}, "assigned"),
    "handed_over": ({"outcome": "handed_over"}, "accepted"),
}


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_a_need_is_filed_with_its_outcome(counter: Counter, outcome: str):
    typed, state = OUTCOMES[outcome]
    ticket = counter.serving()
    answer = counter.file(ticket, quantity="35.5", unit="亩", story="二期已备案", **typed)
    assert answer.status_code == 302
    made = FactorRequest.objects.get()
    assert (made.state, made.unit, made.enterprise_id) == (state, "亩", ticket.visit.enterprise_id)
    assert made.filing.channel == "fair"
    html = counter.page()
    assert made.number in html
    assert counter.client.get(f"/desk/requests/{made.number}/").status_code == 200


def test_several_needs_go_with_one_ticket(counter: Counter):
    ticket = counter.serving()
    counter.file(ticket)
    counter.file(ticket, headline="三期用地", outcome="completed", text="已办")
    assert FactorRequest.objects.count() == 2
    assert "三期用地" in counter.page()


def test_what_a_need_lacks_is_named_and_the_rest_stays(counter: Counter):
    ticket = counter.serving()
    answer = counter.file(ticket, headline="", story="写了很多", outcome="")
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "请用一句话写明需求" in html
    assert "请选择办理结果" in html
    assert "写了很多" in html
    for typed, message in (
        ({"quantity": "-3"}, "数量应大于 0"),
        ({"quantity": "许多"}, "数量应是数字"),
        ({"quantity": "3", "unit": "万元"}, "的单位应为亩"),
        ({"outcome": "planned", "text": "以后办"}, "请选择方案完成日期"),
        ({"outcome": "planned", "text": "办", "plan_on": "2020-01-01", "plan_owner": "张"}, "不能早于今天"),
        ({"outcome": "completed"}, "请写明现场办结的结果"),
        ({"factor": 99999}, "名单里没有这个要素"),
    ):
        answer = counter.file(ticket, **typed)
        assert answer.status_code == 422
        assert message in answer.content.decode()
    assert FactorRequest.objects.count() == 0


def test_finance_at_a_department_goes_to_the_office(counter: Counter):
    ticket, finance = counter.serving(), factories.factor("JR").pk
    answer = counter.file(ticket, factor=finance, outcome="kept")
    assert answer.status_code == 422
    assert "应由金融机构主办" in answer.content.decode()
    assert FactorRequest.objects.count() == 0
    assert counter.file(ticket, factor=finance, outcome="handed_over").status_code == 302
    assert FactorRequest.objects.get().state == "accepted"


def test_a_bank_takes_finance_at_its_stall(hall: Any, sign_in: SignIn):
    counter = counter_at(hall, sign_in, "B01")
    ticket = counter.serving()
    typed = {"factor": factories.factor("JR").pk, "outcome": "completed", "text": "已授信 6000 万元"}
    assert counter.file(ticket, **typed).status_code == 302
    made = FactorRequest.objects.get()
    assert (made.state, made.running_lead.organization.kind) == ("completed", "institution")


def test_what_was_filed_before_is_taken_on_at_the_counter(counter: Counter):
    made = factories.filed(at=now() - timedelta(hours=2))
    ticket = counter.serving(made.enterprise)
    assert made.headline in counter.page()
    key = fairs.key()
    for _ in range(2):
        answer = counter.file(
            ticket, key=key, which=made.pk, headline="", factor="", outcome="completed", text="当场出证"
        )
        assert answer.status_code == 302
    made.refresh_from_db()
    assert made.state == "completed"
    assert FactorRequest.objects.count() == 1


def test_the_enterprise_s_matters_are_readable_while_it_is_served(counter: Counter):
    made = factories.filed("SW", at=now() - timedelta(hours=2))
    assert counter.client.get(f"/desk/requests/{made.number}/").status_code == 404
    ticket = counter.serving(made.enterprise)
    html = counter.client.get(f"/desk/requests/{made.number}/").content.decode()
    assert set(re.findall(r'id="verb-(\w+)"', html)) == {"accept", "send_back"}
    counter.press("consult", ticket=ticket.pk)
    assert counter.client.get(f"/desk/requests/{made.number}/").status_code == 404


def test_a_need_typed_for_somebody_who_has_left_is_not_filed(counter: Counter):
    gone = counter.serving()
    counter.press("consult", ticket=gone.pk)
    answer = counter.file(gone)
    assert answer.status_code == 409
    assert "没有正在办理的号" in answer.content.decode()
    counter.serving()
    answer = counter.file(gone)
    assert answer.status_code == 409
    assert "是为上一家填写的" in answer.content.decode()
    assert FactorRequest.objects.count() == 0


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


def test_a_form_that_is_kept_offers_what_is_filed_meanwhile(counter: Counter):
    enterprise, other = directory.enterprise(), directory.enterprise()
    ticket = counter.serving(enterprise)
    assert "二期用地" not in counter.page()
    need = factories.filing("TD", enterprise=enterprise, at=now() - timedelta(hours=2)).factor_requests.get()
    FactorRequest.objects.filter(pk=need.pk).update(headline="二期用地")
    assert f'<option value="{need.pk}">二期用地' in counter.page()
    counter.press("consult", ticket=ticket.pk)
    counter.serving(other)
    assert "二期用地" not in counter.page()

"""One move for many requests: tried first, done row by row, each row told what came of it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from requests_desk import bulk, records, transitions
from requests_desk.models import Assignment, FactorRequest, RequestEvent
from taian_factors.directory.actors import Actor
from taian_factors.lib.clock import now
from taian_factors.lib.periods import SHANGHAI
from tests.directory import factories as directory
from tests.requests_desk import factories

URL, DONE = "/desk/bulk/", "/desk/bulk/done/"


def ago(hours: int = 3) -> Any:
    return now() - timedelta(hours=hours)


def state_of(made: FactorRequest) -> str:
    made.refresh_from_db()
    return made.state


def numbers(*requests: FactorRequest) -> dict[str, list[str]]:
    return {"number": [made.number for made in requests]}


def hidden(page: str) -> str:
    return page.split('name="seen" value="')[1].split('"')[0]


def test_the_dry_run_says_what_will_happen_to_each_row_and_keeps_nothing(as_office_clerk: Client):
    land, money, done = factories.filed(), factories.filed("JR"), factories.assigned()
    events = RequestEvent.objects.count()
    answer = as_office_clerk.get(URL, {"move": "dispatch", **numbers(land, money, done)})
    page = answer.content.decode()
    assert "可以按分办目录交办 1 项" in page
    assert "市自然资源和规划局" in page
    assert "分办目录没有规则覆盖" in page
    assert "现在是“办理中”" in page
    assert (state_of(land), RequestEvent.objects.count()) == ("filed", events)


def test_each_row_is_done_by_itself_with_its_own_events(as_office_clerk: Client):
    land, money = factories.filed(), factories.filed("JR")
    answer = as_office_clerk.post(URL, {"move": "dispatch", **numbers(land, money)}, follow=True)
    page = answer.content.decode()
    assert "办理 1 项，1 项没有办理" in page
    assert "分办目录没有规则覆盖" in page
    assert (state_of(land), state_of(money)) == ("assigned", "filed")
    assert [e.verb for e in land.events.order_by("pk")] == ["file", "accept", "assign"]
    assert Assignment.objects.filter(factor_request=land, part="lead").get().rule is not None


def test_what_changed_after_the_dry_run_is_left_and_said(as_office_clerk: Client, office_lead: Actor):
    first, second = factories.filed(), factories.filed()
    page = as_office_clerk.get(URL, {"move": "accept", **numbers(first, second)}).content.decode()
    transitions.accept(first, actor=office_lead, at=now())
    sent = {"move": "accept", "seen": hidden(page), **numbers(first, second)}
    result = as_office_clerk.post(URL, sent, follow=True).content.decode()
    assert "核对之后有变化" in result
    assert "办公室负责人" in result
    assert (state_of(first), state_of(second)) == ("accepted", "accepted")
    assert first.events.filter(verb="accept").get().user == office_lead.user


def test_departments_acknowledge_in_bulk_each_its_own(as_department_clerk: Client, department_clerk: Actor):
    mine, also, signed = (factories.assigned(at=ago()) for _ in range(3))
    records.acknowledge(signed, actor=department_clerk, at=now())
    other = factories.assigned(lead="STJ", at=ago())
    sent = {"move": "acknowledge", **numbers(mine, also, signed, other)}
    result = as_department_clerk.post(URL, sent, follow=True).content.decode()
    assert "办理 2 项，1 项没有办理" in result
    assert "本单位已经签收" in result
    assert other.headline not in result or other.number not in result
    assert Assignment.objects.filter(acknowledged_at__isnull=False).count() == 3


def test_a_support_acknowledges_its_own_part(sign_in: Callable[[Actor], Client]):
    made = factories.assigned(supports=("SPJ",), at=ago())
    client = sign_in(directory.actor("SPJ"))
    client.post(URL, {"move": "acknowledge", **numbers(made)})
    assert Assignment.objects.get(acknowledged_at__isnull=False).part == "support"


@pytest.mark.parametrize("move", ["accept", "confirm", "write_off", "reply", "explode"])
def test_a_move_that_is_not_offered_is_no_choice(as_department_clerk: Client, move: str):
    made = factories.filed() if move == "accept" else factories.assigned(at=ago())
    assert as_department_clerk.post(URL, {"move": move, **numbers(made)}).status_code == 422


def test_silence_is_confirmed_only_where_the_law_allows_it(office_clerk: Actor):
    made, at = factories.completed(), factories.START + timedelta(days=30)
    move = bulk.moves(office_clerk)["confirm"]
    (early,) = bulk.dry_run(move, [made], actor=office_clerk, at=at)
    assert (early.is_done, "三次" in early.said) == (False, True)
    for day in (0, 0, 1):
        moment = factories.START + timedelta(days=10 + day)
        records.phone(made, has_answered=False, text="", actor=office_clerk, at=moment)
    (done,) = bulk.carry_out(move, [made], seen={}, actor=office_clerk, at=at)
    assert done.is_done
    assert (state_of(made), made.answer) == ("confirmed", "silent")


def test_a_list_is_written_off_in_a_factor_week_and_what_cannot_go_holds_up_no_other(office_clerk: Actor):
    settled, barred, early = factories.confirmed(), factories.ineligible(), factories.assigned()
    move, week = bulk.moves(office_clerk)["write_off"], datetime(2023, 7, 3, 10, tzinfo=SHANGHAI)
    outside = bulk.dry_run(move, [settled], actor=office_clerk, at=week + timedelta(days=30))
    assert "要素保障周" in outside[0].said
    done = bulk.carry_out(move, [settled, barred, early], seen={}, actor=office_clerk, at=week)
    assert [o.is_done for o in done] == [True, True, False]
    assert "办理中" in done[2].said
    assert all(one.events.filter(verb="write_off").count() == 1 for one in (settled, barred))


def test_auditors_move_nothing_and_enterprises_have_no_such_page(
    client: Client, as_office_auditor: Client, as_enterprise: Client, as_chain_team: Client
):
    made = factories.filed()
    assert client.get(URL).status_code == 302
    assert as_enterprise.get(URL).status_code == 404
    assert as_enterprise.get(DONE).status_code == 404
    assert "没有可以批量办理的事" in as_chain_team.get(URL).content.decode()
    assert as_office_auditor.post(URL, {"move": "accept", **numbers(made)}).status_code == 422
    assert state_of(made) == "filed"


def test_pages_without_a_choice_say_what_to_do(as_office_clerk: Client, as_department_clerk: Client):
    assert "还没有选需求" in as_office_clerk.get(URL).content.decode()
    made = factories.filed()
    page = as_office_clerk.get(URL, numbers(made)).content.decode()
    assert "核对" in page
    assert as_office_clerk.post(URL, numbers(made)).status_code == 422
    assert "还没有批量办理过" in as_office_clerk.get(DONE).content.decode()
    assert "批量" in as_department_clerk.get(URL).content.decode()


def test_the_lists_offer_the_moves_beside_their_rows(as_office_clerk: Client, as_department_clerk: Client):
    made = factories.filed(at=now())
    inbox = as_office_clerk.get("/desk/inbox/").content.decode()
    assert f'name="number" value="{made.number}" form="bulk"' in inbox
    assert 'value="dispatch"' in inbox
    factories.assigned(at=ago())
    assert 'value="acknowledge"' in as_department_clerk.get("/desk/worklist/").content.decode()

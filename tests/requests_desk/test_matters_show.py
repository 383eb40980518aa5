"""One request's page: who opens it, what each reader sees, which verbs it offers."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from requests_desk import clocks, escalation, records, reviewing, transitions
from requests_desk.models import FactorRequest, Suspension
from requests_desk.permissions import parties
from requests_desk.reviewing import Verdict
from requests_desk.workflow import available
from taian_factors.directory.actors import Actor
from taian_factors.lib.clock import now
from tests.directory import factories as directory
from tests.requests_desk import factories

DAY = timedelta(days=1)
SignIn = Callable[[Actor], Client]


def page(client: Client, factor_request: FactorRequest, status: int = 200) -> str:
    answer = client.get(f"/desk/requests/{factor_request.number}/")
    assert answer.status_code == status
    return answer.content.decode()


def offered(html: str) -> set[str]:
    """The verbs that a page offers."""
    return set(re.findall(r'id="verb-(\w+)"', html))


@pytest.mark.parametrize("state", factories.IN_STATE)
def test_every_reader_opens_a_request_in_every_state(
    state: str, sign_in: SignIn, office_lead, office_auditor
):
    made = factories.IN_STATE[state]()
    owner = directory.actor(made.enterprise)
    for actor in (office_lead, office_auditor, owner):
        html = page(sign_in(actor), made)
        assert made.headline in html
        assert offered(html) <= {step.verb for step in available(made.state, parties(actor, made))}


def test_strangers_find_nothing(
    sign_in: SignIn, stranger: Actor, other_department: Actor, bank: Actor, chain_team: Actor, client: Client
):
    made = factories.assigned(enterprise=directory.enterprise(chain="C07", division="370982"))
    for actor in (stranger, other_department, bank, chain_team):
        page(sign_in(actor), made, 404)
    answer = client.get(f"/desk/requests/{made.number}/")
    assert answer.status_code == 302
    assert "/accounts/login/" in answer.url
    page(sign_in(Actor(directory.person(), made.enterprise)), made, 404)  # a person without a body


def test_the_bodies_of_its_place_and_chain_read_and_move_nothing(as_county_office, as_chain_team):
    made = factories.assigned()
    for client in (as_county_office, as_chain_team):
        assert offered(page(client, made)) == set()


def test_a_department_without_the_lead_any_more_still_reads(sign_in: SignIn, office_clerk: Actor):
    made = factories.assigned()
    from_before = directory.actor("ZGJ")
    factories.transitions.reassign(
        made, lead=directory.body("SPJ"), reason="职责在审批局", actor=office_clerk, at=factories.START + DAY
    )
    html = page(sign_in(from_before), made)
    assert offered(html) == set()
    assert "已结束的承办单位" in html


def test_the_lead_is_offered_what_the_table_and_the_guards_allow(sign_in: SignIn):
    made = factories.assigned(at=now() - timedelta(hours=3))
    lead = sign_in(directory.actor("ZGJ"))
    everything = {
        "reply",
        "complete",
        "acknowledge",
        "interim_reply",
        "hand_back",
        "ask_extension",
        "ask_suspension",
        "note",
        "supplement",
    }
    assert offered(page(lead, made)) == everything
    actor = factories.acting("ZGJ")
    records.acknowledge(made, actor=actor, at=now())
    clocks.ask_extension(made, days=3, reason="等省里批复", actor=actor, at=now())
    assert offered(page(lead, made)) == everything - {"acknowledge", "ask_extension"}


def test_the_office_rules_only_on_what_was_asked(sign_in: SignIn, office_clerk: Actor):
    made = factories.assigned(at=now() - timedelta(hours=3))
    office = sign_in(office_clerk)
    rulings = {"rule_hand_back", "decide_extension", "decide_suspension", "resume"}
    assert not offered(page(office, made)) & rulings
    lead = factories.acting("ZGJ")
    clocks.hand_back(made, reason="职责在审批局", suggested=directory.body("SPJ"), actor=lead, at=now())
    clocks.ask_extension(made, days=3, reason="等省里批复", actor=lead, at=now())
    clocks.ask_suspension(made, cause=Suspension.Cause.PAPERS, reason="等企业补图", actor=lead, at=now())
    assert offered(page(office, made)) & rulings == rulings - {"resume"}
    clocks.decide_suspension(made, is_approved=True, actor=office_clerk, at=now())
    assert "resume" in offered(page(office, made))


def test_an_enterprise_does_not_see_what_is_internal(sign_in: SignIn):
    made = factories.assigned(at=now() - timedelta(hours=3))
    lead = factories.acting("ZGJ")
    clocks.hand_back(made, reason="不归我们管", suggested=directory.body("SPJ"), actor=lead, at=now())
    records.note(made, text="企业情绪激动", actor=lead, at=now())
    html = page(sign_in(directory.actor(made.enterprise)), made)
    assert "不归我们管" not in html
    assert "企业情绪激动" not in html
    html = page(sign_in(directory.actor("ZGJ")), made)
    assert "不归我们管" in html
    assert "企业情绪激动" in html


def test_who_only_reads_an_open_call_is_not_told_that_its_lead_wants_to_hand_it_back(sign_in: SignIn):
    made = factories.assigned()
    soon = factories.START + timedelta(hours=3)
    said = {"suggested": directory.body("SPJ"), "reason": "不归我们管"}
    clocks.hand_back(made, **said, actor=factories.acting("ZGJ"), at=soon)
    until = factories.START.date() + timedelta(days=9)
    call = {"problem": "指标难以落实", "aim": "落实指标", "claims_until_on": until}
    transitions.open_call(made, **call, actor=factories.office(), at=soon + DAY)
    seen = {
        code: ("不归我们管" in html, "申请退回" in html)
        for code in ("ZGJ", "KJJ", "TB-370902", "GTB")
        for html in [page(sign_in(directory.actor(code)), made)]
    }
    told, untold = (True, True), (False, False)
    assert seen == {"ZGJ": told, "KJJ": untold, "TB-370902": told, "GTB": told}


def test_what_a_rival_offers_in_its_claim_is_read_by_the_office_alone(sign_in: SignIn):
    made = factories.on_open_call()
    at = factories.START + 2 * DAY
    for code, plan in (("ZGJ", "向省厅争取指标"), ("TB-370902", "腾退低效用地")):
        escalation.lodge_claim(made, plan=plan, actor=factories.acting(code), at=at)
    seen = {
        code: ("向省厅争取指标" in html, "腾退低效用地" in html)
        for code in ("ZGJ", "TB-370902", "KJJ", "GTB")
        for html in [page(sign_in(directory.actor(code)), made)]
    }
    assert seen == {
        "ZGJ": (True, False),
        "TB-370902": (False, True),
        "KJJ": (False, False),
        "GTB": (True, True),
    }


def test_a_department_never_sees_its_review(sign_in: SignIn, office_clerk: Actor):
    made = factories.completed(at=now() - 5 * DAY)
    invitation = made.invitations.get()
    verdict = Verdict(1, contacted=False, solved="no", comment="一直没人理我们")
    reviewing.review(invitation=invitation, verdict=verdict, at=now())
    readers = {
        "ZGJ": directory.actor("ZGJ", "lead"), "office": office_clerk, "own": directory.actor(made.enterprise)
    }  # fmt: skip
    seen = {name: "一直没人理我们" in page(sign_in(actor), made) for name, actor in readers.items()}
    assert seen == {"ZGJ": False, "office": True, "own": True}
    assert "评价" not in page(sign_in(readers["ZGJ"]), made)


def test_the_arithmetic_of_extension_and_suspension_is_told(sign_in: SignIn, office_clerk: Actor):
    made, at = factories.assigned(), factories.START + 2 * timedelta(hours=1)
    lead = factories.acting("ZGJ")
    clocks.ask_extension(made, days=5, reason="等省里批复", actor=lead, at=at)
    clocks.decide_extension(made, is_approved=True, decision="同意", actor=office_clerk, at=at)
    clocks.ask_suspension(made, cause=Suspension.Cause.PAPERS, reason="等企业补图", actor=lead, at=at + DAY)
    clocks.decide_suspension(made, is_approved=True, actor=office_clerk, at=at + DAY)
    clocks.resume_clock(made, actor=lead, at=at + 7 * DAY)
    html = page(sign_in(directory.actor(made.enterprise)), made)
    assert "延期：原办结期限 2023-07-05，加 5 个工作日，为 2023-07-12。" in html
    assert "2023-06-14 起挂起（等待企业补充材料）：回复还剩 2 个工作日、办结还剩 19 个工作日。" in html
    assert "2023-06-20 恢复计时：次日起 2 个工作日，回复期限为 2023-06-25。" in html


def test_an_open_whistle_comes_first(sign_in: SignIn):
    made = factories.assigned(at=now() - DAY)
    owner = directory.actor(made.enterprise)
    records.whistle(made, text="三天没有人联系", actor=owner, at=now())
    html = page(sign_in(directory.actor("ZGJ")), made)
    assert "请您办理：企业已吹哨" in html
    assert "report_in" in offered(html)
    assert "whistle" not in offered(page(sign_in(owner), made))


def test_the_page_costs_the_same_with_a_long_history(sign_in: SignIn, office_lead: Actor):
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            page(client, made)
        return len(queries)

    made = factories.assigned(supports=("SPJ",), at=now() - DAY)
    client = sign_in(office_lead)
    actor = factories.acting("ZGJ")
    records.interim_reply(made, text="正在办", next_word_on=(now() + 5 * DAY).date(), actor=actor, at=now())
    page(client, made)
    before = cost()
    for _ in range(8):
        records.interim_reply(
            made, text="正在办", next_word_on=(now() + 5 * DAY).date(), actor=actor, at=now()
        )
    for code in ("STJ", "SLJ", "ZJJ"):
        records.add_support(made, support=directory.body(code), reason="", actor=office_lead, at=now())
    assert cost() == before
    assert before < 45

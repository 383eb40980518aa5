"""One address per verb: who may, in which state, with what; nothing typed is lost, nothing is done twice."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.test import Client

from requests_desk import records
from requests_desk.models import FactorRequest
from requests_desk.views.verbs import VERBS
from requests_desk.workflow import STEPS
from taian_factors.directory.actors import Actor
from taian_factors.lib.clock import now
from tests.directory import factories as directory
from tests.requests_desk import factories

SignIn = Callable[[Actor], Client]
DAY = timedelta(days=1)
SOON = (now() + 5 * DAY).date().isoformat()


def act(client: Client, made: FactorRequest, verb: str, **data: Any) -> HttpResponse:
    return client.post(f"/desk/requests/{made.number}/{verb}/", data)


def fresh(made: FactorRequest) -> FactorRequest:
    made.refresh_from_db()
    return made


# How long ago a situation must have begun, so that all of it lies in the past.
HOURS = {
    "replied": 28,
    "consulting": 28,
    "on_open_call": 28,
    "completed": 52,
    "ineligible": 52,
    "contested": 76,
    "confirmed": 76,
}


def recent(situation: Callable[..., FactorRequest] = factories.assigned) -> Any:
    return now() - timedelta(hours=HOURS.get(situation.__name__, 3))


def test_every_verb_of_both_tables_has_its_form_and_function():
    assert set(STEPS) - set(VERBS) == {"review"}  # its page is the one-time link's
    assert set(VERBS) <= set(STEPS)


def test_an_address_that_is_no_verb_is_not_found(as_office_clerk: Client):
    made = factories.filed()
    assert act(as_office_clerk, made, "explode").status_code == 404
    assert act(as_office_clerk, made, "review").status_code == 404
    assert as_office_clerk.get(f"/desk/requests/{made.number}/accept/").status_code == 405


def test_strangers_auditors_and_nobody_are_turned_away(
    client: Client, as_stranger: Client, as_office_auditor: Client, as_other_department: Client
):
    made = factories.filed()
    assert act(client, made, "accept").status_code == 302
    assert act(as_stranger, made, "accept").status_code == 404
    assert act(as_other_department, made, "accept").status_code == 404
    assert act(as_office_auditor, made, "accept").status_code == 403
    assert fresh(made).state == "filed"


def test_somebody_who_sees_it_but_is_no_party_gets_403(sign_in: SignIn):
    made = factories.assigned()
    assert (
        act(sign_in(directory.actor(made.enterprise)), made, "reply", outcome="answer", text="好").status_code
        == 403
    )
    assert act(sign_in(directory.actor("ZGJ")), made, "reassign").status_code == 403


def test_a_verb_in_the_wrong_state_shows_what_is_now_and_gives_the_text_back(as_office_clerk: Client):
    made = factories.assigned()
    answer = act(as_office_clerk, made, "refuse", reason="写了很久的理由")
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "现在是“办理中”，不能“不予受理”" in html
    assert "写了很久的理由" in html
    assert "市自然资源和规划局" in html


def test_a_missing_or_wrong_field_is_named_and_the_rest_stays(
    sign_in: SignIn, as_office_clerk: Client, bodies: dict[str, int]
):
    made = factories.assigned()
    lead = sign_in(directory.actor("ZGJ"))
    answer = act(
        lead, made, "reply", outcome="plan", text="分两步解决", plan_on="2023-02-31", plan_owner="张三"
    )
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "方案完成日期不是有效的日期" in html
    assert "分两步解决" in html
    answer = act(lead, made, "reply", outcome="plan", text="分两步解决", plan_on=SOON)
    assert answer.status_code == 422
    assert "解决方案须写明完成日期和责任人" in answer.content.decode()
    answer = act(as_office_clerk, made, "reassign", lead=bodies["B01"], reason="应由银行办")
    assert answer.status_code == 422
    assert "“土地”类需求应由部门或县市区推进办主办" in answer.content.decode()
    answer = act(as_office_clerk, made, "reassign", lead=999999, reason="不知道给谁")
    assert answer.status_code == 422
    assert "不知道给谁" in answer.content.decode()
    assert fresh(made).state == "assigned"


def test_finance_is_handed_to_institutions_only(as_office_clerk: Client, bodies: dict[str, int]):
    made = factories.accepted("JR")
    answer = act(as_office_clerk, made, "assign", lead=bodies["ZGJ"])
    assert answer.status_code == 422
    assert "应由金融机构主办" in answer.content.decode()
    assert act(as_office_clerk, made, "assign", lead=bodies["B01"]).status_code == 302
    assert fresh(made).state == "assigned"


def test_a_second_click_does_nothing_twice(sign_in: SignIn):
    made = factories.assigned(at=recent())
    client = sign_in(directory.actor("ZGJ"))
    seen = made.events.latest("pk").pk
    first = act(client, made, "reply", seen=seen, outcome="answer", text="已安排踏勘")
    second = act(client, made, "reply", seen=seen, outcome="answer", text="已安排踏勘")
    assert (first.status_code, second.status_code) == (302, 409)
    assert "没有重复办理" in second.content.decode()
    assert made.events.filter(verb="reply").count() == 1
    assert act(client, made, "acknowledge").status_code == 302
    assert act(client, made, "acknowledge").status_code == 422


def test_a_toast_says_what_happened_and_who_has_it_now(as_office_clerk: Client, bodies: dict[str, int]):
    made = factories.accepted(at=recent())
    supports = {"supports": [bodies["SPJ"]], "reason": "审批事项居多"}
    answer = act(as_office_clerk, made, "assign", lead=bodies["ZGJ"], **supports)
    html = as_office_clerk.get(answer.url).content.decode()
    assert f"{made.number} 已交办。接下来：市自然资源和规划局回复，期限" in html


def test_the_directory_fills_in_who_leads(as_office_clerk: Client):
    made = factories.accepted()
    html = as_office_clerk.get(f"/desk/requests/{made.number}/").content.decode()
    assert "selected>市自然资源和规划局<" in html


def test_grave_acts_name_the_object_before_they_are_done(as_office_clerk: Client):
    made = factories.filed()
    html = as_office_clerk.get(f"/desk/requests/{made.number}/?do=refuse").content.decode()
    assert f"不予受理：{made.number} {made.headline}。企业会收到理由" in html
    assert "确定不予受理" in html


def test_records_made_meanwhile_by_others_do_not_count_as_a_second_click(sign_in: SignIn):
    made = factories.assigned(at=recent())
    seen = made.events.latest("pk").pk
    records.note(made, text="先看看", actor=factories.acting("ZGJ"), at=now())
    answer = act(sign_in(directory.actor("ZGJ")), made, "note", seen=seen, text="我也看看")
    assert answer.status_code == 302

"""Needs at the counter: filed on the spot with their outcome, or taken on; what is lacking is named."""

import re
from datetime import date, timedelta
from typing import Any

import pytest

from requests_desk.models import FactorRequest
from taian_factors.lib.clock import now
from tests.directory import factories as directory
from tests.fairs import factories as fairs
from tests.requests_desk import factories
from tests.requests_desk.counters import Counter, SignIn, counter_at

IN_A_WEEK = (date.today() + timedelta(days=7)).isoformat()
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

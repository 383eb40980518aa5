"""Concurrent edits lose nothing: the loser keeps the words, sees what changed, and may send again."""

from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from requests_desk import meanwhile, records, transitions
from requests_desk.models import FactorRequest, Reply
from taian_factors.directory.actors import Actor
from taian_factors.lib.clock import now
from tests.directory import factories as directory
from tests.requests_desk import factories


def act(client: Client, made: FactorRequest, verb: str, **data: Any) -> HttpResponse:
    return client.post(f"/desk/requests/{made.number}/{verb}/", data)


def page_of(answer: HttpResponse) -> str:
    return answer.content.decode()


@pytest.fixture
def made(db: None) -> FactorRequest:
    return factories.assigned(at=now() - timedelta(hours=3), supports=("SPJ",))


@pytest.fixture
def colleague(db: None) -> Actor:
    return directory.actor("ZGJ", name="另一位经办")


def newest(made: FactorRequest) -> int:
    return meanwhile.newest([made.pk])[made.pk]


def test_a_reply_that_a_colleague_was_quicker_with_comes_back_with_both_texts(
    as_department_clerk: Client, colleague: Actor, made: FactorRequest
):
    seen = newest(made)
    theirs = transitions.Answer("已完成踏勘。可供 36 亩。")
    transitions.reply(made, answer=theirs, actor=colleague, at=now())
    mine = {"outcome": "answer", "text": "已完成踏勘。可供 30 亩。"}
    answer = act(as_department_clerk, made, "reply", seen=seen, **mine)
    page = page_of(answer)
    assert answer.status_code == 409
    assert "您填写期间的变化" in page
    assert "另一位经办" in page
    assert "由“办理中”变为“已回复”" in page
    assert "<del>可供 36 亩。</del><ins>可供 30 亩。</ins>" in page
    assert mine["text"] in page  # in its field, to be sent again
    assert Reply.objects.count() == 1


def test_the_form_that_came_back_may_be_sent_again(
    as_department_clerk: Client, colleague: Actor, made: FactorRequest
):
    seen = newest(made)
    records.note(made, text="下午联系企业", actor=colleague, at=now())
    again = {"outcome": "answer", "text": "已安排踏勘。"}
    refused = act(as_department_clerk, made, "reply", seen=seen, **again)
    assert f'name="seen" value="{newest(made)}"' in page_of(refused)
    assert act(as_department_clerk, made, "reply", seen=newest(made), **again).status_code == 302


def test_what_is_no_longer_possible_gives_the_words_back_with_the_reason(
    as_department_clerk: Client, colleague: Actor, made: FactorRequest
):
    seen = newest(made)
    transitions.complete(made, text="已办结。", actor=colleague, at=now())
    answer = act(as_department_clerk, made, "reply", seen=seen, outcome="answer", text="写了很久")
    assert answer.status_code == 409
    assert "由“办理中”变为“已办结”" in page_of(answer)
    assert "写了很久" in page_of(answer)


def test_ones_own_acts_and_the_clocks_voice_are_no_news(
    as_department_clerk: Client, department_clerk: Actor, made: FactorRequest
):
    seen = newest(made)
    records.acknowledge(made, actor=department_clerk, at=now())
    meanwhile.check({made.pk: seen}, actor=department_clerk)
    answer = act(as_department_clerk, made, "reply", seen=seen, outcome="answer", text="已安排踏勘。")
    assert answer.status_code == 302


@pytest.mark.parametrize(("verb", "data"), [("acknowledge", {}), ("note", {"text": "我也看看"})])
def test_what_stands_beside_others_work_is_not_held_up(
    as_department_clerk: Client, made: FactorRequest, verb: str, data: dict[str, str]
):
    seen = newest(made)
    records.acknowledge(made, actor=factories.acting("SPJ"), at=now())
    assert act(as_department_clerk, made, verb, seen=seen, **data).status_code == 302


def test_an_enterprise_hears_nothing_internal(made: FactorRequest, colleague: Actor, enterprise: Actor):
    seen = {made.pk: newest(made)}
    records.note(made, text="内部研判", actor=colleague, at=now())
    owner = factories.acting(made.enterprise)
    assert meanwhile.news(seen, actor=owner) == []
    assert [item.words for item in meanwhile.news(seen, actor=factories.acting("ZGJ"))] == ["内部研判"]


def test_a_form_without_a_page_is_not_asked(
    as_department_clerk: Client, colleague: Actor, made: FactorRequest
):
    records.note(made, text="下午联系企业", actor=colleague, at=now())
    assert act(as_department_clerk, made, "reply", outcome="answer", text="已安排。").status_code == 302


def test_asking_costs_the_same_for_many_requests(
    department_clerk: Actor, colleague: Actor, django_assert_num_queries: Any
):
    many = [factories.assigned(at=now() - timedelta(hours=3)) for _ in range(4)]
    seen = {made.pk: newest(made) for made in many}
    with django_assert_num_queries(2):
        meanwhile.check(seen, actor=department_clerk)
    records.note(many[0], text="下午联系企业", actor=colleague, at=now())
    with django_assert_num_queries(2), pytest.raises(meanwhile.ChangedError):
        meanwhile.check(seen, actor=department_clerk)

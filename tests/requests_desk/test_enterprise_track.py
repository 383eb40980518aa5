"""Progress without signing in: states and lights by number and four digits, nobody's name."""

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from requests_desk import transitions
from requests_desk.intake import Contact
from requests_desk.models import Filing
from requests_desk.views.tries import PER_ADDRESS, PER_NUMBER
from taian_factors.directory.actors import Actor
from taian_factors.lib.clock import now
from tests.requests_desk import factories as desk

TRACK = "/desk/track/"
NOT_FOUND = "没有查到。请核对编号和联系电话后四位。"


@pytest.fixture
def filing(enterprise: Actor) -> Filing:
    """Two needs, one in a department's hands."""
    at = now()
    made = desk.filing(
        "TD", "JR", enterprise=enterprise.organization, at=at, contact=Contact("王工", "13800001234")
    )
    land = made.factor_requests.get(factor__code="TD")
    transitions.accept(land, actor=desk.office(), at=at)
    transitions.assign(land, lead=desk.acting("ZGJ").organization, actor=desk.office(), at=at)
    return made


def ask(client: Client, number: str, digits: str = "1234"):
    return client.post(TRACK, {"number": number, "digits": digits})


def test_the_address_is_the_one_of_the_page():
    assert reverse("requests_desk:track") == TRACK


def test_a_filing_shows_its_states_and_lights_and_no_names(client: Client, filing: Filing, enterprise: Actor):
    page = ask(client, f" {filing.number} ").content.decode()
    for shown in (f"{filing.number}-1", f"{filing.number}-2", "办理中", "待受理", "正常", "还剩 3 个工作日"):
        assert shown in page
    for hidden in (
        enterprise.organization.name,
        "自然资源",
        "王工",
        "新上项目用地",
        "13800001234",
        "推进办 ",
    ):
        assert hidden not in page


def test_one_request_is_found_by_its_own_number(client: Client, filing: Filing):
    page = ask(client, f"{filing.number}-2").content.decode()
    assert "待受理" in page
    assert f"{filing.number}-1" not in page


def test_unknown_and_wrong_are_answered_alike(client: Client, filing: Filing):
    def answered(number: str, digits: str) -> str:
        answer = ask(client, number, digits)
        assert answer.status_code == 422
        page = answer.content.decode()
        assert NOT_FOUND in page
        assert "办理进度" not in page
        return page.count("number")

    unknown = answered("20230101-999999", "1234")
    assert answered(filing.number, "9999") == unknown
    assert answered(f"{filing.number}-9", "1234") == unknown


@pytest.mark.parametrize(
    ("number", "digits"), [("", "1234"), ("20230613-000001", ""), ("20230613-000001", "12a4")]
)
def test_what_is_missing_is_named(client: Client, db: None, number: str, digits: str):
    assert ask(client, number, digits).status_code == 422


def test_looking_at_the_page_costs_no_query_of_the_desk(client: Client, db: None, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert client.get(TRACK).status_code == 200


def test_four_digits_are_not_found_by_trying(client: Client, filing: Filing):
    for attempt in range(PER_NUMBER):
        assert ask(client, filing.number, f"{attempt:04d}").status_code == 422
    answer = ask(client, filing.number, "1234")
    assert answer.status_code == 429
    assert "查询次数太多" in answer.content.decode()


def test_the_requests_of_a_filing_share_its_tries(client: Client, filing: Filing):
    for attempt in range(PER_NUMBER):
        ask(client, f"{filing.number}-{attempt}", f"{attempt:04d}")
    assert ask(client, filing.number, "1234").status_code == 429


def test_behind_a_proxy_each_client_has_tries_of_its_own(filing: Filing, settings):
    settings.TRUSTED_PROXIES = 1
    for attempt in range(PER_ADDRESS):
        ask(Client(headers={"X-Forwarded-For": "203.0.113.9"}), f"20230101-{attempt:06d}")
    busy, calm = (
        Client(headers={"X-Forwarded-For": f"1.1.1.1, {who}"}) for who in ("203.0.113.9", "203.0.113.10")
    )
    assert (ask(busy, filing.number).status_code, ask(calm, filing.number).status_code) == (429, 200)


def test_many_numbers_from_one_address_are_stopped(client: Client, filing: Filing):
    for attempt in range(PER_ADDRESS):
        ask(client, f"20230101-{attempt:06d}")
    assert ask(client, filing.number).status_code == 429
    assert (
        Client(REMOTE_ADDR="10.0.0.9").post(TRACK, {"number": filing.number, "digits": "1234"}).status_code
        == 200
    )


def test_a_draft_is_not_found(client: Client, filing: Filing):
    Filing.objects.filter(pk=filing.pk).update(submitted_at=None)
    cache.clear()
    assert ask(client, filing.number).status_code == 422


def test_a_filing_without_phone_is_not_found(client: Client, enterprise: Actor):
    bare = desk.filing("TD", enterprise=enterprise.organization)
    assert NOT_FOUND in ask(client, bare.number, "0000").content.decode()

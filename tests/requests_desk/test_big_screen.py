"""The leader's big screen: six numbers and one chart from the records, no names."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.urls import reverse

from fairs import queueing, ratings
from requests_desk import big_screen
from taian_factors.lib import clock
from tests.fairs import factories as fairs
from tests.requests_desk import factories as desk


@pytest.fixture
def fair(db, at):
    """A fair's morning: two served, one of them rated; one waits; three needs, one of them completed that day."""
    made = fairs.fair()
    stall = fairs.stall(made)
    seat, clerk = fairs.seated(stall, at=at)
    first = fairs.served(seat, clerk, at=at, minutes=5).visit
    fairs.served(seat, clerk, at=at, minutes=5)
    fairs.waiting(stall, at=at)
    ratings.rate(visit=first, opinion=ratings.Opinion(4), at=at)
    owner = first.enterprise
    desk.assigned(enterprise=owner, at=at, visit=first)
    desk.filed(enterprise=owner, at=at, visit=first)
    done = desk.assigned(enterprise=owner, at=at, visit=first)
    desk.transitions.complete(done, text="当场办结。", actor=desk.acting("ZGJ"), at=at + timedelta(hours=2))
    return made


def test_the_six_numbers_are_counted_from_the_records(fair):
    shown = big_screen.count(fair)
    assert [(number.label, number.value) for number in shown.numbers] == [
        ("到场企业", "3"),
        ("正在等候", "1"),
        ("现场受理", "2"),
        ("现场办结", "1"),
        ("拿出方案", "0"),
        ("大集满意率", "100.0%"),
    ]
    assert [number.note for number in shown.numbers if number.note] == ["另有 1 项待受理", "1 家测评"]
    assert shown.hours == (big_screen.Hour(10, 2, 1),)


def test_before_anything_happened_there_is_a_dash_and_no_chart(client, db):
    fair = fairs.fair()
    assert big_screen.count(fair).numbers[-1].value == "—"
    page = client.get(reverse("requests_desk:big_screen", args=[fair.token])).content.decode()
    assert "还没有受理的需求" in page
    assert "<img" not in page


def test_the_screen_is_open_to_its_word_and_names_nobody(fair, client):
    page = client.get(reverse("requests_desk:big_screen", args=[fair.token])).content.decode()
    assert all(visit.enterprise.short not in page for visit in fair.visits.select_related("enterprise"))
    assert client.get(reverse("requests_desk:big_screen", args=["wrong"])).status_code == 404
    assert client.get(reverse("requests_desk:big_screen_chart", args=["wrong"])).status_code == 404


def test_who_polls_is_answered_304_until_something_is_counted(fair, client):
    address = reverse("requests_desk:big_screen", args=[fair.token])
    first = client.get(address, headers={"HX-Request": "true"})
    assert b"<html" not in first.content
    again = {"HX-Request": "true", "If-None-Match": first["ETag"]}
    assert client.get(address, headers=again).status_code == 304
    fairs.waiting(fair.stalls.get(), at=clock.now(), visit=fair.visits.earliest("pk"))
    cache.clear()
    assert client.get(address, headers=again).status_code == 200


def test_one_count_serves_everybody_for_three_seconds(fair, django_assert_num_queries):
    with django_assert_num_queries(5):
        first = big_screen.big_screen(fair)
    queueing.Ticket.objects.waiting().update(state="left")
    with django_assert_num_queries(0):
        assert big_screen.big_screen(fair) == first


def test_the_chart_is_an_image_without_script(fair, client):
    answer = client.get(reverse("requests_desk:big_screen_chart", args=[fair.token]))
    assert answer["Content-Type"] == "image/svg+xml"
    assert b"<script" not in answer.content
    assert "其中现场办结" in answer.content.decode()

"""《要素保障大集满意度测评表》: the fair as a whole, and the way to each matter's review."""

import pytest
from django.urls import reverse

from fairs.models import FairRating
from requests_desk import reviewing
from taian_factors.lib import clock
from taian_factors.lib.periods import local_day
from tests.fairs import factories as fairs
from tests.requests_desk import factories as desk


@pytest.fixture
def visit(db):
    at = clock.now()
    fair = fairs.fair(held_on=local_day(at))
    seat, clerk = fairs.seated(fairs.stall(fair), at=at)
    return fairs.served(seat, clerk, at=at, minutes=0).visit


@pytest.fixture
def address(visit):
    return reverse("requests_desk:fair_review", args=[visit.token])


def test_looking_records_nothing_and_posting_does(address, visit, client):
    page = client.get(address).content.decode()
    assert "总体上，您对这场大集满意吗？" in page
    assert not FairRating.objects.exists()
    answer = client.post(address, {"rating": "4", "attitude": "5", "comment": "再办"}, follow=True)
    assert "测评已记录" in answer.content.decode()
    assert "您已经测评过：满意" in answer.content.decode()
    given = FairRating.objects.get(visit=visit)
    assert (given.rating, given.attitude, given.result, given.comment) == (4, 5, None, "再办")


def test_it_is_changed_once_and_then_it_stands(address, client):
    for rating in ("4", "2"):
        assert client.post(address, {"rating": rating}).status_code == 302
    answer = client.post(address, {"rating": "5"})
    assert answer.status_code == 422
    assert "已经修改过" in answer.content.decode()
    assert FairRating.objects.get().rating == 2


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({}, "请选择总体满意度"),
        ({"rating": "9"}, "五个选项"),
        ({"rating": "5", "comment": "长" * 501}, "500 字"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_lost(typed, said, address, client):
    answer = client.post(address, {"attitude": "5", **typed})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert 'name="attitude" value="5"' in answer.content.decode()
    assert not FairRating.objects.exists()


def test_before_anything_is_served_there_is_no_form(visit, client):
    waiting = fairs.waiting(visit.fair.stalls.get(), at=clock.now()).visit
    address = reverse("requests_desk:fair_review", args=[waiting.token])
    assert "办理结束后可以测评" in client.get(address).content.decode()
    assert client.post(address, {"rating": "5"}).status_code == 422
    assert not FairRating.objects.exists()


def test_a_wrong_word_opens_nothing(client, db):
    assert client.get(reverse("requests_desk:fair_review", args=["wrong"])).status_code == 404


def test_each_matter_of_the_visit_has_its_own_review(address, visit, client):
    done = desk.completed(enterprise=visit.enterprise, at=clock.now(), visit=visit)
    desk.assigned("RC", lead="RSJ", enterprise=visit.enterprise, at=clock.now(), visit=visit)
    desk.completed(enterprise=visit.enterprise, at=clock.now())
    page = client.get(address).content.decode()
    token = done.invitations.get().token
    assert page.count("评价这件事") == 1
    assert reverse("requests_desk:review", args=[token]) in page
    assert "办结后可以评价" in page
    assert client.post(reverse("requests_desk:review", args=[token]), {"rating": "5"}).status_code == 302
    assert "已评价：非常满意" in client.get(address).content.decode()


def test_the_matters_cost_three_queries_however_many(visit, django_assert_num_queries):
    for _ in range(3):
        desk.completed(enterprise=visit.enterprise, at=clock.now(), visit=visit)
    with django_assert_num_queries(3):
        assert len(reviewing.matters_of(visit, at=clock.now())) == 3

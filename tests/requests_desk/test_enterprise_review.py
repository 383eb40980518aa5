"""The one review of a matter, by its one-time link: looking records nothing, sending records, changeable once."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from requests_desk import transitions
from requests_desk.models import FactorRequest, ReviewInvitation, SatisfactionReview
from taian_factors.directory.actors import Actor
from taian_factors.lib.clock import now
from tests.requests_desk import factories as desk

GOOD = {"rating": "4", "contacted": "yes", "solved": "yes", "comment": "办得快"}


@pytest.fixture
def invitation(enterprise: Actor) -> ReviewInvitation:
    """The invitation of a matter that was completed today."""
    return invite(enterprise)


def invite(enterprise: Actor, days_ago: int = 2) -> ReviewInvitation:
    made = desk.completed(enterprise=enterprise.organization, at=now() - timedelta(days=days_ago))
    return ReviewInvitation.objects.get(factor_request=made)


def address(invitation: ReviewInvitation) -> str:
    return reverse("requests_desk:review", args=[invitation.token])


def test_anybody_with_the_link_reviews_once(client: Client, invitation: ReviewInvitation):
    answer = client.post(address(invitation), GOOD, follow=True)
    assert "评价已记录，谢谢" in answer.content.decode()
    given = SatisfactionReview.objects.get()
    assert (given.rating, given.contacted, given.solved, given.comment) == (4, True, "yes", "办得快")
    assert given.assignment == invitation.assignment


@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_records_nothing(client: Client, invitation: ReviewInvitation, method: str):
    assert getattr(client, method)(address(invitation)).status_code == 200
    assert not SatisfactionReview.objects.exists()
    assert not invitation.factor_request.events.filter(verb="review").exists()


def test_the_page_shows_number_factor_and_headline_and_nobody(
    client: Client, invitation: ReviewInvitation, enterprise: Actor
):
    page = client.get(address(invitation)).content.decode()
    matter = invitation.factor_request
    for shown in (matter.number, "土地", matter.headline):
        assert shown in page
    for hidden in (enterprise.organization.name, "自然资源", "用地手续已办结", matter.story):
        assert hidden not in page


def test_a_review_is_changed_once_and_then_closed(client: Client, invitation: ReviewInvitation):
    client.post(address(invitation), GOOD)
    assert "还可以修改一次" in client.get(address(invitation)).content.decode()
    client.post(address(invitation), {**GOOD, "rating": "2"})
    assert SatisfactionReview.objects.get().rating == 2
    last = client.post(address(invitation), {**GOOD, "rating": "5"})
    assert last.status_code == 410
    assert "不能再改" in last.content.decode()
    assert SatisfactionReview.objects.get().rating == 2
    assert SatisfactionReview.objects.get().versions.count() == 2


def test_a_link_that_has_run_out_says_so(client: Client, enterprise: Actor):
    old = invite(enterprise, days_ago=60)
    assert client.get(address(old)).status_code == 410
    answer = client.post(address(old), GOOD)
    assert answer.status_code == 410
    assert "评价期限已过" in answer.content.decode()
    assert not SatisfactionReview.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "message", "field"),
    [
        ({"rating": ""}, "请选择满意度", "rating"),
        ({"rating": "9"}, "请从五个选项中选择", "rating"),
        ({"comment": "长" * 501}, "请不超过 500 字", "comment"),
    ],
)
def test_a_mistake_is_named_and_loses_nothing(
    client: Client, invitation: ReviewInvitation, wrong: dict[str, str], message: str, field: str
):
    answer = client.post(address(invitation), {**GOOD, "comment": "办得快", **wrong})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert page.count(message) == 2
    assert f'href="#id_{field}' in page
    assert wrong.get("comment", "办得快") in page
    assert not SatisfactionReview.objects.exists()


def test_an_unknown_link_is_not_found(client: Client, db: None):
    assert client.get(reverse("requests_desk:review", args=["x" * 43])).status_code == 404


def test_the_enterprises_own_person_is_recorded(
    as_enterprise: Client, invitation: ReviewInvitation, enterprise: Actor
):
    as_enterprise.post(address(invitation), GOOD)
    assert invitation.factor_request.events.get(verb="review").user == enterprise.user


def test_somebody_elses_log_in_is_not_recorded_as_the_enterprise(
    as_department_clerk: Client, invitation: ReviewInvitation, enterprise: Actor
):
    as_department_clerk.post(address(invitation), GOOD)
    event = invitation.factor_request.events.get(verb="review")
    assert (event.user, event.organization) == (None, enterprise.organization)


def test_a_matter_that_was_withdrawn_is_not_reviewed(
    client: Client, invitation: ReviewInvitation, enterprise: Actor
):
    matter = FactorRequest.objects.get(pk=invitation.factor_request_id)
    transitions.redo(matter, reason="没有解决", actor=enterprise, at=now())
    transitions.withdraw(matter, reason="项目取消", actor=enterprise, at=now())
    answer = client.post(address(invitation), GOOD)
    assert answer.status_code == 410
    assert "已撤回" in answer.content.decode()


def test_a_link_from_before_a_redo_says_that_another_will_come(client: Client, invitation: ReviewInvitation):
    made = invitation.factor_request
    transitions.redo(made, reason="没有解决", actor=Actor(None, made.enterprise), at=now())
    told = client.get(address(invitation))
    assert (told.status_code, "办结后会向联系人发送新的评价链接" in told.content.decode()) == (410, True)
    assert client.post(address(invitation), {"rating": 1}).status_code == 410
    assert not SatisfactionReview.objects.exists()

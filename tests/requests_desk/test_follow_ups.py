"""After a bad review: call-back, consent, rectification, second rating; nobody hears more than they may."""

from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from requests_desk import follow_ups, notices, reviewing
from requests_desk.journal import NotAllowedError, RefusedError
from requests_desk.models import Delivery, FollowUp
from taian_factors.lib.periods import SHANGHAI
from tests.requests_desk import factories
from tests.requests_desk.factories import START, acting, office

pytestmark = pytest.mark.django_db
A_DAY = timedelta(days=1)
AT = START + 3 * A_DAY


def rated(rating: int, *, at=START + 2 * A_DAY):
    made = factories.completed()
    invitation = reviewing.open_invitation(made, at=at)
    verdict = reviewing.Verdict(rating, comment="来回跑了三趟")
    reviewing.review(invitation=invitation, verdict=verdict, at=at, actor=acting(made.enterprise))
    return made


def called(made, **more):
    said = {"has_answered": True, "has_consented": True, "finding": "嫌慢", "told": "请一次告知材料"}
    return follow_ups.follow_up(made, **{**said, **more}, actor=office(), at=AT)


@pytest.mark.parametrize(("rating", "opens"), [(1, True), (2, True), (3, False), (5, False)])
def test_only_a_bad_review_opens_a_follow_up(rating, opens):
    made = rated(rating)
    assert FollowUp.objects.filter(review__factor_request=made).exists() is opens


def test_the_clock_of_the_call_counts_working_days_over_the_dragon_boat_festival():
    opened = FollowUp.objects.get(review__factor_request=rated(1))
    # 15 June 2023 is a Thursday; 22 to 24 June are holidays and Sunday the 25th is a working day.
    assert opened.call_due_at == datetime(2023, 6, 25, 23, 59, 59, tzinfo=SHANGHAI)


def test_a_review_that_turns_bad_opens_one_and_one_that_turns_good_keeps_it():
    made = rated(5)
    invitation = reviewing.open_invitation(made, at=AT)
    filer = acting(made.enterprise)
    reviewing.review(invitation=invitation, verdict=reviewing.Verdict(1), at=AT, actor=filer)
    assert FollowUp.objects.get().opened_at == AT
    better = rated(2)
    invitation = reviewing.open_invitation(better, at=AT)
    reviewing.review(
        invitation=invitation, verdict=reviewing.Verdict(4), at=AT, actor=acting(better.enterprise)
    )
    assert FollowUp.objects.filter(review__factor_request=better).count() == 1


def test_nobody_reached_leaves_the_clock_running():
    made = rated(1)
    follow_ups.follow_up(made, has_answered=False, finding="无人接听", actor=office(), at=AT)
    assert FollowUp.objects.get().called_at is None
    called(made)
    with pytest.raises(RefusedError, match="已经回访过"):
        called(made)


def test_with_consent_the_lead_rectifies_and_the_second_rating_stands_beside_the_first():
    made = rated(1)
    called(made)
    follow_ups.rectify(made, text="已改为一次告知", actor=acting("ZGJ"), at=AT)
    follow_ups.rate_again(made, rating=4, comment="好多了", actor=acting(made.enterprise), at=AT + A_DAY)
    opened = FollowUp.objects.get()
    assert (opened.review.rating, opened.second_rating) == (1, 4)
    with pytest.raises(RefusedError, match="已经再次评价过"):
        follow_ups.rate_again(made, rating=5, actor=acting(made.enterprise), at=AT + A_DAY)
    with pytest.raises(DatabaseError), transaction.atomic():
        FollowUp.objects.update(second_rating=5)


def test_without_consent_the_department_rectifies_nothing():
    made = rated(1)
    called(made, has_consented=False, told="")
    with pytest.raises(RefusedError, match="没有待整改"):
        follow_ups.rectify(made, text="已改", actor=acting("ZGJ"), at=AT)
    with pytest.raises(NotAllowedError):
        follow_ups.follow_up(made, has_answered=True, finding="越权", actor=acting("ZGJ"), at=AT)
    with pytest.raises(RefusedError, match="还没有反馈"):
        follow_ups.rate_again(made, rating=5, actor=acting(made.enterprise), at=AT)


def test_the_department_learns_nothing_before_the_enterprise_consents(as_department_clerk, as_office_clerk):
    made = rated(1)
    page = reverse("requests_desk:show", args=[made.number])
    for words in ("差评", "来回跑了三趟", "不满意"):
        assert words not in as_department_clerk.get(page).content.decode()
    assert "差评" in as_office_clerk.get(page).content.decode()
    called(made)
    notices.announce(at=AT)
    told = as_department_clerk.get(page).content.decode()
    assert "请一次告知材料" in told
    assert "来回跑了三趟" not in told
    assert "嫌慢" not in told
    heard = Delivery.objects.filter(event__verb="ask_rectification").values_list("text", flat=True)
    assert all("嫌慢" not in text for text in heard)


def test_the_office_sees_what_is_to_be_called_about(as_office_clerk, as_office_auditor, as_department_clerk):
    made = rated(2)
    url = reverse("requests_desk:call_backs")
    assert made.number in as_office_clerk.get(url).content.decode()
    assert "登记回访" not in as_office_auditor.get(url).content.decode()
    assert as_department_clerk.get(url).status_code == 404
    act = reverse("requests_desk:act", args=[made.number, "follow_up"])
    answer = as_office_clerk.post(
        act, {"has_answered": "1", "has_consented": "on", "finding": "慢", "told": ""}
    )
    assert answer.status_code == 422
    assert "请写明请部门整改什么" in answer.content.decode()


def test_the_link_to_the_second_rating_records_on_post_only(client):
    made = rated(1)
    called(made)
    url = reverse("requests_desk:review_again", args=[FollowUp.objects.get().token])
    assert client.get(url).status_code == 404
    follow_ups.rectify(made, text="已改为一次告知", actor=acting("ZGJ"), at=AT)
    assert "已改为一次告知" in client.get(url).content.decode()
    assert FollowUp.objects.get().second_rating is None
    assert client.post(url, {"comment": "好"}).status_code == 422
    assert client.post(url, {"rating": "3"}).status_code == 302
    assert FollowUp.objects.get().second_rating == 3
    assert client.post(url, {"rating": "5"}).status_code == 422

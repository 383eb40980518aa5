"""Who reviewed stays hidden from the reviewed department for ever: no page, file or list leads from a review to it."""

import re

import pytest
from django.urls import reverse

from requests_desk import reviewing
from requests_desk.models import SatisfactionReview
from scoring import announcing, appealing, runs
from scoring.models import CountedInput
from taian_factors.lib.periods import Period
from tests.requests_desk import factories as desk
from tests.scoring.factories import moment, published

JUNE = Period.parse("2023-06")
SIXTH = moment("2023-07-10")
pytestmark = pytest.mark.django_db


@pytest.fixture
def reviews():
    """Four matters of one department, reviewed in another order than they were completed."""
    made = [desk.completed() for _ in range(4)]
    given = []
    for number, rating in ((2, 1), (0, 5), (3, 2), (1, 4)):
        invitation = made[number].invitations.get()
        verdict = reviewing.Verdict(
            rating=rating, solved="no", contacted=False, comment="等了三周没有人联系。"
        )
        at = moment("2023-06-20", f"1{number}:00:00")
        given.append(reviewing.review(invitation=invitation, verdict=verdict, at=at))
    return given


def test_a_number_follows_neither_the_matters_nor_the_order_of_the_reviews(reviews):
    numbers = [review.number for review in reviews]
    assert all(re.fullmatch(r"PJ\d{12}", number) for number in numbers)
    digits = [int(number[2:]) for number in numbers]
    assert all(abs(one - other) > 1 for one in digits for other in digits if one is not other)


def test_nothing_that_a_department_opens_leads_from_a_review_to_its_enterprise(
    reviews, department_clerk, as_department_clerk, office_lead
):
    words = {"reason": "误评或恶意评价", "evidence": "与事实不符。"}
    run = runs.preview(run=runs.compute_month(period=JUNE, at=SIXTH), actor=None, at=SIXTH)
    bad = CountedInput.objects.filter(run=run, indicator="satisfaction", credit=0).first()
    appealing.appeal(counted=bad, actor=department_clerk, at=SIXTH, **words)
    announcing.announce(at=SIXTH)
    secret = {review.factor_request.number for review in reviews}
    secret |= {review.factor_request.enterprise.name for review in reviews}
    why = reverse("scoring:why", args=["2023-06", "ZGJ"])
    pages = [
        reverse("scoring:matters", args=["2023-06", "ZGJ", "satisfaction"]),
        reverse("scoring:appeals"),
        reverse("scoring:appeal", args=[bad.pk]),
        reverse("scoring:rankings") + "?period=2023-06",
        reverse("scoring:print_ranking", args=[run.pk]),
        reverse("requests_desk:notices"),
    ]
    for page in pages:
        shown = as_department_clerk.get(page)
        assert shown.status_code == 200, page
        assert not [word for word in secret if word in shown.content.decode()], page
    reasons = as_department_clerk.get(why).content.decode()
    about = reasons[reasons.index('id="satisfaction"') : reasons.index('id="cooperation"')]
    assert not [word for word in secret if word in about]
    assert "没有人联系" not in reasons
    for review in reviews:
        number = review.factor_request.number
        own = as_department_clerk.get(reverse("requests_desk:show", args=[number])).content.decode()
        assert review.number not in own
        assert "没有人联系" not in own
        assert SatisfactionReview.Rating(review.rating).label not in own
    for closed in (reverse("scoring:fairness"), "/admin/requests_desk/satisfactionreview/"):
        assert as_department_clerk.get(closed).status_code in (302, 403, 404)


def test_open_data_and_the_sheet_say_nothing_of_a_review(reviews, office_lead, as_department_clerk, client):
    run = published(JUNE, office_lead)
    sheet = b"".join(
        as_department_clerk.get(reverse("scoring:ranking_sheet", args=[run.pk])).streaming_content
    )
    opened = client.get(reverse("scoring:open_json", args=["2023-06"])).content.decode()
    for review in reviews:
        assert review.number not in opened
        assert review.number.encode() not in sheet

"""Reviews that come in bursts, from one device, from a listed network or a staff device are flagged."""

import pytest

from requests_desk.models import ReviewOrigin, ReviewVersion
from scoring import fairness
from taian_factors.lib.periods import Period
from tests.directory import factories as directory
from tests.scoring.factories import completed, moment, reviewed

JUNE, JULY = Period.parse("2023-06"), Period.parse("2023-07")
pytestmark = pytest.mark.django_db


def given(clock, code="ZGJ", **fields):
    return reviewed(
        completed(code), is_historic=False, first_submitted_at=moment("2023-06-21", clock), **fields
    )


def test_three_reviews_of_one_body_in_ten_minutes_are_a_burst_to_the_second():
    for clock in ("10:00:00", "10:05:00", "10:10:00"):
        given(clock)
    (burst,) = fairness.bursts(JUNE)
    assert burst.count == 3


def test_a_second_more_and_two_bodies_are_none():
    for clock in ("10:00:00", "10:05:00", "10:10:01"):
        given(clock)
    for code in ("STJ", "FGW", "GXJ"):
        given("11:00:00", code)
    assert fairness.bursts(JUNE) == []


def test_bursts_that_touch_without_a_common_review_are_two():
    for clock in ("10:00:00", "10:01:00", "10:02:00", "10:20:00", "10:21:00", "10:22:00"):
        given(clock)
    assert [burst.count for burst in fairness.bursts(JUNE)] == [3, 3]


def test_windows_that_overlap_are_one_burst():
    for clock in ("10:00:00", "10:06:00", "10:09:00", "10:15:00"):
        given(clock)
    assert [burst.count for burst in fairness.bursts(JUNE)] == [4]


def _now(clock):
    return {"is_historic": True, "first_submitted_at": moment("2023-06-21", clock)}


def sent(review, device="", **flags):
    version = ReviewVersion.objects.create(
        review=review, rating=review.rating, submitted_at=review.first_submitted_at
    )
    return ReviewOrigin.objects.create(version=version, device_hash=device, **flags)


def test_one_device_for_two_enterprises_is_flagged_and_for_one_is_not():
    shared = [sent(given("09:00:00"), "a"), sent(given("12:00:00"), "a")]
    other = directory.enterprise("示例乙有限公司")
    review = shared[1].version.review
    type(review.factor_request).objects.filter(pk=review.factor_request_id).update(enterprise=other)
    mine = shared[0].version.review.factor_request
    for clock, device in (("15:00:00", "b"), ("18:00:00", "b"), ("19:00:00", "")):
        sent(
            reviewed(
                completed("ZGJ", of=mine, is_historic=True, assigned_at=moment("2023-06-01", clock)),
                **_now(clock),
            ),
            device,
        )
    assert {o.pk for o in fairness.flagged_reviews(JUNE)} == {o.pk for o in shared}


def test_listed_networks_and_staff_devices_are_flagged():
    sent(given("09:00:00"), "a", is_from_listed_network=True)
    sent(given("12:00:00"), "b", is_staff_device=True)
    assert len(fairness.flagged_reviews(JUNE)) == 2
    assert fairness.flagged_reviews(JULY) == []

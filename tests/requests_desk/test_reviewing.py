"""一事一评: one review, changeable once, credited to the lead that was reviewed."""

from datetime import timedelta

import pytest

from requests_desk import reviewing, transitions
from requests_desk.journal import RefusedError
from requests_desk.models import FactorRequest, SatisfactionReview
from requests_desk.reviewing import Verdict
from tests.requests_desk import factories
from tests.requests_desk.factories import START, acting

pytestmark = pytest.mark.django_db
SOON = START + timedelta(days=3)


def invited() -> tuple[FactorRequest, object]:
    made = factories.completed()
    return made, reviewing.open_invitation(made, at=SOON)


def test_a_review_is_credited_to_the_lead_and_names_no_one_in_its_event():
    made, invitation = invited()
    review = reviewing.review(invitation=invitation, verdict=Verdict(5, True, "yes", "很快"), at=SOON)
    assert (review.assignment.organization.code, review.first_submitted_at) == ("ZGJ", SOON)
    event = made.events.get(verb="review")
    assert (event.text, event.detail) == ("", {})


def test_a_review_is_changed_once_and_every_value_is_kept():
    _, invitation = invited()
    for rating in (2, 4):
        review = reviewing.review(invitation=invitation, verdict=Verdict(rating), at=SOON)
    assert (review.rating, review.first_submitted_at, review.changed_at) == (4, SOON, SOON)
    assert [v.rating for v in review.versions.order_by("pk")] == [2, 4]
    with pytest.raises(RefusedError, match="只能修改一次"):
        reviewing.review(invitation=invitation, verdict=Verdict(5), at=SOON)
    assert SatisfactionReview.objects.count() == 1


@pytest.mark.parametrize("rating", [0, 6])
def test_a_rating_is_one_to_five(rating: int):
    _, invitation = invited()
    with pytest.raises(RefusedError) as caught:
        reviewing.review(invitation=invitation, verdict=Verdict(rating), at=SOON)
    assert caught.value.field == "rating"


def test_the_window_closes_after_ten_working_days():
    made, invitation = invited()
    assert reviewing.open_invitation(made, at=invitation.open_until) == invitation
    assert reviewing.open_invitation(made, at=invitation.open_until + timedelta(seconds=1)) is None
    with pytest.raises(RefusedError, match="期限已过"):
        reviewing.review(
            invitation=invitation, verdict=Verdict(5), at=invitation.open_until + timedelta(seconds=1)
        )


def redone(made: FactorRequest) -> None:
    transitions.redo(made, reason="没有解决", actor=acting(made.enterprise), at=SOON)


def test_a_redo_closes_the_link_that_nobody_used_and_the_next_completion_opens_another():
    made, first = invited()
    redone(made)
    assert reviewing.open_invitation(made, at=SOON) is None
    with pytest.raises(RefusedError, match="已退回重办"):
        reviewing.review(invitation=first, verdict=Verdict(2), at=SOON)
    later = SOON + timedelta(days=1)
    transitions.complete(made, text="再次办结", actor=acting("ZGJ"), at=later)
    first.refresh_from_db()
    with pytest.raises(RefusedError, match="新的评价链接"):
        reviewing.review(invitation=first, verdict=Verdict(2), at=later)
    second = reviewing.open_invitation(made, at=later)
    given = reviewing.review(invitation=second, verdict=Verdict(4), at=later)
    assert given.assignment == made.assignments.get(ended_at=None)


def test_a_matter_that_was_reviewed_before_its_redo_keeps_its_one_review_and_the_link_for_its_change():
    made, invitation = invited()
    reviewing.review(invitation=invitation, verdict=Verdict(4), at=SOON)
    redone(made)
    assert reviewing.open_invitation(made, at=SOON) == invitation
    reviewing.review(invitation=invitation, verdict=Verdict(2), at=SOON)
    transitions.complete(made, text="再次办结", actor=acting("ZGJ"), at=SOON + timedelta(days=1))
    assert made.invitations.count() == 1
    assert (made.reviews.get().rating, made.reviews.get().assignment.end_reason) == (2, "redone")

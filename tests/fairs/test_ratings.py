"""The rating of a fair as a whole: one per visit, changeable once, counted in sums."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from django.test.utils import CaptureQueriesContext

from fairs import ratings
from fairs.locks import WrongStateError
from fairs.models import FairRating, FairRatingVersion
from fairs.ratings import Opinion, RatingMissingError, rate, satisfaction_of
from tests.fairs import factories


@pytest.fixture
def served(hall, at):
    return factories.served(hall.desk, hall.clerk, at=at).visit


def test_a_visit_rates_its_fair_once_and_every_value_is_kept(served, at):
    given = rate(visit=served, opinion=Opinion(5, organization=4, comment="很好"), at=at)
    assert (given.rating, given.organization, given.attitude, given.changed_at) == (5, 4, None, None)
    rate(visit=served, opinion=Opinion(2), at=at + timedelta(hours=1))
    given.refresh_from_db()
    assert (given.rating, given.organization, given.comment) == (2, None, "")
    assert list(given.versions.order_by("pk").values_list("rating", flat=True)) == [5, 2]
    with pytest.raises(WrongStateError, match="已经修改过"):
        rate(visit=served, opinion=Opinion(1), at=at + timedelta(hours=2))
    assert FairRating.objects.count() == 1


def test_before_anything_is_served_there_is_nothing_to_rate(hall, at):
    ticket = factories.serving(hall.desk, hall.clerk, at=at)
    with pytest.raises(WrongStateError, match="办理结束后"):
        rate(visit=ticket.visit, opinion=Opinion(5), at=at)


def test_a_fair_is_rated_for_ten_working_days(served, at):
    last = ratings.open_until(served.fair)
    assert f"{last:%Y-%m-%d %H:%M:%S}" == "2023-06-28 23:59:59"  # the Dragon Boat Festival, a make-up Sunday
    with pytest.raises(WrongStateError, match="期限已过"):
        rate(visit=served, opinion=Opinion(5), at=last + timedelta(seconds=1))
    rate(visit=served, opinion=Opinion(5), at=last)


@pytest.mark.parametrize("rating", [0, 6])
def test_a_rating_is_one_of_five(rating, served, at):
    with pytest.raises(RatingMissingError):
        rate(visit=served, opinion=Opinion(rating), at=at)


def test_what_was_said_is_never_edited(served, at):
    rate(visit=served, opinion=Opinion(5), at=at)
    with pytest.raises(ProgrammingError), transaction.atomic():
        FairRatingVersion.objects.update(rating=1)


def test_ratings_are_counted_in_sums_with_n(hall, at):
    opinions = [Opinion(5, result=5), Opinion(4, result=2, comment="排队太久"), Opinion(1, comment="乱")]
    for opinion in opinions:
        rate(visit=factories.served(hall.desk, hall.clerk, at=at).visit, opinion=opinion, at=at)
    other = factories.fair()
    desk, clerk = factories.seated(factories.stall(other, "FGW"), at=at)
    rate(visit=factories.served(desk, clerk, at=at).visit, opinion=Opinion(1), at=at)

    with CaptureQueriesContext(connection) as asked:
        found = satisfaction_of(hall.fair)
    assert len(asked) == 1
    assert (found.n, found.counts, found.mean) == (3, {5: 1, 4: 1, 3: 0, 2: 0, 1: 1}, Decimal("3.33"))
    assert (found.satisfied, round(found.satisfied_rate, 4)) == (2, Decimal("0.6667"))
    result = next(question for question in found.questions if question.name == "result")
    assert (result.label, result.n, result.mean) == ("现场办理结果", 2, Decimal("3.50"))
    assert result.levels[0] == ("非常满意", 1)
    assert {comment.text for comment in ratings.comments_on(hall.fair)} == {"排队太久", "乱"}


def test_without_a_rating_there_is_no_mean(hall):
    found = satisfaction_of(hall.fair)
    assert (found.n, found.mean, found.satisfied_rate) == (0, None, None)


def test_the_same_word_sent_again_is_no_change(served, at):
    for _ in range(3):  # the answer was lost, the button was pressed again
        given = rate(visit=served, opinion=Opinion(4, comment="很好"), at=at)
    assert (given.rating, given.changed_at, given.versions.count()) == (4, None, 1)

"""The day's figures: what a wait is, the half and the nine tenths from the database, sums that add up."""

from datetime import timedelta
from decimal import Decimal

import pytest

from fairs import queueing
from fairs.figures import Figures, check_ins, day_figures
from tests.fairs import factories as fairs

pytestmark = pytest.mark.django_db


def minutes(number):
    return timedelta(minutes=number)


@pytest.fixture
def fair(db):
    return fairs.fair()


@pytest.fixture
def desk(fair, at):
    """A desk and its clerk."""
    return fairs.seated(fairs.stall(fair), at=at)


def waited(desk, clerk, at, wait):
    """Have a new visit take a number at ``at``, be called ``wait`` minutes later, and served at once."""
    fairs.waiting(desk.stall, at=at)
    then = at + minutes(wait)
    queueing.call_next(desk=desk, actor=clerk, at=then, key=fairs.key())
    queueing.begin(desk=desk, actor=clerk, at=then, key=fairs.key())
    return queueing.finish(desk=desk, actor=clerk, at=then + minutes(1), key=fairs.key())


def test_the_half_and_the_nine_tenths_are_taken_over_the_waits_themselves(desk, at):
    for wait in (1, 2, 3, 4, 10):
        waited(*desk, at, wait)
    total = day_figures([desk[0].stall_id]).total
    assert (total.taken, total.waited, total.p50) == (5, 5, Decimal("3.0"))
    assert total.p90 == Decimal("7.6")  # 4 and 6 tenths of the way to 10


def test_a_number_that_was_never_called_has_no_wait(desk, at):
    waited(*desk, at, 5)
    fairs.waiting(desk[0].stall, at=at)
    total = day_figures([desk[0].stall_id]).total
    assert (total.taken, total.waited, total.p50, total.waiting) == (2, 1, Decimal("5.0"), 1)
    assert day_figures([]).total == Figures()


def test_only_the_first_call_ends_a_wait(desk, at):
    place, clerk = desk
    ticket = fairs.waiting(place.stall, at=at)
    queueing.call_next(desk=place, actor=clerk, at=at + minutes(4), key=fairs.key())
    queueing.pass_over(desk=place, actor=clerk, at=at + minutes(5), key=fairs.key())
    from_missed = fairs.arrivals.reenter
    from_missed(ticket=ticket, actor=fairs.reception(), at=at + minutes(6))
    queueing.call_next(desk=place, actor=clerk, at=at + minutes(30), key=fairs.key())
    assert day_figures([place.stall_id]).total.p50 == Decimal("4.0")


def test_a_transferred_number_waits_at_the_new_stall_from_its_transfer(fair, at):
    here, there = (fairs.seated(fairs.stall(fair, code), at=at) for code in ("ZGJ", "STJ"))
    fairs.waiting(here[0].stall, at=at)
    then = at + minutes(10)
    queueing.call_next(desk=here[0], actor=here[1], at=then, key=fairs.key())
    queueing.transfer(desk=here[0], actor=here[1], at=then, key=fairs.key(), to_stall=there[0].stall)
    queueing.call_next(desk=there[0], actor=there[1], at=then + minutes(3), key=fairs.key())
    figures = day_figures([here[0].stall_id, there[0].stall_id])
    assert figures.by_stall[here[0].stall_id].p50 == Decimal("10.0")
    assert figures.by_stall[here[0].stall_id].transferred == 1
    assert figures.by_stall[there[0].stall_id].p50 == Decimal("3.0")


def test_hours_hold_the_numbers_taken_in_them_and_everything_adds_up(fair, desk, at):
    for wait in (1, 50):  # taken at half past nine, called before and after ten
        waited(*desk, at, wait)
    waited(*desk, at + minutes(60), 2)
    fairs.waiting(desk[0].stall, at=at + minutes(61))
    figures = day_figures([desk[0].stall_id])
    assert {hour: line.taken for hour, line in figures.by_hour.items()} == {9: 2, 10: 2}
    assert figures.total.taken == figures.total.by_state == 4
    assert figures.total.served == figures.total.by_outcome == 3
    assert check_ins(fair) == {9: 2, 10: 2}


def test_ten_stalls_cost_one_query(fair, at, django_assert_num_queries):
    stalls = [fairs.stall(fair) for _ in range(10)]
    for stall in stalls:
        fairs.waiting(stall, at=at)
    with django_assert_num_queries(1):
        assert len(day_figures(stall.pk for stall in stalls).by_stall) == 10

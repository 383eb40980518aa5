"""A booked place is changed for another slot or given up; who does it for the enterprise says why."""

from datetime import timedelta

import pytest

from fairs import reserving
from fairs.locks import ForbiddenError, WrongStateError
from fairs.models import BookedPlace
from fairs.reserving import ReasonError, SlotError
from tests.fairs import factories

WHY = "摊位停电"


@pytest.fixture
def day_before(at):
    return at - timedelta(days=1)


@pytest.fixture
def slots(hall):
    return [factories.slot(hall.stall, f"{hour}:00", f"{hour}:30") for hour in (10, 11, 14)]


def standings(slot):
    return [place.standing for place in BookedPlace.objects.filter(slot=slot).order_by("pk")]


def test_a_place_moves_and_who_waited_for_the_old_one_comes_up(hall, slots, day_before):
    place = factories.booked(slots[0], at=day_before)
    factories.booked(slots[0], at=day_before)
    moved = reserving.move(place=place, slot=slots[1], actor=hall.office, at=day_before, reason=WHY)
    assert (moved.is_held, moved.booking, moved.moved_from) == (True, place.booking, place)
    assert (standings(slots[0]), standings(slots[1])) == (["已取消", "已约上"], ["已约上"])
    place.refresh_from_db()
    assert (place.cancel_reason, place.cancelled_by) == (WHY, hall.office.user)
    taken = [slot.taken for slot in hall.stall.slots.order_by("starts_at")]
    assert taken == [1, 1, 0]


def test_who_waits_moves_to_where_there_is_room(hall, slots, day_before):
    factories.booked(slots[0], at=day_before)
    waits = factories.booked(slots[0], at=day_before)
    reserving.move(place=waits, slot=slots[1], actor=hall.office, at=day_before, reason=WHY)
    assert standings(slots[0]) == ["已约上", "已取消"]
    assert [slot.taken for slot in hall.stall.slots.order_by("starts_at")] == [1, 1, 0]


def test_nothing_moves_where_it_is_full_or_already_or_at_the_same_time(hall, slots, day_before):
    other = factories.slot(hall.other_stall, "11:00", "11:30")
    place = factories.booked(slots[0], other, at=day_before)
    factories.booked(slots[2], at=day_before)
    for slot, said in ((slots[0], "就是现在"), (slots[1], "重叠"), (slots[2], "已约满")):
        with pytest.raises(SlotError, match=said):
            reserving.move(place=place, slot=slot, actor=hall.office, at=day_before, reason=WHY)
    place.refresh_from_db()
    assert place.is_held


def test_the_office_says_why_and_the_enterprise_need_not(hall, slots, day_before, enterprise):
    place = factories.booked(slots[0], at=day_before, enterprise=enterprise.organization)
    for change in (
        lambda: reserving.move(place=place, slot=slots[1], actor=hall.office, at=day_before, reason=" "),
        lambda: reserving.cancel(places=[place], actor=hall.office, at=day_before),
    ):
        with pytest.raises(ReasonError, match="理由"):
            change()
    moved = reserving.move(place=place, slot=slots[1], actor=enterprise, at=day_before)
    assert moved.moved_from.cancel_reason == ""


def test_strangers_move_nothing_and_nobody_moves_what_is_over(
    hall, slots, day_before, at, enterprise, stranger, office_auditor
):
    place = factories.booked(slots[0], at=day_before, enterprise=enterprise.organization)
    for actor in (stranger, hall.clerk, office_auditor):
        with pytest.raises(ForbiddenError):
            reserving.move(place=place, slot=slots[1], actor=actor, at=day_before, reason=WHY)
    reserving.move(place=place, slot=slots[1], actor=enterprise, at=day_before)
    with pytest.raises(WrongStateError, match="已经取消"):
        reserving.move(place=place, slot=slots[2], actor=enterprise, at=day_before)
    there = place.booking.places.live().get()
    factories.checked_in(hall.fair, at=at, enterprise=enterprise.organization)
    with pytest.raises(WrongStateError, match="已签到"):
        reserving.move(place=there, slot=slots[2], actor=enterprise, at=at)

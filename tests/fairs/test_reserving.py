"""Booking beforehand: a reserved number, capacity, waiting lists in order, and nothing of it is a ticket."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from fairs import arrivals, expecting, reserving
from fairs.locks import ForbiddenError, WrongStateError
from fairs.models import BookedPlace, Booking, Slot, Ticket, Visit
from fairs.reserving import SlotError
from tests.directory import factories as directory
from tests.fairs import factories

pytestmark = pytest.mark.django_db
WHY = "摊位停电"


@pytest.fixture
def day_before(at):
    return at - timedelta(days=1)


def standings(slot):
    places = BookedPlace.objects.filter(slot=slot).order_by("pk")
    return [place.standing for place in places]


def test_a_booking_reserves_a_number_and_is_no_ticket(hall, day_before):
    slot = factories.slot(hall.stall, "10:00", "10:30")
    place = factories.booked(slot, at=day_before)
    assert (place.is_held, place.booking.number) == (True, 1)
    slot.refresh_from_db()
    hall.fair.refresh_from_db()
    assert (slot.taken, hall.fair.last_number) == (1, 1)
    assert not Visit.objects.exists()
    assert not Ticket.objects.exists()


def test_the_reserved_number_goes_live_at_check_in_with_places_at_the_booked_stalls(hall, day_before, at):
    first = factories.slot(hall.stall, "10:00", "10:30")
    second = factories.slot(hall.other_stall, "11:00", "11:30")
    booking = factories.booked(first, second, at=day_before).booking
    assert factories.checked_in(hall.fair, at=at).number == 2
    arguments = {"fair": hall.fair, "enterprise": booking.enterprise, "actor": hall.office, "at": at}
    visit = expecting.arrive_expected(**arguments)
    assert (visit.number, expecting.arrive_expected(**arguments)) == (booking.number, visit)
    assert set(visit.tickets.values_list("stall", flat=True)) == {hall.stall.pk, hall.other_stall.pk}
    assert factories.checked_in(hall.fair, at=at).number == 3


def test_a_reserved_number_is_given_to_nobody_else_and_its_owner_gets_no_other(hall, day_before, at):
    booking = factories.booked(factories.slot(hall.stall), at=day_before).booking
    fields = {"fair": hall.fair, "checked_in_at": at}
    for enterprise, number in ((directory.enterprise(), booking.number), (booking.enterprise, 77)):
        with pytest.raises(DatabaseError, match="reserved"), transaction.atomic():
            Visit.objects.create(enterprise=enterprise, number=number, **fields)


def test_a_place_on_the_waiting_list_takes_no_ticket_at_check_in(hall, day_before, at):
    slot = factories.slot(hall.stall)
    factories.booked(slot, at=day_before)
    waits = factories.booked(slot, at=day_before)
    arguments = {"fair": hall.fair, "enterprise": waits.booking.enterprise, "actor": hall.office, "at": at}
    assert expecting.arrive_expected(**arguments).tickets.count() == 0


def test_who_waits_first_comes_up_when_somebody_cancels(hall, day_before):
    slot = factories.slot(hall.stall, capacity=2)
    held, _other, first, second = (
        factories.booked(slot, at=day_before + timedelta(minutes=n)) for n in range(4)
    )
    assert standings(slot) == ["已约上", "已约上", "候补", "候补"]
    later = day_before + timedelta(hours=1)
    promoted = reserving.cancel(places=[held], actor=hall.office, at=later, reason=WHY)
    assert (promoted, standings(slot)) == ([first], ["已取消", "已约上", "已约上", "候补"])
    first.refresh_from_db()
    assert (first.was_promoted, first.held_at) == (True, later)
    assert reserving.cancel(places=[held], actor=hall.office, at=later, reason=WHY) == []
    assert reserving.cancel(places=[second], actor=hall.office, at=later, reason=WHY) == []
    assert standings(slot) == ["已取消", "已约上", "已约上", "已取消"]
    slot.refresh_from_db()
    assert slot.taken == 2


def test_who_cancels_and_books_again_has_the_same_number_and_stands_last(hall, day_before):
    slot = factories.slot(hall.stall)
    place = factories.booked(slot, at=day_before)
    factories.booked(slot, at=day_before)
    number, enterprise = place.booking.number, place.booking.enterprise
    reserving.cancel(places=[place], actor=hall.office, at=day_before, reason=WHY)
    again = factories.booked(slot, at=day_before, enterprise=enterprise)
    assert (again.booking.number, again.is_waiting, Booking.objects.count()) == (number, True, 2)


def test_more_room_lets_those_who_wait_come_up(hall, day_before):
    slot = factories.slot(hall.stall)
    for _ in range(3):
        factories.booked(slot, at=day_before)
    change = {"slot": slot, "actor": hall.office, "at": day_before}
    assert len(reserving.set_capacity(capacity=2, **change)) == 1
    with pytest.raises(SlotError, match="已约 2 家"):
        reserving.set_capacity(capacity=1, **change)
    with pytest.raises(ForbiddenError):
        reserving.set_capacity(slot=slot, capacity=5, actor=hall.clerk, at=day_before)


def test_who_is_there_already_does_not_come_up(hall, at):
    slot = factories.slot(hall.stall)
    held = factories.booked(slot, at=at)
    waits, next_one = factories.booked(slot, at=at), factories.booked(slot, at=at)
    factories.checked_in(hall.fair, at=at, enterprise=waits.booking.enterprise)
    assert reserving.cancel(places=[held], actor=hall.office, at=at, reason=WHY) == [next_one]


def test_nobody_comes_up_for_a_slot_that_is_over(hall, at):
    slot = factories.slot(hall.stall, "09:00", "09:45")
    held = factories.booked(slot, at=at)
    factories.booked(slot, at=at)
    assert reserving.cancel(places=[held], actor=hall.office, at=at + timedelta(hours=1), reason=WHY) == []


@pytest.mark.parametrize(
    ("slots", "said"),
    [
        ([("stall", "10:00", "10:30"), ("other_stall", "10:15", "10:45")], "重叠"),
        ([("stall", "10:00", "10:30"), ("stall", "11:00", "11:30")], "已约了"),
        ([("stall", "09:00", "09:20")], "已过"),
        ([], "请至少选一个"),
    ],
)
def test_what_one_visit_cannot_do_is_refused(slots, said, hall, at):
    made = [factories.slot(getattr(hall, name), start, end) for name, start, end in slots]
    book = {"fair": hall.fair, "enterprise": directory.enterprise(), "actor": hall.office, "at": at}
    with pytest.raises(SlotError, match=said):
        reserving.book(slots=made, **book)
    assert not Booking.objects.exists()


def test_a_slot_of_another_fair_is_refused(hall, day_before):
    elsewhere = factories.slot(factories.stall(factories.fair()))
    book = {"enterprise": directory.enterprise(), "actor": hall.office, "at": day_before}
    with pytest.raises(SlotError, match="本场大集"):
        reserving.book(fair=hall.fair, slots=[elsewhere], **book)


def test_a_second_booking_is_laid_beside_what_is_booked_already(hall, day_before):
    owner = directory.enterprise()
    factories.booked(factories.slot(hall.stall, "10:00", "10:30"), at=day_before, enterprise=owner)
    with pytest.raises(SlotError, match="重叠"):
        factories.booked(factories.slot(hall.other_stall, "10:00", "10:30"), at=day_before, enterprise=owner)


def test_only_the_enterprise_and_the_office_book_and_cancel(
    hall, day_before, enterprise, stranger, office_auditor
):
    slot = factories.slot(hall.stall, capacity=3)
    book = {"fair": hall.fair, "enterprise": enterprise.organization, "slots": [slot], "at": day_before}
    for actor in (stranger, hall.clerk, office_auditor):
        with pytest.raises(ForbiddenError):
            reserving.book(actor=actor, **book)
    place = reserving.book(actor=enterprise, **book).places.get()
    for actor in (stranger, hall.clerk, office_auditor):
        with pytest.raises(ForbiddenError):
            reserving.cancel(places=[place], actor=actor, at=day_before)
    reserving.cancel(places=[place], actor=enterprise, at=day_before)


def test_a_department_books_nothing(hall, day_before):
    slots = [factories.slot(hall.stall)]
    book = {"fair": hall.fair, "slots": slots, "actor": hall.office, "at": day_before}
    with pytest.raises(ForbiddenError, match="只有企业"):
        reserving.book(enterprise=hall.clerk.organization, **book)


def test_who_has_come_books_and_cancels_no_more(hall, at):
    place = factories.booked(slot := factories.slot(hall.stall, capacity=2), at=at)
    enterprise = place.booking.enterprise
    factories.checked_in(hall.fair, at=at, enterprise=enterprise)
    with pytest.raises(WrongStateError, match="已签到"):
        reserving.cancel(places=[place], actor=hall.office, at=at, reason=WHY)
    other = factories.slot(hall.other_stall)
    with pytest.raises(WrongStateError, match="已签到"):
        factories.booked(other, at=at, enterprise=enterprise)
    slot.refresh_from_db()
    assert slot.taken == 1


def test_a_fair_that_is_over_is_not_booked(hall, at):
    slot = factories.slot(hall.stall)
    with pytest.raises(WrongStateError, match="已结束"):
        factories.booked(slot, at=at + timedelta(days=1))
    arrivals.close_day(fair=hall.fair, at=at)
    with pytest.raises(WrongStateError, match="已结束"):
        factories.booked(slot, at=at)


def test_an_overbooked_slot_and_a_deleted_wish_are_refused_by_the_database(hall, day_before):
    place = factories.booked(slot := factories.slot(hall.stall), at=day_before)
    with pytest.raises(DatabaseError, match="a_slot_is_never_overbooked"), transaction.atomic():
        Slot.objects.filter(pk=slot.pk).update(taken=2)
    with pytest.raises(DatabaseError, match="Cannot delete"), transaction.atomic():
        place.delete()
    with pytest.raises(DatabaseError, match=r"read only|Cannot update"), transaction.atomic():
        Booking.objects.filter(pk=place.booking_id).update(number=99)

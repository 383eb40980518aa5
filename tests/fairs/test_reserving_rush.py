"""Sixty enterprises press for the same few slots at once, others cancel: no slot overflows, no list is jumped."""

import random
import threading
from collections import Counter

import pytest
from django.db import connection

from fairs import reserving
from fairs.models import BookedPlace, Booking, Slot
from tests.directory import factories as directory
from tests.fairs import factories

pytestmark = pytest.mark.django_db(transaction=True)
ENTERPRISES, AT_ONCE = 60, 8


def all_at_once(work, jobs):
    """Let so many threads take jobs until none is left; return what went wrong."""
    wrong, line, lock = [], list(jobs), threading.Lock()

    def run():
        try:
            while True:
                with lock:
                    if not line:
                        return
                    job = line.pop()
                work(job)
        except Exception as error:  # noqa: BLE001
            wrong.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, daemon=True) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return wrong


def test_a_rush_overbooks_nothing_and_the_waiting_list_keeps_its_order(hall, at):
    slots = [
        factories.slot(hall.stall, "10:00", "10:30", capacity=3),
        factories.slot(hall.other_stall, "11:00", "11:30", capacity=2),
    ]
    enterprises = [directory.enterprise() for _ in range(ENTERPRISES)]
    book = {"fair": hall.fair, "slots": slots, "actor": hall.office, "at": at}
    assert all_at_once(lambda one: reserving.book(enterprise=one, **book), enterprises) == []
    assert sorted(Booking.objects.values_list("number", flat=True)) == list(range(1, ENTERPRISES + 1))
    assert_even(slots)

    places = list(BookedPlace.objects.all())
    given_up = random.Random(7).sample(places, 50)
    press_twice = [*given_up, *given_up]
    cancel = {"actor": hall.office, "at": at, "reason": "摊位停电"}
    assert all_at_once(lambda one: reserving.cancel(places=[one], **cancel), press_twice) == []
    assert_even(slots)
    promoted = BookedPlace.objects.filter(was_promoted=True).count()
    assert promoted > 0


def assert_even(slots):
    """Each slot is full, its counter is true, and nobody holds a place behind one who still waits."""
    for slot in Slot.objects.filter(pk__in=[one.pk for one in slots]):
        live = list(slot.places.live().order_by("asked_at", "pk"))
        held = [place for place in live if place.is_held]
        assert (slot.taken, len(held)) == (slot.capacity, slot.capacity)
        assert live[: slot.capacity] == held
    counted = Counter(BookedPlace.objects.live().values_list("booking", "slot"))
    assert set(counted.values()) <= {1}

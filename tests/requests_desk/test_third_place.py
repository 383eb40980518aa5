"""Who stands third is told by SMS, once per ticket."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from fairs import arrivals, queueing
from fairs.models import Visit
from requests_desk.models import Delivery
from requests_desk.third_place import tell_third_places
from taian_factors.celery import app as celery_app
from tests.fairs import factories as fairs

LATER = timedelta(minutes=5)


@pytest.fixture
def hall(db, at, office_clerk):
    """A fair with two stalls, each with a clerk at its desk."""
    fair = fairs.fair()
    stall, other = fairs.stall(fair), fairs.stall(fair, "STJ")
    desk, clerk = fairs.seated(stall, at=at)
    return SimpleNamespace(
        fair=fair, stall=stall, desk=desk, clerk=clerk, other_stall=other, office=office_clerk
    )


@pytest.fixture
def line(hall, at):
    """Five that wait at the first stall, each with a phone."""
    tickets = [fairs.waiting(hall.stall, at=at + timedelta(seconds=number)) for number in range(5)]
    for number, ticket in enumerate(tickets):
        Visit.objects.filter(pk=ticket.visit_id).update(contact_phone=f"1380000000{number}")
    return tickets


def told():
    return list(Delivery.objects.order_by("pk").values_list("address", flat=True))


def call(hall, at):
    ticket = queueing.call_next(desk=hall.desk, actor=hall.clerk, at=at, key=fairs.key())
    return queueing.pass_over(desk=hall.desk, actor=hall.clerk, at=at, key=fairs.key(), ticket=ticket)


def test_the_third_is_told_once_and_the_fourth_when_it_becomes_third(hall, line, at):
    assert tell_third_places(at=at + LATER) == 3
    assert tell_third_places(at=at + LATER) == 0
    assert told() == ["13800000000", "13800000001", "13800000002"]
    third = Delivery.objects.get(address="13800000002")
    assert "003 号" in third.text
    assert "还有 2 家" in third.text
    assert (third.timing, third.kind, third.channel) == ("now", "fair", "sms")
    assert third.url.endswith(f"/{line[2].visit.token}/")
    assert third.next_try_at == at + LATER
    assert third.expires_at > at + LATER
    call(hall, at + LATER)
    assert tell_third_places(at=at + LATER) == 1
    assert told()[3:] == ["13800000003"]


def test_who_was_passed_over_and_comes_back_is_not_told_again(hall, line, at):
    tell_third_places(at=at + LATER)
    missed = call(hall, at + LATER)
    arrivals.reenter(ticket=missed, actor=hall.office, at=at + LATER)
    assert tell_third_places(at=at + 2 * LATER) == 1  # the fourth, who is third now
    assert told().count("13800000000") == 1


def test_who_has_left_is_not_told(hall, line, at):
    arrivals.leave(ticket=line[2], actor=hall.office, at=at)
    tell_third_places(at=at + LATER)
    assert told() == ["13800000000", "13800000001", "13800000003"]


def test_who_has_just_taken_a_number_knows_its_place(hall, at):
    ticket = fairs.waiting(hall.stall, at=at)
    Visit.objects.filter(pk=ticket.visit_id).update(contact_phone="13800000000")
    assert tell_third_places(at=at + timedelta(seconds=30)) == 0
    assert tell_third_places(at=at + LATER) == 1


@pytest.mark.parametrize("phone", ["", "0538-8888888"])
def test_a_visit_without_a_mobile_is_not_told(phone, hall, at):
    ticket = fairs.waiting(hall.stall, at=at)
    Visit.objects.filter(pk=ticket.visit_id).update(contact_phone=phone)
    tell_third_places(at=at + LATER)
    assert told() == []


def test_a_closed_fair_and_a_fair_of_another_day_tell_nobody(hall, line, at):
    assert tell_third_places(at=at + timedelta(days=1)) == 0
    arrivals.close_day(fair=hall.fair, at=at + LATER)
    assert tell_third_places(at=at + LATER) == 0


def test_looking_costs_the_same_however_many_wait(hall, line, at):
    tell_third_places(at=at + LATER)
    for _ in range(3):
        fairs.waiting(hall.other_stall, at=at)
    tell_third_places(at=at + LATER)
    with CaptureQueriesContext(connection) as asked:
        assert tell_third_places(at=at + LATER) == 0
    assert len(asked) <= 4


@pytest.mark.django_db(transaction=True)
def test_two_readers_at_once_tell_once(transactional_db, hall, line, at):
    def read(_):
        try:
            return tell_third_places(at=at + LATER)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as readers:
        list(readers.map(read, range(4)))
    assert sorted(told()) == ["13800000000", "13800000001", "13800000002"]


def test_the_reader_comes_every_five_seconds():
    row = celery_app.conf.beat_schedule["tell_third_places"]
    assert (row["task"], row["schedule"]) == ("requests_desk.tell_third_places", 5.0)

"""Checking in: one enterprise, one visit, one number."""

from datetime import timedelta

import pytest

from fairs import arrivals
from fairs.arrivals import NotTodayError, ReasonMissingError
from fairs.locks import ForbiddenError, WrongStateError
from fairs.models import Visit
from taian_factors.directory.actors import Actor
from tests.directory import factories as directory
from tests.fairs import factories


def test_the_office_checks_an_enterprise_in(hall, at):
    visit = arrivals.check_in(
        fair=hall.fair,
        enterprise=directory.enterprise(),
        actor=hall.office,
        at=at,
        contact_name="王经理",
        contact_phone="13800000000",
    )
    assert visit.number == 1
    assert visit.typed_by == hall.office.user
    assert (visit.contact_name, visit.channel) == ("王经理", "reception")


def test_numbers_follow_each_other_without_a_gap(hall, at):
    numbers = [factories.checked_in(hall.fair, at=at, actor=hall.office).number for _ in range(5)]
    assert numbers == [1, 2, 3, 4, 5]


def test_numbers_begin_anew_at_another_fair(hall, at):
    factories.checked_in(hall.fair, at=at)
    assert factories.checked_in(factories.fair(), at=at).number == 1


def test_who_comes_again_has_the_visit_it_had(hall, at, enterprise):
    first = factories.checked_in(hall.fair, at=at, enterprise=enterprise.organization)
    again = factories.checked_in(hall.fair, at=at + timedelta(hours=1), enterprise=enterprise.organization)
    assert again == first
    assert again.checked_in_at == at
    hall.fair.refresh_from_db()
    assert hall.fair.last_number == 1


def test_an_enterprise_checks_itself_in(hall, at, enterprise):
    visit = arrivals.check_in(
        fair=hall.fair, enterprise=enterprise.organization, actor=enterprise, at=at, channel="qr"
    )
    assert visit.enterprise == enterprise.organization


def test_nobody_checks_another_enterprise_in(hall, at, enterprise, stranger, office_auditor):
    for actor in (stranger, hall.clerk, office_auditor):
        with pytest.raises(ForbiddenError):
            arrivals.check_in(fair=hall.fair, enterprise=enterprise.organization, actor=actor, at=at)


def test_a_department_does_not_check_in(hall, at):
    with pytest.raises(ForbiddenError):
        arrivals.check_in(fair=hall.fair, enterprise=directory.body("ZGJ"), actor=hall.office, at=at)


def test_a_fair_of_another_day_takes_nobody_in(hall, at, enterprise):
    with pytest.raises(NotTodayError, match="今天不能签到"):
        factories.checked_in(hall.fair, at=at + timedelta(days=1), enterprise=enterprise.organization)


def test_a_closed_fair_takes_nobody_in_but_tells_the_number_again(hall, at, enterprise):
    factories.checked_in(hall.fair, at=at, enterprise=enterprise.organization)
    arrivals.close_day(fair=hall.fair, at=at)
    again = factories.checked_in(hall.fair, at=at, enterprise=enterprise.organization)
    assert again.number == 1
    with pytest.raises(NotTodayError, match="已收摊"):
        factories.checked_in(hall.fair, at=at)


def test_two_visits_have_two_unguessable_words(hall, at):
    words = {factories.checked_in(hall.fair, at=at, actor=hall.office).token for _ in range(3)}
    assert len(words) == 3
    assert min(len(word) for word in words) >= 24


def test_arriving_takes_all_places_or_none(hall, at, enterprise):
    arrival = {"fair": hall.fair, "enterprise": enterprise.organization, "actor": hall.office, "at": at}
    elsewhere = factories.stall(factories.fair())
    with pytest.raises(WrongStateError):
        arrivals.arrive(**arrival, stalls=[hall.stall, elsewhere])
    assert not Visit.objects.exists()
    visit = arrivals.arrive(**arrival, stalls=[hall.other_stall, hall.stall])
    assert {ticket.stall for ticket in visit.tickets.all()} == {hall.stall, hall.other_stall}
    assert arrivals.arrive(**arrival, stalls=[hall.stall]) == visit
    assert visit.tickets.count() == 2


def test_priority_at_arrival_is_reception_s_and_has_a_reason(hall, at, enterprise):
    arrival = {"fair": hall.fair, "enterprise": enterprise.organization, "at": at, "stalls": [hall.stall]}
    with pytest.raises(ForbiddenError):
        arrivals.arrive(**arrival, actor=Actor(None, enterprise.organization), priority=1, reason="急")
    with pytest.raises(ReasonMissingError, match="优先理由"):
        arrivals.arrive(**arrival, actor=hall.office, priority=1, reason=" ")
    visit = arrivals.arrive(**arrival, actor=hall.office, priority=1, reason="重点项目")
    assert visit.tickets.get().priority_reason == "重点项目"

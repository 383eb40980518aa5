"""Coming back after being passed over: once, without priority, just behind the third."""

from datetime import timedelta

import pytest

from fairs import arrivals
from fairs.locks import ForbiddenError, WrongStateError
from fairs.models import Ticket
from tests.directory import factories as directory
from tests.fairs import factories


def line(hall):
    return list(Ticket.objects.waiting_at(hall.stall))


def others(hall, at, count, *, apart=60, priority=0):
    """Let others wait, so many seconds apart."""
    return [
        factories.waiting(
            hall.stall, at=at + timedelta(seconds=apart * i), actor=hall.office, priority=priority
        )
        for i in range(count)
    ]


def reenter(ticket, hall, at):
    return arrivals.reenter(ticket=ticket, actor=hall.clerk, at=at)


def test_it_stands_just_behind_the_third(hall, at):
    missed = factories.missed(hall.desk, hall.clerk, at=at)
    waiting = others(hall, at, 6)
    back = reenter(missed, hall, at + timedelta(hours=1))
    assert line(hall) == [*waiting[:3], back, *waiting[3:]]
    assert (back.pk, back.state, back.has_reentered, back.desk, back.called_at) == (
        missed.pk,
        "waiting",
        True,
        None,
        None,
    )


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_it_is_last_when_three_or_fewer_wait(hall, at, count):
    missed = factories.missed(hall.desk, hall.clerk, at=at)
    waiting = others(hall, at, count)
    assert line(hall) == waiting
    assert [*line(hall), reenter(missed, hall, at)] == line(hall)


def test_it_is_last_among_those_of_the_same_moment(hall, at):
    missed = factories.missed(hall.desk, hall.clerk, at=at)
    waiting = others(hall, at, 2, apart=0)
    back = reenter(missed, hall, at)
    assert line(hall) == [*waiting, back]
    assert line(hall)[-1] != factories.waiting(hall.stall, at=at)


@pytest.mark.parametrize("ordinary", [0, 1, 3])
def test_it_stands_before_the_first_without_priority_when_the_third_has_it(hall, at, ordinary):
    missed = factories.missed(hall.desk, hall.clerk, at=at)
    plain = others(hall, at, ordinary)
    urgent = others(hall, at, 4, priority=1)
    back = reenter(missed, hall, at)
    assert line(hall) == [*urgent, back, *plain]


def test_priority_is_dropped(hall, at):
    factories.waiting(hall.stall, at=at, priority=1)
    clicks = {"desk": hall.desk, "actor": hall.clerk, "at": at}
    factories.queueing.call_next(**clicks, key=factories.key())
    missed = factories.queueing.pass_over(**clicks, key=factories.key())
    waiting = others(hall, at, 4)
    back = reenter(missed, hall, at)
    assert (back.priority, back.priority_reason) == (0, "")
    assert line(hall).index(back) == 3
    assert back == line(hall)[3]
    assert waiting[3] == line(hall)[4]


@pytest.mark.parametrize("apart", [60, 0])
def test_many_who_come_back_each_stand_behind_the_third(hall, at, apart):
    missed = [factories.missed(hall.desk, hall.clerk, at=at) for _ in range(12)]
    waiting = others(hall, at, 6, apart=apart)
    for number, ticket in enumerate(missed, 1):
        reenter(ticket, hall, at)
        assert line(hall) == [*waiting[:3], *reversed(missed[:number]), *waiting[3:]]


def test_those_who_make_room_keep_their_order_and_say_so(hall, at):
    missed = factories.missed(hall.desk, hall.clerk, at=at)
    waiting = others(hall, at, 6, apart=0)
    reenter(missed, hall, at)
    assert [t.events.filter(verb="make_room").count() for t in waiting] == [0, 0, 0, 1, 1, 1]
    newcomer = factories.waiting(hall.stall, at=at)
    assert line(hall)[-1] == newcomer


def test_it_comes_back_once(hall, at):
    missed = factories.missed(hall.desk, hall.clerk, at=at)
    reenter(missed, hall, at)
    clicks = {"desk": hall.desk, "actor": hall.clerk, "at": at}
    factories.queueing.call_next(**clicks, key=factories.key())
    factories.queueing.pass_over(**clicks, key=factories.key())
    with pytest.raises(WrongStateError, match="已重排过一次"):
        reenter(missed, hall, at)


def test_who_took_a_new_place_does_not_get_the_old_one_as_well(hall, at):
    missed = factories.missed(hall.desk, hall.clerk, at=at)
    factories.waiting(hall.stall, visit=missed.visit, at=at)
    with pytest.raises(WrongStateError, match="已有新的号"):
        reenter(missed, hall, at)


def test_only_who_was_passed_over_comes_back(hall, at):
    with pytest.raises(WrongStateError, match="等候"):
        reenter(factories.waiting(hall.stall, at=at), hall, at)


def test_nobody_comes_back_to_a_closed_fair(hall, at):
    missed = factories.missed(hall.desk, hall.clerk, at=at)
    arrivals.close_day(fair=hall.fair, at=at)
    with pytest.raises(WrongStateError, match="已收摊"):
        reenter(missed, hall, at)


def test_office_stall_and_visitor_bring_it_back(hall, at):
    for find in (lambda t: hall.office, lambda t: hall.clerk, lambda t: directory.actor(t.visit.enterprise)):
        missed = factories.missed(hall.desk, hall.clerk, at=at)
        back = arrivals.reenter(ticket=missed, actor=find(missed), at=at)
        arrivals.leave(ticket=back, actor=hall.office, at=at)


def test_others_do_not_bring_it_back(hall, at, stranger, office_auditor):
    missed = factories.missed(hall.desk, hall.clerk, at=at)
    for actor in (stranger, office_auditor, hall.other_clerk):
        with pytest.raises(ForbiddenError):
            arrivals.reenter(ticket=missed, actor=actor, at=at)


def test_coming_back_twice_in_one_go_is_coming_back(hall, at):
    missed = factories.missed(hall.desk, hall.clerk, at=at)
    others(hall, at, 4)
    first, again = reenter(missed, hall, at), reenter(missed, hall, at + timedelta(minutes=1))
    assert (again.pk, again.state, again.place_at) == (first.pk, "waiting", first.place_at)
    assert missed.events.filter(verb="reenter").count() == 1

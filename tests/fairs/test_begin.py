"""Beginning to serve, and calling once more."""

from datetime import timedelta

import pytest

from fairs import queueing
from fairs.locks import ForbiddenError, WrongStateError
from tests.fairs import factories


def test_the_called_ticket_is_served(hall, at):
    ticket = factories.called(hall.desk, hall.clerk, at=at)
    later = at + timedelta(minutes=2)
    served = queueing.begin(desk=hall.desk, actor=hall.clerk, at=later, key=factories.key())
    assert (served, served.state, served.began_at) == (ticket, "serving", later)


def test_the_same_click_begins_once(hall, at):
    ticket = factories.called(hall.desk, hall.clerk, at=at)
    for _ in range(2):
        assert queueing.begin(desk=hall.desk, actor=hall.clerk, at=at, key="k") == ticket
    assert ticket.events.filter(verb="begin").count() == 1


def test_an_empty_handed_desk_begins_nothing(hall, at):
    with pytest.raises(WrongStateError, match="没有号"):
        queueing.begin(desk=hall.desk, actor=hall.clerk, at=at, key=factories.key())


def test_an_old_page_does_not_begin_another_ticket(hall, at):
    old = factories.missed(hall.desk, hall.clerk, at=at)
    factories.called(hall.desk, hall.clerk, at=at)
    with pytest.raises(WrongStateError, match="已过时"):
        queueing.begin(desk=hall.desk, actor=hall.clerk, at=at, key=factories.key(), ticket=old)


def test_others_do_not_begin(hall, at, enterprise, stranger):
    factories.called(hall.desk, hall.clerk, at=at)
    for actor in (hall.other_clerk, hall.office, enterprise, stranger):
        with pytest.raises(ForbiddenError):
            queueing.begin(desk=hall.desk, actor=actor, at=at, key=factories.key())


def test_recalling_counts_the_calls_and_changes_nothing_else(hall, at):
    ticket = factories.called(hall.desk, hall.clerk, at=at)
    again = queueing.recall(desk=hall.desk, actor=hall.clerk, at=at, key="k")
    assert queueing.recall(desk=hall.desk, actor=hall.clerk, at=at, key="k") == again
    assert (again, again.state, again.calls) == (ticket, "called", 2)
    assert ticket.events.filter(verb="recall").count() == 1


def test_who_is_being_served_is_not_recalled(hall, at):
    factories.serving(hall.desk, hall.clerk, at=at)
    with pytest.raises(WrongStateError, match="办理中"):
        queueing.recall(desk=hall.desk, actor=hall.clerk, at=at, key=factories.key())


def test_others_do_not_recall(hall, at, stranger):
    factories.called(hall.desk, hall.clerk, at=at)
    for actor in (hall.other_clerk, hall.office, stranger):
        with pytest.raises(ForbiddenError):
            queueing.recall(desk=hall.desk, actor=actor, at=at, key=factories.key())

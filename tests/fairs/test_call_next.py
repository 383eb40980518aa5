"""Calling: the first free ticket, once, to one desk."""

from datetime import timedelta

import pytest

from fairs import queueing
from fairs.clicks import KeyReusedError
from fairs.locks import ForbiddenError
from fairs.models import DeskAction, Visit
from taian_factors.directory.actors import Actor
from tests.fairs import factories


def call(desk, clerk, at, key=None):
    return queueing.call_next(desk=desk, actor=clerk, at=at, key=key or factories.key())


def test_the_first_in_line_is_called(hall, at):
    first = factories.waiting(hall.stall, at=at)
    factories.waiting(hall.stall, at=at + timedelta(minutes=1))
    ticket = call(hall.desk, hall.clerk, at)
    assert ticket == first
    assert (ticket.state, ticket.desk, ticket.called_at, ticket.calls) == ("called", hall.desk, at, 1)
    assert Visit.objects.get(pk=first.visit_id).busy_ticket == first


def test_priority_goes_first(hall, at):
    factories.waiting(hall.stall, at=at)
    urgent = factories.waiting(hall.stall, at=at + timedelta(minutes=5), priority=1)
    assert call(hall.desk, hall.clerk, at) == urgent


def test_nobody_waiting_answers_nobody(hall, at):
    assert call(hall.desk, hall.clerk, at, key="nobody") is None
    assert DeskAction.objects.get(key="nobody").answer == {}


def test_a_desk_gets_the_ticket_that_it_holds(hall, at):
    held = factories.called(hall.desk, hall.clerk, at=at)
    factories.waiting(hall.stall, at=at)
    assert call(hall.desk, hall.clerk, at) == held
    queueing.begin(desk=hall.desk, actor=hall.clerk, at=at, key=factories.key())
    assert call(hall.desk, hall.clerk, at) == held


def test_a_visit_at_a_desk_is_not_called_elsewhere_and_keeps_its_place(hall, at):
    visit = factories.checked_in(hall.fair, at=at)
    here = factories.waiting(hall.stall, visit=visit, at=at)
    there = factories.waiting(hall.other_stall, visit=visit, at=at)
    behind = factories.waiting(hall.other_stall, at=at + timedelta(minutes=1))
    assert call(hall.desk, hall.clerk, at) == here
    assert call(hall.other_desk, hall.other_clerk, at) == behind
    queueing.pass_over(desk=hall.other_desk, actor=hall.other_clerk, at=at, key=factories.key())
    queueing.pass_over(desk=hall.desk, actor=hall.clerk, at=at, key=factories.key())
    assert call(hall.other_desk, hall.other_clerk, at) == there


def test_one_key_calls_once_and_answers_the_same(hall, at):
    first = factories.waiting(hall.stall, at=at)
    factories.waiting(hall.stall, at=at)
    assert call(hall.desk, hall.clerk, at, key="k") == first
    queueing.begin(desk=hall.desk, actor=hall.clerk, at=at, key="b")
    queueing.finish(desk=hall.desk, actor=hall.clerk, at=at, key="f")
    again = call(hall.desk, hall.clerk, at, key="k")
    assert (again, again.state) == (first, "called")
    assert first.events.filter(verb="call").count() == 1


def test_nobody_is_also_the_answer_the_second_time(hall, at):
    assert call(hall.desk, hall.clerk, at, key="k") is None
    factories.waiting(hall.stall, at=at)
    assert call(hall.desk, hall.clerk, at, key="k") is None


def test_a_key_belongs_to_one_verb_at_one_desk(hall, at):
    factories.waiting(hall.stall, at=at)
    call(hall.desk, hall.clerk, at, key="k")
    with pytest.raises(KeyReusedError):
        queueing.begin(desk=hall.desk, actor=hall.clerk, at=at, key="k")
    with pytest.raises(KeyReusedError):
        call(hall.other_desk, hall.other_clerk, at, key="k")
    with pytest.raises(KeyReusedError):
        queueing.begin(desk=hall.desk, actor=hall.clerk, at=at, key="")


def test_a_refused_click_leaves_its_key_unused(hall, at):
    queueing.pause_desk(desk=hall.desk, is_paused=True, actor=hall.clerk, at=at)
    with pytest.raises(queueing.WrongStateError):
        call(hall.desk, hall.clerk, at, key="k")
    assert not DeskAction.objects.exists()


def test_only_who_sits_there_calls(hall, at, enterprise, stranger):
    factories.waiting(hall.stall, at=at)
    colleague = factories.directory.actor("ZGJ")
    for actor in (hall.other_clerk, hall.office, enterprise, stranger, colleague):
        with pytest.raises(ForbiddenError):
            call(hall.desk, actor, at)


def test_an_empty_desk_is_worked_by_the_system_only(hall, at):
    queueing.leave_desk(desk=hall.desk, actor=hall.clerk, at=at)
    hall.desk.refresh_from_db()
    with pytest.raises(ForbiddenError):
        call(hall.desk, hall.clerk, at)
    ticket = factories.waiting(hall.stall, at=at)
    assert call(hall.desk, Actor(None, hall.clerk.organization), at) == ticket


def test_a_clerk_who_was_replaced_does_not_call_from_an_old_page(hall, at):
    old_page = hall.desk.__class__.objects.select_related("stall").get(pk=hall.desk.pk)
    queueing.leave_desk(desk=hall.desk, actor=hall.office, at=at)
    with pytest.raises(ForbiddenError, match="换了"):
        call(old_page, hall.clerk, at)

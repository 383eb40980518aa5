"""Ending: served, or passed over."""

from datetime import timedelta

import pytest

from fairs import queueing
from fairs.locks import ForbiddenError, WrongStateError
from fairs.models import Visit
from tests.fairs import factories


def finish(hall, at, **more):
    return queueing.finish(
        **{"desk": hall.desk, "actor": hall.clerk, "at": at, "key": factories.key(), **more}
    )


def test_a_finished_ticket_has_its_outcome_and_frees_the_visit(hall, at):
    ticket = factories.serving(hall.desk, hall.clerk, at=at)
    later = at + timedelta(minutes=8)
    done = finish(hall, later, outcome="consulted", note="问贴息政策")
    assert (done, done.state, done.outcome, done.note) == (ticket, "served", "consulted", "问贴息政策")
    assert (done.ended_at, done.desk) == (later, hall.desk)
    assert Visit.objects.get(pk=ticket.visit_id).busy_ticket is None


def test_the_same_click_finishes_once(hall, at):
    factories.serving(hall.desk, hall.clerk, at=at)
    first = finish(hall, at, key="k")
    factories.serving(hall.desk, hall.clerk, at=at)
    assert finish(hall, at, key="k") == first
    assert queueing.call_next(desk=hall.desk, actor=hall.clerk, at=at, key="c").state == "serving"


def test_a_transfer_is_no_outcome_of_finishing(hall, at):
    factories.serving(hall.desk, hall.clerk, at=at)
    for outcome in ("transferred", "", "done"):
        with pytest.raises(WrongStateError, match="办理结果"):
            finish(hall, at, outcome=outcome)


def test_who_was_not_begun_is_not_finished(hall, at):
    factories.called(hall.desk, hall.clerk, at=at)
    with pytest.raises(WrongStateError, match="已叫号"):
        finish(hall, at)


def test_others_do_not_finish(hall, at, enterprise, stranger):
    factories.serving(hall.desk, hall.clerk, at=at)
    for actor in (hall.other_clerk, hall.office, enterprise, stranger):
        with pytest.raises(ForbiddenError):
            finish(hall, at, actor=actor)


def test_serving_is_finished_after_the_close_of_day(hall, at):
    ticket = factories.serving(hall.desk, hall.clerk, at=at)
    factories.arrivals.close_day(fair=hall.fair, at=at)
    assert finish(hall, at) == ticket


def test_an_old_page_does_not_finish_another_ticket(hall, at):
    old = factories.served(hall.desk, hall.clerk, at=at)
    factories.serving(hall.desk, hall.clerk, at=at)
    with pytest.raises(WrongStateError, match="已过时"):
        finish(hall, at, ticket=old)


def pass_over(hall, at, **more):
    return queueing.pass_over(
        **{"desk": hall.desk, "actor": hall.clerk, "at": at, "key": factories.key(), **more}
    )


def test_who_does_not_come_is_passed_over_and_free_for_other_stalls(hall, at):
    ticket = factories.called(hall.desk, hall.clerk, at=at)
    assert pass_over(hall, at, key="k").state == "missed"
    assert pass_over(hall, at, key="k") == ticket
    assert Visit.objects.get(pk=ticket.visit_id).busy_ticket is None
    assert ticket.events.filter(verb="pass_over").count() == 1


def test_who_is_being_served_is_not_passed_over(hall, at):
    factories.serving(hall.desk, hall.clerk, at=at)
    with pytest.raises(WrongStateError):
        pass_over(hall, at)


def test_others_do_not_pass_over(hall, at, stranger):
    factories.called(hall.desk, hall.clerk, at=at)
    for actor in (hall.other_clerk, hall.office, stranger):
        with pytest.raises(ForbiddenError):
            pass_over(hall, at, actor=actor)

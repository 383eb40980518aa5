"""Steps of a desk without a line: applied once under their own time, or kept as a conflict and settled once."""

import threading
from datetime import datetime, timedelta

import pytest
from django.db import connection

from fairs import arrivals, claims, queueing
from fairs.claims import NoteMissingError, Step
from fairs.conflicts import conflicts_of
from fairs.locks import ForbiddenError, WrongStateError
from fairs.models import DeskClaim, Ticket
from taian_factors.lib.periods import SHANGHAI
from tests.fairs import factories

SOON = timedelta(minutes=20)  # the line is back


def step(desk, verb, ticket, local_at, key=""):
    return Step(key or factories.key(), verb, desk, ticket, local_at)


def chain(desk, ticket, at, *verbs):
    return [step(desk, verb, ticket, at + timedelta(minutes=n)) for n, verb in enumerate(verbs, start=1)]


def states(made):
    return [claim.state for claim in made]


def test_a_serving_without_a_line_is_written_down_with_its_own_times(hall, at):
    ticket = factories.waiting(hall.stall, at=at)
    steps = chain(hall.desk, ticket, at, "call", "recall", "begin", "consult")
    made = claims.receive(steps, actor=hall.clerk, at=at + SOON)
    assert states(made) == ["applied"] * 4
    ticket.refresh_from_db()
    assert (ticket.state, ticket.outcome, ticket.calls) == ("served", "consulted", 2)
    minutes = [timedelta(minutes=n) + at for n in (1, 3, 4)]
    assert [ticket.called_at, ticket.began_at, ticket.ended_at] == minutes
    assert {claim.received_at for claim in made} == {at + SOON}
    ticket.visit.refresh_from_db()
    assert ticket.visit.busy_ticket is None


def test_steps_sent_twice_are_one(hall, at):
    ticket = factories.waiting(hall.stall, at=at)
    steps = chain(hall.desk, ticket, at, "call", "begin", "consult")
    first = claims.receive(steps, actor=hall.clerk, at=at + SOON)
    again = claims.receive(steps, actor=hall.clerk, at=at + 2 * SOON)
    assert first == again
    assert DeskClaim.objects.count() == 3
    assert ticket.events.count() == 4


def test_a_click_that_had_got_out_is_not_done_again(hall, at):
    ticket = factories.waiting(hall.stall, at=at)
    queueing.call_next(desk=hall.desk, actor=hall.clerk, at=at, key="got-out")
    made = claims.receive([step(hall.desk, "call", ticket, at, "got-out")], actor=hall.clerk, at=at + SOON)
    assert states(made) == ["applied"]
    assert ticket.events.filter(verb="call").count() == 1


def test_a_click_that_called_somebody_else_is_a_conflict(hall, at):
    other, ticket = factories.waiting(hall.stall, at=at), factories.waiting(hall.stall, at=at)
    queueing.call_next(desk=hall.desk, actor=hall.clerk, at=at, key="got-out")
    made = claims.receive([step(hall.desk, "call", ticket, at, "got-out")], actor=hall.clerk, at=at + SOON)
    assert states(made) == ["conflict"]
    assert str(other.visit) in made[0].said


def test_pass_over_and_the_next_one_go_on(hall, at):
    gone, ticket = factories.waiting(hall.stall, at=at), factories.waiting(hall.stall, at=at)
    steps = [*chain(hall.desk, gone, at, "call", "pass_over"), *chain(hall.desk, ticket, at, "call", "begin")]
    assert states(claims.receive(steps, actor=hall.clerk, at=at + SOON)) == ["applied"] * 4
    assert Ticket.objects.held_by(hall.desk).get() == ticket


def test_who_was_called_by_another_desk_meanwhile_is_a_conflict_with_all_that_followed(hall, at):
    second, colleague = factories.seated(hall.stall, at=at)
    ticket, next_one = factories.waiting(hall.stall, at=at), factories.waiting(hall.stall, at=at)
    queueing.call_next(desk=second, actor=colleague, at=at, key=factories.key())
    steps = [
        *chain(hall.desk, ticket, at, "call", "begin", "consult"),
        *chain(hall.desk, next_one, at, "call", "begin"),
    ]
    made = claims.receive(steps, actor=hall.clerk, at=at + SOON)
    assert states(made) == ["conflict"] * 3 + ["applied"] * 2
    assert str(second) in made[0].said
    [conflict] = conflicts_of(hall.clerk, hall.desk)
    assert [c.verb for c in conflict.claims] == ["call", "begin", "consult"]
    assert conflict.events[-1].at == at
    assert conflict.claims[0].local_at == at + timedelta(minutes=1)
    assert Ticket.objects.get(pk=ticket.pk).desk == second


def test_who_is_busy_or_gone_is_a_conflict(hall, at):
    busy = factories.waiting(hall.stall, at=at)
    factories.waiting(hall.other_stall, at=at, visit=busy.visit)
    queueing.call_next(desk=hall.other_desk, actor=hall.other_clerk, at=at, key=factories.key())
    gone = factories.waiting(hall.stall, at=at)
    arrivals.leave(ticket=gone, actor=hall.office, at=at)
    steps = [step(hall.desk, "call", ticket, at) for ticket in (busy, gone)]
    made = claims.receive(steps, actor=hall.clerk, at=at + SOON)
    assert states(made) == ["conflict", "conflict"]
    assert str(hall.other_desk) in made[0].said
    assert "已离开" in made[1].said


@pytest.mark.parametrize(
    ("local_at", "acted"),
    [
        (datetime(2023, 6, 12, 9, tzinfo=SHANGHAI), "place"),  # a clock that is a day behind
        (datetime(2023, 6, 14, 9, tzinfo=SHANGHAI), "now"),  # a clock that is ahead
        (datetime(2023, 6, 13, 9, 40, tzinfo=SHANGHAI), "own"),
    ],
)
def test_a_moment_is_sane_whatever_the_desks_clock_says(hall, at, local_at, acted):
    ticket = factories.waiting(hall.stall, at=at)
    [made] = claims.receive([step(hall.desk, "call", ticket, local_at)], actor=hall.clerk, at=at + SOON)
    assert made.local_at == local_at
    assert made.acted_at == {"place": at, "now": at + SOON, "own": local_at}[acted]


def test_a_pause_of_which_the_desk_did_not_know_undoes_no_call(hall, at):
    ticket = factories.waiting(hall.stall, at=at)
    queueing.pause_desk(desk=hall.desk, is_paused=True, actor=hall.clerk, at=at)
    made = claims.receive(chain(hall.desk, ticket, at, "call"), actor=hall.clerk, at=at + SOON)
    assert states(made) == ["applied"]


def test_a_desk_that_was_left_meanwhile_keeps_its_claims_as_conflicts(hall, at):
    ticket = factories.waiting(hall.stall, at=at)
    queueing.leave_desk(desk=hall.desk, actor=hall.office, at=at)
    made = claims.receive(chain(hall.desk, ticket, at, "call", "begin"), actor=hall.clerk, at=at + SOON)
    assert states(made) == ["conflict", "conflict"]
    assert len(conflicts_of(hall.clerk, None)) == 1


def test_a_stranger_claims_and_settles_nothing(hall, at):
    ticket = factories.waiting(hall.stall, at=at)
    with pytest.raises(ForbiddenError):
        claims.receive(chain(hall.desk, ticket, at, "call"), actor=hall.other_clerk, at=at)
    with pytest.raises(ForbiddenError):
        claims.settle(desk=hall.desk, ticket=ticket, resolution="server", actor=hall.office, at=at)
    assert not DeskClaim.objects.exists()
    assert conflicts_of(hall.other_clerk, hall.other_desk) == []


@pytest.fixture
def conflict(hall, at):
    """The desk called somebody whom a colleague had called, served and passed over."""
    second, colleague = factories.seated(hall.stall, at=at)
    ticket = factories.waiting(hall.stall, at=at)
    click = {"desk": second, "actor": colleague, "at": at}
    queueing.call_next(**click, key=factories.key())
    claims.receive(chain(hall.desk, ticket, at, "call", "begin", "consult"), actor=hall.clerk, at=at + SOON)
    queueing.pass_over(**click, key=factories.key())
    return ticket


def settled(hall, ticket, at, resolution, note=""):
    given = {"resolution": resolution, "note": note, "actor": hall.clerk, "at": at + 2 * SOON}
    return claims.settle(desk=hall.desk, ticket=ticket, **given)


def test_the_server_s_record_stays_and_that_is_settled_once(hall, at, conflict):
    made = settled(hall, conflict, at, "server")
    assert states(made) == ["settled"] * 3
    assert {(c.resolution, c.settled_by) for c in made} == {("server", hall.clerk.user)}
    assert Ticket.objects.get(pk=conflict.pk).state == "missed"
    with pytest.raises(WrongStateError, match="已经核定过"):
        settled(hall, conflict, at, "noted", "又写一次")
    assert conflicts_of(hall.clerk, hall.desk) == []


def test_what_happened_is_noted_beside_the_ticket(hall, at, conflict):
    with pytest.raises(NoteMissingError):
        settled(hall, conflict, at, "noted", " ")
    settled(hall, conflict, at, "noted", "实际由本席位办理")
    event = conflict.events.order_by("-pk").first()
    assert (event.verb, event.to_state) == ("annotate", "missed")
    assert "实际由本席位办理" in event.note


def test_applying_now_is_all_or_nothing(hall, at, conflict):
    with pytest.raises(WrongStateError, match="过号"):
        settled(hall, conflict, at, "applied")
    assert DeskClaim.objects.in_conflict().count() == 3
    arrivals.reenter(ticket=conflict, actor=hall.clerk, at=at + SOON)
    made = settled(hall, conflict, at, "applied")
    assert {c.resolution for c in made} == {"applied"}
    assert Ticket.objects.get(pk=conflict.pk).outcome == "consulted"
    assert Ticket.objects.get(pk=conflict.pk).ended_at <= at + 2 * SOON


@pytest.mark.django_db(transaction=True)
def test_two_desks_that_called_the_same_one_offline_give_one_call_and_one_conflict(hall, at):
    second, colleague = factories.seated(hall.stall, at=at)
    ticket = factories.waiting(hall.stall, at=at)
    start, made = threading.Barrier(2), []

    def send(desk, clerk):
        start.wait()
        steps = chain(desk, ticket, at, "call", "begin", "consult")
        made.append(states(claims.receive(steps, actor=clerk, at=at + SOON)))
        connection.close()

    sent = [
        threading.Thread(target=send, args=pair) for pair in ((hall.desk, hall.clerk), (second, colleague))
    ]
    [thread.start() for thread in sent]
    [thread.join() for thread in sent]
    assert sorted(made) == [["applied"] * 3, ["conflict"] * 3]
    assert ticket.events.filter(verb="call").count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_steps_sent_at_once_from_two_windows_are_applied_once(hall, at):
    ticket = factories.waiting(hall.stall, at=at)
    steps, start, made = chain(hall.desk, ticket, at, "call", "begin", "consult"), threading.Barrier(3), []

    def send():
        start.wait()
        made.append(states(claims.receive(steps, actor=hall.clerk, at=at + SOON)))
        connection.close()

    sent = [threading.Thread(target=send) for _ in range(3)]
    [thread.start() for thread in sent]
    [thread.join() for thread in sent]
    assert made == [["applied"] * 3] * 3
    assert (DeskClaim.objects.count(), ticket.events.count()) == (3, 4)

"""What the hall, the phone and the desk see, and who sees whom."""

from datetime import timedelta

import pytest

from fairs import board, queueing
from fairs.models import Desk, Fair, Ticket, Visit
from tests.directory import factories as directory
from tests.fairs import factories


def test_the_screen_shows_calls_newest_first_and_how_many_wait(hall, at):
    first = factories.called(hall.desk, hall.clerk, at=at)
    second = factories.called(hall.other_desk, hall.other_clerk, at=at + timedelta(minutes=1))
    factories.waiting(hall.stall, at=at)
    shown = board.hall_board(hall.fair.pk)
    assert shown.calls == [second, first]
    assert [(row.stall, row.live, row.waiting) for row in shown.rows] == [
        (hall.stall, [first], 1),
        (hall.other_stall, [second], 0),
    ]


def test_who_is_being_served_is_no_call(hall, at):
    serving = factories.serving(hall.desk, hall.clerk, at=at)
    shown = board.hall_board(hall.fair.pk)
    assert shown.calls == []
    assert shown.rows[0].live == [serving]


def test_the_phone_shows_people_ahead_at_each_stall_and_where_to_go_next(hall, at):
    for _ in range(3):
        factories.waiting(hall.stall, at=at)
    factories.waiting(hall.other_stall, at=at)
    visit = factories.checked_in(hall.fair, at=at)
    for stall in (hall.stall, hall.other_stall):
        factories.waiting(stall, visit=visit, at=at)
    factories.waiting(hall.stall, at=at, priority=1)
    page = board.phone_page(visit, at=at)
    assert [(place.ticket.stall, place.wait.ahead) for place in page.places] == [
        (hall.stall, 4),
        (hall.other_stall, 1),
    ]
    assert page.next.ticket.stall == hall.other_stall
    assert (page.now, page.at) == (None, at)


def test_the_phone_shows_where_one_is_called(hall, at):
    ticket = factories.called(hall.desk, hall.clerk, at=at)
    factories.waiting(hall.other_stall, visit=ticket.visit, at=at)
    page = board.phone_page(ticket.visit, at=at)
    assert (page.now, page.now.desk, page.next) == (ticket, hall.desk, None)


def test_the_desk_sees_its_line_with_those_who_are_elsewhere(hall, at):
    visit = factories.checked_in(hall.fair, at=at)
    away = factories.waiting(hall.stall, visit=visit, at=at)
    factories.waiting(hall.other_stall, visit=visit, at=at)
    there = queueing.call_next(desk=hall.other_desk, actor=hall.other_clerk, at=at, key=factories.key())
    behind = factories.waiting(hall.stall, at=at + timedelta(minutes=1))
    queue = board.stall_queue(hall.desk)
    assert queue.waiting == [away, behind]
    assert queue.waiting[0].visit.busy_ticket == there
    assert (queue.next_free, queue.held, queue.missed, queue.served) == (behind, None, [], 0)


def test_the_desk_sees_what_it_holds_and_who_may_come_back(hall, at):
    factories.served(hall.desk, hall.clerk, at=at)
    missed = factories.missed(hall.desk, hall.clerk, at=at)
    held = factories.serving(hall.desk, hall.clerk, at=at)
    queue = board.stall_queue(hall.desk)
    assert (queue.held, queue.missed, queue.served, queue.waiting) == (held, [missed], 1, [])


def test_counts_add_up(hall, at):
    for state in ("missed", "served", "left", "called", "waiting"):
        factories.in_state(state, hall.desk, hall.clerk, at=at)
    factories.serving(hall.other_desk, hall.other_clerk, at=at)
    counts = board.fair_counts(hall.fair)
    totals = counts.totals
    assert totals["taken"] == 6 == counts.visits
    assert totals["taken"] == sum(
        totals[s] for s in ("waiting", "called", "serving", "served", "missed", "left")
    )
    assert totals["gone"] == 2


def test_the_version_changes_with_every_step_and_every_seat(hall, at):
    seen = [board.version(hall.fair.pk)]

    def changed():
        seen.append(board.version(hall.fair.pk))
        return seen[-1] != seen[-2]

    factories.waiting(hall.stall, at=at)
    assert changed()
    click = {"desk": hall.desk, "actor": hall.clerk, "at": at}
    queueing.call_next(**click, key=factories.key())
    assert changed()
    queueing.recall(**click, key=factories.key())
    assert changed()
    queueing.pause_desk(desk=hall.desk, is_paused=True, actor=hall.clerk, at=at)
    assert changed()
    factories.waiting(factories.stall(factories.fair()), at=at)
    assert not changed()


def test_a_desk_serves_from_the_beginning_to_the_end_of_a_serving(hall, at):
    called = factories.called(hall.desk, hall.clerk, at=at)
    assert board.served_ticket_of(hall.clerk.user) is None
    queueing.begin(desk=hall.desk, actor=hall.clerk, at=at, key=factories.key())
    assert board.served_ticket_of(hall.clerk.user) == called
    assert board.served_ticket_of(hall.other_clerk.user) is None
    assert board.served_ticket_of(None) is None
    queueing.finish(desk=hall.desk, actor=hall.clerk, at=at, key=factories.key())
    assert board.served_ticket_of(hall.clerk.user) is None


@pytest.mark.parametrize(
    ("who", "visits", "tickets"),
    [
        ("office_clerk", 2, 2),
        ("office_auditor", 2, 2),
        ("enterprise", 1, 1),
        ("stranger", 0, 0),
        ("department_clerk", 2, 2),
        ("other_department", 0, 0),
        ("bank", 0, 0),
        ("county_office", 1, 0),
        ("chain_team", 1, 1),
    ],
)
def test_who_sees_whom(who, visits, tickets, hall, at, request, enterprise):
    factories.waiting(
        hall.stall, visit=factories.checked_in(hall.fair, at=at, enterprise=enterprise.organization), at=at
    )
    far = directory.enterprise(division="370983", chain="C05")
    factories.waiting(hall.stall, visit=factories.checked_in(hall.fair, at=at, enterprise=far), at=at)
    actor = request.getfixturevalue(who)
    assert Visit.objects.visible_to(actor).count() == visits
    assert Ticket.objects.visible_to(actor).count() == tickets
    assert Fair.objects.visible_to(actor).count() == 1


def test_a_body_sees_its_own_desks(hall, bank):
    assert list(Desk.objects.visible_to(hall.clerk)) == [hall.desk]
    assert Desk.objects.visible_to(hall.office).count() == 2
    assert Desk.objects.visible_to(bank).count() == 0
    assert board.desks_of(hall.fair)[0].desk == hall.desk

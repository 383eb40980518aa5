"""Two at once: waiting instead of skipping, a clear word when waiting takes too long, deadlocks tried again."""

import threading
import time
from contextlib import contextmanager

import pytest
from django.db import OperationalError, connection, transaction

from fairs import arrivals, locks, queueing
from fairs.locks import BusyError
from fairs.models import Stall, Ticket, Visit
from tests.fairs import factories, history
from tests.processes import wait_until

pytestmark = pytest.mark.django_db(transaction=True)


class Meanwhile(threading.Thread):
    """Somebody else, with a connection of his own; ``result()`` waits for him and gives what came of it."""

    def __init__(self, work):
        super().__init__(daemon=True)
        self.work, self.came, self.failed = work, None, None
        self.start()

    def run(self):
        try:
            self.came = self.work()
        except Exception as error:  # noqa: BLE001
            self.failed = error
        finally:
            connection.close()

    def result(self):
        self.join(20)
        assert not self.is_alive()
        if self.failed:
            raise self.failed
        return self.came


@contextmanager
def somebody_waits(count=1):
    """Go on only when that many others stand before a lock."""
    yield

    def waiting():
        with connection.cursor() as cursor:
            # Not pg_stat_activity: inside a transaction that one answers from memory.
            cursor.execute("SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted")
            return cursor.fetchone()[0] >= count

    wait_until(waiting, seconds=10)


def call(desk, clerk, at):
    return queueing.call_next(desk=desk, actor=clerk, at=at, key=factories.key())


def test_a_call_waits_for_a_visit_that_somebody_holds_and_does_not_skip_it(hall, at):
    first = factories.waiting(hall.stall, at=at)
    factories.waiting(hall.stall, at=at)
    with transaction.atomic():
        locks.lock_visit(first.visit_id)
        with somebody_waits():
            other = Meanwhile(lambda: call(hall.desk, hall.clerk, at))
    assert other.result() == first


def test_a_call_goes_on_to_the_next_when_the_visit_was_taken_meanwhile(hall, at):
    visit = factories.checked_in(hall.fair, at=at)
    for stall in (hall.stall, hall.other_stall):
        factories.waiting(stall, visit=visit, at=at)
    second = factories.waiting(hall.stall, at=at)
    with transaction.atomic():
        elsewhere = call(hall.other_desk, hall.other_clerk, at)
        with somebody_waits():
            other = Meanwhile(lambda: call(hall.desk, hall.clerk, at))
    assert elsewhere.visit == visit
    assert other.result() == second


def test_a_visit_that_becomes_free_is_seen_by_the_call_that_waits(hall, at):
    """A finish elsewhere holds this stall too: no call can look before it and choose after it."""
    visit = factories.checked_in(hall.fair, at=at)
    factories.waiting(hall.other_stall, visit=visit, at=at)
    call(hall.other_desk, hall.other_clerk, at)
    first = factories.waiting(hall.stall, visit=visit, at=at)
    factories.waiting(hall.stall, at=at)
    with transaction.atomic():
        queueing.pass_over(desk=hall.other_desk, actor=hall.other_clerk, at=at, key=factories.key())
        with somebody_waits():
            other = Meanwhile(lambda: call(hall.desk, hall.clerk, at))
    assert other.result() == first


def test_the_desks_of_one_stall_stand_in_line(hall, at):
    first, second = (factories.waiting(hall.stall, at=at) for _ in range(2))
    desk, clerk = factories.seated(hall.stall, at=at)
    with transaction.atomic():
        assert call(hall.desk, hall.clerk, at) == first
        with somebody_waits():
            other = Meanwhile(lambda: call(desk, clerk, at))
    assert other.result() == second


def test_the_same_click_sent_twice_at_once_waits_for_the_first_and_answers_the_same(hall, at):
    first = factories.waiting(hall.stall, at=at)
    factories.waiting(hall.stall, at=at)
    click = {"desk": hall.desk, "actor": hall.clerk, "at": at, "key": "k"}
    with transaction.atomic():
        assert queueing.call_next(**click) == first
        with somebody_waits():
            other = Meanwhile(lambda: queueing.call_next(**click))
    assert other.result() == first
    assert first.events.filter(verb="call").count() == 1


def test_a_click_whose_first_try_was_lost_is_done_by_the_second(hall, at):
    first = factories.waiting(hall.stall, at=at)
    click = {"desk": hall.desk, "actor": hall.clerk, "at": at, "key": "k"}
    with transaction.atomic():
        queueing.call_next(**click)
        with somebody_waits():
            other = Meanwhile(lambda: queueing.call_next(**click))
        transaction.set_rollback(True)
    assert other.result() == first
    assert history.broken_now(hall.fair) == []
    assert history.retell(hall.fair).found == []


def test_two_check_ins_at_once_draw_two_numbers(hall, at):
    with transaction.atomic():
        first = factories.checked_in(hall.fair, at=at)
        with somebody_waits():
            other = Meanwhile(lambda: factories.checked_in(hall.fair, at=at))
    assert (first.number, other.result().number) == (1, 2)


def test_one_enterprise_that_checks_in_twice_at_once_has_one_visit(hall, at, enterprise):
    who = {"enterprise": enterprise.organization, "at": at}
    with transaction.atomic():
        first = factories.checked_in(hall.fair, **who)
        with somebody_waits():
            other = Meanwhile(lambda: factories.checked_in(hall.fair, **who))
    assert other.result() == first


def test_who_waits_for_a_closing_fair_takes_no_place(hall, at):
    visit = factories.checked_in(hall.fair, at=at)
    with transaction.atomic():
        arrivals.close_day(fair=hall.fair, at=at)
        with somebody_waits():
            other = Meanwhile(lambda: factories.waiting(hall.stall, visit=visit, at=at))
    with pytest.raises(locks.WrongStateError, match="已收摊"):
        other.result()


def test_waiting_too_long_is_said_in_chinese_and_nothing_is_done(hall, at):
    ticket = factories.waiting(hall.stall, at=at)
    with transaction.atomic():
        locks.lock_stalls([hall.stall.pk])
        other = Meanwhile(lambda: call(hall.desk, hall.clerk, at))
        with pytest.raises(BusyError, match="请再点一次"):
            other.result()
    ticket.refresh_from_db()
    assert ticket.state == "waiting"
    assert call(hall.desk, hall.clerk, at) == ticket


def test_a_deadlock_is_tried_again(hall, at):
    """Two lock two stalls crosswise; the database ends one of them, and that one succeeds the second time."""
    one, two = hall.stall.pk, hall.other_stall.pk
    both = threading.Barrier(2)
    tries = []

    @locks.verb
    def crosswise(first, second):
        tries.append(first)
        locks.lock_stalls([first])
        if len(tries) <= 2:
            both.wait(10)
        locks.lock_stalls([second])
        return first

    others = [Meanwhile(lambda a=a, b=b: crosswise(a, b)) for a, b in ((one, two), (two, one))]
    assert [other.result() for other in others] == [one, two]
    assert len(tries) > 2  # on a loaded machine they may cross once more


def test_a_step_that_stood_too_long_is_to_be_pressed_again(hall, at):
    """A server under too much load lets a transaction stand; the database ends it, and nothing of it is done."""
    ticket = factories.waiting(hall.stall, at=at)

    @locks.verb
    def slow():
        called = call(hall.desk, hall.clerk, at)
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = '50ms'")
        time.sleep(0.5)
        return Ticket.objects.get(pk=called.pk)

    other = Meanwhile(slow)
    with pytest.raises(BusyError, match="请再点一次"):
        other.result()
    ticket.refresh_from_db()
    assert ticket.state == "waiting"


def test_other_failures_of_the_database_are_not_swallowed(hall):
    @locks.verb
    def broken():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 1; SELECT pg_sleep(1)")

    with pytest.raises(OperationalError):
        broken()


def test_a_line_that_grows_while_one_locks_is_locked_anew(hall, at, monkeypatch):
    """A visit takes a place between looking and locking: the step begins its locking again, with that stall."""
    ticket = factories.called(hall.desk, hall.clerk, at=at)
    looks, real = [], locks.lock_stalls

    def grows(stall_ids):
        looks.append(set(stall_ids))
        if len(looks) == 1:
            visit = Visit.objects.get(pk=ticket.visit_id)
            Meanwhile(lambda: factories.waiting(hall.other_stall, visit=visit, at=at)).result()
        return real(stall_ids)

    monkeypatch.setattr(locks, "lock_stalls", grows)
    with transaction.atomic():
        locks.lock_around(ticket.visit_id, [hall.stall.pk])
    assert looks == [{hall.stall.pk}, {hall.stall.pk, hall.other_stall.pk}]
    assert Stall.objects.count() == 2
    assert Ticket.objects.filter(state="waiting").count() == 1

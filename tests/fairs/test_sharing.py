"""One look a second for all who poll: shared, never older than it says, without the cache as well."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from redis.exceptions import ConnectionError as RedisGoneError

from fairs import sharing
from tests.fairs import factories


@pytest.fixture
def clock(settings, monkeypatch):
    """A clock that stands still, and one look a second as in a running portal."""
    settings.SCREENS_LOOK_EVERY = 1.0
    sharing.forget()
    now = [1_000_000.0]
    monkeypatch.setattr(sharing.time, "time", lambda: now[0])
    yield now
    sharing.forget()


class Process:
    """Another web worker: what it holds in memory, over the same cache."""

    def __init__(self):
        self.held = {}

    def current(self, fair_id):
        mine, sharing._held = sharing._held, self.held
        try:
            return sharing.current(fair_id)
        finally:
            sharing._held = mine


def queries(ask):
    with CaptureQueriesContext(connection) as asked:
        found = ask()
    return found, len(asked)


def test_who_polls_in_the_same_second_shares_one_query(hall, clock):
    first, cost = queries(lambda: sharing.current(hall.fair.pk))
    assert cost == 1
    clock[0] += 0.9
    assert queries(lambda: sharing.current(hall.fair.pk)) == (first, 0)


def test_two_workers_share_one_query(hall, clock):
    other = Process()
    mine = sharing.current(hall.fair.pk)
    theirs, cost = queries(lambda: other.current(hall.fair.pk))
    assert (theirs.picture, cost) == (mine.picture, 0)
    for _ in range(5):
        clock[0] += 1.01
        assert queries(lambda: sharing.current(hall.fair.pk))[1] == 1
        assert queries(lambda: other.current(hall.fair.pk))[1] == 0


def test_the_other_worker_takes_over_when_the_first_is_gone(hall, clock):
    other = Process()
    sharing.current(hall.fair.pk)
    other.current(hall.fair.pk)
    clock[0] += 1.06
    assert queries(lambda: other.current(hall.fair.pk))[1] == 1


def test_what_is_told_is_a_second_old_at_most_without_any_message(hall, at, clock):
    before = sharing.current(hall.fair.pk).picture
    factories.called(hall.desk, hall.clerk, at=at)
    assert sharing.current(hall.fair.pk).picture == before
    clock[0] += 1.0
    after = sharing.current(hall.fair.pk).picture
    assert [row.state for row in after.rows.values()] == ["called"]


def test_what_has_not_changed_is_not_read_again(hall, at, clock):
    factories.waiting(hall.stall, at=at)
    before = sharing.current(hall.fair.pk)
    clock[0] += 1.0
    after = sharing.current(hall.fair.pk)
    assert after.picture is before.picture
    assert after.taken_at == before.taken_at + 1.0


def test_without_the_cache_a_worker_looks_for_itself(hall, clock, monkeypatch):
    def gone(*args, **kwargs):
        raise RedisGoneError

    for name in ("get", "set", "add"):
        monkeypatch.setattr(cache, name, gone)
    assert queries(lambda: sharing.current(hall.fair.pk))[1] == 1
    clock[0] += 0.5
    assert queries(lambda: sharing.current(hall.fair.pk))[1] == 0
    clock[0] += 0.5
    assert queries(lambda: sharing.current(hall.fair.pk))[1] == 1

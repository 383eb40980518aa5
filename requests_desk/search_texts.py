"""The search texts of a ledger of past years: written in portions after it is stored, so that nobody waits for them."""

from collections.abc import Callable

from django.db import connection

from requests_desk.models.search import WRITE_PORTION

PORTION = 5_000


def write_missing(*, progress: Callable[[int], None] = lambda _done: None) -> int:
    """Write the text of every request that has none, a portion to a transaction; return how many.

    May be cut off and run again: what was written stays. ``progress`` is told how many there are so far.
    """
    last = done = 0
    while written := _write_portion(after=last):
        last, done = max(written), done + len(written)
        progress(done)
    return done


def _write_portion(*, after: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(WRITE_PORTION, [after, PORTION])
        return [number for (number,) in cursor.fetchall()]

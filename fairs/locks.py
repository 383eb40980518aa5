"""What the queue locks, in which order, and what it says when it cannot.

One order everywhere: fair, desks, stalls by id, visit, ticket. Who holds a stall's lock is alone with its
line. A step that frees a visit also holds the lock of every stall where that visit waits: so no desk can look
at a line, miss a ticket that becomes free that very moment, and call the one behind it.
"""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.core.exceptions import PermissionDenied
from django.db import InternalError, OperationalError, connection, transaction
from django.db.models import QuerySet

from fairs.models import Desk, Fair, Stall, Ticket, Visit
from taian_factors.lib.prepared import Prepared, slot

P = ParamSpec("P")
T = TypeVar("T")
TRIES = 4  # once, and three times more
DEADLOCK, LOCK_TIMEOUT, IDLE_TIMEOUT = "40P01", "55P03", "25P03"
_LOCK_STALLS = f"SELECT id FROM {Stall._meta.db_table} WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE"  # noqa: S608

_VISIT: Prepared[Visit] = Prepared(
    lambda: Visit.objects.select_for_update(no_key=True).filter(pk=slot("visit"))
)
_WAITS_AT: Prepared[Ticket] = Prepared(
    lambda: Ticket.objects.waiting().filter(visit=slot("visit")).values_list("stall", flat=True)
)


class QueueError(Exception):
    """Something that the queue refuses; the text is Chinese and made for the page."""


class ForbiddenError(QueueError, PermissionDenied):
    """The actor has no part in this step."""


class WrongStateError(QueueError):
    """The ticket, desk or fair is not where this step begins."""


class BusyError(QueueError):
    """Others hold what this step needs; nothing was done, and pressing again is right."""

    def __init__(self) -> None:
        super().__init__("同一时刻操作的人太多，这一步没有做，请再点一次。")


class _LineGrewError(Exception):
    """The visit took a place somewhere between looking and locking."""


def verb(function: Callable[P, T]) -> Callable[P, T]:
    """Make a step atomic; try a deadlock again three times; say in Chinese when a lock cannot be had.

    The same is said when the database ended the step because a server under too much load let it stand for seconds.
    Inside somebody else's transaction a deadlock is not tried again here: its locks are older than this step.
    """

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        tries = 1 if connection.in_atomic_block else TRIES
        for left in reversed(range(tries)):
            try:
                with transaction.atomic():
                    return function(*args, **kwargs)
            except (OperationalError, InternalError) as error:
                state = getattr(error.__cause__, "sqlstate", None)
                if state not in (DEADLOCK, LOCK_TIMEOUT, IDLE_TIMEOUT):
                    raise
                if state != DEADLOCK or not left:
                    raise BusyError from error
        raise BusyError

    return run


def lock_fair(fair_id: int) -> Fair:
    """Lock a fair: its numbers and its closing stand in line."""
    return Fair.objects.select_for_update(no_key=True).get(pk=fair_id)


def lock_desks(desks: QuerySet[Desk]) -> None:
    """Lock desks whose seats change, before their stalls: a click names its desk before it locks a stall."""
    list(desks.order_by("pk").select_for_update(of=("self",)))


def lock_stalls(stall_ids: Iterable[int]) -> None:
    """Lock stalls in the order of their ids. Every press of every desk does it, so nothing else is read."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK_STALLS, [list(stall_ids)])


def lock_called(ticket: Ticket) -> None:
    """Lock the desks that wait for a joint table's ticket to end; before any stall, as desks always are."""
    if ticket.stall.is_joint_table:
        lock_desks(Desk.objects.filter(paused_for=ticket.pk))


def lock_visit(visit_id: int) -> Visit:
    """Lock a visit and return it freshly read."""
    (visit,) = _VISIT(visit=visit_id)
    return visit


def lock_around(visit_id: int, stall_ids: Iterable[int]) -> Visit:
    """Lock the given stalls and all where the visit waits, then the visit: what a step that frees it needs.

    Raises:
        BusyError: the visit kept taking new places while this step tried.
    """
    for _ in range(TRIES):
        wanted = {*stall_ids, *_waits_at(visit_id)}
        try:
            with transaction.atomic():
                lock_stalls(wanted)
                visit = lock_visit(visit_id)
                # From here on no new place can be taken: that needs the visit's lock too.
                if not _waits_at(visit_id) <= wanted:
                    raise _LineGrewError
                return visit
        except _LineGrewError:
            continue
    raise BusyError


def _waits_at(visit_id: int) -> set[int]:
    return {stall for (stall,) in _WAITS_AT.rows(visit=visit_id)}

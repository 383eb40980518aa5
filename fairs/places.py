"""Where in a line a ticket stands: a new place, one carried over from another stall, and a second try.

All of it for callers that hold the locks of the stall and the visit.
"""

from datetime import datetime, timedelta

from django.db.models import Max

from fairs import journal
from fairs.locks import WrongStateError
from fairs.models import Fair, Stall, Ticket, Visit
from taian_factors.directory.actors import Actor

HEADS_BEFORE_REENTRY = 3
TICK = timedelta(microseconds=1)
ROOM = timedelta(milliseconds=1)


def require_open(fair_id: int) -> None:
    """Raise ``WrongStateError`` when the fair is closed; asked under a lock that closing takes too."""
    if not Fair.objects.open().filter(pk=fair_id).exists():
        raise WrongStateError("本场大集已收摊，不再取号。")


def take(*, visit: Visit, stall: Stall, actor: Actor, at: datetime, priority: int, reason: str) -> Ticket:
    """Put a visit at the end of a line; who has a place there keeps it."""
    require_open(stall.fair_id)
    there = Ticket.objects.placed().filter(visit=visit, stall=stall).select_related("visit", "stall").first()
    if there is not None:
        return there
    return journal.birth(
        visit=visit,
        stall=stall,
        actor=actor,
        at=at,
        place_at=max(
            at, _newest(stall) or at
        ),  # a server whose clock is behind must not let anybody in before
        priority=priority,
        priority_reason=reason,
    )


def carry(held: Ticket, *, to_stall: Stall, actor: Actor, at: datetime) -> Ticket:
    """Give a transferred visit a place at another stall, with the moment and priority that it had."""
    require_open(to_stall.fair_id)
    there = (
        Ticket.objects.waiting_at(to_stall).filter(visit=held.visit).select_related("visit", "stall").first()
    )
    if there is None:
        return journal.birth(
            visit=held.visit,
            stall=to_stall,
            actor=actor,
            at=at,
            desk=None,
            place_at=held.place_at,
            priority=held.priority,
            priority_reason=held.priority_reason,
            moved_from=held,
        )
    stronger = max(there, held, key=lambda ticket: ticket.priority)
    return journal.record(
        "join",
        there,
        actor=actor,
        at=at,
        place_at=min(there.place_at, held.place_at),
        priority=stronger.priority,
        priority_reason=stronger.priority_reason,
        moved_from=held,
    )


def behind_third(stall: Stall, *, actor: Actor, at: datetime) -> datetime:
    """Return the moment that puts a ticket without priority just behind the third that waits at a stall.

    Last when fewer wait; before the first without priority when the third has it. Halfway to the fourth, so
    that the next re-entry finds room as well; where the two share a moment, all behind step back a little.
    """
    head = list(Ticket.objects.waiting_at(stall).select_related("visit", "stall")[: HEADS_BEFORE_REENTRY + 1])
    newest = _newest(stall)
    if len(head) < HEADS_BEFORE_REENTRY:
        return max(at, newest + TICK) if newest else at
    third, fourth = head[HEADS_BEFORE_REENTRY - 1], head[HEADS_BEFORE_REENTRY:]
    if third.priority:
        first = Ticket.objects.waiting_at(stall).filter(priority=0).first()
        return first.place_at - TICK if first else at
    if not fourth:
        return max(at, third.place_at + TICK)
    if fourth[0].place_at - third.place_at < 2 * TICK:
        _step_back(stall, behind=third, actor=actor, at=at)
        return third.place_at + ROOM / 2
    return third.place_at + (fourth[0].place_at - third.place_at) / 2


def _newest(stall: Stall) -> datetime | None:
    line = Ticket.objects.waiting_at(stall).filter(priority=0).order_by()
    return line.aggregate(newest=Max("place_at"))["newest"]


def _step_back(stall: Stall, *, behind: Ticket, actor: Actor, at: datetime) -> None:
    """Move everybody behind a ticket without priority back by the same bit, so that their order stays."""
    line = list(Ticket.objects.waiting_at(stall).filter(priority=0).select_related("visit", "stall"))
    for ticket in line[line.index(behind) + 1 :]:
        journal.record("make_room", ticket, actor=actor, at=at, place_at=ticket.place_at + ROOM)

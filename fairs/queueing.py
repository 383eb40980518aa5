"""What is done at a desk: sit down, call, begin, finish, pass over, transfer. A click does its thing once."""

from collections.abc import Callable
from datetime import datetime

from fairs import journal, permissions, places
from fairs.locks import (
    ForbiddenError,
    QueueError,
    WrongStateError,
    lock_around,
    lock_desks,
    lock_stalls,
    verb,
)
from fairs.models import Desk, DeskAction, Stall, Ticket
from fairs.workflow import FINISHING, Outcome
from taian_factors.directory.actors import Actor

Act = Callable[[Desk], Ticket | None]


class DeskTakenError(QueueError):
    """Somebody else sits there, or one's own desk still holds a ticket."""


class KeyReusedError(QueueError):
    """A click's key came again with another verb or at another desk."""


@verb
def take_desk(*, desk: Desk, actor: Actor, at: datetime) -> Desk:
    """Sit down at a desk; who sat elsewhere leaves that desk by it. Sitting down twice is sitting.

    Raises:
        ForbiddenError: the stall belongs to another body.
        DeskTakenError: somebody else sits there, or the desk left behind still holds a ticket.
    """
    if actor.user is None or not permissions.may_sit(actor, desk):
        raise ForbiddenError("只有本单位的工作人员可以在这个席位就座。")
    sat = Desk.objects.of_clerk(actor.user).exclude(pk=desk.pk).first()
    lock_desks(Desk.objects.filter(pk__in=[desk.pk, sat.pk if sat else desk.pk]))
    lock_stalls({desk.stall_id, *([sat.stall_id] if sat else [])})
    desk = _fresh(desk)
    if desk.clerk_id not in (None, actor.user.pk):
        raise DeskTakenError(f"{desk} 席位上是{desk.clerk}，请先让其离席。")
    if sat:
        _empty(_fresh(sat))
    desk.clerk, desk.is_paused = actor.user, False
    desk.save(update_fields=["clerk", "is_paused"])
    return desk


@verb
def leave_desk(*, desk: Desk, actor: Actor, at: datetime) -> Desk:
    """Leave a desk, or have somebody leave it (the body's lead, the office).

    Raises:
        ForbiddenError: one has no say over this desk.
        DeskTakenError: it still holds a ticket.
    """
    if not permissions.may_empty(actor, desk):
        raise ForbiddenError("只有在席人、本单位负责人或推进办可以让这个席位离席。")
    lock_desks(Desk.objects.filter(pk=desk.pk))
    lock_stalls([desk.stall_id])
    return _empty(_fresh(desk))


@verb
def pause_desk(*, desk: Desk, is_paused: bool, actor: Actor, at: datetime) -> Desk:
    """Pause a desk (it calls nobody, and finishes what it holds), or let it go on."""
    if not (permissions.may_use(actor, desk) or permissions.may_empty(actor, desk)):
        raise ForbiddenError("只有在席人、本单位负责人或推进办可以暂停这个席位。")
    lock_stalls([desk.stall_id])
    desk = _fresh(desk)
    desk.is_paused = is_paused
    desk.save(update_fields=["is_paused"])
    return desk


@verb
def call_next(*, desk: Desk, actor: Actor, at: datetime, key: str) -> Ticket | None:
    """Call the first free ticket of the stall's line; a desk that holds one gets the one it holds.

    First is by priority, then by moment of the place, then by id; free is a ticket whose visit is at no desk.
    Waits for a visit that another desk is about to take, and never skips one.

    Returns:
        The ticket, or None when nobody is free.
    """

    def act(desk: Desk) -> Ticket | None:
        desk = _lock_desk(desk, actor)
        if (held := _held(desk)) is not None:
            return held
        if desk.is_paused:
            raise WrongStateError("席位已暂停，恢复后再叫号。")
        line = Ticket.objects.waiting_at(desk.stall_id).free().select_related("visit")
        ticket = line.select_for_update(of=("self", "visit"), no_key=True).first()
        if ticket is None:
            return None
        ticket.stall = desk.stall
        return journal.move(
            "call", ticket, actor=actor, at=at, desk=desk, called_at=at, calls=ticket.calls + 1
        )

    return _once("call", desk=desk, actor=actor, at=at, key=key, act=act)


@verb
def recall(*, desk: Desk, actor: Actor, at: datetime, key: str, ticket: Ticket | None = None) -> Ticket:
    """Call the called ticket once more."""

    def act(desk: Desk) -> Ticket:
        held = _expect(_lock_desk(desk, actor), ticket)
        return journal.record("recall", held, actor=actor, at=at, calls=held.calls + 1)

    return _given(_once("recall", desk=desk, actor=actor, at=at, key=key, act=act))


@verb
def begin(*, desk: Desk, actor: Actor, at: datetime, key: str, ticket: Ticket | None = None) -> Ticket:
    """Begin to serve the called ticket."""

    def act(desk: Desk) -> Ticket:
        held = _expect(_lock_desk(desk, actor), ticket)
        return journal.move("begin", held, actor=actor, at=at, began_at=at)

    return _given(_once("begin", desk=desk, actor=actor, at=at, key=key, act=act))


@verb
def finish(
    *,
    desk: Desk,
    actor: Actor,
    at: datetime,
    key: str,
    outcome: str = Outcome.HANDLED,
    note: str = "",
    ticket: Ticket | None = None,
) -> Ticket:
    """End serving. ``outcome`` is handled (the requests carry what became of them) or consulted.

    Args:
        ticket: the ticket that the page showed; when the desk holds another one by now, nothing is done.
    """
    if outcome not in FINISHING:
        raise WrongStateError("办理结果只能是“需求已办”或“咨询”。")

    def act(desk: Desk) -> Ticket:
        held = _freed(desk, actor, ticket)
        return journal.move("finish", held, actor=actor, at=at, ended_at=at, outcome=outcome, note=note)

    return _given(_once("finish", desk=desk, actor=actor, at=at, key=key, act=act))


@verb
def pass_over(*, desk: Desk, actor: Actor, at: datetime, key: str, ticket: Ticket | None = None) -> Ticket:
    """Give up on a called ticket whose enterprise did not come; it may re-enter once."""

    def act(desk: Desk) -> Ticket:
        return journal.move("pass_over", _freed(desk, actor, ticket), actor=actor, at=at, ended_at=at)

    return _given(_once("pass_over", desk=desk, actor=actor, at=at, key=key, act=act))


@verb
def transfer(
    *,
    desk: Desk,
    to_stall: Stall,
    actor: Actor,
    at: datetime,
    key: str,
    note: str = "",
    ticket: Ticket | None = None,
) -> Ticket:
    """Send the enterprise to another stall: this ticket is served, the other has its moment and priority.

    When the visit waits there already, that ticket stays, with the earlier moment and higher priority.

    Returns:
        The ticket that was closed here; the other one is its ``moved_to``, or was there before.
    """

    def act(desk: Desk) -> Ticket:
        if to_stall.pk == desk.stall_id or to_stall.fair_id != desk.stall.fair_id:
            raise WrongStateError("只能转到本场大集的另一个摊位。")
        held = _freed(desk, actor, ticket, to_stall.pk)
        changes = {"ended_at": at, "outcome": Outcome.TRANSFERRED, "note": note}
        journal.move("transfer", held, actor=actor, at=at, remark=f"转到 {to_stall.code}", **changes)
        places.carry(held, to_stall=to_stall, actor=actor, at=at)
        return held

    return _given(_once("transfer", desk=desk, actor=actor, at=at, key=key, act=act))


def _once(verb: str, *, desk: Desk, actor: Actor, at: datetime, key: str, act: Act) -> Ticket | None:
    """Do a click once: its key goes in first, and the second click with that key waits here for the first."""
    if not permissions.may_use(actor, desk):
        raise ForbiddenError("只有在席人可以操作这个席位；请先就座。")
    if not key:
        raise KeyReusedError("点击编号缺失，请刷新页面再点。")
    mine = DeskAction(key=key, verb=verb, desk=desk, user=actor.user, at=at)
    DeskAction.objects.bulk_create([mine], ignore_conflicts=True)
    action = DeskAction.objects.get(key=key)
    if action.answer is not None:  # only a row of this very transaction has no answer yet
        return _answered(action, verb, desk)
    ticket = act(desk)
    action.ticket = ticket
    action.answer = {"number": ticket.visit.number, "state": ticket.state} if ticket else {}
    action.save(update_fields=["ticket", "answer"])
    return ticket


def _given(ticket: Ticket | None) -> Ticket:
    assert ticket is not None  # only call_next may answer nobody
    return ticket


def _answered(action: DeskAction, verb: str, desk: Desk) -> Ticket | None:
    if (action.verb, action.desk_id) != (verb, desk.pk):
        raise KeyReusedError("这个点击编号已用于别的操作，请刷新页面再点。")
    ticket = Ticket.objects.select_related("visit", "stall", "desk").filter(pk=action.ticket_id).first()
    if ticket is not None:
        ticket.state = action.answer["state"]  # as it was answered then, whatever has happened since
    return ticket


def _lock_desk(desk: Desk, actor: Actor) -> Desk:
    """Lock the desk's stall and read the desk again: who sits there may have changed meanwhile."""
    lock_stalls([desk.stall_id])
    return _still_there(desk, actor)


def _still_there(desk: Desk, actor: Actor) -> Desk:
    desk = _fresh(desk)
    if not permissions.may_use(actor, desk):
        raise ForbiddenError("席位上的人已经换了，请刷新页面。")
    return desk


def _fresh(desk: Desk) -> Desk:
    return Desk.objects.select_related("stall", "clerk").get(pk=desk.pk)


def _held(desk: Desk) -> Ticket | None:
    return Ticket.objects.held_by(desk).select_related("visit", "stall", "desk").first()


def _expect(desk: Desk, ticket: Ticket | None) -> Ticket:
    """Return what the desk holds, if that is what the page showed."""
    held = _held(desk)
    if held is None:
        raise WrongStateError(f"{desk} 席位上没有号。")
    if ticket is not None and ticket.pk != held.pk:
        raise WrongStateError(f"{desk} 席位上现在是{held.visit}，页面已过时，请刷新。")
    return held


def _freed(desk: Desk, actor: Actor, ticket: Ticket | None, *stall_ids: int) -> Ticket:
    """Return what the desk holds, with all the locks of a step that frees its visit."""
    seen = _expect(desk, ticket)
    visit = lock_around(seen.visit_id, [desk.stall_id, *stall_ids])
    held = _expect(_still_there(desk, actor), seen)
    held.visit = visit
    return held


def _empty(desk: Desk) -> Desk:
    if (held := _held(desk)) is not None:
        raise DeskTakenError(f"{desk} 席位上还有{held.visit}，请先办理结束或过号。")
    desk.clerk = None
    desk.save(update_fields=["clerk"])
    return desk

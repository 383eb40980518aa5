"""What is done at a desk: sit down, call, begin, finish, pass over, transfer. A click does its thing once."""

from datetime import datetime

from fairs import journal, pausing, permissions, places
from fairs.clicks import freed, fresh, given, held_by, lock_desk, lock_held, once
from fairs.locks import ForbiddenError, QueueError, WrongStateError, lock_desks, lock_stalls, lock_visit, verb
from fairs.models import Desk, Stall, Ticket
from fairs.workflow import FINISHING, Outcome
from taian_factors.directory.actors import Actor
from taian_factors.lib.prepared import Prepared, slot

_NEXT: Prepared[Ticket] = Prepared(
    lambda: (
        Ticket.objects.waiting_at(slot("stall"))
        .free()
        .select_related("visit__enterprise")
        .select_for_update(of=("self", "visit"), no_key=True)[:1]
    )
)


class DeskTakenError(QueueError):
    """Somebody else sits there, or one's own desk still holds a ticket."""


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
    desk = fresh(desk)
    if desk.clerk_id not in (None, actor.user.pk):
        raise DeskTakenError(f"{desk} 席位上是{desk.clerk}，请先让其离席。")
    if sat:
        _empty(fresh(sat), actor=actor, at=at)
    desk.clerk = actor.user
    if desk.paused_for_id is None:  # who is called to a joint table stays called, whoever sits down
        pausing.set_pause(desk, is_paused=False, actor=actor, at=at)
    desk.save(update_fields=["clerk"])
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
    return _empty(fresh(desk), actor=actor, at=at)


@verb
def pause_desk(*, desk: Desk, is_paused: bool, actor: Actor, at: datetime) -> Desk:
    """Pause a desk (it calls nobody, and finishes what it holds), or let it go on, also from a joint table."""
    if not (permissions.may_use(actor, desk) or permissions.may_empty(actor, desk)):
        raise ForbiddenError("只有在席人、本单位负责人或推进办可以暂停这个席位。")
    lock_desks(Desk.objects.filter(pk=desk.pk))
    lock_stalls([desk.stall_id])
    return pausing.set_pause(fresh(desk), is_paused=is_paused, actor=actor, at=at)


@verb
def call_next(*, desk: Desk, actor: Actor, at: datetime, key: str) -> Ticket | None:
    """Call the first free ticket of the stall's line; a desk that holds one gets the one it holds.

    First is by priority, then by moment of the place, then by id; free is a ticket whose visit is at no desk.
    Waits for a visit that another desk is about to take, and never skips one.

    Returns:
        The ticket, or None when nobody is free.
    """

    def act(desk: Desk) -> Ticket | None:
        pausing.lock_summonable(desk.stall)
        desk = lock_desk(desk, actor)
        if (held := held_by(desk)) is not None:
            return held
        if desk.is_paused:
            raise WrongStateError(
                f"席位已暂停{desk.pause_reason and f'（{desk.pause_reason}）'}，恢复后再叫号。"
            )
        ticket = _NEXT.first(stall=desk.stall_id)
        if ticket is None:
            return None
        ticket.stall = desk.stall
        return journal.move(
            "call", ticket, actor=actor, at=at, desk=desk, called_at=at, calls=ticket.calls + 1
        )

    return once("call", desk=desk, actor=actor, at=at, key=key, act=act)


@verb
def call_named(*, desk: Desk, ticket: Ticket, actor: Actor, at: datetime, key: str) -> Ticket:
    """Call this very ticket: a desk without a line called it from the list that it had.

    A pause of which the desk could not know does not undo the call.

    Raises:
        WrongStateError: the desk holds another one, or the ticket is not waiting and free; the words say where it is.
    """

    def act(desk: Desk) -> Ticket:
        pausing.lock_summonable(desk.stall)
        desk = lock_desk(desk, actor)
        if (held := held_by(desk)) is not None:
            return held
        line = Ticket.objects.waiting_at(desk.stall_id).free().filter(pk=ticket.pk).select_related("visit")
        found = line.select_for_update(of=("self", "visit"), no_key=True).first()
        if found is None:
            raise WrongStateError(_where(ticket))
        found.stall = desk.stall
        calls = found.calls + 1
        return journal.move("call", found, actor=actor, at=at, desk=desk, called_at=at, calls=calls)

    answered = once("call", desk=desk, actor=actor, at=at, key=key, act=act)
    if answered is None or answered.pk != ticket.pk:
        there = f"{desk} 席位上是{answered.visit}" if answered else "当时没有可以叫的号"
        raise WrongStateError(f"服务器记录：{there}。")
    return answered


@verb
def recall(*, desk: Desk, actor: Actor, at: datetime, key: str, ticket: Ticket | None = None) -> Ticket:
    """Call the called ticket once more."""

    def act(desk: Desk) -> Ticket:
        held = lock_held(desk, actor, ticket)
        return journal.record("recall", held, actor=actor, at=at, calls=held.calls + 1)

    return given(once("recall", desk=desk, actor=actor, at=at, key=key, act=act))


@verb
def begin(*, desk: Desk, actor: Actor, at: datetime, key: str, ticket: Ticket | None = None) -> Ticket:
    """Begin to serve the called ticket."""

    def act(desk: Desk) -> Ticket:
        held = lock_held(desk, actor, ticket)
        return journal.move("begin", held, actor=actor, at=at, began_at=at)

    return given(once("begin", desk=desk, actor=actor, at=at, key=key, act=act))


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
        held = freed(desk, actor, ticket)
        return journal.move("finish", held, actor=actor, at=at, ended_at=at, outcome=outcome, note=note)

    return given(once("finish", desk=desk, actor=actor, at=at, key=key, act=act))


@verb
def pass_over(*, desk: Desk, actor: Actor, at: datetime, key: str, ticket: Ticket | None = None) -> Ticket:
    """Give up on a called ticket whose enterprise did not come; it may re-enter once."""

    def act(desk: Desk) -> Ticket:
        return journal.move("pass_over", freed(desk, actor, ticket), actor=actor, at=at, ended_at=at)

    return given(once("pass_over", desk=desk, actor=actor, at=at, key=key, act=act))


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
    ``note`` is for the clerk who calls it there.

    Returns:
        The ticket that was closed here; the other one is its ``moved_to``, or was there before.
    """

    def act(desk: Desk) -> Ticket:
        if to_stall.pk == desk.stall_id or to_stall.fair_id != desk.stall.fair_id:
            raise WrongStateError("只能转到本场大集的另一个摊位。")
        held = freed(desk, actor, ticket, to_stall.pk)
        changes = {"ended_at": at, "outcome": Outcome.TRANSFERRED, "note": note}
        journal.move("transfer", held, actor=actor, at=at, remark=f"转到 {to_stall.code}", **changes)
        place = places.carry(held, to_stall=to_stall, actor=actor, at=at)
        _tell_next(place, note, actor=actor, at=at)
        return held

    return given(once("transfer", desk=desk, actor=actor, at=at, key=key, act=act))


@verb
def add_stall(
    *,
    desk: Desk,
    to_stall: Stall,
    actor: Actor,
    at: datetime,
    key: str,
    note: str = "",
    ticket: Ticket | None = None,
) -> Ticket:
    """Take a place for the enterprise at one more stall while it is served here; this serving goes on.

    Returns:
        The place there, which the enterprise may have had already.
    """

    def act(desk: Desk) -> Ticket:
        if to_stall.pk == desk.stall_id or to_stall.fair_id != desk.stall.fair_id:
            raise WrongStateError("只能在本场大集的另一个摊位加号。")
        lock_stalls([desk.stall_id, to_stall.pk])
        held = lock_held(desk, actor, ticket)
        visit = lock_visit(held.visit_id)
        place = places.take(visit=visit, stall=to_stall, actor=actor, at=at, priority=0, reason="")
        _tell_next(place, note, actor=actor, at=at)
        return place

    return given(once("add", desk=desk, actor=actor, at=at, key=key, act=act))


def _tell_next(place: Ticket, note: str, *, actor: Actor, at: datetime) -> None:
    """Lay a word beside a place for the clerk who will call it."""
    if note := note.strip():
        journal.record("hand_over", place, actor=actor, at=at, remark=note, handover_note=note)


def _where(ticket: Ticket) -> str:
    """Say where a ticket is that cannot be called."""
    now = Ticket.objects.select_related("visit__busy_ticket__desk__stall", "stall", "desk__stall").get(
        pk=ticket.pk
    )
    if (busy := now.visit.busy_ticket) is not None:
        return f"{now.visit}在 {busy.desk} 席位，{busy.get_state_display()}。"
    at_desk = f"（{now.desk} 席位）" if now.desk else ""
    return f"{now.visit}在 {now.stall.code} 摊位是“{now.get_state_display()}”{at_desk}。"


def _empty(desk: Desk, *, actor: Actor, at: datetime) -> Desk:
    if (held := held_by(desk)) is not None:
        raise DeskTakenError(f"{desk} 席位上还有{held.visit}，请先办理结束或过号。")
    if desk.paused_for_id is None:  # whoever paused is gone
        pausing.set_pause(desk, is_paused=False, actor=actor, at=at)
    desk.clerk = None
    desk.save(update_fields=["clerk"])
    return desk

"""A joint table (现场会商): a place there for the enterprise at the desk, and the desks that are called to it."""

from collections.abc import Sequence
from datetime import datetime

from fairs import arrivals, journal, pausing, permissions, places
from fairs.clicks import given, lock_held, once
from fairs.locks import QueueError, WrongStateError, lock_desks, lock_stalls, lock_visit, verb
from fairs.models import Desk, Stall, Ticket
from fairs.workflow import MOVES, PLACED, TicketState
from taian_factors.directory.actors import Actor


class TableError(QueueError):
    """No such table, or nobody to call to it."""


@verb
def call_to_table(
    *,
    desk: Desk,
    ticket: Ticket,
    table: Stall,
    stalls: Sequence[Stall],
    actor: Actor,
    at: datetime,
    key: str,
) -> Ticket:
    """Take a place at a joint table for the enterprise that is served here, and pause the desks called to it.

    They finish what they hold, and go on by themselves when the place there ends (``journal``). This desk goes on
    serving: the enterprise is called to the table when it is free. A desk that paused for itself keeps its own pause.

    Returns:
        The place at the table.

    Raises:
        TableError: not a joint table of this fair, or no other stall is called.
    """

    def act(desk: Desk) -> Ticket:
        _check(desk, table, stalls)
        called = Desk.objects.filter(stall__in=stalls)
        lock_desks(called)
        lock_stalls({desk.stall_id, table.pk, *(stall.pk for stall in stalls)})
        held = lock_held(desk, actor, ticket)
        if held.state != "serving":
            raise WrongStateError(f"{held.visit}还没有开始办理，不能请求会商。")
        visit = lock_visit(held.visit_id)
        place = places.take(visit=visit, stall=table, actor=actor, at=at, priority=0, reason="")
        names = "、".join(stall.code for stall in stalls)
        journal.record("summon", place, actor=actor, at=at, remark=f"请 {names} 到 {table.code} 会商")
        pausing.summon(called, place=place, actor=actor, at=at)
        return place

    return given(once("table", desk=desk, actor=actor, at=at, key=key, act=act))


@verb
def call_off(*, place: Ticket, actor: Actor, at: datetime) -> None:
    """Give a place at a joint table up, if it still stands there; were it missed, it may come back as a plain place.

    Raises:
        ForbiddenError: neither the office nor the enterprise.
        WrongStateError: being served.
    """
    if place.state in PLACED:
        arrivals.leave(ticket=place, actor=actor, at=at)
    elif place.state == TicketState.MISSED and permissions.may(actor, MOVES["leave"], place):
        lock_stalls([place.stall_id])
        pausing.call_off(place, actor=actor, at=at)


def _check(desk: Desk, table: Stall, stalls: Sequence[Stall]) -> None:
    fair = desk.stall.fair_id
    if not table.is_joint_table or table.fair_id != fair or table.pk == desk.stall_id:
        raise TableError("会商桌：请选择本场大集的会商桌。")
    if not stalls:
        raise TableError("请到会商的摊位：请至少选一个。")
    if any(stall.fair_id != fair or stall.pk in (table.pk, desk.stall_id) for stall in stalls):
        raise TableError("请到会商的摊位：只能选本场大集的其他摊位。")

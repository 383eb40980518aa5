"""One click at a desk: done once under its key, with the locks of the step, on the ticket that the page showed."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from django.db import connection

from fairs import permissions
from fairs.locks import ForbiddenError, QueueError, WrongStateError, lock_around, lock_called, lock_stalls
from fairs.models import Desk, DeskAction, Ticket
from taian_factors.directory.actors import Actor
from taian_factors.lib.prepared import Prepared, slot

T = TypeVar("T")
Act = Callable[[Desk], Ticket | None]

# Django knows no INSERT that says whether there was a conflict.
_ENTER = f"""
    INSERT INTO {DeskAction._meta.db_table} (key, verb, desk_id, user_id, at) VALUES (%s, %s, %s, %s, %s)
    ON CONFLICT (key) DO NOTHING RETURNING id
"""  # noqa: S608

_DESK: Prepared[Desk] = Prepared(lambda: Desk.objects.filter(pk=slot("desk")))
_HELD: Prepared[Ticket] = Prepared(
    lambda: Ticket.objects.held_by(slot("desk")).select_related("visit", "desk")
)


class KeyReusedError(QueueError):
    """A click's key came again with another verb or at another desk."""


def once(verb: str, *, desk: Desk, actor: Actor, at: datetime, key: str, act: Act) -> Ticket | None:
    """Do a click once: its key goes in first, and the second click with that key waits here for the first."""
    if not permissions.may_use(actor, desk):
        # Who was sent away meanwhile (the day was closed) is still told what this very click did.
        if (known := DeskAction.objects.filter(key=key, user=actor.user).first()) is not None:
            return _answered(known, verb, desk)
        raise ForbiddenError("只有在席人可以操作这个席位；请先就座。")
    if not key:
        raise KeyReusedError("点击编号缺失，请刷新页面再点。")
    mine = _enter(key, verb, desk, actor, at)
    if mine is None:
        return _answered(DeskAction.objects.get(key=key), verb, desk)
    ticket = act(desk)
    answer = {"number": ticket.visit.number, "state": ticket.state} if ticket else {}
    DeskAction.objects.filter(pk=mine).update(ticket=ticket, answer=answer)
    return ticket


def _enter(key: str, verb: str, desk: Desk, actor: Actor, at: datetime) -> int | None:
    """Write a click down and return its id, or None when its key is there; one that is being done is waited for."""
    with connection.cursor() as cursor:
        cursor.execute(_ENTER, [key, verb, desk.pk, actor.user.pk if actor.user else None, at])
        row = cursor.fetchone()
    return row[0] if row else None


def called_by(key: str, *, at: datetime | None) -> bool:
    """Say whether it was this very click that called a ticket at a moment: it has come again, and is told the same."""
    return DeskAction.objects.filter(key=key, at=at).exists()


def given(found: T | None) -> T:
    """Return what a step always has: a ticket (only ``call_next`` may answer nobody), its own desk."""
    assert found is not None
    return found


def _answered(action: DeskAction, verb: str, desk: Desk) -> Ticket | None:
    if (action.verb, action.desk_id) != (verb, desk.pk):
        raise KeyReusedError("这个点击编号已用于别的操作，请刷新页面再点。")
    ticket = Ticket.objects.select_related("visit", "stall", "desk").filter(pk=action.ticket_id).first()
    if ticket is not None:
        ticket.state = action.answer["state"]  # as it was answered then, whatever has happened since
    return ticket


def lock_desk(desk: Desk, actor: Actor) -> Desk:
    """Lock the desk's stall and read the desk again: who sits there may have changed meanwhile."""
    lock_stalls([desk.stall_id])
    return _still_there(given(_DESK.first(desk=desk.pk)), desk, actor)


def _still_there(there: Desk, desk: Desk, actor: Actor) -> Desk:
    there.stall = desk.stall
    if not permissions.may_use(actor, there):
        raise ForbiddenError("席位上的人已经换了，请刷新页面。")
    return there


def fresh(desk: Desk) -> Desk:
    """Read a desk again, with its stall and who sits there."""
    return Desk.objects.select_related("stall", "clerk").get(pk=desk.pk)


def held_by(desk: Desk) -> Ticket | None:
    """Return the ticket at a desk, if it has one."""
    held = _HELD.first(desk=desk.pk)
    if held is not None:
        held.stall, held.desk = desk.stall, desk
    return held


def expect(desk: Desk, ticket: Ticket | None) -> Ticket:
    """Return what the desk holds, if that is what the page showed."""
    return _as_shown(held_by(desk), desk, ticket)


def lock_held(desk: Desk, actor: Actor, ticket: Ticket | None) -> Ticket:
    """Lock the desk's stall and return what the desk holds, if that is what the page showed; both read again."""
    lock_stalls([desk.stall_id])
    return _still_held(desk, actor, ticket)


def _still_held(desk: Desk, actor: Actor, ticket: Ticket | None) -> Ticket:
    held = _HELD.first(desk=desk.pk)
    there = _still_there(given(held.desk if held else _DESK.first(desk=desk.pk)), desk, actor)
    if held is not None:
        held.stall = desk.stall
    return _as_shown(held, there, ticket)


def _as_shown(held: Ticket | None, desk: Desk, ticket: Ticket | None) -> Ticket:
    if held is None:
        raise WrongStateError(f"{desk} 席位上没有号。")
    if ticket is not None and ticket.pk != held.pk:
        raise WrongStateError(f"{desk} 席位上现在是{held.visit}，页面已过时，请刷新。")
    return held


def freed(desk: Desk, actor: Actor, ticket: Ticket | None, *stall_ids: int) -> Ticket:
    """Return what the desk holds, with all the locks of a step that frees its visit."""
    seen = expect(desk, ticket)
    lock_called(seen)
    visit = lock_around(seen.visit_id, [desk.stall_id, *stall_ids])
    held = _still_held(desk, actor, seen)
    held.visit = visit
    return held

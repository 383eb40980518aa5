"""The one place that changes a ticket: ask the table, save, note who is at a desk, append the event."""

from datetime import datetime
from typing import Any

from fairs import pausing
from fairs.locks import WrongStateError
from fairs.models import Desk, Stall, Ticket, TicketEvent, Visit
from fairs.workflow import LIVE, MOVES, PLACED, RECORDS, TicketState
from taian_factors.directory.actors import Actor


def birth(
    *, visit: Visit, stall: Stall, actor: Actor | None, at: datetime, desk: Desk | None = None, **fields: Any
) -> Ticket:
    """Make a waiting ticket and its first event. The caller holds the locks of the stall and the visit."""
    ticket = Ticket.objects.create(visit=visit, stall=stall, state=TicketState.WAITING, **fields)
    _append(ticket, "take", "", actor=actor, at=at, desk=desk, note=ticket.priority_reason)
    return ticket


def move(
    verb: str, ticket: Ticket, *, actor: Actor | None, at: datetime, remark: str = "", **changes: Any
) -> Ticket:
    """Make one move of the table. The caller holds the locks and has asked who may.

    ``remark`` goes into the event, ``changes`` into the ticket.

    Raises:
        WrongStateError: the table has no such move from the ticket's state.
    """
    row, before = MOVES[verb], ticket.state
    check(verb, ticket)
    assert row.to is not None
    desk = ticket.desk  # who steps back keeps its desk in the event
    ticket.state = row.to
    for name, value in changes.items():
        setattr(ticket, name, value)
    ticket.save(update_fields=["state", *changes])
    if (before in LIVE) != (ticket.state in LIVE):
        ticket.visit.busy_ticket = ticket if ticket.state in LIVE else None
        ticket.visit.save(update_fields=["busy_ticket"])
    if ticket.stall.is_joint_table:
        _keep_together(ticket, actor=actor, at=at)
    _append(ticket, verb, before, actor=actor, at=at, desk=ticket.desk or desk, note=remark)
    return ticket


def record(
    verb: str, ticket: Ticket, *, actor: Actor | None, at: datetime, remark: str = "", **changes: Any
) -> Ticket:
    """Change something beside the state, with its event.

    Raises:
        WrongStateError: this is not done to a ticket in its state.
    """
    check(verb, ticket)
    for name, value in changes.items():
        setattr(ticket, name, value)
    ticket.save(update_fields=list(changes))
    _append(ticket, verb, ticket.state, actor=actor, at=at, desk=ticket.desk, note=remark)
    return ticket


def check(verb: str, ticket: Ticket) -> None:
    """Raise ``WrongStateError`` when the tables have no such step from the ticket's state."""
    row = MOVES.get(verb) or RECORDS[verb]
    if ticket.state not in row.sources:
        label = TicketState(ticket.state).label
        raise WrongStateError(f"{ticket.visit}在{ticket.stall.code}摊位是“{label}”，不能“{row.label}”。")


def _keep_together(ticket: Ticket, *, actor: Actor | None, at: datetime) -> None:
    """Let the desks called to a joint table go on when the place there ends; call them again when it is called again.

    Whoever frees a visit there, or calls one, has locked them.
    """
    if ticket.state not in PLACED:
        pausing.let_go(Desk.objects.filter(paused_for=ticket), actor=actor, at=at)
    elif ticket.state == TicketState.CALLED:
        pausing.summon_again(ticket, actor=actor, at=at)


def _append(
    ticket: Ticket, verb: str, before: str, *, actor: Actor | None, at: datetime, desk: Desk | None, note: str
) -> None:
    TicketEvent.objects.create(
        ticket=ticket,
        fair_id=ticket.stall.fair_id,
        verb=verb,
        from_state=before,
        to_state=ticket.state,
        desk=desk,
        user=actor.user if actor else None,
        organization=actor.organization if actor else None,
        at=at,
        place_at=ticket.place_at,
        priority=ticket.priority,
        note=note[:200],
    )

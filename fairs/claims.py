"""What a desk did without a line: each step applied once under its own key and moment, or kept as a conflict.

Nothing is dropped: what cannot be applied stays as the desk claimed it, until the desk settles it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any

from django.db import transaction

from fairs import journal, permissions, queueing
from fairs.locks import (
    BusyError,
    ForbiddenError,
    QueueError,
    WrongStateError,
    lock_desks,
    lock_stalls,
    lock_visit,
    verb,
)
from fairs.models import Desk, DeskClaim, Ticket
from fairs.workflow import Outcome
from taian_factors.directory.actors import Actor
from taian_factors.lib.periods import SHANGHAI

Act = Callable[[DeskClaim, Actor, datetime], Any]
Acts = Mapping[str, Act]
Resolution, State = DeskClaim.Resolution, DeskClaim.State

AFTER_A_CONFLICT = "前面一步有出入，核定后再记这一步。"


class NoteMissingError(QueueError):
    """A claim is to be settled by a note that says nothing."""


@dataclass(frozen=True)
class Step:
    """One step as a desk without a line took it; ``typed`` is what a form held."""

    key: str
    verb: str
    desk: Desk
    ticket: Ticket
    local_at: datetime
    typed: dict[str, Any] = field(default_factory=dict)


def _on_ticket(verb: Callable[..., Ticket], **more: Any) -> Act:
    def act(claim: DeskClaim, actor: Actor, at: datetime) -> Ticket:
        return verb(desk=claim.desk, ticket=claim.ticket, actor=actor, at=at, key=claim.key, **more)

    return act


# What the queue can do by itself; what needs a request is added by the caller.
ACTS: Acts = {
    "call": _on_ticket(queueing.call_named),
    "recall": _on_ticket(queueing.recall),
    "begin": _on_ticket(queueing.begin),
    "pass_over": _on_ticket(queueing.pass_over),
    "consult": _on_ticket(queueing.finish, outcome=Outcome.CONSULTED),
}


def receive(steps: Iterable[Step], *, actor: Actor, at: datetime, acts: Acts = ACTS) -> list[DeskClaim]:
    """Take the steps in their order, each in a transaction of its own; the same step sent again is answered again.

    Raises:
        ForbiddenError: the desk is another body's.
        BusyError: others hold what a step needs; sending all again is right.
    """
    return [_receive(step, actor=actor, at=at, acts=acts) for step in steps]


@verb
def _receive(step: Step, *, actor: Actor, at: datetime, acts: Acts) -> DeskClaim:
    if actor.user is None or not permissions.may_sit(actor, step.desk):
        raise ForbiddenError("只有本单位的工作人员可以补记这个席位的操作。")
    lock_desks(Desk.objects.filter(pk=step.desk.pk))  # the steps of one desk come one after the other
    if (known := DeskClaim.objects.filter(key=step.key).first()) is not None:
        return known
    claim = DeskClaim(
        key=step.key,
        verb=step.verb,
        desk=step.desk,
        ticket=step.ticket,
        user=actor.user,
        typed=step.typed,
        local_at=step.local_at,
        received_at=at,
    )
    claim.said = _problem(claim, actor, at, acts)[:300]
    claim.state = State.CONFLICT if claim.said else State.APPLIED
    claim.save(force_insert=True)
    return claim


def _problem(claim: DeskClaim, actor: Actor, at: datetime, acts: Acts) -> str:
    """Apply a claim, and say why it could not be; "" when it could."""
    if DeskClaim.objects.in_conflict().filter(desk=claim.desk, ticket=claim.ticket).exists():
        return AFTER_A_CONFLICT
    try:
        with transaction.atomic():
            _apply(claim, actor, at, acts)
    except BusyError:
        raise
    except QueueError as error:
        claim.acted_at = None
        return str(error)
    return ""


def _apply(claim: DeskClaim, actor: Actor, at: datetime, acts: Acts) -> None:
    claim.acted_at = moment(claim, at)
    acts[claim.verb](claim, actor, claim.acted_at)


def moment(claim: DeskClaim, at: datetime) -> datetime:
    """Return the moment under which a claim is applied: its own, on the fair's day, in the order of its ticket.

    Never in the future, whatever the desk's clock says.
    """
    ticket = Ticket.objects.select_related("stall__fair").get(pk=claim.ticket_id)
    day = datetime.combine(ticket.stall.fair.held_on, time(0), SHANGHAI)
    known = [known for known in (ticket.place_at, ticket.called_at, ticket.began_at) if known]
    return min(max(claim.local_at, day, *known), at)


@verb
def settle(
    *,
    desk: Desk,
    ticket: Ticket,
    resolution: str,
    note: str = "",
    actor: Actor,
    at: datetime,
    acts: Acts = ACTS,
) -> list[DeskClaim]:
    """Settle what a desk claimed about one ticket, once: the server's record stays, it is applied now, or noted.

    Raises:
        ForbiddenError: the desk is another body's.
        WrongStateError: it was settled already, or cannot be applied now; nothing is changed by the try.
        NoteMissingError: a note is to be kept that says nothing.
    """
    if actor.user is None or not permissions.may_sit(actor, desk):
        raise ForbiddenError("只有本单位的工作人员可以核定这个席位的出入。")
    lock_desks(Desk.objects.filter(pk=desk.pk))
    claims = list(
        DeskClaim.objects.in_conflict().filter(desk=desk, ticket=ticket).select_related("ticket", "desk")
    )
    if not claims:
        raise WrongStateError("这一条已经核定过，没有再记。")
    if resolution == Resolution.NOTED:
        _annotate(claims, note.strip(), actor=actor, at=at)
    for claim in claims:
        if resolution == Resolution.APPLIED:
            _apply(claim, actor, at, acts)
        claim.state, claim.resolution, claim.note = State.SETTLED, resolution, note.strip()
        claim.settled_by, claim.settled_at = actor.user, at
        claim.save(update_fields=["state", "resolution", "note", "settled_by", "settled_at", "acted_at"])
    return claims


def _annotate(claims: list[DeskClaim], note: str, *, actor: Actor, at: datetime) -> None:
    """Lay what happened beside the ticket, which stays as the server has it."""
    if not note:
        raise NoteMissingError("说明：请写明现场实际情况。")
    ticket = claims[0].ticket
    lock_stalls([ticket.stall_id])
    visit = lock_visit(ticket.visit_id)
    ticket = Ticket.objects.select_related("stall", "desk").get(pk=ticket.pk)
    ticket.visit = visit
    journal.record("annotate", ticket, actor=actor, at=at, remark=f"{claims[0].desk} 离线：{note}")

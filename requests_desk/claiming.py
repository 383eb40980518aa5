"""What a stall desk did without a line, needs included: each step the way the desk's buttons do it, once."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fairs import board, claims
from fairs.claims import Act, Step
from fairs.locks import QueueError, WrongStateError
from fairs.models import Desk, DeskClaim, Ticket
from fairs.workflow import Outcome
from requests_desk import counter
from requests_desk.counter import Result
from requests_desk.intake import Need
from requests_desk.journal import RefusedError
from requests_desk.models import FactorRequest
from taian_factors.directory.actors import Actor
from taian_factors.directory.models import Project


class ClaimRefusedError(QueueError):
    """What a desk typed without a line is refused, with the words of the desk's form."""


@dataclass(frozen=True)
class Typed:
    """A need as it was typed without a line: filed before (``filed``), or new."""

    result: Result
    filed: FactorRequest | None = None
    need: Need | None = None
    project: Project | None = None


# Reads what was typed for a ticket that is being served now; raises ``RefusedError`` with what it lacks.
Read = Callable[[Ticket, DeskClaim, Actor, datetime], Typed]


def receive(steps: Iterable[Step], *, actor: Actor, at: datetime, read: Read) -> list[DeskClaim]:
    """Take the steps of a desk without a line in their order; see ``fairs.claims.receive``."""
    return claims.receive(steps, actor=actor, at=at, acts=_acts(read))


def settle(
    *,
    desk: Desk,
    ticket: Ticket,
    resolution: str,
    note: str = "",
    actor: Actor,
    at: datetime,
    read: Read,
) -> list[DeskClaim]:
    """Settle what a desk claimed about one ticket, once; see ``fairs.claims.settle``."""
    return claims.settle(
        desk=desk, ticket=ticket, resolution=resolution, note=note, actor=actor, at=at, acts=_acts(read)
    )


def _acts(read: Read) -> dict[str, Act]:
    def need(claim: DeskClaim, actor: Actor, at: datetime) -> Any:
        return _said(_need, claim, actor, at, read)

    def finish(claim: DeskClaim, actor: Actor, at: datetime) -> Any:
        return _said(_finish, claim, actor, at)

    return {**claims.ACTS, "need": need, "finish": finish}


def _said(act: Callable[..., Any], *arguments: Any) -> Any:
    try:
        return act(*arguments)
    except RefusedError as error:
        raise ClaimRefusedError(str(error)) from error


def _need(claim: DeskClaim, actor: Actor, at: datetime, read: Read) -> FactorRequest:
    if (made := counter.made_by(claim.key, claim.desk)) is not None:
        return made  # the form had got out after all
    ticket = _served(claim, actor)
    typed = read(ticket, claim, actor, at)
    click = {"desk": claim.desk, "ticket": ticket, "key": claim.key, "result": typed.result}
    if typed.filed is not None:
        return counter.take_on(typed.filed, **click, actor=actor, at=at)
    assert typed.need is not None
    return counter.file_need(need=typed.need, project=typed.project, **click, actor=actor, at=at)


def _finish(claim: DeskClaim, actor: Actor, at: datetime) -> Ticket:
    ticket, outcome = _served(claim, actor), Outcome.HANDLED
    return counter.finish(desk=claim.desk, ticket=ticket, key=claim.key, outcome=outcome, actor=actor, at=at)


def _served(claim: DeskClaim, actor: Actor) -> Ticket:
    """Return the claim's ticket as it is now, if it is being served at the actor's desk."""
    ticket = board.served_ticket_of(actor.user)
    if ticket is None or ticket.pk != claim.ticket_id:
        raise WrongStateError(f"{claim.ticket.visit}没有在本席位办理，“{claim.get_verb_display()}”没有补记。")
    return ticket

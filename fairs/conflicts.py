"""What a desk claimed and the server could not apply, ticket by ticket, both with their times. Never writes."""

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Q

from fairs.models import Desk, DeskClaim, Ticket, TicketEvent
from taian_factors.directory.actors import Actor

EVENTS_SHOWN = 4


@dataclass(frozen=True)
class Conflict:
    """One ticket: what the desk says it did (``claims``), and what the server has of it, the newest last."""

    desk: Desk
    ticket: Ticket
    claims: list[DeskClaim]
    events: list[TicketEvent]

    @property
    def said(self) -> str:
        """Why the first step could not be applied."""
        return self.claims[0].said


def conflicts_of(actor: Actor, desk: Desk | None) -> list[Conflict]:
    """Return what is to be settled at this desk, and what this person claimed elsewhere. Three queries, or one."""
    rows = DeskClaim.objects.visible_to(actor).in_conflict()
    rows = rows.filter(Q(desk=desk) | Q(user=actor.user))
    if not rows.exists():  # as nearly always, and then nothing is joined
        return []
    grouped: dict[tuple[int, int], list[DeskClaim]] = defaultdict(list)
    for claim in rows.select_related("desk__stall", "ticket__visit__enterprise", "ticket__stall", "user"):
        grouped[claim.desk_id, claim.ticket_id].append(claim)
    events: dict[int, list[TicketEvent]] = defaultdict(list)
    if grouped:
        tickets = {ticket for _, ticket in grouped}
        steps = TicketEvent.objects.filter(ticket__in=tickets).order_by("pk")
        for event in steps.select_related("desk__stall", "user"):
            events[event.ticket_id].append(event)
    return [
        Conflict(claims[0].desk, claims[0].ticket, claims, events[ticket][-EVENTS_SHOWN:])
        for (_, ticket), claims in grouped.items()
    ]

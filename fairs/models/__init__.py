"""What a fair keeps: its plan, its queue."""

from fairs.models.plan import Desk, Fair, Stall, Zone, new_token
from fairs.models.queue import DeskAction, Ticket, TicketEvent, Visit

__all__ = [
    "Desk",
    "DeskAction",
    "Fair",
    "Stall",
    "Ticket",
    "TicketEvent",
    "Visit",
    "Zone",
    "new_token",
]

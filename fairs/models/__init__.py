"""What a fair keeps: its plan, its queue, what was thought of it."""

from fairs.models.bookings import BookedPlace, Booking, Invitation, Slot
from fairs.models.claims import DeskClaim
from fairs.models.plan import Desk, Fair, FairChange, StaffChange, Stall, Zone, new_token
from fairs.models.queue import DeskAction, StallEvent, Ticket, TicketEvent, Visit, VisitPress
from fairs.models.ratings import QUESTIONS, FairRating, FairRatingVersion, Level

__all__ = [
    "QUESTIONS",
    "BookedPlace",
    "Booking",
    "Desk",
    "DeskAction",
    "DeskClaim",
    "Fair",
    "FairChange",
    "FairRating",
    "FairRatingVersion",
    "Invitation",
    "Level",
    "Slot",
    "StaffChange",
    "Stall",
    "StallEvent",
    "Ticket",
    "TicketEvent",
    "Visit",
    "VisitPress",
    "Zone",
    "new_token",
]

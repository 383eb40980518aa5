"""One press of a visitor or of the reception: under its key it is done once, and answered the same when it comes again.

A desk's clicks are kept beside their desk (``clicks``). Here a key belongs to a page that was shown: together with the
stall that is named it says which press it is, so that a page shown again may name another stall. All of it for callers
that hold the visit's lock: the same press sent twice comes one after the other.
"""

from datetime import datetime
from typing import Any

from fairs import places
from fairs.clicks import given
from fairs.models import Stall, Ticket, Visit, VisitPress


def known(key: str, *, visit: Visit, stall: Stall | None = None) -> VisitPress | None:
    """Return what this very press has done already; a press without a key is never known."""
    found = VisitPress.objects.filter(visit=visit, key=key, stall=stall).select_related("ticket__stall")
    return found.first() if key else None


def note(
    key: str, *, visit: Visit, at: datetime, stall: Stall | None = None, ticket: Ticket | None = None
) -> None:
    """Keep what a press has done: a ticket taken at a stall or, without one, the check-in."""
    if key:
        done = {"ticket": ticket, "at": at}
        VisitPress.objects.get_or_create(visit=visit, key=key, stall=stall, defaults=done)


def take(key: str, *, visit: Visit, stall: Stall, at: datetime, **place: Any) -> Ticket:
    """Take a place as ``places.take`` does, once under a key: again it gives that ticket, whatever became of it."""
    if (done := known(key, visit=visit, stall=stall)) is not None:
        return given(done.ticket)
    ticket = places.take(visit=visit, stall=stall, at=at, **place)
    note(key, visit=visit, stall=stall, ticket=ticket, at=at)
    return ticket

"""One press of a visitor or of the reception: under its key it is done once, and answered the same when it comes again.

A desk's clicks are kept beside their desk (``clicks``). Here a key belongs to a page that was shown: together with the
stall that is named it says which press it is, so that a page shown again may name another stall.
"""

from datetime import datetime

from fairs.models import Stall, Ticket, Visit, VisitPress


def known(key: str, *, visit: Visit, stall: Stall | None = None) -> VisitPress | None:
    """Return what this very press has done already; a press without a key is never known."""
    found = VisitPress.objects.filter(visit=visit, key=key, stall=stall).select_related("ticket__stall")
    return found.first() if key else None


def note(
    key: str, *, visit: Visit, at: datetime, stall: Stall | None = None, ticket: Ticket | None = None
) -> None:
    """Keep what a press has done. The caller holds the visit's lock, so the same press comes one after the other."""
    if key:
        VisitPress.objects.create(visit=visit, key=key, stall=stall, ticket=ticket, at=at)

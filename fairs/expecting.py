"""Check-in of those who are expected: what was reserved goes live, here and now."""

from datetime import datetime

from fairs.arrivals import arrive
from fairs.locks import verb
from fairs.models import BookedPlace, Booking, Fair, Stall, Visit
from taian_factors.directory.actors import Actor
from taian_factors.directory.models import Organization


@verb
def arrive_expected(
    *,
    fair: Fair,
    enterprise: Organization,
    actor: Actor,
    at: datetime,
    channel: str = Visit.Channel.RECEPTION,
) -> Visit:
    """Check in who is expected, in one go: the reserved number goes live, with places at the booked stalls.

    Raises as ``arrive`` does.
    """
    booking = Booking.objects.filter(fair=fair, enterprise=enterprise).first()
    contact = {
        "contact_name": enterprise.profile.contact_name,
        "contact_phone": enterprise.profile.contact_phone,
    }
    if booking is not None:
        contact = {"contact_name": booking.contact_name, "contact_phone": booking.contact_phone}
    return arrive(
        fair=fair,
        enterprise=enterprise,
        stalls=booked_stalls(fair, enterprise),
        actor=actor,
        at=at,
        channel=channel,
        **contact,
    )


def booked_stalls(fair: Fair, enterprise: Organization) -> list[Stall]:
    """Return the stalls where an enterprise has a place in a slot."""
    held = BookedPlace.objects.held().filter(booking__fair=fair, booking__enterprise=enterprise)
    return list(Stall.objects.filter(pk__in=held.values("slot__stall")).order_by("code"))

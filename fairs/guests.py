"""Who is expected at a fair: the invited and the booked, what they booked, whether they are there. Reads only."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from fairs.models import BookedPlace, Booking, Fair, Invitation, Visit
from taian_factors.directory.models import Organization

# word in the address, label, what holds of an enterprise annotated by ``expected``
SHOWN = {
    "": ("全部", Q()),
    "booked": ("已预约", Q(is_booked=True)),
    "invited": ("已邀请未预约", Q(is_invited=True, is_booked=False)),
    "absent": ("未到", Q(is_here=False)),
    "here": ("已到", Q(is_here=True)),
}


@dataclass(frozen=True)
class Guest:
    """One expected enterprise."""

    enterprise: Organization
    invitation: Invitation | None
    booking: Booking | None
    places: Sequence[BookedPlace]
    visit: Visit | None

    @property
    def held(self) -> list[BookedPlace]:
        """The slots that it has."""
        return [place for place in self.places if place.is_held]

    @property
    def number(self) -> str:
        """Its number, reserved or live."""
        known = self.visit or self.booking
        return f"{known.number:03d}" if known else ""

    @property
    def contact(self) -> tuple[str, str]:
        """Name and telephone: as it booked, as it was invited, as the directory knows."""
        for known in (self.booking, self.invitation, self.enterprise.profile):
            if known is not None and (known.contact_name or known.contact_phone):
                return known.contact_name, known.contact_phone
        return "", ""


def expected(
    fair: Fair, *, shown: str = "", query: str = "", stall: int | None = None
) -> QuerySet[Organization]:
    """Return the enterprises that are invited or have booked, filtered; a word that is unknown filters nothing."""
    live = BookedPlace.objects.live().filter(booking__fair=fair, booking__enterprise=OuterRef("pk"))
    rows = Organization.objects.enterprises().alias(
        is_booked=Exists(live),
        is_invited=Exists(Invitation.objects.filter(fair=fair, enterprise=OuterRef("pk"))),
        is_here=Exists(Visit.objects.filter(fair=fair, enterprise=OuterRef("pk"))),
    )
    rows = rows.filter(Q(is_booked=True) | Q(is_invited=True))
    rows = rows.filter(SHOWN.get(shown, SHOWN[""])[1])
    if stall is not None:
        rows = rows.filter(Exists(live.filter(slot__stall=stall)))
    if query:
        named = Q(name__icontains=query) | Q(aliases__contains=[query])
        rows = rows.filter(named | Q(profile__credit_code__icontains=query))
    return rows.select_related("profile__division").order_by("name", "pk")


def counts(fair: Fair) -> dict[str, int]:
    """Count the enterprises under each word; one query each."""
    return {word: expected(fair, shown=word).count() for word in SHOWN}


def read(fair: Fair, enterprises: Iterable[Organization]) -> list[Guest]:
    """Return what is known of expected enterprises, in their order. Four queries, whatever their number."""
    found = list(enterprises)
    invitations = {
        row.enterprise_id: row for row in Invitation.objects.filter(fair=fair, enterprise__in=found)
    }
    bookings = {row.enterprise_id: row for row in Booking.objects.filter(fair=fair, enterprise__in=found)}
    visits = {row.enterprise_id: row for row in Visit.objects.filter(fair=fair, enterprise__in=found)}
    places: dict[int, list[BookedPlace]] = defaultdict(list)
    live = BookedPlace.objects.live().filter(booking__in=[booking.pk for booking in bookings.values()])
    for place in live.select_related("slot__stall__organization").order_by("slot__starts_at", "pk"):
        places[place.booking_id].append(place)
    return [
        Guest(
            enterprise,
            invitations.get(enterprise.pk),
            booking := bookings.get(enterprise.pk),
            places[booking.pk] if booking else [],
            visits.get(enterprise.pk),
        )
        for enterprise in found
    ]

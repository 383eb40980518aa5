"""Book for a fair with needs first; cancel and change; tell whom it concerns, who comes up, and who is invited."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse

from fairs import reserving
from fairs.models import BookedPlace, Booking, Fair, FairChange, Invitation, Slot
from requests_desk.models import BookedNeed
from requests_desk.notice_table import ALL, BOOKING_CHANGES, FAIR_MOVED, Kind
from requests_desk.notices import Telling, tell
from requests_desk.proposing import Need
from taian_factors.directory.actors import Actor
from taian_factors.directory.models import Organization
from taian_factors.lib.periods import at_local

BATCH = 500


@transaction.atomic
def book(
    *,
    fair: Fair,
    enterprise: Organization,
    needs: Sequence[Need],
    slots: Collection[Slot],
    actor: Actor,
    at: datetime,
    contact_name: str = "",
    contact_phone: str = "",
) -> Booking:
    """Reserve a number, places in slots, and write down what for; tell the enterprise if somebody did it for it.

    Raises as ``reserving.book`` does.
    """
    booking = reserving.book(
        fair=fair,
        enterprise=enterprise,
        slots=slots,
        actor=actor,
        at=at,
        contact_name=contact_name,
        contact_phone=contact_phone,
    )
    rows = [
        BookedNeed(
            booking=booking,
            factor=need.factor,
            headline=need.headline,
            filing_id=need.filing_id,
            factor_request_id=need.factor_request_id,
            added_at=at,
        )
        for need in needs
    ]
    BookedNeed.objects.bulk_create(rows, ignore_conflicts=True)
    _tell_of("booked", booking.places.live().filter(asked_at=at, slot__in=slots), actor=actor, at=at)
    return booking


@transaction.atomic
def cancel(
    *, places: Iterable[BookedPlace], actor: Actor, at: datetime, reason: str = ""
) -> list[BookedPlace]:
    """Give places up; tell who comes up for them, and the enterprise if it was not its own act.

    Raises as ``reserving.cancel`` does; returns who came up.
    """
    given = BookedPlace.objects.filter(pk__in=[place.pk for place in places])
    standing = list(given.live().values_list("pk", flat=True))
    promoted = reserving.cancel(places=given, actor=actor, at=at, reason=reason)
    _tell_of("cancelled", BookedPlace.objects.filter(pk__in=standing), actor=actor, at=at)
    if promoted:
        announce(at=at)
    return promoted


@transaction.atomic
def move(*, place: BookedPlace, slot: Slot, actor: Actor, at: datetime, reason: str = "") -> BookedPlace:
    """Change a place for one in another slot; tell as ``cancel`` does. Raises as ``reserving.move`` does."""
    moved = reserving.move(place=place, slot=slot, actor=actor, at=at, reason=reason)
    _tell_of("moved", BookedPlace.objects.filter(pk=moved.pk), actor=actor, at=at)
    announce(at=at)
    return moved


@transaction.atomic
def announce(*, at: datetime, batch: int = BATCH) -> int:
    """Tell who came up from a waiting list, who is invited, and who of a fair that was moved; each once.

    Safe to run twice; returns how many places, invitations and changes were told.
    """
    changes = _tell_moved(at=at)
    held = BookedPlace.objects.held().to_tell().select_related("booking__fair", "slot__stall__organization")
    places = list(held.select_for_update(of=("self",), skip_locked=True, no_key=True).order_by("pk")[:batch])
    for place in places:
        tell(
            _promotion(place, at),
            at=at,
            bodies=[place.booking.enterprise_id],
            phones=[place.booking.contact_phone],
        )
    rows = Invitation.objects.filter(told_at__isnull=True).select_related("fair")
    invitations = list(
        rows.select_for_update(of=("self",), skip_locked=True, no_key=True).order_by("pk")[:batch]
    )
    by_fair: dict[Fair, list[Invitation]] = defaultdict(list)
    for invitation in invitations:
        by_fair[invitation.fair].append(invitation)
    for fair, invited in by_fair.items():
        bodies = [one.enterprise_id for one in invited]
        tell(_invitation(fair), at=at, bodies=bodies, phones={one.contact_phone for one in invited})
    reserving.mark_told(at=at, places=places, invitations=invitations, changes=changes)
    return len(places) + len(invitations) + len(changes)


def _tell_moved(*, at: datetime) -> list[FairChange]:
    """Tell those who have booked, and those who have been told that they are invited, where and when it is now."""
    rows = FairChange.objects.filter(told_at__isnull=True).select_related("fair")
    changes = list(rows.select_for_update(of=("self",), skip_locked=True, no_key=True).order_by("pk"))
    first: dict[Fair, FairChange] = {}
    for change in changes:
        first.setdefault(change.fair, change)
    for fair, change in first.items():
        if what := _moved(fair, change):
            held = Exists(BookedPlace.objects.live().filter(booking=OuterRef("pk")))
            known = [*fair.bookings.filter(held), *fair.invitations.filter(told_at__isnull=False)]
            bodies, phones = {one.enterprise_id for one in known}, {one.contact_phone for one in known}
            tell(_news(fair, change, what), at=at, bodies=bodies, phones=phones)
    return changes


def _moved(fair: Fair, before: FairChange) -> str:
    """Say what is not as it was; nothing when it has been changed back, or the fair is over."""
    if not fair.is_open:
        return ""
    was, now = (f"{one.opens_at:%H:%M}–{one.closes_at:%H:%M}" for one in (before, fair))
    said = [f"地点由{before.place}改为{fair.place}"] if before.place != fair.place else []
    return "，".join([*said, f"时间由 {was} 改为 {now}"] if was != now else said)


def _news(fair: Fair, change: FairChange, what: str) -> Telling:
    return Telling(
        subject_key=f"fair:{fair.pk}:moved:{change.pk}",
        kind=Kind.PROGRESS,
        text=FAIR_MOVED.format(fair=f"{fair.name}（{fair.held_on}）", what=what),
        channels=ALL,
        url=reverse("requests_desk:book_needs", args=[fair.pk]),
        expires_at=at_local(fair.held_on, fair.closes_at),
    )


def _tell_of(step: str, places: QuerySet[BookedPlace], *, actor: Actor, at: datetime) -> None:
    """Tell an enterprise, and the contact of its booking, what somebody else did with it."""
    loaded = places.select_related(
        "booking__fair", "booking__enterprise", "slot__stall__organization", "moved_from__slot"
    )
    by_booking: dict[Booking, list[BookedPlace]] = defaultdict(list)
    for place in loaded.order_by("slot__starts_at", "pk"):
        if place.booking.enterprise_id != actor.organization.pk:
            by_booking[place.booking].append(place)
    for booking, changed in by_booking.items():
        telling = _change(step, booking, changed)
        tell(telling, at=at, bodies=[booking.enterprise_id], phones=[booking.contact_phone])


def _change(step: str, booking: Booking, changed: Sequence[BookedPlace]) -> Telling:
    first, fair = changed[0], booking.fair
    before = first.moved_from
    words = {
        "fair": f"{fair.name}（{fair.held_on}）",
        "slots": "、".join(
            f"{p.slot.hours} {p.slot.stall.code} {p.slot.stall.organization.short}" for p in changed
        ),
        "number": f"{booking.number:03d}",
        "before": before.slot.hours if before else "",
        "reason": (before or first).cancel_reason.rstrip("。"),
    }
    return Telling(
        subject_key=f"booking:{first.pk}:{step}",
        kind=Kind.PROGRESS,
        text=BOOKING_CHANGES[step].format_map(words),
        channels=ALL,
        url=reverse("requests_desk:booking", args=[booking.code]),
        expires_at=at_local(fair.held_on, fair.closes_at),
    )


def _promotion(place: BookedPlace, at: datetime) -> Telling:
    fair, slot = place.booking.fair, place.slot
    return Telling(
        subject_key=f"booking:{place.pk}:promoted",
        kind=Kind.PROGRESS,
        text=f"候补成功：{fair.name}（{fair.held_on}）{slot.hours} {slot.stall.code} {slot.stall.organization.short}"
        f"已为您约上，预留号 {place.booking.number:03d}。不能来请取消，让给下一家。",
        channels=ALL,
        url=reverse("requests_desk:booking", args=[place.booking.code]),
        expires_at=at_local(fair.held_on, fair.closes_at),
    )


def _invitation(fair: Fair) -> Telling:
    return Telling(
        subject_key=f"fair:{fair.pk}:invitation",
        kind=Kind.PROGRESS,
        text=f"邀请您参加{fair.name}：{fair.held_on} {fair.opens_at:%H:%M}，{fair.place}。"
        "可以先约好时段，也可以直接来。",
        channels=ALL,
        url=reverse("requests_desk:book_needs", args=[fair.pk]),
        expires_at=at_local(fair.held_on, fair.closes_at),
    )

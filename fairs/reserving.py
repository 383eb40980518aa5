"""Booking beforehand: a reserved number, places in slots, waiting lists that refill themselves; and invitations.

All of it stands in line under the fair's lock, where numbers are drawn too; the database refuses an overbooked slot.
A booking is not a ticket: it goes live at check-in (``arrivals``).
"""

from collections.abc import Collection, Iterable
from datetime import date, datetime

from django.db.models import QuerySet

from fairs import permissions
from fairs.locks import ForbiddenError, QueueError, WrongStateError, lock_fair, verb
from fairs.models import BookedPlace, Booking, Fair, FairChange, Invitation, Slot, Visit
from taian_factors.directory.actors import Actor
from taian_factors.directory.models import Organization
from taian_factors.lib.periods import SHANGHAI, local_day


class SlotError(QueueError):
    """A slot cannot be booked by this enterprise."""


class ReasonError(QueueError):
    """The office changes an enterprise's booking and does not say why."""


@verb
def book(
    *,
    fair: Fair,
    enterprise: Organization,
    slots: Collection[Slot],
    actor: Actor,
    at: datetime,
    contact_name: str = "",
    contact_phone: str = "",
) -> Booking:
    """Reserve a number and take places in slots: held where there is room, else on the waiting list. All or nothing.

    Raises:
        ForbiddenError: neither the office nor the enterprise itself.
        WrongStateError: the fair is over, or the enterprise is there already.
        SlotError: no slot, one of another fair or over, or two that would be at once or at one stall.
    """
    if not permissions.may_book(actor, enterprise):
        raise ForbiddenError("只有企业本身或推进办可以预约。")
    fair = lock_fair(fair.pk)
    _require_bookable(fair, enterprise, at)
    wanted = _wanted(fair, slots, at)
    booking = Booking.objects.filter(fair=fair, enterprise=enterprise).first()
    _require_apart(wanted, booking)
    booking = booking or _reserve(fair, enterprise, actor, at)
    booking.contact_name = contact_name or booking.contact_name
    booking.contact_phone = contact_phone or booking.contact_phone
    booking.save(update_fields=["contact_name", "contact_phone"])
    for slot in wanted:
        has_room = slot.free > 0
        if has_room:
            _take(slot)
        BookedPlace.objects.create(booking=booking, slot=slot, asked_at=at, held_at=at if has_room else None)
    return booking


@verb
def cancel(
    *, places: Iterable[BookedPlace], actor: Actor, at: datetime, reason: str = ""
) -> list[BookedPlace]:
    """Give places up; who waits first for each comes up in the same moment.

    What is cancelled already stays so: pressing twice does nothing more.

    Returns:
        The places that came up from the waiting list.

    Raises:
        ForbiddenError: neither the office nor the enterprise itself.
        WrongStateError: the enterprise has checked in; its tickets are given up in the queue.
        ReasonError: the office does not say why.
    """
    rows = BookedPlace.objects.filter(pk__in=[place.pk for place in places])
    booking_ids = set(rows.values_list("booking", flat=True))
    for booking in Booking.objects.filter(pk__in=booking_ids).select_related("enterprise").order_by("fair"):
        if not permissions.may_book(actor, booking.enterprise):
            raise ForbiddenError("只有企业本身或推进办可以取消预约。")
        _require_reason(reason, booking, actor)
        lock_fair(booking.fair_id)
        if Visit.objects.filter(fair=booking.fair_id, enterprise=booking.enterprise_id).exists():
            raise WrongStateError("已签到：不想排的摊位，请在手机页上离开。")
    live = list(rows.live().order_by("pk"))
    for place in live:
        _give_up(place, actor=actor, at=at, reason=reason)
    return _refill([place.slot_id for place in live if place.held_at], at)


@verb
def move(*, place: BookedPlace, slot: Slot, actor: Actor, at: datetime, reason: str = "") -> BookedPlace:
    """Change a place for one in another slot that has room; who waits first for the old one comes up.

    Returns:
        The new place; the old one is its ``moved_from``.

    Raises:
        ForbiddenError: neither the office nor the enterprise itself.
        WrongStateError: given up already, the enterprise has checked in, or the fair is over.
        SlotError: as for a new booking, or the slot is full or the very same.
        ReasonError: the office does not say why.
    """
    booking = place.booking
    if not permissions.may_book(actor, booking.enterprise):
        raise ForbiddenError("只有企业本身或推进办可以改预约。")
    _require_reason(reason, booking, actor)
    fair = lock_fair(booking.fair_id)
    _require_bookable(fair, booking.enterprise, at)
    old = BookedPlace.objects.live().filter(pk=place.pk).first()
    if old is None:
        raise WrongStateError("这一段预约已经取消，请刷新页面。")
    wanted = _wanted(fair, [slot], at)
    if wanted[0].pk == old.slot_id or wanted[0].free < 1:
        raise SlotError(
            f"时段：{wanted[0]} {'就是现在的时段' if wanted[0].pk == old.slot_id else '已约满'}，请另选。"
        )
    _give_up(old, actor=actor, at=at, reason=reason)
    _require_apart(wanted, booking)
    _take(wanted[0])
    moved = BookedPlace.objects.create(
        booking=booking, slot=wanted[0], asked_at=at, held_at=at, moved_from=old
    )
    _refill([old.slot_id] if old.held_at else [], at)
    return moved


@verb
def set_capacity(*, slot: Slot, capacity: int, actor: Actor, at: datetime) -> list[BookedPlace]:
    """Take more or fewer enterprises in a slot; who waits comes up. Returns who did.

    Raises:
        ForbiddenError: the actor does not plan fairs.
        SlotError: more have booked already, or the number is out of the world.
    """
    if not permissions.may_plan(actor):
        raise ForbiddenError("只有推进办可以安排大集。")
    lock_fair(slot.stall.fair_id)
    slot = Slot.objects.select_related("stall").get(pk=slot.pk)
    if not max(1, slot.taken) <= capacity <= 100:
        raise SlotError(f"{slot}：已约 {slot.taken} 家，可约家数应在 {max(1, slot.taken)} 至 100 之间。")
    slot.capacity = capacity
    slot.save(update_fields=["capacity"])
    return _refill([slot.pk], at)


@verb
def mark_told(
    *,
    at: datetime,
    places: Collection[BookedPlace] = (),
    invitations: Collection[Invitation] = (),
    changes: Collection[FairChange] = (),
) -> None:
    """Note that those who came up, those who are invited, and those who mean to come have been told."""
    BookedPlace.objects.to_tell().filter(pk__in=[place.pk for place in places]).update(told_at=at)
    rows = Invitation.objects.filter(pk__in=[row.pk for row in invitations], told_at__isnull=True)
    rows.update(told_at=at)
    FairChange.objects.filter(pk__in=[change.pk for change in changes]).update(told_at=at)


def is_over(slot: Slot, held_on: date, at: datetime) -> bool:
    """Say whether a slot of a fair's day has ended."""
    local = at.astimezone(SHANGHAI)
    return (held_on, slot.ends_at) <= (local.date(), local.time())


def _require_bookable(fair: Fair, enterprise: Organization, at: datetime) -> None:
    if enterprise.kind != Organization.Kind.ENTERPRISE:
        raise ForbiddenError("只有企业可以预约。")
    if not fair.is_open or fair.held_on < local_day(at):
        raise WrongStateError("本场大集已结束，不能预约。")
    if Visit.objects.filter(fair=fair, enterprise=enterprise).exists():
        raise WrongStateError("已签到：还想去的摊位，请直接取号。")


def _wanted(fair: Fair, slots: Collection[Slot], at: datetime) -> list[Slot]:
    rows = Slot.objects.of(fair).filter(pk__in=[slot.pk for slot in slots]).select_related("stall")
    wanted = list(rows.order_by("pk"))
    if not wanted or len(wanted) != len(slots):
        raise SlotError("时段：请至少选一个本场大集的时段。")
    if gone := [slot for slot in wanted if is_over(slot, fair.held_on, at)]:
        raise SlotError(f"时段：{gone[0]} 已过，请另选。")
    return wanted


def _require_apart(wanted: list[Slot], booking: Booking | None) -> None:
    """Refuse what one visit cannot do: a stall twice, or two stalls at once."""
    mine = BookedPlace.objects.live().filter(booking=booking) if booking else BookedPlace.objects.none()
    there = [place.slot for place in mine.select_related("slot__stall")]
    for place, slot in enumerate(wanted):
        for other in [*there, *wanted[:place]]:
            if other.stall_id == slot.stall_id:
                raise SlotError(f"时段：{slot.stall.code} 摊位已约了 {other.hours}，要改请先取消。")
            if other.overlaps(slot):
                raise SlotError(f"时段：{slot} 与 {other} 重叠，一家企业同一时间只能在一个摊位。")


def _reserve(fair: Fair, enterprise: Organization, actor: Actor, at: datetime) -> Booking:
    fair.last_number += 1
    fair.save(update_fields=["last_number"])
    return Booking.objects.create(
        fair=fair, enterprise=enterprise, number=fair.last_number, booked_at=at, booked_by=actor.user
    )


def _require_reason(reason: str, booking: Booking, actor: Actor) -> None:
    if actor.organization.pk != booking.enterprise_id and not reason.strip():
        raise ReasonError("理由：请写明为什么取消或改动企业的预约，企业会收到。")


def _give_up(place: BookedPlace, *, actor: Actor, at: datetime, reason: str) -> None:
    place.cancelled_at, place.cancelled_by, place.cancel_reason = at, actor.user, reason.strip()
    place.save(update_fields=["cancelled_at", "cancelled_by", "cancel_reason"])
    if place.held_at is not None:
        Slot.objects.filter(pk=place.slot_id).update(taken=_taken(place.slot_id))


def _take(slot: Slot) -> None:
    slot.taken += 1
    slot.save(update_fields=["taken"])


def _taken(slot_id: int) -> int:
    return BookedPlace.objects.held().filter(slot=slot_id).count()


def _refill(slot_ids: Iterable[int], at: datetime) -> list[BookedPlace]:
    """Let those who wait for freed slots come up, the first first; who is there already needs no slot."""
    promoted = []
    slots = Slot.objects.filter(pk__in=slot_ids).select_related("stall__fair").order_by("pk")
    for slot in slots:
        if not slot.stall.fair.is_open or is_over(slot, slot.stall.fair.held_on, at):
            continue
        for place in _next(slot):
            _take(slot)
            place.held_at, place.was_promoted = at, True
            place.save(update_fields=["held_at", "was_promoted"])
            promoted.append(place)
    return promoted


def _next(slot: Slot) -> QuerySet[BookedPlace]:
    there = Visit.objects.filter(fair=slot.stall.fair_id).values("enterprise")
    waiting = slot.places.waiting().exclude(booking__enterprise__in=there)
    return waiting.select_related("booking__enterprise", "slot__stall")[: slot.free]

"""What is done at reception, kiosk and phone: check in, take a place, come back, leave; and the close."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from fairs import journal, pausing, permissions, places, pressing
from fairs.locks import (
    ForbiddenError,
    QueueError,
    WrongStateError,
    lock_around,
    lock_called,
    lock_desks,
    lock_fair,
    lock_stalls,
    lock_visit,
    verb,
)
from fairs.models import Booking, Desk, Fair, Stall, Ticket, Visit
from fairs.workflow import LIVE, MOVES, PLACED, TicketState
from taian_factors.directory.actors import Actor
from taian_factors.directory.models import Organization
from taian_factors.lib.periods import SHANGHAI, local_day


class NotTodayError(QueueError):
    """The fair is on another day, or closed."""


class ReasonMissingError(QueueError):
    """Priority is given to somebody without a word why."""


@dataclass(frozen=True)
class DayClosed:
    """What closing a day found: how many tickets became left, and those still being served."""

    left: int
    serving: list[Ticket]


@verb
def check_in(
    *,
    fair: Fair,
    enterprise: Organization,
    actor: Actor,
    at: datetime,
    contact_name: str = "",
    contact_phone: str = "",
    channel: str = Visit.Channel.RECEPTION,
) -> Visit:
    """Check an enterprise in and give it its number; who comes again has the visit it had.

    Raises:
        ForbiddenError: neither the office nor the enterprise itself.
        NotTodayError: the fair is on another day or closed (who is in already is told its number).
    """
    _require_arrival(actor, fair, enterprise)
    fields = {"contact_name": contact_name, "contact_phone": contact_phone, "channel": channel}
    return _check_in(lock_fair(fair.pk), enterprise, actor=actor, at=at, **fields)


@verb
def arrive(
    *,
    fair: Fair,
    enterprise: Organization,
    stalls: Iterable[Stall],
    actor: Actor,
    at: datetime,
    contact_name: str = "",
    contact_phone: str = "",
    channel: str = Visit.Channel.RECEPTION,
    priority: int = 0,
    reason: str = "",
    key: str = "",
) -> Visit:
    """Check in and take places at stalls, all or nothing: what reception and kiosk do in one go; once under a key.

    Raises as ``check_in`` and ``take_ticket`` do.
    """
    stalls = sorted(stalls, key=lambda stall: stall.pk)
    fields = {"contact_name": contact_name, "contact_phone": contact_phone, "channel": channel}
    _require_arrival(actor, fair, enterprise)
    reason = _reason(priority, reason, actor)
    if any(stall.fair_id != fair.pk for stall in stalls):
        raise WrongStateError("这个摊位不在本场大集。")
    fair = lock_fair(fair.pk)
    lock_stalls(stall.pk for stall in stalls)
    visit = lock_visit(_check_in(fair, enterprise, actor=actor, at=at, **fields).pk)
    for stall in stalls:
        pressing.take(key, visit=visit, stall=stall, actor=actor, at=at, priority=priority, reason=reason)
    pressing.note(key, visit=visit, at=at)
    return visit


@verb
def take_ticket(
    *,
    visit: Visit,
    stall: Stall,
    actor: Actor,
    at: datetime,
    priority: int = 0,
    reason: str = "",
    key: str = "",
) -> Ticket:
    """Take a place at a stall; who has one there keeps it as it is.

    Args:
        priority: 0 for everybody; more only from reception, with a reason.
        key: the press; sent again it takes nothing and gives the ticket it gave, whatever has become of that.

    Raises:
        ForbiddenError: not the office, not the enterprise, not the stall that has it at a desk.
        ReasonMissingError: priority without a reason.
        WrongStateError: the stall is another fair's, or the fair is closed.
    """
    parties = permissions.parties_to_visit(actor, visit)
    if not MOVES["take"].by & parties:
        raise ForbiddenError("只有服务台、企业本身或正在接待它的摊位可以取号。")
    reason = _reason(priority, reason, actor)
    if stall.fair_id != visit.fair_id:
        raise WrongStateError("这个摊位不在本场大集。")
    lock_stalls([stall.pk])
    visit = lock_visit(visit.pk)
    place = {"actor": actor, "at": at, "priority": priority, "reason": reason}
    return pressing.take(key, visit=visit, stall=stall, **place)


@verb
def reenter(*, ticket: Ticket, actor: Actor, at: datetime) -> Ticket:
    """Come back after being passed over, once: without priority, just behind the third that waits.

    Who has come back and has its place (the answer was lost, the button was pressed twice) keeps that place.

    Raises:
        ForbiddenError: not the office, the stall's body or the enterprise.
        WrongStateError: not passed over, came back once already, has a new place there, or too late.
    """
    _require_party("reenter", ticket, actor)
    lock_stalls([ticket.stall_id])
    visit = lock_visit(ticket.visit_id)
    ticket = _fresh(ticket)
    if ticket.has_reentered and ticket.state in PLACED:
        return ticket
    journal.check("reenter", ticket)
    places.require_open(visit.fair_id)
    if ticket.has_reentered:
        raise WrongStateError(f"{visit}在{ticket.stall.code}摊位已重排过一次，请重新取号。")
    if Ticket.objects.placed().filter(visit=visit, stall=ticket.stall_id).exists():
        raise WrongStateError(f"{visit}在{ticket.stall.code}摊位已有新的号。")
    return journal.move(
        "reenter",
        ticket,
        actor=actor,
        at=at,
        place_at=places.behind_third(ticket.stall, actor=actor, at=at),
        priority=0,
        priority_reason="",
        has_reentered=True,
        desk=None,
        called_at=None,
        ended_at=None,
    )


@verb
def leave(*, ticket: Ticket, actor: Actor, at: datetime) -> Ticket:
    """Give up one place, waiting or called; who has left already has left.

    Raises:
        ForbiddenError: neither the office nor the enterprise.
        WrongStateError: being served, or over.
    """
    _require_party("leave", ticket, actor)
    lock_called(ticket)
    visit = lock_around(ticket.visit_id, [ticket.stall_id])
    ticket = _fresh(ticket)
    ticket.visit = visit
    if ticket.state == TicketState.LEFT:
        return ticket
    return journal.move("leave", ticket, actor=actor, at=at, ended_at=at)


@verb
def leave_fair(*, visit: Visit, actor: Actor, at: datetime) -> list[Ticket]:
    """Give up every place that waits or is called; what is being served goes on. Returns what was left."""
    if not MOVES["leave"].by & permissions.parties_to_visit(actor, visit):
        raise ForbiddenError("只有服务台或企业本身可以离开。")
    placed = Ticket.objects.placed().filter(visit=visit)
    lock_desks(Desk.objects.filter(paused_for__visit=visit.pk))
    visit = lock_around(visit.pk, placed.values_list("stall_id", flat=True))
    tickets = list(placed.exclude(state=TicketState.SERVING).select_related("stall", "desk").order_by("pk"))
    for ticket in tickets:
        ticket.visit = visit
        journal.move("leave", ticket, actor=actor, at=at, ended_at=at)
    return tickets


@verb
def close_day(*, fair: Fair, at: datetime, actor: Actor | None = None) -> DayClosed:
    """Close a fair: waiting and called tickets become left, serving ones stay and are reported.

    Safe to run twice.

    Args:
        actor: None for the clock; else the office.

    Raises:
        ForbiddenError: the actor is not the office.
    """
    if actor is not None and not permissions.is_reception(actor):
        raise ForbiddenError("只有推进办可以收摊。")
    fair = lock_fair(fair.pk)
    if fair.is_open:
        fair.is_open, fair.closed_at = False, at
        fair.save(update_fields=["is_open", "closed_at"])
    desks = Desk.objects.filter(stall__fair=fair)
    lock_desks(desks)
    lock_stalls(fair.stalls.values_list("pk", flat=True))
    visits = Visit.objects.filter(fair=fair).order_by("pk").select_for_update(no_key=True).in_bulk()
    placed = Ticket.objects.placed().filter(stall__fair=fair)
    tickets = list(placed.select_related("stall", "desk").order_by("pk"))
    serving = [ticket for ticket in tickets if ticket.state == TicketState.SERVING]
    for ticket in tickets:
        ticket.visit = visits[ticket.visit_id]
        if ticket.state != TicketState.SERVING:
            journal.move("close", ticket, actor=actor, at=at, ended_at=at)
    pausing.let_go(desks, actor=actor, at=at)
    desks.exclude(tickets__state__in=LIVE).update(clerk=None)
    return DayClosed(left=len(tickets) - len(serving), serving=serving)


def close_due(*, at: datetime) -> int:
    """Close every open fair whose closing time has passed, each in its own transaction; return how many."""
    today, now = local_day(at), at.astimezone(SHANGHAI).time()
    due = Fair.objects.open().filter(Q(held_on__lt=today) | Q(held_on=today, closes_at__lte=now))
    for fair in (fairs := list(due.order_by("pk"))):
        close_day(fair=fair, at=at)
    return len(fairs)


def _require_arrival(actor: Actor, fair: Fair, enterprise: Organization) -> None:
    if not permissions.may_check_in(actor, fair, enterprise.pk):
        raise ForbiddenError("只有推进办服务台或企业本身可以签到。")
    if enterprise.kind != Organization.Kind.ENTERPRISE:
        raise ForbiddenError("只有企业可以签到。")


def _check_in(fair: Fair, enterprise: Organization, *, actor: Actor, at: datetime, **fields: str) -> Visit:
    """Give the reserved number, or the next one, under the fair's lock: one after the other, none twice."""
    if (there := Visit.objects.filter(fair=fair, enterprise=enterprise).first()) is not None:
        return there
    if not fair.is_open:
        raise NotTodayError("本场大集已收摊。")
    if local_day(at) != fair.held_on:
        raise NotTodayError(f"本场大集在 {fair.held_on} 举行，今天不能签到。")
    reserved = Booking.objects.filter(fair=fair, enterprise=enterprise).first()
    if reserved is None:
        fair.last_number += 1
        fair.save(update_fields=["last_number"])
    return Visit.objects.create(
        fair=fair,
        enterprise=enterprise,
        number=reserved.number if reserved else fair.last_number,
        checked_in_at=at,
        typed_by=actor.user,
        **fields,
    )


def _reason(priority: int, reason: str, actor: Actor) -> str:
    """Return the reason of a priority: only reception gives one, and says why."""
    if not priority:
        return ""
    if not permissions.is_reception(actor):
        raise ForbiddenError("优先只由服务台给。")
    if not reason.strip():
        raise ReasonMissingError("优先理由：请写明为什么优先。")
    return reason.strip()


def _require_party(move: str, ticket: Ticket, actor: Actor) -> None:
    if not permissions.may(actor, MOVES[move], ticket):
        raise ForbiddenError(f"您与这个号无关，不能“{MOVES[move].label}”。")


def _fresh(ticket: Ticket) -> Ticket:
    return Ticket.objects.select_related("visit", "stall", "desk").get(pk=ticket.pk)

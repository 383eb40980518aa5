"""A desk pauses and goes on: by hand, or called to a joint table. Each change is an appended ``StallEvent``.

All of it for callers that hold the locks of the desks.
"""

from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from fairs import stall_journal
from fairs.locks import lock_desks
from fairs.models import Desk, Stall, StallEvent, Ticket
from taian_factors.directory.actors import Actor

Verb = StallEvent.Verb


def set_pause(desk: Desk, *, is_paused: bool, actor: Actor, at: datetime) -> Desk:
    """Pause a desk by hand or let it go on, also from a joint table; what changes nothing leaves no event."""
    before = (desk.is_paused, desk.paused_for_id)
    desk.is_paused, desk.pause_reason, desk.paused_for = is_paused, "", None
    if (is_paused, None) != before:
        desk.save(update_fields=["is_paused", "pause_reason", "paused_for"])
        verb, ticket_id = Verb.PAUSE if is_paused else Verb.GO_ON, before[1]
        stall_journal.append([_event(verb, desk, ticket_id)], actor=actor, at=at)
    return desk


def summon(desks: QuerySet[Desk], *, place: Ticket, actor: Actor | None, at: datetime) -> None:
    """Pause desks for a place at a joint table; who paused for himself keeps his own pause."""
    called = list(desks.filter(is_paused=False).order_by("pk"))
    reason = f"应邀到 {place.stall.code} 会商 {place.visit}"
    Desk.objects.filter(pk__in=[desk.pk for desk in called]).update(
        is_paused=True, pause_reason=reason, paused_for=place
    )
    stall_journal.append([_event(Verb.SUMMON, desk, place.pk, reason) for desk in called], actor=actor, at=at)


def summon_again(place: Ticket, *, actor: Actor | None, at: datetime) -> None:
    """Pause again, now that a missed place at a joint table is called after all, the desks that it had set free."""
    if place.has_reentered:
        summon(_wanted(Ticket.objects.filter(pk=place.pk)), place=place, actor=actor, at=at)


def let_go(desks: QuerySet[Desk], *, actor: Actor | None, at: datetime) -> None:
    """Let desks go on that are called to a joint table."""
    called = list(desks.filter(paused_for__isnull=False).order_by("pk"))
    Desk.objects.filter(pk__in=[desk.pk for desk in called]).update(
        is_paused=False, pause_reason="", paused_for=None
    )
    stall_journal.append(
        [_event(Verb.LET_GO, desk, desk.paused_for_id) for desk in called], actor=actor, at=at
    )


def call_off(place: Ticket, *, actor: Actor, at: datetime) -> None:
    """Note that a missed place at a joint table is about no consultation any more: it summons nobody again."""
    freed = _wanted(Ticket.objects.filter(pk=place.pk))
    stall_journal.append(
        [_event(Verb.CALL_OFF, desk, place.pk) for desk in freed.order_by("pk")], actor=actor, at=at
    )


def lock_summonable(stall: Stall) -> None:
    """Lock the desks that a call at a joint table may pause again; before any stall, as desks always are."""
    if stall.is_joint_table:
        lock_desks(_wanted(Ticket.objects.waiting().filter(stall=stall, has_reentered=True)))


def _wanted(places: QuerySet[Ticket]) -> QuerySet[Desk]:
    """The desks that were let go when places at a joint table were missed, and are still wanted there."""
    of_desk = StallEvent.objects.filter(desk=OuterRef("pk"), ticket__in=places)
    freed, is_off = of_desk.filter(verb=Verb.LET_GO), of_desk.filter(verb=Verb.CALL_OFF)
    return Desk.objects.filter(Exists(freed), ~Exists(is_off))


def _event(verb: Verb, desk: Desk, ticket_id: int | None, note: str = "") -> StallEvent:
    return StallEvent(verb=verb, stall_id=desk.stall_id, desk=desk, ticket_id=ticket_id, note=note)

"""现场会商: asked for at a stall of a fair, confirmed or declined by the office."""

from collections.abc import Sequence
from datetime import datetime

from fairs import joint_tables
from fairs.locks import verb
from fairs.models import Desk, DeskAction, Stall, Ticket
from fairs.workflow import PLACED, TicketState
from requests_desk.journal import NotAllowedError, RefusedError, needed, record
from requests_desk.models import FactorRequest, JointConsultation
from requests_desk.permissions import may_run_the_desk
from requests_desk.table_notices import tell_of_table
from requests_desk.transitions import convene
from requests_desk.workflow import MOVES
from taian_factors.directory.actors import Actor


@verb
def ask(
    *,
    desk: Desk,
    ticket: Ticket,
    table: Stall,
    stalls: Sequence[Stall],
    subject: str,
    factor_requests: Sequence[FactorRequest] = (),
    actor: Actor,
    at: datetime,
    key: str,
) -> JointConsultation:
    """Ask for a joint table for the enterprise at the desk: a place there, the called desks pause, the office is asked.

    The bodies of the called stalls are invited, and the own one; they and the office are told, and each need says it
    in its timeline. The same click asks once.

    Raises:
        RefusedError: no subject; a need of somebody else; a table was asked for already.
        QueueError: the queue refuses (``fairs.joint_tables``).
    """
    subject = needed(subject, "subject", "请写明议题。")
    if any(need.enterprise_id != ticket.visit.enterprise_id for need in factor_requests):
        raise RefusedError("只能会商这家企业的需求。", "factor_requests")
    before = JointConsultation.objects.filter(
        ticket__visit=ticket.visit_id, ticket__state__in=PLACED, declined_at__isnull=True
    )
    if before.exists() and not DeskAction.objects.filter(key=key).exists():
        raise RefusedError(f"{ticket.visit}已经请求过会商，等推进办确认或到会商桌办理。")
    place = joint_tables.call_to_table(
        desk=desk, ticket=ticket, table=table, stalls=stalls, actor=actor, at=at, key=key
    )
    asked, is_new = JointConsultation.objects.get_or_create(
        ticket=place,
        defaults={
            "subject": subject,
            "asked_at": at,
            "asked_by": actor.user,
            "asked_for": actor.organization,
        },
    )
    if is_new:
        asked.invited.set({actor.organization, *(stall.organization for stall in stalls)})
        asked.factor_requests.set(factor_requests)
        _note("ask_table", asked, text=subject, actor=actor, at=at)
        tell_of_table("asked", asked, actor=actor, at=at)
    return asked


def asked_by(key: str, actor: Actor) -> JointConsultation | None:
    """Return the table that this very press of the actor asked for, if it did, wherever the actor sits by now."""
    pressed = DeskAction.objects.filter(key=key, user=actor.user, verb="table").values("ticket")
    rows = JointConsultation.objects.select_related("ticket__visit", "ticket__stall")
    return rows.filter(ticket__in=pressed).first() if key else None


@verb
def confirm(consultation: JointConsultation, *, actor: Actor, at: datetime) -> list[FactorRequest]:
    """The office confirms a table that a stall asked for: the lead's clocks of its needs rest from now on.

    Returns:
        The needs that are not yet where a table can take them (not handed out): they stay listed beside it.
    """
    table = _asked(consultation, actor)
    table.convened_at, table.convened_by = at, actor.user
    table.save(update_fields=["convened_at", "convened_by"])
    needs = list(table.factor_requests.order_by("pk"))
    ready = [need for need in needs if need.state in MOVES["convene"].from_states]
    for need in ready:
        convene(need, consultation=table, actor=actor, at=at)
    return [need for need in needs if need not in ready]


@verb
def decline(consultation: JointConsultation, *, reason: str, actor: Actor, at: datetime) -> None:
    """The office does not confirm: the place at the table is given up, and the called desks go on.

    Raises:
        RefusedError: no reason; the enterprise sits at the table already.
    """
    table = _asked(consultation, actor)
    reason = needed(reason, "reason", "请写明不予会商的理由。")
    place = table.ticket
    if place is not None and place.state == TicketState.SERVING:
        raise RefusedError("企业已经坐到会商桌，不能再不予会商，请确认后形成结论。")
    if place is not None:
        joint_tables.call_off(place=place, actor=actor, at=at)
    table.declined_at, table.declined_by, table.decline_reason = at, actor.user, reason
    table.save(update_fields=["declined_at", "declined_by", "decline_reason"])
    _note("decline_table", table, text=reason, actor=actor, at=at)
    tell_of_table("declined", table, actor=actor, at=at)


def _asked(consultation: JointConsultation, actor: Actor) -> JointConsultation:
    """Lock a table that still waits for the office's word."""
    if not may_run_the_desk(actor):
        raise NotAllowedError("现场会商由推进办确认。")
    rows = JointConsultation.objects.select_related("ticket__visit", "ticket__stall")
    table = rows.select_for_update(of=("self",), no_key=True).get(pk=consultation.pk)
    if table.stage != JointConsultation.Stage.ASKED:
        raise RefusedError(f"这次会商已是“{table.stage_word}”。")
    return table


def _note(verb: str, table: JointConsultation, *, text: str, actor: Actor, at: datetime) -> None:
    """Write into the timeline of each need of a table what happened to it."""
    needs = table.factor_requests.select_for_update(of=("self",), no_key=True).order_by("pk")
    for need in needs:
        record(verb, need, text=text, detail={"consultation": table.pk}, actor=actor, at=at)

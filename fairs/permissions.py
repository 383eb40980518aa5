"""Who may do what at a fair."""

from fairs.models import Desk, Fair, Stall, Ticket, Visit
from fairs.workflow import Move, Party
from taian_factors.directory.actors import Actor
from taian_factors.directory.models import Organization


def is_reception(actor: Actor) -> bool:
    """Who may do everything at reception: the office, its auditors left out."""
    return actor.is_office and not actor.is_auditor


def may_plan(actor: Actor) -> bool:
    """Who may set up a fair, its zones and stalls: the office, its auditors left out."""
    return is_reception(actor)


def may_staff(actor: Actor, stall: Stall) -> bool:
    """Who may name the people on duty at a stall: a lead of the body to which it belongs, and the office."""
    return is_reception(actor) or (actor.is_lead and actor.organization.pk == stall.organization_id)


def may_see_ratings(actor: Actor) -> bool:
    """Who may read what was thought of a fair, its comments included: the office, with its auditors."""
    return actor.is_office


def may_see_counts(actor: Actor) -> bool:
    """Who may see a fair's counts: everybody but enterprises."""
    return not actor.is_enterprise


def may_use(actor: Actor, desk: Desk) -> bool:
    """Who may press the buttons of a desk: who sits there, for the body to which its stall belongs.

    An empty desk has buttons for the system only (a replay, whose actor has no user).
    """
    return actor.organization.pk == desk.stall.organization_id and desk.clerk_id == (
        actor.user and actor.user.pk
    )


def may_sit(actor: Actor, desk: Desk) -> bool:
    """Who may take a seat: staff of the body to which the stall belongs."""
    return actor.user is not None and actor.organization.pk == desk.stall.organization_id


def may_empty(actor: Actor, desk: Desk) -> bool:
    """Who may empty a seat: who sits there, a lead of the stall's body, the office."""
    if is_reception(actor):
        return True
    sits = actor.user is not None and desk.clerk_id == actor.user.pk
    return actor.organization.pk == desk.stall.organization_id and (sits or actor.is_lead)


def may_check_in(actor: Actor, fair: Fair, enterprise_id: int) -> bool:
    """Who may check an enterprise in: the office, and the enterprise itself (phone, kiosk)."""
    return is_reception(actor) or actor.organization.pk == enterprise_id


def may_book(actor: Actor, enterprise: Organization) -> bool:
    """Who may book for an enterprise and cancel: the enterprise itself, and the office for who rings up."""
    return is_reception(actor) or actor.organization.pk == enterprise.pk


def may_invite(actor: Actor) -> bool:
    """Who may invite enterprises and keep the list of who is expected: the office, its auditors left out."""
    return is_reception(actor)


def parties_to_visit(actor: Actor, visit: Visit) -> Party:
    """What somebody is to a visit: reception, the visitor itself, the stall that has it at a desk now."""
    found = Party.NOBODY
    if is_reception(actor):
        found |= Party.RECEPTION
    if actor.organization.pk == visit.enterprise_id:
        found |= Party.VISITOR
    if visit.busy_ticket is not None and visit.busy_ticket.stall.organization_id == actor.organization.pk:
        found |= Party.STALL
    return found


def parties(actor: Actor, ticket: Ticket) -> Party:
    """What somebody is to a ticket: reception, the visitor itself, staff of the stall's body."""
    found = Party.NOBODY
    if is_reception(actor):
        found |= Party.RECEPTION
    if actor.organization.pk == ticket.visit.enterprise_id:
        found |= Party.VISITOR
    if actor.organization.pk == ticket.stall.organization_id:
        found |= Party.STALL
    return found


def may(actor: Actor, move: Move, ticket: Ticket) -> bool:
    """Say whether somebody may make a move of the table on this ticket, whatever its state."""
    return bool(move.by & parties(actor, ticket))

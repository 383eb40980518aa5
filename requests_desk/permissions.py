"""Who somebody is to one request. Code asks for parties, never for roles or groups."""

from fairs.models import Ticket
from requests_desk.models import FactorRequest
from requests_desk.workflow import CLAIMANTS, COUNTER_STATES, Party, State
from taian_factors.directory.actors import Actor


def parties(actor: Actor, factor_request: FactorRequest) -> Party:
    """Return what ``actor`` is to ``factor_request``; two queries at the most.

    FILER: the enterprise. OFFICE, OFFICE_LEAD: the office's clerks and leads; an auditor is nobody, and to a
    matter of past years everybody is. LEAD, SUPPORT: the body that holds such a part now. COUNTER: staff at whose
    desk a ticket of this enterprise is being served, while the request is at a point where that counts.
    CLAIMANT: a body that may claim the open call.
    """
    if factor_request.is_historic:
        return Party.NOBODY
    if actor.is_enterprise:
        return Party.FILER if factor_request.enterprise_id == actor.organization.pk else Party.NOBODY
    found = _office(actor) | _parts(actor, factor_request)
    if factor_request.state in COUNTER_STATES and is_counter(actor, factor_request.enterprise_id):
        found |= Party.COUNTER
    if factor_request.state == State.OPEN_CALL and actor.kind in CLAIMANTS:
        found |= Party.CLAIMANT
    return found


def is_counter(actor: Actor, enterprise_id: int) -> bool:
    """Say whether a ticket of this enterprise's visit is being served at the actor's desk right now."""
    if actor.user is None or actor.kind not in CLAIMANTS:
        return False
    served = Ticket.objects.being_served_by(actor.user)
    return served.filter(visit__enterprise=enterprise_id, stall__organization=actor.organization).exists()


def may_file_for(actor: Actor, enterprise_id: int) -> bool:
    """An enterprise files for itself; all staff may file for an enterprise that they see (marked)."""
    return actor.organization.pk == enterprise_id or not (actor.is_enterprise or actor.is_auditor)


def may_run_the_desk(actor: Actor) -> bool:
    """The office's clerks and leads hand out, decide and convene; an auditor reads."""
    return actor.is_office and not actor.is_auditor


def _office(actor: Actor) -> Party:
    if not may_run_the_desk(actor):
        return Party.NOBODY
    return Party.OFFICE | Party.OFFICE_LEAD if actor.is_office_lead else Party.OFFICE


def _parts(actor: Actor, factor_request: FactorRequest) -> Party:
    if actor.is_office:
        return Party.NOBODY
    found = Party.NOBODY
    for assignment in factor_request.assignments.all():
        if assignment.ended_at is None and assignment.organization_id == actor.organization.pk:
            found |= Party.LEAD if assignment.is_lead else Party.SUPPORT
    return found

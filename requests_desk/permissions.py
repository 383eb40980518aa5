"""Who somebody is to one request. Code asks for parties, never for roles or groups."""

from django.db.models import QuerySet

from fairs.models import Fair, Stall, Ticket
from requests_desk.models import FactorRequest, FrontLineVisit
from requests_desk.workflow import CLAIMANTS, COUNTER_STATES, Party, State
from taian_factors.directory.actors import Actor
from taian_factors.lib.prepared import Prepared, slot


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


_SERVED: Prepared[Ticket] = Prepared(
    lambda: (
        Ticket.objects.being_served_by(slot("user"))
        .filter(stall__organization=slot("body"))
        .values_list("visit__enterprise", flat=True)
    )
)


def served_by(actor: Actor) -> int | None:
    """Return the enterprise whose ticket is being served at the actor's desk right now; one query, for staff."""
    if actor.user is None or actor.kind not in CLAIMANTS:
        return None
    served = _SERVED.rows(user=actor.user.pk, body=actor.organization.pk)
    return served[0][0] if served else None


def is_counter(actor: Actor, enterprise_id: int) -> bool:
    """Say whether a ticket of this enterprise's visit is being served at the actor's desk right now."""
    return served_by(actor) == enterprise_id


def is_outside(actor: Actor, factor_request: FactorRequest) -> bool:
    """Say whether a body reads a request as an open call only, with no part in it.

    Who holds or held one, the office, its county and its chain are inside. No query: the parts are loaded.
    """
    body = actor.organization
    if actor.kind not in CLAIMANTS:
        return False
    if actor.kind == "county_office" and body.division_id == factor_request.division_id:
        return False
    return all(part.organization_id != body.pk for part in factor_request.assignments.all())


def may_file_for(actor: Actor, enterprise_id: int) -> bool:
    """An enterprise files for itself; all staff may file for an enterprise that they see (marked)."""
    return actor.organization.pk == enterprise_id or not (actor.is_enterprise or actor.is_auditor)


def may_run_the_desk(actor: Actor) -> bool:
    """The office's clerks and leads hand out, decide and convene; an auditor reads."""
    return actor.is_office and not actor.is_auditor


def may_plan_front_line(actor: Actor) -> bool:
    """Who may plan a front-line visit: the office (its auditors left out), chain teams, county offices, departments."""
    return actor.kind in {"office", "chain_team", "county_office", "department"} and not actor.is_auditor


def may_see_the_register(actor: Actor) -> bool:
    """Who may see which enterprises were visited: who may plan, and the office's auditors."""
    return may_plan_front_line(actor) or actor.is_office


def may_work_on(actor: Actor, visit: FrontLineVisit) -> bool:
    """Who may move, record, cancel or file on a front-line visit: the office, who planned it, who joins it."""
    if actor.is_enterprise or actor.is_auditor:
        return False
    if actor.is_office or actor.organization.pk == visit.planned_for_id:
        return True
    return visit.team.filter(pk=actor.organization.pk).exists()


def report_of(actor: Actor, fair: Fair) -> QuerySet[Stall]:
    """Return the stalls whose part of a fair's report somebody may see: the office all, a body its own, others none."""
    if actor.is_enterprise:
        return Stall.objects.none()
    stalls = Stall.objects.filter(fair=fair)
    return stalls if actor.is_office else stalls.filter(organization=actor.organization)


def may_see_report(actor: Actor, fair: Fair) -> bool:
    """Who may open a fair's report: the office, and every body that has a stall there."""
    return actor.is_office or report_of(actor, fair).exists()


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

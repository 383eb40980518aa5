"""Who may do what in the competition."""

from scoring.models import ScoringRun
from taian_factors.directory.actors import Actor


def works_in_the_office(actor: Actor | None) -> bool:
    """Clerks and leads of the office; an auditor reads all and moves nothing."""
    return actor is not None and actor.is_office and not actor.is_auditor


def may_compute(actor: Actor | None) -> bool:
    """The office's clerks and leads, and the system."""
    return actor is None or works_in_the_office(actor)


def may_preview(actor: Actor | None) -> bool:
    """The office's clerks and leads, and the system on the sixth working day."""
    return may_compute(actor)


def may_publish(actor: Actor | None) -> bool:
    """The office's leads."""
    return actor is not None and actor.is_office_lead


def may_draft_rules(actor: Actor | None) -> bool:
    """The office's leads: drafting, revising, putting in force and taking back."""
    return actor is not None and actor.is_office_lead


def may_arrange_duties(actor: Actor | None) -> bool:
    """The office's clerks and leads."""
    return works_in_the_office(actor)


def may_decide(actor: Actor | None) -> bool:
    """The office's clerks and leads; that it is a second person stands in the verb and in the database."""
    return works_in_the_office(actor)


def is_scored(actor: Actor | None) -> bool:
    """A department that takes part in the competition."""
    return actor is not None and actor.kind == "department" and actor.organization.takes_part


def may_appeal(actor: Actor | None, run: ScoringRun) -> bool:
    """A department that takes part, while the run is in preview."""
    return is_scored(actor) and run.state == ScoringRun.State.PREVIEW and run.superseded_at is None


def sees_reasons_of(actor: Actor | None, organization_id: int) -> bool:
    """The office every department's matters; a department its own alone."""
    return actor is not None and (actor.is_office or actor.organization.pk == organization_id)


def sees_reviewers(actor: Actor | None) -> bool:
    """The office alone: who reviewed stays hidden from the reviewed department for ever."""
    return actor is not None and actor.is_office


def may_compose(actor: Actor | None) -> bool:
    """The office's clerks and leads."""
    return works_in_the_office(actor)


def may_issue(actor: Actor | None) -> bool:
    """The office's leads; that it is not the one who composed stands in the verb and in the database."""
    return actor is not None and actor.is_office_lead


def may_watch_over_fairness(actor: Actor | None) -> bool:
    """The office's leads and auditors."""
    return actor is not None and (actor.is_office_lead or (actor.is_office and actor.is_auditor))


def may_import_history(actor: Actor | None) -> bool:
    """The office's clerks and leads."""
    return works_in_the_office(actor)

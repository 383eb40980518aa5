"""Which allowed verbs a page leaves out, because their own guards would refuse them now: no button leads nowhere."""

from collections.abc import Callable
from datetime import datetime

from requests_desk.clocks import RULINGS
from requests_desk.deadlines import HAND_BACK_DAYS, in_factor_week
from requests_desk.dossier import Dossier, Part
from requests_desk.forms.clocks import ASKED
from requests_desk.models import Milestone, Suspension
from requests_desk.workflow import State

Applies = Callable[[Dossier, datetime], bool]


def is_offered(verb: str, dossier: Dossier, *, at: datetime) -> bool:
    """Say whether a verb that the table allows would get through its guards as well."""
    applies = _APPLIES.get(verb)
    return applies is None or applies(dossier, at)


def _mine(dossier: Dossier) -> Part | None:
    return next((part for part in dossier.held if part.is_mine), None)


def _not_acknowledged(dossier: Dossier, at: datetime) -> bool:
    part = _mine(dossier)
    return part is not None and part.assignment.acknowledged_at is None


def _has_not_replied(dossier: Dossier, at: datetime) -> bool:
    part = _mine(dossier)
    return part is not None and part.assignment.replied_at is None


def _may_hand_back(dossier: Dossier, at: datetime) -> bool:
    """Within two working days, nothing pending, not ruled on twice."""
    lead = dossier.row.lead
    if lead is None or dossier.hand_back:
        return False
    own = [
        p.assignment
        for p in [*dossier.held, *dossier.past]
        if p.assignment.organization_id == lead.organization_id
    ]
    given = sum(len(assignment.hand_backs.all()) for assignment in own)
    return given < RULINGS and at <= dossier.calendar.end_after(lead.assigned_at, HAND_BACK_DAYS)


def _may_extend(dossier: Dossier, at: datetime) -> bool:
    lead = dossier.row.lead
    due = lead.complete_due_at if lead else None
    return due is not None and at <= due and not hasattr(lead, "extension")


def _extension_is_asked(dossier: Dossier, at: datetime) -> bool:
    extension = getattr(dossier.row.lead, "extension", None)
    return extension is not None and extension.decided_at is None


def _suspensions(dossier: Dossier) -> list[Suspension]:
    return list(dossier.row.lead.suspensions.all()) if dossier.row.lead else []


def _may_suspend(dossier: Dossier, at: datetime) -> bool:
    """Before the nearest deadline that runs, and when none is asked for or running."""
    lead = dossier.row.lead
    live = [s for s in _suspensions(dossier) if s.closed_at is None and s.is_approved is not False]
    if lead is None or live:
        return False
    dues = [lead.complete_due_at, lead.reply_due_at if lead.replied_at is None else None]
    nearest = min((due for due in dues if due), default=None)
    return nearest is not None and at <= nearest


def _suspension_is_asked(dossier: Dossier, at: datetime) -> bool:
    return any(s.decided_at is None for s in _suspensions(dossier))


def _may_resume(dossier: Dossier, at: datetime) -> bool:
    return any(s.opened_at and s.closed_at is None and s.cause in ASKED for s in _suspensions(dossier))


def _is_awarded(dossier: Dossier, at: datetime) -> bool:
    return dossier.call is not None and any(claim.is_chosen for claim in dossier.claims)


def _milestones(dossier: Dossier) -> list[Milestone]:
    return list(dossier.call.milestones.all()) if dossier.call else []


def _may_accept(dossier: Dossier, at: datetime) -> bool:
    passed = all(m.passed_at for m in _milestones(dossier))
    return _is_awarded(dossier, at) and not dossier.call.is_accepted and passed


def _may_write_off(dossier: Dossier, at: datetime) -> bool:
    """In a factor week; an awarded challenge is accepted first, an objection answered."""
    waits = _is_awarded(dossier, at) and not dossier.call.is_accepted
    is_hindered = waits and dossier.factor_request.state == State.CONFIRMED
    is_hindered |= dossier.plea is not None and dossier.factor_request.state == State.INELIGIBLE
    return in_factor_week(at, dossier.calendar) and not is_hindered


def _is_rectified(dossier: Dossier) -> bool | None:
    """Say whether the lead has rectified what it was let know about; None when it was not."""
    opened = dossier.follow_up
    return None if opened is None or not opened.has_consented else opened.rectified_at is not None


def _not_done(verb: str) -> Applies:
    return lambda dossier, at: verb not in dossier.verbs_done


_APPLIES: dict[str, Applies] = {
    "award": lambda dossier, at: bool(dossier.claims),
    "write_off": _may_write_off,
    "write_off_by_case": lambda dossier, at: dossier.factor_request.is_case_by_case,
    "log_effort": lambda dossier, at: dossier.call is not None,
    "plan_milestone": _is_awarded,
    "reach_milestone": lambda dossier, at: any(m.reached_at is None for m in _milestones(dossier)),
    "check_milestone": lambda dossier, at: any(
        m.reached_at and not m.passed_at for m in _milestones(dossier)
    ),
    "accept_challenge": _may_accept,
    "mark_case_by_case": lambda dossier, at: not dossier.factor_request.is_case_by_case,
    "acknowledge": _not_acknowledged,
    "support_reply": _has_not_replied,
    "whistle": lambda dossier, at: dossier.whistle is None,
    "report_in": lambda dossier, at: dossier.whistle is not None,
    "hand_back": _may_hand_back,
    "rule_hand_back": lambda dossier, at: dossier.hand_back is not None,
    "ask_extension": _may_extend,
    "decide_extension": _extension_is_asked,
    "ask_suspension": _may_suspend,
    "decide_suspension": _suspension_is_asked,
    "resume": _may_resume,
    "lodge_claim": lambda dossier, at: not dossier.has_claimed,
    "contest": _not_done("contest"),
    "ask_reopening": _not_done("ask_reopening"),
    "uphold": lambda dossier, at: dossier.plea is not None,
    "follow_up": lambda dossier, at: dossier.follow_up is not None and dossier.follow_up.called_at is None,
    "rectify": lambda dossier, at: _is_rectified(dossier) is False,
    "rate_again": lambda dossier, at: (
        _is_rectified(dossier) is True and not dossier.follow_up.second_rated_at
    ),
    "review": lambda dossier, at: dossier.invitation is not None,
}

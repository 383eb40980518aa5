"""The verbs as a page offers them: which form, which function, and what a person is asked before a grave one."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from requests_desk import clocks, escalation, records, transitions
from requests_desk.deadlines import in_factor_week
from requests_desk.dossier import Dossier, Part
from requests_desk.forms import department, verbs
from requests_desk.forms.verbs import VerbForm
from requests_desk.journal import NotAllowedError, RefusedError, WrongStateError
from requests_desk.models import FactorRequest
from requests_desk.workflow import MOVES, STEPS, Step, allows, available
from taian_factors.directory.actors import Actor
from taian_factors.directory.models import CalendarYear

Applies = Callable[[Dossier, datetime], bool]


@dataclass(frozen=True)
class Verb:
    """How a page does one verb. ``warning`` is what a person is told before a public or final act.

    ``applies`` leaves out what the verb's own guards would refuse now, so that no button leads nowhere.
    """

    form: type[VerbForm]
    run: Callable[..., Any]
    warning: str = ""
    applies: Applies = lambda dossier, at: True


def _convene(factor_request: FactorRequest, *, actor: Actor, at: datetime, **asked: Any) -> None:
    escalation.call_together(factor_requests=[factor_request], actor=actor, at=at, **asked)


def _mine(dossier: Dossier) -> Part | None:
    return next((part for part in dossier.held if part.is_mine), None)


def _not_acknowledged(dossier: Dossier, at: datetime) -> bool:
    part = _mine(dossier)
    return part is not None and part.assignment.acknowledged_at is None


def _support_silent(dossier: Dossier, at: datetime) -> bool:
    part = _mine(dossier)
    return part is not None and part.assignment.replied_at is None


def _no_whistle(dossier: Dossier, at: datetime) -> bool:
    return dossier.whistle is None


def _whistled(dossier: Dossier, at: datetime) -> bool:
    return dossier.whistle is not None


def _may_hand_back(dossier: Dossier, at: datetime) -> bool:
    """Within two working days, nothing pending, not ruled on twice."""
    mine = [p.assignment for p in [*dossier.held, *dossier.past] if _same_body(p, dossier)]
    given = [h for assignment in mine for h in assignment.hand_backs.all()]
    if dossier.row.lead is None or dossier.hand_back or len(given) >= clocks.RULINGS:
        return False
    calendar = CalendarYear.objects.calendar()
    return at <= calendar.end_after(dossier.row.lead.assigned_at, clocks.HAND_BACK_DAYS)


def _same_body(part: Part, dossier: Dossier) -> bool:
    lead = dossier.row.lead
    return lead is not None and part.assignment.organization_id == lead.organization_id


def _handed_back(dossier: Dossier, at: datetime) -> bool:
    return dossier.hand_back is not None


def _may_extend(dossier: Dossier, at: datetime) -> bool:
    lead = dossier.row.lead
    due = lead.complete_due_at if lead else None
    return due is not None and at <= due and not hasattr(lead, "extension")


def _extension_asked(dossier: Dossier, at: datetime) -> bool:
    extension = getattr(dossier.row.lead, "extension", None)
    return extension is not None and extension.decided_at is None


def _suspensions(dossier: Dossier) -> list[Any]:
    return list(dossier.row.lead.suspensions.all()) if dossier.row.lead else []


def _may_suspend(dossier: Dossier, at: datetime) -> bool:
    live = [s for s in _suspensions(dossier) if s.closed_at is None and s.is_approved is not False]
    return not live and _may_have_due(dossier, at)


def _may_have_due(dossier: Dossier, at: datetime) -> bool:
    lead = dossier.row.lead
    if lead is None:
        return False
    dues = [lead.complete_due_at, lead.reply_due_at if lead.replied_at is None else None]
    nearest = min((due for due in dues if due), default=None)
    return nearest is not None and at <= nearest


def _suspension_asked(dossier: Dossier, at: datetime) -> bool:
    return any(s.decided_at is None for s in _suspensions(dossier))


def _may_resume(dossier: Dossier, at: datetime) -> bool:
    asked = {c.value for c in department.ASKED}
    return any(s.opened_at and s.closed_at is None and s.cause in asked for s in _suspensions(dossier))


def _has_claims(dossier: Dossier, at: datetime) -> bool:
    return bool(dossier.claims)


def _not_by_case(dossier: Dossier, at: datetime) -> bool:
    return not dossier.factor_request.is_case_by_case


def _by_case(dossier: Dossier, at: datetime) -> bool:
    return dossier.factor_request.is_case_by_case


def _factor_week(dossier: Dossier, at: datetime) -> bool:
    return in_factor_week(at, CalendarYear.objects.calendar())


def _has_not_claimed(dossier: Dossier, at: datetime) -> bool:
    return not dossier.has_claimed


def _not_yet(verb: str) -> Applies:
    return lambda dossier, at: verb not in dossier.verbs_done


# fmt: off
VERBS: dict[str, Verb] = {
    "accept": Verb(verbs.BareForm, transitions.accept),
    "send_back": Verb(verbs.SendBackForm, transitions.send_back),
    "refuse": Verb(verbs.RefuseForm, transitions.refuse, "企业会收到理由，这项需求到此为止。"),
    "refile": Verb(verbs.RefileForm, transitions.refile),
    "assign": Verb(verbs.AssignForm, transitions.assign),
    "reassign": Verb(verbs.ReassignForm, transitions.reassign),
    "convene": Verb(verbs.ConveneForm, _convene),
    "conclude": Verb(verbs.ConcludeForm, escalation.conclude_one),
    "open_call": Verb(verbs.OpenCallForm, transitions.open_call, "难题将向各部门、金融机构和县市区公开。"),
    "award": Verb(verbs.AwardForm, transitions.award, "", _has_claims),
    "close_call": Verb(verbs.ReasonForm, transitions.close_call),
    "reply": Verb(department.ReplyForm, transitions.reply),
    "complete": Verb(department.CompleteForm, transitions.complete),
    "redo": Verb(verbs.RedoForm, transitions.redo),
    "confirm": Verb(verbs.ConfirmForm, transitions.confirm),
    "declare_ineligible": Verb(
        verbs.IneligibleForm, transitions.declare_ineligible, "企业会看到政策依据，各单位的办理就此结束。"),
    "write_off": Verb(verbs.WriteOffForm, transitions.write_off, "销号后台账上不再列为在办。", _factor_week),
    "write_off_by_case": Verb(
        verbs.ByCaseForm, transitions.write_off_by_case, "一事一议销号后，各单位的办理就此结束。", _by_case),
    "reopen": Verb(verbs.ReasonForm, transitions.reopen),
    "reconsider": Verb(verbs.ReasonForm, transitions.reconsider),
    "withdraw": Verb(verbs.WithdrawForm, transitions.withdraw, "撤回后各单位停止办理，不能恢复；需要时请重新申报。"),
    "acknowledge": Verb(verbs.BareForm, records.acknowledge, "", _not_acknowledged),
    "interim_reply": Verb(department.InterimForm, records.interim_reply),
    "support_reply": Verb(department.SupportReplyForm, records.support_reply, "", _support_silent),
    "add_support": Verb(department.AddSupportForm, records.add_support),
    "whistle": Verb(department.TextForm, records.whistle, "主办单位须在 2 个工作小时内与您联系。", _no_whistle),
    "report_in": Verb(department.TextForm, records.report_in, "", _whistled),
    "hand_back": Verb(department.HandBackForm, clocks.hand_back, "", _may_hand_back),
    "rule_hand_back": Verb(department.RuleHandBackForm, clocks.rule_hand_back, "", _handed_back),
    "ask_extension": Verb(department.ExtensionForm, clocks.ask_extension, "", _may_extend),
    "decide_extension": Verb(department.DecideForm, clocks.decide_extension, "", _extension_asked),
    "ask_suspension": Verb(department.SuspensionForm, clocks.ask_suspension, "", _may_suspend),
    "decide_suspension": Verb(department.DecideForm, clocks.decide_suspension, "", _suspension_asked),
    "resume": Verb(department.ResumeForm, clocks.resume_clock, "", _may_resume),
    "lodge_claim": Verb(department.ClaimForm, escalation.lodge_claim, "", _has_not_claimed),
    "mark_case_by_case": Verb(verbs.ReasonForm, records.mark_case_by_case, "", _not_by_case),
    "contest": Verb(department.NeededTextForm, records.contest, "", _not_yet("contest")),
    "ask_reopening": Verb(department.NeededTextForm, records.ask_reopening, "", _not_yet("ask_reopening")),
    "note": Verb(department.NeededTextForm, records.note),
    "phone": Verb(department.PhoneForm, records.phone),
    "call_back": Verb(department.CallBackForm, records.call_back),
}
# fmt: on
GRAVE = {"refuse", "declare_ineligible", "write_off", "write_off_by_case", "withdraw"}


@dataclass(frozen=True)
class Panel:
    """One verb on the page: its step of the table and its form; open when it is what comes next or has errors."""

    step: Step
    form: VerbForm
    warning: str
    is_move: bool
    is_bare: bool
    is_grave: bool
    is_open: bool


def panels(dossier: Dossier, *, at: datetime, bound: VerbForm | None = None) -> list[Panel]:
    """Return the verbs that the reader may do now, in the order of the tables; ``bound`` takes its verb's place."""
    drawn = []
    for step in available(dossier.factor_request.state, dossier.parties):
        verb, is_bound = VERBS.get(step.verb), bound is not None and bound.verb == step.verb
        if verb is None or not (is_bound or verb.applies(dossier, at)):
            continue
        form = bound if bound is not None and is_bound else unbound(step.verb, dossier, at)
        drawn.append(_panel(step, verb, form, is_bound))
    return drawn


def _panel(step: Step, verb: Verb, form: VerbForm, is_bound: bool) -> Panel:
    is_bare = verb.form is verbs.BareForm and not is_bound
    return Panel(step, form, verb.warning, step.verb in MOVES, is_bare, step.verb in GRAVE, is_bound)


def unbound(verb: str, dossier: Dossier, at: datetime) -> VerbForm:
    """Return the empty form of a verb, which remembers the newest event that its page shows."""
    return VERBS[verb].form(
        verb=verb,
        factor_request=dossier.factor_request,
        parties=dossier.parties,
        at=at,
        initial={"seen": dossier.newest},
    )


def attempt(verb: str, form: VerbForm, *, actor: Actor, at: datetime) -> int:
    """Do a verb once: 200 done, 409 not from this state (or done already by the same click), 422 something is wrong.

    What is wrong stands in ``form.errors``.

    Raises:
        PermissionDenied: somebody who sees the request, but is no party to this verb.
    """
    if not STEPS[verb].by & form.parties:
        raise PermissionDenied
    if not allows(verb, form.factor_request.state, form.parties):
        return _refused(
            form, None, f"现在是“{form.factor_request.get_state_display()}”，不能“{STEPS[verb].label}”。", 409
        )
    if not form.is_valid():
        return 422
    try:
        return _once(verb, form, actor=actor, at=at)
    except NotAllowedError as error:
        raise PermissionDenied from error
    except WrongStateError as error:
        return _refused(form, None, str(error), 409)
    except RefusedError as error:
        return _refused(form, error.field, str(error), 422)


@transaction.atomic
def _once(verb: str, form: VerbForm, *, actor: Actor, at: datetime) -> int:
    """Run the verb, unless the same person did it after the page was drawn: that is a second click."""
    seen = form.cleaned_data.get("seen")
    locked = FactorRequest.objects.select_for_update(of=("self",), no_key=True).get(pk=form.factor_request.pk)
    newer = locked.events.filter(pk__gt=seen or 0, verb=verb, user=actor.user)
    if seen is not None and newer.exists():
        return _refused(form, None, f"“{STEPS[verb].label}”刚才已经提交，没有重复办理。", 409)
    VERBS[verb].run(form.factor_request, actor=actor, at=at, **form.arguments())
    return 200


def _refused(form: VerbForm, field: str | None, message: str, status: int) -> int:
    form.add_error(field if field in form.fields else None, message)
    return status

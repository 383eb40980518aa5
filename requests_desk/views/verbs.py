"""The verbs as a page offers them: which form, which function, and what a person is asked before a grave one."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse

from requests_desk import (
    case_by_case,
    clocks,
    dispatching,
    escalation,
    follow_ups,
    pursuing,
    records,
    transitions,
)
from requests_desk.dossier import Dossier
from requests_desk.forms import challenges, department, verbs
from requests_desk.forms import clocks as clocks_of
from requests_desk.forms import follow_ups as reviews
from requests_desk.forms.verbs import VerbForm
from requests_desk.journal import NotAllowedError, RefusedError, WrongStateError
from requests_desk.meanwhile import ChangedError, check, news
from requests_desk.models import FactorRequest, ReplyTemplate
from requests_desk.views.offers import is_offered
from requests_desk.wordings import OUTCOMES, fitting
from requests_desk.workflow import STEPS, Step, allows, available
from taian_factors.directory.actors import Actor


@dataclass(frozen=True)
class Verb:
    """How a page does one verb. ``warning`` is what a person is told before a public or final act."""

    form: type[VerbForm]
    run: Callable[..., Any]
    warning: str = ""


def _convene(factor_request: FactorRequest, *, actor: Actor, at: datetime, **asked: Any) -> None:
    escalation.call_together(factor_requests=[factor_request], actor=actor, at=at, **asked)


# fmt: off
VERBS: dict[str, Verb] = {
    "accept": Verb(verbs.BareForm, transitions.accept),
    "send_back": Verb(verbs.SendBackForm, transitions.send_back),
    "refuse": Verb(verbs.RefuseForm, transitions.refuse, "企业会收到理由，这项需求到此为止。"),
    "refile": Verb(verbs.RefileForm, transitions.refile),
    "assign": Verb(verbs.AssignForm, dispatching.hand_out),
    "reassign": Verb(verbs.ReassignForm, transitions.reassign),
    "convene": Verb(verbs.ConveneForm, _convene),
    "conclude": Verb(verbs.ConcludeForm, escalation.conclude_one),
    "open_call": Verb(verbs.OpenCallForm, transitions.open_call, "难题将向各部门、金融机构和县市区公开。"),
    "award": Verb(verbs.AwardForm, transitions.award),
    "close_call": Verb(verbs.ReasonForm, transitions.close_call),
    "reply": Verb(department.ReplyForm, transitions.reply),
    "complete": Verb(department.CompleteForm, transitions.complete),
    "redo": Verb(verbs.RedoForm, transitions.redo),
    "confirm": Verb(verbs.ConfirmForm, transitions.confirm),
    "declare_ineligible": Verb(
        verbs.IneligibleForm, transitions.declare_ineligible, "企业会看到政策依据，各单位的办理就此结束。"),
    "write_off": Verb(verbs.WriteOffForm, transitions.write_off, "销号后台账上不再列为在办。"),
    "write_off_by_case": Verb(
        verbs.ByCaseForm, transitions.write_off_by_case, "一事一议销号后，各单位的办理就此结束。"),
    "reopen": Verb(verbs.ReasonForm, transitions.reopen),
    "reconsider": Verb(verbs.ReasonForm, transitions.reconsider),
    "withdraw": Verb(verbs.WithdrawForm, transitions.withdraw, "撤回后各单位停止办理，不能恢复；需要时请重新申报。"),
    "acknowledge": Verb(verbs.BareForm, records.acknowledge),
    "interim_reply": Verb(department.InterimForm, records.interim_reply),
    "support_reply": Verb(department.SupportReplyForm, records.support_reply),
    "add_support": Verb(department.AddSupportForm, records.add_support),
    "whistle": Verb(department.TextForm, records.whistle, "主办单位须在 2 个工作小时内与您联系。"),
    "report_in": Verb(department.TextForm, records.report_in),
    "hand_back": Verb(department.HandBackForm, clocks.hand_back),
    "rule_hand_back": Verb(department.RuleHandBackForm, clocks.rule_hand_back),
    "ask_extension": Verb(clocks_of.ExtensionForm, clocks.ask_extension),
    "decide_extension": Verb(clocks_of.DecideExtensionForm, clocks.decide_extension),
    "ask_suspension": Verb(clocks_of.SuspensionForm, clocks.ask_suspension),
    "decide_suspension": Verb(clocks_of.DecideSuspensionForm, clocks.decide_suspension),
    "resume": Verb(clocks_of.ResumeForm, clocks.resume_clock),
    "lodge_claim": Verb(department.ClaimForm, escalation.lodge_claim),
    "log_effort": Verb(challenges.LogEffortForm, pursuing.log_effort),
    "plan_milestone": Verb(challenges.PlanMilestoneForm, pursuing.plan_milestone),
    "reach_milestone": Verb(challenges.ReachMilestoneForm, pursuing.reach_milestone),
    "check_milestone": Verb(challenges.CheckMilestoneForm, pursuing.check_milestone),
    "accept_challenge": Verb(
        challenges.AcceptChallengeForm, pursuing.accept_challenge, "验收后这项揭榜即告完成，可以销号。"),
    "mark_case_by_case": Verb(verbs.CaseByCaseForm, case_by_case.mark_case_by_case),
    "supplement": Verb(department.SupplementForm, records.supplement),
    "contest": Verb(department.ContestForm, records.contest),
    "ask_reopening": Verb(department.AskReopeningForm, records.ask_reopening),
    "uphold": Verb(department.UpholdForm, records.uphold),
    "note": Verb(department.NoteForm, records.note),
    "phone": Verb(department.PhoneForm, records.phone),
    "follow_up": Verb(reviews.FollowUpForm, follow_ups.follow_up),
    "rectify": Verb(reviews.RectifyForm, follow_ups.rectify),
    "rate_again": Verb(reviews.RateAgainForm, follow_ups.rate_again),
    "call_back": Verb(department.CallBackForm, records.call_back),
}
# fmt: on
INTERNAL = {"note", "support_reply", "hand_back"}  # never shown to the enterprise
GRAVE = {"refuse", "declare_ineligible", "write_off", "write_off_by_case", "withdraw"}


@dataclass(frozen=True)
class Panel:
    """One verb on the page: its step of the table and its form, or the ``link`` to the page where it is done.

    ``is_bare``: nothing is asked, a button does it. ``is_open``: it has errors, or it is what comes next; a form that
    is closed is drawn when somebody opens it.
    """

    step: Step
    form: VerbForm | None = None
    warning: str = ""
    link: str = ""
    is_bare: bool = False
    is_open: bool = False
    templates: list[ReplyTemplate] = field(default_factory=list)

    @property
    def readers(self) -> str:
        """Who will read the words: "public" with the enterprise, "internal" without it, else it is not words."""
        if self.step.verb in OUTCOMES:
            return "public"
        return "internal" if self.step.verb in INTERNAL else ""

    @property
    def is_grave(self) -> bool:
        """Ends a matter, or is seen by all."""
        return self.step.verb in GRAVE


def panels(
    dossier: Dossier,
    *,
    actor: Actor,
    at: datetime,
    bound: VerbForm | None = None,
    opened: str = "",
    seen: int | None = None,
) -> list[Panel]:
    """Return the verbs that the reader may do now, in the order of the tables; ``bound`` takes its verb's place.

    ``opened`` is the verb that the address asks for; else the one that comes next stands open. ``seen`` is the
    newest event of the page on which somebody opened it: what others did since then has not been read.
    """
    # Of panels that share a name the browser leaves only the first open: a form that came back must be the only one.
    opened = bound.verb if bound is not None else opened
    steps = available(dossier.factor_request.state, dossier.parties)
    read = dossier.newest if seen is None else min(seen, dossier.newest)
    found = [
        _panel(
            step, dossier, at, bound if bound is not None and bound.verb == step.verb else None, opened, read
        )
        for step in steps
        if is_offered(step.verb, dossier, at=at) or (bound is not None and bound.verb == step.verb)
    ]
    if not any(panel.is_open and panel.readers == "public" for panel in found):
        return found
    templates = fitting(actor, dossier.factor_request)
    return [replace(panel, templates=templates.get(panel.step.verb, [])) for panel in found]


def _panel(
    step: Step, dossier: Dossier, at: datetime, bound: VerbForm | None, opened: str, seen: int
) -> Panel:
    if step.verb == "review":
        return Panel(step, link=reverse("requests_desk:review", args=[dossier.invitation.token]))
    verb = VERBS[step.verb]
    is_next = step.verb == (opened or dossier.next.verb) and (bool(opened) or dossier.next.is_mine)
    is_bare, is_open = verb.form is verbs.BareForm, bound is not None or is_next
    form = bound
    if form is None and (is_bare or is_open):
        form = verb.form(
            verb=step.verb,
            factor_request=dossier.factor_request,
            parties=dossier.parties,
            at=at,
            calendar=dossier.calendar,
            initial={"seen": seen},
        )
    return Panel(step, form, verb.warning, is_bare=is_bare, is_open=is_open)


def attempt(verb: str, form: VerbForm, *, actor: Actor, at: datetime) -> int:
    """Do a verb once: 200 done, 422 something is wrong, 409 not from this state, done already by the same click, or
    somebody else did something after the page was drawn.

    What is wrong stands in ``form.errors``, what others did in ``form.news``.

    Raises:
        PermissionDenied: somebody who sees the request, but is no party to this verb.
    """
    if not STEPS[verb].by & form.parties:
        raise PermissionDenied
    if not allows(verb, form.factor_request.state, form.parties):
        form.news = news(form.seen_before, actor=actor)
        return _refused(
            form, None, f"现在是“{form.factor_request.get_state_display()}”，不能“{STEPS[verb].label}”。", 409
        )
    if not form.is_valid():
        return 422
    try:
        return _once(verb, form, actor=actor, at=at)
    except NotAllowedError as error:
        raise PermissionDenied from error
    except ChangedError as error:
        form.news = error.news
        return _refused(form, None, str(error), 409)
    except WrongStateError as error:
        return _refused(form, None, str(error), 409)
    except RefusedError as error:
        return _refused(form, error.field, str(error), 422)


@transaction.atomic
def _once(verb: str, form: VerbForm, *, actor: Actor, at: datetime) -> int:
    """Run the verb, unless the same person did it already (a second click), or others did something meanwhile."""
    seen = form.seen_before
    locked = FactorRequest.objects.select_for_update(of=("self",), no_key=True).get(pk=form.factor_request.pk)
    newer = locked.events.filter(pk__gt=seen.get(locked.pk, 0), verb=verb, user=actor.user)
    if seen and newer.exists():
        return _refused(form, None, f"“{STEPS[verb].label}”刚才已经提交，没有重复办理。", 409)
    if form.heeds:
        check(seen, actor=actor, mine=form.written())
    VERBS[verb].run(form.factor_request, actor=actor, at=at, **form.arguments())
    return 200


def _refused(form: VerbForm, field: str | None, message: str, status: int) -> int:
    form.add_error(field if field in form.fields else None, message)
    return status

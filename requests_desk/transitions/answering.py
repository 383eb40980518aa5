"""What the lead says: 回复, 办结."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from requests_desk.deadlines import CONFIRM_DAYS, REVIEW_DAYS
from requests_desk.filetypes import Paper
from requests_desk.handing import SUPPORT, end, resume, running, running_lead
from requests_desk.journal import RefusedError, begin, move, needed
from requests_desk.keeping import keep
from requests_desk.models import (
    Assignment,
    FactorRequest,
    Reply,
    RequestEvent,
    ReviewInvitation,
    SatisfactionReview,
)
from taian_factors.directory.actors import Actor
from taian_factors.directory.models import CalendarYear


@dataclass(frozen=True)
class Answer:
    """The words of a substantive reply. A plan needs its date and owner, a proposal of ineligibility its basis."""

    text: str
    outcome: Reply.Outcome = Reply.Outcome.ANSWER
    plan_on: date | None = None
    plan_owner: str = ""
    basis: str = ""


@transaction.atomic
def reply(
    factor_request: FactorRequest, *, answer: Answer, actor: Actor, at: datetime, papers: Sequence[Paper] = ()
) -> RequestEvent:
    """回复 with substance: an answer, a dated plan, or a proposal to declare ineligible. The first stops the clock."""
    begin("reply", factor_request, actor)
    if actor.organization.lead_signs_replies and not actor.is_lead:
        raise RefusedError("本单位的正式回复须由负责人签发，请交负责人提交。")
    assignment = running_lead(factor_request)
    write_reply(assignment, answer, actor=actor, at=at)
    stop_reply_clock(assignment, at=at)
    detail = {
        "outcome": answer.outcome,
        "plan_on": answer.plan_on and answer.plan_on.isoformat(),
        "papers": [paper.name for paper in papers],
    }
    event = move(
        "reply", factor_request, actor=actor, at=at, text=answer.text, detail=detail, assignment=assignment
    )
    keep(papers, filing=factor_request.filing, factor_request=factor_request, event=event, actor=actor, at=at)
    return event


@transaction.atomic
def complete(factor_request: FactorRequest, *, text: str, actor: Actor, at: datetime) -> RequestEvent:
    """办结: it is resolved, nothing less. Ends open supports and opens the enterprise's confirmation and review."""
    begin("complete", factor_request, actor)
    assignment = running_lead(factor_request)
    answer = Answer(needed(text, "text", "请写明办结结果。"), Reply.Outcome.COMPLETION)
    write_reply(assignment, answer, actor=actor, at=at)
    stop_reply_clock(assignment, at=at)
    resume(assignment, at=at, calendar=(calendar := CalendarYear.objects.calendar()))
    assignment.completed_at = at
    assignment.save(update_fields=["completed_at"])
    end(running(factor_request, SUPPORT), reason=Assignment.End.COMPLETED, at=at)
    _invite_review(assignment, at=at, until=calendar.end_after(at, REVIEW_DAYS))
    due = calendar.end_after(at, CONFIRM_DAYS)
    changes = {"completed_at": at, "confirm_due_at": due}
    return move("complete", factor_request, actor=actor, at=at, text=text, assignment=assignment, **changes)


def write_reply(assignment: Assignment, answer: Answer, *, actor: Actor, at: datetime) -> Reply:
    """Keep the words of an answer; raises RefusedError for what an outcome needs and lacks."""
    text = needed(answer.text, "text", "请写明回复内容。")
    if answer.outcome == Reply.Outcome.PLAN and not (answer.plan_on and answer.plan_owner):
        raise RefusedError("解决方案须写明完成日期和责任人。", "plan_owner" if answer.plan_on else "plan_on")
    if answer.outcome == Reply.Outcome.PROPOSE_INELIGIBLE and not answer.basis:
        raise RefusedError("建议认定不符合条件须写明政策依据。", "basis")
    return Reply.objects.create(
        assignment=assignment,
        outcome=answer.outcome,
        text=text,
        plan_on=answer.plan_on,
        plan_owner=answer.plan_owner,
        basis=answer.basis,
        author=actor.user,
        replied_at=at,
    )


def stop_reply_clock(assignment: Assignment, *, at: datetime) -> None:
    """Note the first substantive word; later ones change nothing."""
    if assignment.replied_at is None:
        assignment.replied_at = at
        assignment.save(update_fields=["replied_at"])


def _invite_review(assignment: Assignment, *, at: datetime, until: datetime) -> None:
    """Open the one review of this matter; a matter that has been reviewed is not reviewed again."""
    if SatisfactionReview.objects.filter(factor_request=assignment.factor_request_id).exists():
        return
    ReviewInvitation.objects.create(
        factor_request=assignment.factor_request,
        assignment=assignment,
        token=secrets.token_urlsafe(32),
        invited_at=at,
        open_until=until,
    )

"""Before a request is in anybody's hands: 受理, 退回补正, 不予受理, 重新提交, 重新受理, 撤回."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from requests_desk.deadlines import COMPLETION_DAYS, OFFICE_DAYS
from requests_desk.filetypes import Paper
from requests_desk.handing import end, running
from requests_desk.journal import RefusedError, begin, move, needed
from requests_desk.keeping import keep
from requests_desk.models import Assignment, FactorRequest, Filing, RequestEvent
from requests_desk.workflow import Party
from taian_factors.directory.actors import Actor
from taian_factors.directory.models import CalendarYear


@transaction.atomic
def accept(factor_request: FactorRequest, *, actor: Actor, at: datetime) -> RequestEvent:
    """受理: take a filed request on.

    Who typed it for an enterprise does not accept it, except at a counter, or when a joint table decided it.
    """
    found = begin("accept", factor_request, actor)
    filing = factor_request.filing
    is_own = filing.typed_by_id is not None and actor.user is not None and filing.typed_by_id == actor.user.pk
    if is_own and Party.COUNTER not in found and filing.channel != Filing.Channel.CONSULTATION:
        raise RefusedError("代企业录入的申报须由他人受理，不能自己受理。")
    calendar = CalendarYear.objects.calendar()
    due = calendar.end_after(at, OFFICE_DAYS)
    return move("accept", factor_request, actor=actor, at=at, accepted_at=at, assign_due_at=due)


@transaction.atomic
def send_back(factor_request: FactorRequest, *, reason: str, actor: Actor, at: datetime) -> RequestEvent:
    """退回补正: ask the enterprise to complete it; after ten working days without an answer it is withdrawn."""
    begin("send_back", factor_request, actor)
    until = CalendarYear.objects.calendar().end_after(at, COMPLETION_DAYS)
    return move(
        "send_back",
        factor_request,
        actor=actor,
        at=at,
        text=needed(reason, "reason", "请写明需要补正什么。"),
        returned_at=at,
        completion_asked_until=until,
        reason=reason,
    )


@transaction.atomic
def refuse(factor_request: FactorRequest, *, reason: str, actor: Actor, at: datetime) -> RequestEvent:
    """不予受理, with a reason and the right channel."""
    begin("refuse", factor_request, actor)
    text = needed(reason, "reason", "请写明不予受理的理由和正确的渠道。")
    return move("refuse", factor_request, actor=actor, at=at, text=text, reason=reason)


@transaction.atomic
def refile(
    factor_request: FactorRequest, *, story: str, actor: Actor, at: datetime, papers: Sequence[Paper] = ()
) -> RequestEvent:
    """重新提交 a returned request, with what was missing."""
    begin("refile", factor_request, actor)
    due = CalendarYear.objects.calendar().end_after(at, OFFICE_DAYS)
    event = move(
        "refile",
        factor_request,
        actor=actor,
        at=at,
        detail={"story_before": factor_request.story, "papers": [paper.name for paper in papers]},
        story=needed(story, "story", "请补充具体情况。"),
        accept_due_at=due,
        returned_at=None,
        completion_asked_until=None,
    )
    keep(papers, filing=factor_request.filing, factor_request=factor_request, event=event, actor=actor, at=at)
    return event


@transaction.atomic
def reconsider(factor_request: FactorRequest, *, reason: str, actor: Actor, at: datetime) -> RequestEvent:
    """重新受理 what was refused by mistake."""
    begin("reconsider", factor_request, actor)
    due = CalendarYear.objects.calendar().end_after(at, OFFICE_DAYS)
    return move("reconsider", factor_request, actor=actor, at=at, text=reason, accept_due_at=due)


@transaction.atomic
def withdraw(factor_request: FactorRequest, *, reason: str, actor: Actor, at: datetime) -> RequestEvent:
    """撤回 by the enterprise; every running part ends."""
    begin("withdraw", factor_request, actor)
    end(running(factor_request), reason=Assignment.End.WITHDRAWN, at=at)
    return move("withdraw", factor_request, actor=actor, at=at, text=reason)

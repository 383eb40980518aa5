"""What is done with needs at a stall desk, once per click: file one on the spot, take one on, finish the serving.

The queue itself is moved by ``fairs``; here a ticket and a request meet.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import TextChoices

from fairs import queueing
from fairs.locks import verb
from fairs.models import Desk, DeskAction, Ticket
from fairs.workflow import Outcome as TicketOutcome
from requests_desk.drafting import filed_at_counter
from requests_desk.filetypes import Paper
from requests_desk.intake import Need, file_at_counter, take_at_counter
from requests_desk.journal import RefusedError
from requests_desk.keeping import keep
from requests_desk.models import BookedNeed, FactorRequest
from requests_desk.serving import handled_in
from requests_desk.transitions import Answer
from taian_factors.directory.actors import Actor
from taian_factors.directory.models import Project

FILE = "file"  # the verb under which a click that files is kept


class Outcome(TextChoices):
    """What became of a need at the counter."""

    COMPLETED = "completed", "现场办结"
    PLANNED = "planned", "现场拿出解决方案"
    KEPT = "kept", "转交办：本单位会后办理"
    HANDED_OVER = "handed_over", "转交办：请推进办分办给其他单位"


@dataclass(frozen=True)
class Result:
    """An outcome with its words: how it was resolved, or the plan with its date and owner."""

    outcome: Outcome
    answer: Answer | None = None


class RepeatedError(RefusedError):
    """The click's key was used for something else."""


@verb
def file_need(
    *,
    desk: Desk,
    ticket: Ticket,
    key: str,
    need: Need,
    result: Result,
    project: Project | None = None,
    papers: Sequence[Paper] = (),
    booked: BookedNeed | None = None,
    actor: Actor,
    at: datetime,
) -> FactorRequest:
    """File a need of the enterprise that is being served, with its outcome; the same click gives the same request.

    ``booked`` is the need of its booking that this is; from now on it is this request.

    Raises:
        NotAllowedError: nobody of this enterprise is being served at the actor's desk.
        RefusedError: what the need or its outcome lacks, naming the field.
    """

    def act() -> FactorRequest:
        wished = _unfiled(booked, ticket) if booked else None
        made = file_at_counter(
            ticket=ticket, need=need, project=project, actor=actor, at=at, **_arguments(result)
        )
        if wished:
            filed_at_counter(wished, to=made, at=at)
            wished.factor_request, wished.filing = made, made.filing
            wished.save(update_fields=["factor_request", "filing"])
        keep(papers, filing=made.filing, factor_request=made, actor=actor, at=at)
        return made

    return _once(desk=desk, ticket=ticket, key=key, actor=actor, at=at, act=act)


@verb
def take_on(
    factor_request: FactorRequest,
    *,
    desk: Desk,
    ticket: Ticket,
    key: str,
    result: Result,
    papers: Sequence[Paper] = (),
    actor: Actor,
    at: datetime,
) -> FactorRequest:
    """Take on a need that the enterprise had filed before it came, with its outcome."""

    def act() -> FactorRequest:
        take_at_counter(factor_request, actor=actor, at=at, **_arguments(result))
        keep(papers, filing=factor_request.filing, factor_request=factor_request, actor=actor, at=at)
        return factor_request

    return _once(desk=desk, ticket=ticket, key=key, actor=actor, at=at, act=act)


def finish(*, desk: Desk, ticket: Ticket, key: str, outcome: str, actor: Actor, at: datetime) -> Ticket:
    """End serving: with what was handled in it, or as a consultation (咨询).

    Raises:
        RefusedError: nothing was filed or handled in this serving.
        QueueError: the queue refuses (``fairs.locks``).
    """
    if outcome == TicketOutcome.HANDLED and not handled_in(ticket, actor).exists():
        raise RefusedError("这次接待还没有登记或办理需求。请先登记需求；没有需求的，按“咨询”结束。")
    return queueing.finish(desk=desk, actor=actor, at=at, key=key, outcome=outcome, ticket=ticket)


def made_by(key: str, desk: Desk) -> FactorRequest | None:
    """Return what a click of this desk has filed or taken on already, if it has."""
    action = DeskAction.objects.filter(key=key, desk=desk, verb=FILE, answer__isnull=False).first()
    return FactorRequest.objects.get(pk=action.answer["factor_request"]) if action else None


def _unfiled(booked: BookedNeed, ticket: Ticket) -> BookedNeed:
    """Lock a need of the enterprise's booking of this fair; another desk may just have filed it."""
    mine = BookedNeed.objects.filter(
        booking__fair=ticket.visit.fair_id, booking__enterprise=ticket.visit.enterprise_id
    )
    found = mine.select_for_update(of=("self",)).filter(pk=booked.pk).first()
    if found is None or found.factor_request_id is not None:
        raise RefusedError("这项预约的需求已经登记过了，请刷新页面。", "which")
    return found


def _arguments(result: Result) -> dict[str, object]:
    """Turn a result into the arguments of ``intake``."""
    answer = result.answer
    if result.outcome == Outcome.COMPLETED:
        if answer is None or not answer.text.strip():
            raise RefusedError("请写明现场办结的结果。", "text")
        return {"resolution": answer.text}
    if result.outcome == Outcome.PLANNED:
        return {"plan": answer}
    return {"hands_over": result.outcome == Outcome.HANDED_OVER}


def _once(
    *, desk: Desk, ticket: Ticket, key: str, actor: Actor, at: datetime, act: Callable[[], FactorRequest]
) -> FactorRequest:
    """Do a click once: its key goes in first, and the second click with that key waits here for the first."""
    if not key:
        raise RefusedError("点击编号缺失，请刷新页面再提交。")
    mine = DeskAction(key=key, verb=FILE, desk=desk, ticket=ticket, user=actor.user, at=at)
    DeskAction.objects.bulk_create([mine], ignore_conflicts=True)
    action = DeskAction.objects.get(key=key)
    if action.answer is not None:  # only a row of this very transaction has no answer yet
        if action.verb != FILE or action.desk_id != desk.pk:
            raise RepeatedError("这个点击编号已用于别的操作，请刷新页面再提交。")
        return FactorRequest.objects.get(pk=action.answer["factor_request"])
    factor_request = act()
    action.answer = {"factor_request": factor_request.pk, "state": factor_request.state}
    action.save(update_fields=["answer"])
    return factor_request

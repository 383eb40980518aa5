"""One move for many requests: tried first, then done row by row. Each row says what happens to it, or why not.

The dry run is the move itself, rolled back: it knows every guard, and can promise nothing that the move would refuse.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from requests_desk.dispatch_directory import suggest
from requests_desk.dispatching import hand_out
from requests_desk.journal import RefusedError
from requests_desk.meanwhile import Seen, check
from requests_desk.models import FactorRequest, RequestEvent
from requests_desk.permissions import may_run_the_desk
from requests_desk.reconciling import write_off_and_sign
from requests_desk.records import acknowledge
from requests_desk.telling import line
from requests_desk.transitions import accept, confirm
from requests_desk.workflow import CLAIMANTS, State
from taian_factors.directory.actors import Actor
from taian_factors.lib.periods import local_day

MOST = 100  # rows at once


@dataclass(frozen=True)
class BulkMove:
    """A move that needs no words of its own, so that it makes sense for many at once."""

    name: str
    label: str
    run: Callable[..., RequestEvent]
    is_final: bool = False


@dataclass(frozen=True)
class Outcome:
    """What happened to one row, or would: ``said`` is what it comes to, or why it does not happen."""

    factor_request: FactorRequest
    is_done: bool
    said: str = ""


def _dispatch(factor_request: FactorRequest, *, actor: Actor, at: datetime) -> RequestEvent:
    """受理 what was not, then 交办 to whom the directory names."""
    if factor_request.state == State.FILED:
        accept(factor_request, actor=actor, at=at)
    handout = suggest(factor_request, day=local_day(at))
    if handout is None:
        raise RefusedError("分办目录没有规则覆盖，请打开单项交办。")
    return hand_out(factor_request, lead=handout.lead, supports=handout.supports, actor=actor, at=at)


def _confirm_silence(factor_request: FactorRequest, *, actor: Actor, at: datetime) -> RequestEvent:
    silent = FactorRequest.Answer.SILENT
    return confirm(factor_request, answer=silent, text="两天内三次联系不上", actor=actor, at=at)


_OFFICE = [
    BulkMove("accept", "受理", accept),
    BulkMove("dispatch", "按分办目录交办", _dispatch),
    BulkMove("confirm", "确认办结（企业未答复）", _confirm_silence, is_final=True),
    BulkMove("write_off", "对账销号", write_off_and_sign, is_final=True),
]
_HOLDERS = [BulkMove("acknowledge", "签收", acknowledge)]


def moves(actor: Actor) -> dict[str, BulkMove]:
    """Return the moves that the actor's body does in bulk, by name; whether it may is asked row by row."""
    holding = _HOLDERS if actor.kind in CLAIMANTS else []
    found = _OFFICE if may_run_the_desk(actor) else holding
    return {move.name: move for move in found}


def dry_run(
    move: BulkMove, factor_requests: Iterable[FactorRequest], *, actor: Actor, at: datetime
) -> list[Outcome]:
    """Say of each row what the move would come to; nothing is kept."""
    with transaction.atomic():
        found = [_try(move, one, actor=actor, at=at) for one in factor_requests]
        transaction.set_rollback(True)
    return found


def carry_out(
    move: BulkMove, factor_requests: Iterable[FactorRequest], *, seen: Seen, actor: Actor, at: datetime
) -> list[Outcome]:
    """Do the move to each row by itself, in the order of their ids; a row that is refused holds up no other."""
    in_order = sorted(factor_requests, key=lambda one: one.pk)
    return [_try(move, one, actor=actor, at=at, seen=seen) for one in in_order]


def _try(
    move: BulkMove, factor_request: FactorRequest, *, actor: Actor, at: datetime, seen: Seen | None = None
) -> Outcome:
    shown = {pk: event for pk, event in (seen or {}).items() if pk == factor_request.pk}
    try:
        with transaction.atomic():
            check(shown, actor=actor)
            event = move.run(_fresh(factor_request), actor=actor, at=at)
    except RefusedError as error:
        why = _why(error).removeprefix(f"{factor_request.number} ")  # the row names it already
        return Outcome(factor_request, is_done=False, said=why)
    return Outcome(factor_request, is_done=True, said=line(event, for_enterprise=False).note)


def _fresh(factor_request: FactorRequest) -> FactorRequest:
    """The row's own copy, so that a page goes on showing the request as it was before the dry run."""
    found = FactorRequest.objects.select_related("factor", "filing", "enterprise")
    return found.get(pk=factor_request.pk)


def _why(error: RefusedError) -> str:
    told: list[Any] = getattr(error, "news", [])
    if not told:
        return str(error)
    return "核对之后有变化：" + "；".join(f"{item.line.who}{item.line.what}" for item in told)

"""How needs are given out: a filing is accepted and dispatched in one act, in parallel (由串联变为并联).

Each assignment keeps why it went there: the rule of the dispatch directory, or the office's own words where it
deviates from the rule.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from requests_desk.dispatch_directory import Handout, suggest, suggest_all
from requests_desk.journal import RefusedError
from requests_desk.meanwhile import Seen, check
from requests_desk.models import FactorRequest, Filing, RequestEvent
from requests_desk.permissions import may_run_the_desk
from requests_desk.transitions import accept, assign
from requests_desk.workflow import State
from taian_factors.directory.actors import Actor
from taian_factors.directory.models import Organization
from taian_factors.lib.periods import local_day

NO_RULE = "分办目录没有规则覆盖，由推进办指定"
DEVIATES = "与分办目录不同，请写明理由。"


@transaction.atomic
def accept_filing(filing: Filing, *, actor: Actor, at: datetime) -> int:
    """Accept every request of a filing that waits for it, in one act; return how many."""
    waiting = list(filing.factor_requests.filter(state=State.FILED).order_by("pk"))
    for factor_request in waiting:
        accept(factor_request, actor=actor, at=at)
    return len(waiting)


@transaction.atomic
def dispatch(
    filing: Filing, *, handouts: dict[int, Handout], actor: Actor, at: datetime, seen: Seen | None = None
) -> int:
    """受理 and 交办 a filing in one act, its requests in parallel, all of ``handouts`` or none; return how many.

    ``handouts`` maps a request's id to who leads and supports it. Those that still wait to be accepted are accepted
    first; requests that are left out wait.

    Raises:
        ChangedError: somebody else was quicker than the page of ``seen``.
    """
    check(seen or {}, actor=actor)
    waiting = filing.factor_requests.filter(state__in=[State.FILED, State.ACCEPTED], pk__in=handouts)
    to_hand_out = list(waiting.select_related("factor", "filing").order_by("pk"))
    suggested = suggest_all(to_hand_out, day=local_day(at))
    for factor_request in to_hand_out:
        if factor_request.state == State.FILED:
            accept(factor_request, actor=actor, at=at)
        handout, rule = handouts[factor_request.pk], suggested.get(factor_request.pk)
        try:
            _hand_out(factor_request, handout, rule, actor=actor, at=at)
        except RefusedError as error:
            raise type(error)(f"{factor_request.number}：{error}", error.field) from error
    return len(to_hand_out)


@transaction.atomic
def hand_out(
    factor_request: FactorRequest,
    *,
    lead: Organization,
    supports: Sequence[Organization] = (),
    reason: str = "",
    actor: Actor,
    at: datetime,
) -> RequestEvent:
    """交办 one request. The office follows the directory or says why not; a counter hands to its own body."""
    if not may_run_the_desk(actor):
        return assign(factor_request, lead=lead, supports=supports, reason=reason, actor=actor, at=at)
    handout = Handout(lead, tuple(supports), reason)
    suggested = suggest(factor_request, day=local_day(at))
    return _hand_out(factor_request, handout, suggested, actor=actor, at=at)


def deviates(handout: Handout, suggested: Handout | None) -> bool:
    """Say whether other bodies are named than the directory names."""
    return suggested is not None and not handout.names_the_same(suggested)


def _hand_out(
    factor_request: FactorRequest, handout: Handout, suggested: Handout | None, *, actor: Actor, at: datetime
) -> RequestEvent:
    own = "" if suggested and handout.reason == suggested.reason else handout.reason.strip()
    is_own_way = deviates(handout, suggested)
    if is_own_way and not own:
        raise RefusedError(DEVIATES, "reason")
    followed = suggested if not is_own_way else None
    return assign(
        factor_request,
        lead=handout.lead,
        supports=handout.supports,
        reason=_reason(own, followed, is_own_way=is_own_way)[:300],
        rule=followed.rule if followed else None,
        is_own_way=is_own_way,
        actor=actor,
        at=at,
    )


def _reason(own: str, followed: Handout | None, *, is_own_way: bool) -> str:
    if is_own_way:
        return own
    said = f"按分办目录：{followed.reason or '现行规则'}" if followed else NO_RULE
    return f"{said}。{own}" if own else said

"""对账销号: in a factor week, check a list of requests first, then write them off in one act, one event each."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from requests_desk.deadlines import in_factor_week
from requests_desk.factor_weeks import sign_written_off
from requests_desk.models import FactorRequest
from requests_desk.transitions import write_off
from requests_desk.workflow import MOVES, State
from taian_factors.directory.actors import Actor
from taian_factors.directory.models import CalendarYear


@dataclass(frozen=True)
class Finding:
    """What a dry run says of one request; ``hindrance`` is empty when it can be written off."""

    factor_request: FactorRequest
    hindrance: str = ""


def dry_run(factor_requests: Iterable[FactorRequest], *, at: datetime) -> list[Finding]:
    """Say of each request whether it can be written off now, and what hinders it; two queries, nothing written."""
    is_week = in_factor_week(at, CalendarYear.objects.calendar())
    return [Finding(r, _hindrance(r, is_week=is_week)) for r in factor_requests]


def _hindrance(factor_request: FactorRequest, *, is_week: bool) -> str:
    if factor_request.state == State.WRITTEN_OFF:
        return "已经销号"
    if factor_request.state not in MOVES["write_off"].from_states:
        return f"现在是“{factor_request.get_state_display()}”，确认办结或认定不符合条件后才能销号"
    return "" if is_week else "不在要素保障周（每季度首月前五个工作日）"


@transaction.atomic
def write_off_all(factor_requests: Iterable[FactorRequest], *, actor: Actor, at: datetime) -> int:
    """销号 every one of them or, when one is refused, none, and sign them in the week's list; return how many.

    Raises:
        RefusedError: not in a factor week, not by this actor, or one changed since it was checked.
    """
    in_order = sorted(factor_requests, key=lambda r: r.pk)
    for factor_request in in_order:
        write_off(factor_request, text="对账销号", actor=actor, at=at)
    sign_written_off(in_order, actor=actor, at=at)
    return len(in_order)

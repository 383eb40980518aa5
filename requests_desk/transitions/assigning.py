"""Into whose hands: 交办, 转办."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from requests_desk.deadlines import ESCALATE_AFTER
from requests_desk.handing import (
    LEAD,
    SUPPORT,
    check_can_lead,
    end,
    keep_old_deadlines,
    open_assignment,
    running,
    running_lead,
)
from requests_desk.journal import RefusedError, begin, move, needed, record
from requests_desk.models import Assignment, DispatchRule, FactorRequest, RequestEvent
from requests_desk.workflow import Party
from taian_factors.directory.actors import Actor
from taian_factors.directory.models import CalendarYear, Organization


@transaction.atomic
def assign(
    factor_request: FactorRequest,
    *,
    lead: Organization,
    supports: Sequence[Organization] = (),
    reason: str = "",
    days: Mapping[int, date] | None = None,
    rule: DispatchRule | None = None,
    is_own_way: bool = False,
    actor: Actor,
    at: datetime,
) -> RequestEvent:
    """交办 to one lead and any number of supports, in parallel, each with its own clock.

    A counter assigns only to its own organization. An organization stands once in one request. ``days`` are the
    days that a joint table set, by the body's id. ``rule`` is the rule of the dispatch directory that was followed;
    ``is_own_way`` says that one was left aside, with ``reason``.
    """
    found = begin("assign", factor_request, actor)
    if not found & Party.OFFICE and (lead != actor.organization or supports):
        raise RefusedError("摊位只能交办给本单位；需要其他单位办理的，请转交推进办分办。", "lead")
    check_can_lead(lead, factor_request.factor)
    calendar = CalendarYear.objects.calendar()
    others = [s for s in dict.fromkeys(supports) if s != lead]
    assignment, *_ = [
        open_assignment(
            factor_request,
            body,
            part=LEAD if body == lead else SUPPORT,
            at=at,
            calendar=calendar,
            reason=reason,
            rule=rule,
            decided_on=(days or {}).get(body.pk),
        )
        for body in [lead, *others]
    ]
    detail: dict[str, Any] = {"lead": lead.short, "supports": [s.short for s in others]}
    if rule or is_own_way:
        detail["is_own_way"] = is_own_way
    return move(
        "assign", factor_request, actor=actor, at=at, text=reason, detail=detail, assignment=assignment
    )


@transaction.atomic
def reassign(
    factor_request: FactorRequest,
    *,
    lead: Organization,
    reason: str,
    actor: Actor,
    at: datetime,
    end_reason: Assignment.End = Assignment.End.REASSIGNED,
) -> RequestEvent:
    """转办 to another lead. The old one answers for its own days; given back to an earlier one, old deadlines stand."""
    begin("reassign", factor_request, actor)
    old = running_lead(factor_request)
    if lead == old.organization:
        raise RefusedError(f"{lead.short}已经是主办单位。", "lead")
    text = needed(reason, "reason", "请写明转办理由。")
    assignment = hand_over(factor_request, lead, reason=text, end_reason=end_reason, at=at)
    detail = {"from": old.organization.short, "lead": lead.short}
    return turned("reassign", factor_request, assignment, actor=actor, at=at, text=text, detail=detail)


def hand_over(
    factor_request: FactorRequest,
    lead: Organization,
    *,
    reason: str,
    end_reason: Assignment.End,
    at: datetime,
    decided_on: date | None = None,
) -> Assignment:
    """End the running lead and open one for ``lead``, which stops being a support if it was one.

    A body that had it before gets its old deadlines back, unless a joint table decided on a day.
    """
    check_can_lead(lead, factor_request.factor)
    end(
        [a for a in running(factor_request) if a.part == LEAD or a.organization_id == lead.pk],
        reason=end_reason,
        at=at,
    )
    calendar = CalendarYear.objects.calendar()
    assignment = open_assignment(
        factor_request,
        lead,
        part=LEAD,
        at=at,
        calendar=calendar,
        reason=reason[:300],
        decided_on=decided_on,
    )
    if decided_on is None:
        keep_old_deadlines(assignment)
    return assignment


def turned(
    verb: str,
    factor_request: FactorRequest,
    assignment: Assignment,
    *,
    actor: Actor,
    at: datetime,
    text: str,
    detail: dict[str, str] | None = None,
    **changes: object,
) -> RequestEvent:
    """Count a redo or reassignment; at the third the matter goes to the office's leads (提级督办)."""
    turns = factor_request.turns + 1
    event = move(
        verb,
        factor_request,
        actor=actor,
        at=at,
        text=text,
        detail=detail,
        assignment=assignment,
        turns=turns,
        **changes,
    )
    if turns >= ESCALATE_AFTER and not factor_request.is_escalated:
        text = f"重办、转办已满 {turns} 次，提级督办"
        record("escalate", factor_request, actor=actor, at=at, text=text, is_internal=True, is_escalated=True)
    return event

"""Hard matters: 联合会商 and 揭榜挂帅 move a request aside and back."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from django.db import transaction

from requests_desk.handing import SUPPORT, open_assignment, resume, running, running_lead, suspend_for
from requests_desk.journal import RefusedError, begin, move, needed
from requests_desk.models import (
    Assignment,
    Claim,
    FactorRequest,
    JointConsultation,
    OpenCall,
    RequestEvent,
    Suspension,
)
from requests_desk.transitions.assigning import hand_over
from taian_factors.directory.actors import Actor
from taian_factors.directory.models import CalendarYear, Organization


@transaction.atomic
def convene(
    factor_request: FactorRequest, *, consultation: JointConsultation, actor: Actor, at: datetime
) -> RequestEvent:
    """联合会商: bring a request to a table; the lead's clocks stand still while it lasts."""
    begin("convene", factor_request, actor)
    consultation.factor_requests.add(factor_request)
    lead = running_lead(factor_request)
    suspend_for(lead, Suspension.Cause.CONSULTATION, at=at, calendar=CalendarYear.objects.calendar())
    return move("convene", factor_request, actor=actor, at=at, text=consultation.subject, assignment=lead)


@transaction.atomic
def conclude(
    factor_request: FactorRequest,
    *,
    decision: str,
    lead: Organization | None = None,
    supports: Sequence[Organization] = (),
    days: Mapping[int, date] | None = None,
    actor: Actor,
    at: datetime,
) -> RequestEvent:
    """会商结论: the decision goes back to the lead, or to a new one, with supports; clocks run again.

    ``days`` are the days that the table set, by the id of the body that takes its part up now.
    """
    begin("conclude", factor_request, actor)
    text = needed(decision, "decision", "请写明会商结论。")
    assignment = back_to_work(
        factor_request,
        lead,
        reason=text,
        end_reason=Assignment.End.REASSIGNED,
        at=at,
        decided_on=days.get(lead.pk) if lead and days else None,
    )
    _support(factor_request, supports, reason=text, at=at, days=days)
    return move("conclude", factor_request, actor=actor, at=at, text=text, assignment=assignment)


@transaction.atomic
def open_call(
    factor_request: FactorRequest,
    *,
    problem: str,
    aim: str,
    claims_until_on: date,
    actor: Actor,
    at: datetime,
) -> RequestEvent:
    """揭榜挂帅: put a hard need up for claims; the lead's clocks stand still."""
    begin("open_call", factor_request, actor)
    OpenCall.objects.create(
        factor_request=factor_request,
        problem=needed(problem, "problem", "请写明难题。"),
        aim=aim,
        claims_until_on=claims_until_on,
        opened_at=at,
    )
    lead = running_lead(factor_request)
    suspend_for(lead, Suspension.Cause.OPEN_CALL, at=at, calendar=CalendarYear.objects.calendar())
    return move("open_call", factor_request, actor=actor, at=at, text=problem, assignment=lead)


@transaction.atomic
def award(
    factor_request: FactorRequest, *, claim: Claim, reason: str, actor: Actor, at: datetime
) -> RequestEvent:
    """揭榜确定: only a lodged claim of this call can be awarded, and only to a body that can lead."""
    begin("award", factor_request, actor)
    call = factor_request.open_calls.get(closed_at__isnull=True)
    if claim.open_call_id != call.pk:
        raise RefusedError("只能从本榜的揭榜单位中确定。", "claim")
    text = needed(reason, "reason", "请写明确定的理由。")
    claim.is_chosen = True
    claim.save(update_fields=["is_chosen"])
    call.closed_at, call.reason = at, text
    call.save(update_fields=["closed_at", "reason"])
    assignment = back_to_work(
        factor_request, claim.leader, reason=text, end_reason=Assignment.End.AWARDED, at=at
    )
    partners = _support(factor_request, claim.partners.handlers().order_by("pk"), reason=text, at=at)
    detail = {"lead": claim.leader.short, "supports": [a.organization.short for a in partners]}
    return move("award", factor_request, actor=actor, at=at, text=text, detail=detail, assignment=assignment)


@transaction.atomic
def close_call(factor_request: FactorRequest, *, reason: str, actor: Actor, at: datetime) -> RequestEvent:
    """撤榜: end a call without an award; the lead goes on."""
    begin("close_call", factor_request, actor)
    call = factor_request.open_calls.get(closed_at__isnull=True)
    call.closed_at, call.reason = at, needed(reason, "reason", "请写明撤榜理由。")
    call.save(update_fields=["closed_at", "reason"])
    assignment = back_to_work(
        factor_request, None, reason=reason, end_reason=Assignment.End.REASSIGNED, at=at
    )
    return move("close_call", factor_request, actor=actor, at=at, text=reason, assignment=assignment)


def back_to_work(
    factor_request: FactorRequest,
    lead: Organization | None,
    *,
    reason: str,
    end_reason: Assignment.End,
    at: datetime,
    decided_on: date | None = None,
) -> Assignment:
    """After a consultation or a call: the same lead's clocks run again, or another lead takes over."""
    old = running_lead(factor_request)
    resume(old, at=at, calendar=CalendarYear.objects.calendar())
    if lead is None or lead == old.organization:
        return old
    return hand_over(factor_request, lead, reason=reason, end_reason=end_reason, at=at, decided_on=decided_on)


def _support(
    factor_request: FactorRequest,
    bodies: Iterable[Organization],
    *,
    reason: str,
    at: datetime,
    days: Mapping[int, date] | None = None,
) -> list[Assignment]:
    """Open a support for every body that has no part yet, by the day that was decided for it."""
    calendar = CalendarYear.objects.calendar()
    held = {a.organization_id for a in running(factor_request)}
    return [
        open_assignment(
            factor_request,
            body,
            part=SUPPORT,
            at=at,
            calendar=calendar,
            reason=reason[:300],
            decided_on=(days or {}).get(body.pk),
        )
        for body in dict.fromkeys(bodies)
        if body.pk not in held
    ]

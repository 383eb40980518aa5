"""Inside a consultation or an open call: invite, minute, lodge a claim."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from requests_desk.journal import NotAllowedError, RefusedError, begin, needed, record
from requests_desk.models import Claim, FactorRequest, JointConsultation, RequestEvent
from requests_desk.table_notices import tell_of_table
from requests_desk.transitions import conclude, convene
from taian_factors.directory.actors import Actor
from taian_factors.directory.models import Organization, Project
from taian_factors.lib.periods import local_day


@transaction.atomic
def call_together(
    *,
    subject: str,
    agenda: str = "",
    invited: Sequence[Organization],
    factor_requests: Sequence[FactorRequest] = (),
    project: Project | None = None,
    meets_at: datetime | None = None,
    actor: Actor,
    at: datetime,
) -> JointConsultation:
    """联合会商 over one or several requests, or over a project before any need exists."""
    if not actor.is_office or actor.is_auditor:
        raise NotAllowedError("联合会商由推进办发起。")
    if not factor_requests and project is None:
        raise RefusedError("请选择要会商的需求或项目。", "factor_requests")
    consultation = JointConsultation.objects.create(
        subject=needed(subject, "subject", "请写明议题。"),
        agenda=agenda,
        project=project,
        meets_at=meets_at,
        convened_at=at,
        convened_by=actor.user,
    )
    consultation.invited.set(invited)
    tell_of_table("called", consultation, actor=actor, at=at)
    for factor_request in factor_requests:
        convene(factor_request, consultation=consultation, actor=actor, at=at)
    return consultation


@transaction.atomic
def conclude_one(
    factor_request: FactorRequest,
    *,
    decision: str,
    lead: Organization | None = None,
    supports: Sequence[Organization] = (),
    actor: Actor,
    at: datetime,
) -> RequestEvent:
    """会商结论 for one request; a consultation that has no other left is over with these words as its minutes."""
    event = conclude(factor_request, decision=decision, lead=lead, supports=supports, actor=actor, at=at)
    for consultation in factor_request.consultations.filter(concluded_at__isnull=True):
        if not consultation.factor_requests.filter(state="consulting").exists():
            consultation.minutes, consultation.concluded_at = decision, at
            consultation.save(update_fields=["minutes", "concluded_at"])
            tell_of_table("concluded", consultation, actor=actor, at=at)
    return event


@transaction.atomic
def lodge_claim(
    factor_request: FactorRequest,
    *,
    plan: str,
    partners: Sequence[Organization] = (),
    actor: Actor,
    at: datetime,
) -> Claim:
    """揭榜, alone or jointly, until the call's last day; the actor's body answers for it."""
    begin("lodge_claim", factor_request, actor)
    call = factor_request.open_calls.get(closed_at__isnull=True)
    if local_day(at) > call.claims_until_on:
        raise RefusedError("揭榜期限已过。")
    if call.claims.filter(leader=actor.organization).exists():
        raise RefusedError("本单位已经揭榜。")
    claim = Claim.objects.create(
        open_call=call, leader=actor.organization, plan=needed(plan, "plan", "请写明方案。"), lodged_at=at
    )
    claim.partners.set([p for p in partners if p != actor.organization])
    detail = {"leader": actor.organization.short}
    record("lodge_claim", factor_request, actor=actor, at=at, text=plan, detail=detail, is_internal=True)
    return claim

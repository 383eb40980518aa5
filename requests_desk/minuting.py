"""The end of a joint table: its minutes, and decisions that become assignments with dates (联合会商)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from django.db import transaction

from requests_desk.handing import running
from requests_desk.intake import Need, file
from requests_desk.journal import NotAllowedError, RefusedError, needed
from requests_desk.meanwhile import ChangedError, News
from requests_desk.models import ConsultationDecision, FactorRequest, Filing, JointConsultation, RequestEvent
from requests_desk.permissions import may_run_the_desk
from requests_desk.table_notices import tell_of_table
from requests_desk.telling import Line
from requests_desk.transitions import accept, assign, conclude
from requests_desk.workflow import State
from taian_factors.directory.actors import Actor
from taian_factors.directory.models import Factor, Organization
from taian_factors.lib.differences import compare
from taian_factors.lib.periods import local_day


@dataclass(frozen=True)
class Decision:
    """Who does what by when: about a need that was consulted, or of a factor of which a new need is born."""

    about: FactorRequest | Factor
    body: Organization
    is_lead: bool
    task: str
    due_on: date


@transaction.atomic
def minute(
    consultation: JointConsultation,
    *,
    minutes: str,
    decisions: Sequence[Decision] = (),
    actor: Actor,
    at: datetime,
) -> None:
    """Write the minutes, send each need back to work, and make an assignment of every decision.

    A need without a decision goes on with its lead. A factor named in a decision becomes a need of the table's
    project, filed, accepted and handed out in the same act.

    Raises:
        ChangedError: somebody else concluded it.
        RefusedError: two leads of one need; a new need without a lead; a day that has passed.
    """
    if not may_run_the_desk(actor):
        raise NotAllowedError("会商结论由推进办记录。")
    table = JointConsultation.objects.select_for_update(no_key=True).get(pk=consultation.pk)
    if table.convened_at is None:
        raise RefusedError("这次会商还没有确认，不能形成结论。")
    if table.concluded_at is not None:
        said = "这次会商已有结论，您的纪要没有提交；您写的内容都还在下面。"
        raise ChangedError([_concluded(table, minutes)], said)
    _check(table, decisions, at)
    table.minutes, table.concluded_at = needed(minutes, "minutes", "请写明会商纪要。"), at
    table.save(update_fields=["minutes", "concluded_at"])
    for factor_request in table.factor_requests.filter(state=State.CONSULTING).order_by("pk"):
        mine = [d for d in decisions if d.about == factor_request]
        _conclude(factor_request, mine, minutes=minutes, actor=actor, at=at)
        _keep(table, factor_request, mine)
    _bring_to_life(table, [d for d in decisions if isinstance(d.about, Factor)], actor=actor, at=at)
    tell_of_table("concluded", table, actor=actor, at=at)


def _concluded(table: JointConsultation, mine: str) -> News:
    """Say who was quicker with the minutes, with both texts side by side."""
    concluded = RequestEvent.objects.filter(
        factor_request__consultations=table, verb="conclude", at=table.concluded_at
    )
    event = concluded.select_related("organization", "user").first()
    who = f"{event.organization.short} {event.user or ''}".strip() if event else "推进办"
    told = Line(table.concluded_at, who, "已形成会商结论", table.minutes)
    return News(table.subject, told, words=table.minutes, beside=compare(table.minutes, mine))


def _check(table: JointConsultation, decisions: Sequence[Decision], at: datetime) -> None:
    if passed := [d for d in decisions if d.due_on <= local_day(at)]:
        raise RefusedError(f"“{passed[0].task}”的完成日期应在今天之后。")
    if any(isinstance(d.about, Factor) for d in decisions) and table.project is None:
        raise RefusedError("只有针对项目的会商才能产生新的需求。")
    for about, mine in _by_need(decisions):
        if len({d.body for d in mine}) < len(mine):
            raise RefusedError(f"“{about}”里同一单位只能有一项决定。")
        leads = sum(d.is_lead for d in mine)
        if leads > 1 or (leads == 0 and isinstance(about, Factor)):
            raise RefusedError(f"“{about}”应有一个主办单位。")


def _conclude(
    factor_request: FactorRequest, mine: Sequence[Decision], *, minutes: str, actor: Actor, at: datetime
) -> None:
    conclude(
        factor_request,
        decision=minutes,
        lead=next((d.body for d in mine if d.is_lead), None),
        supports=[d.body for d in mine if not d.is_lead],
        days={d.body.pk: d.due_on for d in mine},
        actor=actor,
        at=at,
    )


def _bring_to_life(
    table: JointConsultation, decisions: Sequence[Decision], *, actor: Actor, at: datetime
) -> None:
    """File, accept and hand out what a table over a project decided, before any need existed."""
    if not decisions:
        return
    grouped = _by_need(decisions)
    needs = [Need(factor, _lead(mine).task, story=table.minutes) for factor, mine in grouped]
    filing = file(
        enterprise=table.project.enterprise,
        project=table.project,
        needs=needs,
        channel=Filing.Channel.CONSULTATION,
        actor=actor,
        at=at,
    )
    born = filing.factor_requests.select_related("factor").order_by("pk")
    for factor_request, (_, mine) in zip(born, grouped, strict=True):
        table.factor_requests.add(factor_request)
        accept(factor_request, actor=actor, at=at)
        assign(
            factor_request,
            lead=_lead(mine).body,
            supports=[d.body for d in mine if not d.is_lead],
            reason=f"联合会商：{table.subject}",
            days={d.body.pk: d.due_on for d in mine},
            actor=actor,
            at=at,
        )
        _keep(table, factor_request, mine)


def _keep(table: JointConsultation, factor_request: FactorRequest, mine: Sequence[Decision]) -> None:
    held = {a.organization_id: a for a in running(factor_request)}
    ConsultationDecision.objects.bulk_create(
        ConsultationDecision(consultation=table, assignment=held[d.body.pk], task=d.task, due_on=d.due_on)
        for d in mine
    )


def _by_need(decisions: Sequence[Decision]) -> list[tuple[FactorRequest | Factor, list[Decision]]]:
    """Return the decisions need by need, in a fixed order."""

    def place(decision: Decision) -> tuple[bool, int]:
        return isinstance(decision.about, Factor), decision.about.pk

    grouped = groupby(sorted(decisions, key=place), key=place)
    return [(mine[0].about, mine) for mine in (list(group) for _, group in grouped)]


def _lead(mine: Sequence[Decision]) -> Decision:
    return next(d for d in mine if d.is_lead)

"""Front-line visits (一线服务): plan one, move it, record it, add to it, cancel it, file what was heard on it.

An enterprise is visited only so often a year, all bodies together; the office's leads may go beyond it, and say why.
Every step appends its dated row.
"""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import uuid4

from django.conf import settings
from django.db import transaction

from requests_desk.drafting import save_draft
from requests_desk.journal import NotAllowedError, RefusedError, WrongStateError
from requests_desk.models import Filing, FrontLineEvent, FrontLineVisit
from requests_desk.permissions import may_plan_front_line, may_work_on
from taian_factors.directory.actors import Actor
from taian_factors.directory.models import Organization, Project
from taian_factors.lib.periods import local_day

State, Verb = FrontLineVisit.State, FrontLineEvent.Verb
EARLIEST = 31  # days back that a visit may be entered as carried out


class CapReachedError(RefusedError):
    """The enterprise has been visited often enough this year."""


@transaction.atomic
def plan(
    *,
    enterprise: Organization,
    planned_on: date,
    purpose: str,
    actor: Actor,
    at: datetime,
    project: Project | None = None,
    team: Iterable[Organization] = (),
    over_cap_reason: str = "",
) -> FrontLineVisit:
    """Plan a visit to an enterprise; the same plan of the same body sent twice is one.

    Raises:
        NotAllowedError: not by this body.
        CapReachedError: the year's visits are used up; the message says which they were.
        RefusedError: a day that is past, a foreign project.
    """
    if not may_plan_front_line(actor):
        raise NotAllowedError("本单位不安排一线服务走访。")
    if project is not None and project.enterprise_id != enterprise.pk:
        raise RefusedError("所选项目不属于这家企业。", "project")
    if planned_on < local_day(at):
        raise RefusedError("计划日期已经过去；走访当天也可以安排。", "planned_on")
    _lock(enterprise)
    mine = FrontLineVisit.objects.filter(enterprise=enterprise, planned_for=actor.organization)
    if there := mine.filter(state=State.PLANNED, planned_on=planned_on).first():
        return there
    reason = over_cap_reason.strip()
    exceeds = _check_cap(enterprise, planned_on.year, actor=actor, reason=reason)
    visit = FrontLineVisit.objects.create(
        enterprise=enterprise,
        project=project,
        planned_on=planned_on,
        purpose=purpose,
        planned_for=actor.organization,
        planned_by=actor.user,
        planned_at=at,
        over_cap_reason=reason if exceeds else "",
    )
    visit.team.set([body for body in team if body.pk != actor.organization.pk])
    said = f"{planned_on:%Y-%m-%d}：{purpose}"
    _append(visit, Verb.PLAN, f"{said}（超出次数上限：{reason}）" if exceeds else said, actor=actor, at=at)
    return visit


@transaction.atomic
def move(
    visit: FrontLineVisit,
    *,
    planned_on: date,
    reason: str,
    actor: Actor,
    at: datetime,
    over_cap_reason: str = "",
) -> FrontLineVisit:
    """Move a planned visit to another day; a move into another year counts there."""
    visit = _begin(visit, {State.PLANNED}, actor=actor, doing="改期")
    if planned_on < local_day(at):
        raise RefusedError("新的日期已经过去。", "planned_on")
    if planned_on == visit.planned_on:
        raise RefusedError("新的日期和原来相同。", "planned_on")
    same = {"enterprise": visit.enterprise_id, "planned_for": visit.planned_for_id, "state": State.PLANNED}
    if FrontLineVisit.objects.filter(planned_on=planned_on, **same).exists():
        raise RefusedError("牵头单位那一天已经安排走访这家企业。", "planned_on")
    if planned_on.year != visit.planned_on.year and _check_cap(
        visit.enterprise, planned_on.year, actor=actor, reason=over_cap_reason.strip()
    ):
        visit.over_cap_reason = over_cap_reason.strip()
    said = f"由 {visit.planned_on:%Y-%m-%d} 改为 {planned_on:%Y-%m-%d}：{reason}"
    visit.planned_on = planned_on
    visit.save(update_fields=["planned_on", "over_cap_reason"])
    _append(visit, Verb.MOVE, said, actor=actor, at=at)
    return visit


@transaction.atomic
def record(
    visit: FrontLineVisit, *, visited_on: date, minutes: str, actor: Actor, at: datetime, people: str = ""
) -> FrontLineVisit:
    """Record that a planned visit took place: when, who was there, what was said and agreed."""
    visit = _begin(visit, {State.PLANNED}, actor=actor, doing="登记走访")
    today = local_day(at)
    if visited_on > today:
        raise RefusedError("走访日期还没有到。", "visited_on")
    if (today - visited_on).days > EARLIEST:
        raise RefusedError(f"走访日期应在最近 {EARLIEST} 天内。", "visited_on")
    if not minutes.strip():
        raise RefusedError("请填写走访纪要。", "minutes")
    visit.state, visit.visited_on = State.DONE, visited_on
    visit.minutes, visit.people = minutes.strip(), people.strip()
    visit.save(update_fields=["state", "visited_on", "minutes", "people"])
    _append(visit, Verb.RECORD, f"{visited_on:%Y-%m-%d} 走访", actor=actor, at=at)
    return visit


@transaction.atomic
def add(visit: FrontLineVisit, *, text: str, actor: Actor, at: datetime) -> FrontLineEvent:
    """Add a word to a visit that took place; its minutes stay as they were written."""
    visit = _begin(visit, {State.DONE}, actor=actor, doing="补记")
    if not text.strip():
        raise RefusedError("请填写补记内容。", "text")
    return _append(visit, Verb.ADD, text.strip(), actor=actor, at=at)


@transaction.atomic
def cancel(visit: FrontLineVisit, *, reason: str, actor: Actor, at: datetime) -> FrontLineVisit:
    """Cancel a planned visit, with the reason; it no longer counts."""
    visit = _begin(visit, {State.PLANNED}, actor=actor, doing="取消")
    if not reason.strip():
        raise RefusedError("请填写取消原因。", "reason")
    visit.state, visit.cancel_reason = State.CANCELLED, reason.strip()
    visit.save(update_fields=["state", "cancel_reason"])
    _append(visit, Verb.CANCEL, visit.cancel_reason, actor=actor, at=at)
    return visit


@transaction.atomic
def begin_filing(visit: FrontLineVisit, *, actor: Actor, at: datetime) -> Filing:
    """Begin a filing for the visited enterprise, tied to the visit and marked with who writes it.

    A draft of the body that is open for this visit already is gone on with.
    """
    visit = _begin(visit, {State.PLANNED, State.DONE}, actor=actor, doing="现场登记需求")
    if visit.planned_on > local_day(at) and visit.state == State.PLANNED:
        raise RefusedError("还没有到走访那一天；需求可以由企业网上申报，或代企业申报。")
    mine = visit.filings.drafts().filter(typed_for=actor.organization)
    if there := mine.order_by("pk").first():
        return there
    contact = {"heard": Filing.Channel.VISIT.value, "project": str(visit.project_id or "")}
    content = {"key": uuid4().hex, "contact": contact, "needs": [], "next": 1}
    draft = save_draft(None, enterprise=visit.enterprise, content=content, actor=actor, at=at)
    draft.front_line_visit, draft.channel = visit, Filing.Channel.VISIT
    draft.save(update_fields=["front_line_visit", "channel"])
    _append(visit, Verb.FILE, "开始登记企业提出的需求", actor=actor, at=at)
    return draft


def cap() -> int:
    """Return how often an enterprise is visited in a year at the most."""
    return int(settings.FRONT_LINE_VISITS_A_YEAR)


def used_in(enterprise: Organization, year: int) -> list[FrontLineVisit]:
    """Return the visits to an enterprise that count for a year, by day; one query."""
    found = FrontLineVisit.objects.filter(enterprise=enterprise).counting_in(year)
    return sorted(found.select_related("planned_for"), key=lambda visit: (visit.counts_on, visit.pk))


def _check_cap(enterprise: Organization, year: int, *, actor: Actor, reason: str) -> bool:
    """Say whether one visit more goes beyond the cap; refuse it unless an office lead says why."""
    used = used_in(enterprise, year)
    if len(used) < cap():
        return False
    if actor.is_office_lead and reason:
        return True
    listed = "；".join(f"{v.counts_on} {v.planned_for.short}（{v.get_state_display()}）" for v in used)
    way = "请写明超出理由。" if actor.is_office_lead else "确需再去，请市工业推进办负责人安排并写明理由。"
    field = "over_cap_reason" if actor.is_office_lead else "planned_on"
    message = (
        f"{enterprise.short} {year} 年已有 {len(used)} 次走访，达到每年 {cap()} 次的上限：{listed}。{way}"
    )
    raise CapReachedError(message, field)


def _lock(enterprise: Organization) -> None:
    """Let those who plan for one enterprise stand in line, so that the cap holds."""
    Organization.objects.select_for_update(of=("self",), no_key=True).get(pk=enterprise.pk)


def _begin(visit: FrontLineVisit, states: set[str], *, actor: Actor, doing: str) -> FrontLineVisit:
    """Lock enterprise and visit, and ask who may and when."""
    _lock(visit.enterprise)
    visit = FrontLineVisit.objects.select_for_update(of=("self",), no_key=True).get(pk=visit.pk)
    if not may_work_on(actor, visit):
        raise NotAllowedError(f"只有牵头单位、同行单位和市工业推进办可以{doing}。")
    if visit.state not in states:
        raise WrongStateError(f"这次走访现在是“{visit.get_state_display()}”，不能{doing}。")
    return visit


def _append(visit: FrontLineVisit, verb: str, note: str, *, actor: Actor, at: datetime) -> FrontLineEvent:
    return FrontLineEvent.objects.create(
        visit=visit, verb=verb, user=actor.user, organization=actor.organization, at=at, note=note
    )

"""After an open call was awarded: milestones, their checking, the acceptance (验收), and winning support from above.

Same shape as ``records``: keyword-only, atomic, ``begin`` first, one event each.
"""

from datetime import date, datetime

from django.db import transaction

from requests_desk.handing import running_lead
from requests_desk.journal import RefusedError, begin, needed, record
from requests_desk.models import FactorRequest, Milestone, OpenCall, RequestEvent, UpwardEffort
from taian_factors.directory.actors import Actor
from taian_factors.lib.periods import local_day


@transaction.atomic
def plan_milestone(
    factor_request: FactorRequest, *, title: str, due_on: date, actor: Actor, at: datetime
) -> RequestEvent:
    """设定节点: a step of an awarded challenge, with the day by which it is reached."""
    begin("plan_milestone", factor_request, actor)
    call = _awarded(factor_request)
    title = needed(title, "title", "请写明节点。")
    if due_on <= local_day(at):
        raise RefusedError("计划完成日期应在今天之后。", "due_on")
    if call.milestones.filter(title=title).exists():
        raise RefusedError("已有同名的节点。", "title")
    call.milestones.create(title=title, due_on=due_on)
    return record(
        "plan_milestone", factor_request, actor=actor, at=at, text=title, detail={"planned_on": str(due_on)}
    )


@transaction.atomic
def reach_milestone(
    factor_request: FactorRequest, *, milestone: Milestone, report: str, actor: Actor, at: datetime
) -> RequestEvent:
    """节点完成, says the lead; the office checks it."""
    begin("reach_milestone", factor_request, actor)
    milestone = _own(factor_request, milestone)
    if milestone.reached_at is not None:
        raise RefusedError("这个节点已报完成。", "milestone")
    milestone.reached_at, milestone.report = at, needed(report, "report", "请写明完成情况。")
    milestone.save(update_fields=["reached_at", "report"])
    detail = {"milestone": milestone.title, "is_behind": local_day(at) > milestone.due_on}
    lead = running_lead(factor_request)
    return record(
        "reach_milestone", factor_request, actor=actor, at=at, text=report, detail=detail, assignment=lead
    )


@transaction.atomic
def check_milestone(
    factor_request: FactorRequest,
    *,
    milestone: Milestone,
    is_passed: bool,
    opinion: str,
    actor: Actor,
    at: datetime,
) -> RequestEvent:
    """节点验收: passed, or open again; what was reported before stays in the events."""
    begin("check_milestone", factor_request, actor)
    milestone = _own(factor_request, milestone)
    if milestone.reached_at is None or milestone.passed_at is not None:
        raise RefusedError("只能验收已报完成、还没有通过的节点。", "milestone")
    text = needed(opinion, "opinion", "请写明验收意见。")
    milestone.passed_at = at if is_passed else None
    milestone.reached_at = milestone.reached_at if is_passed else None
    milestone.save(update_fields=["passed_at", "reached_at"])
    detail = {"milestone": milestone.title, "is_passed": is_passed}
    return record("check_milestone", factor_request, actor=actor, at=at, text=text, detail=detail)


@transaction.atomic
def accept_challenge(
    factor_request: FactorRequest, *, acceptance: str, actor: Actor, at: datetime
) -> RequestEvent:
    """揭榜验收, by the office, when the matter is completed and every milestone has passed.

    What does not stand the test is sent back for redoing (退回重办) instead; without it there is no 销号. An acceptance
    is of one completion: after a redo there is another, and the earlier word stays in the events.
    """
    begin("accept_challenge", factor_request, actor)
    call = _awarded(factor_request)
    if call.is_accepted:
        raise RefusedError("已经验收。")
    if call.milestones.filter(passed_at__isnull=True).exists():
        raise RefusedError("还有节点没有通过验收。")
    call.accepted_at, call.acceptance = at, needed(acceptance, "acceptance", "请写明验收意见。")
    call.save(update_fields=["accepted_at", "acceptance"])
    return record("accept_challenge", factor_request, actor=actor, at=at, text=acceptance)


@transaction.atomic
def log_effort(
    factor_request: FactorRequest,
    *,
    level: str,
    counterpart: str,
    sought_on: date,
    matter: str,
    result: str,
    actor: Actor,
    at: datetime,
) -> RequestEvent:
    """对上争取: with whom the actor's body spoke, about what, and what came of it."""
    begin("log_effort", factor_request, actor)
    call = factor_request.open_calls.order_by("-pk").first()
    if call is None:
        raise RefusedError("只有揭榜挂帅的需求才记对上争取。")
    if sought_on > local_day(at):
        raise RefusedError("日期不应晚于今天。", "sought_on")
    effort = UpwardEffort.objects.create(
        open_call=call,
        organization=actor.organization,
        level=level,
        counterpart=needed(counterpart, "counterpart", "请填写对口单位。"),
        sought_on=sought_on,
        matter=needed(matter, "matter", "请写明争取事项。"),
        result=needed(result, "result", "请写明结果。"),
        noted_at=at,
    )
    detail = {"counterpart": f"{effort.get_level_display()} {counterpart}", "sought_on": str(sought_on)}
    text = f"{matter}：{result}"
    return record(
        "log_effort", factor_request, actor=actor, at=at, text=text, detail=detail, is_internal=True
    )


def _awarded(factor_request: FactorRequest) -> OpenCall:
    """Return the request's last call; one that ended without an award has nothing to pursue."""
    call = factor_request.open_calls.order_by("-pk").first()
    if call is None or not call.claims.filter(is_chosen=True).exists():
        raise RefusedError("只有揭榜确定后的需求才有节点和验收。")
    return call


def _own(factor_request: FactorRequest, milestone: Milestone) -> Milestone:
    """Return the milestone, locked, if it is one of the request's challenge."""
    found = Milestone.objects.select_for_update(no_key=True).filter(open_call=_awarded(factor_request))
    own = found.filter(pk=milestone.pk).first()
    if own is None:
        raise RefusedError("请从本榜的节点中选择。", "milestone")
    return own

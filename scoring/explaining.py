"""Why this score: the matters behind each line, hit or missed and why."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, IntegerField, QuerySet, Value, When

from scoring.models import Appeal, CountedInput, Exclusion, Scorecard, ScoringRun
from scoring.permissions import sees_reviewers
from taian_factors.directory.actors import Actor
from taian_factors.lib.periods import SHANGHAI


@dataclass(frozen=True)
class Matter:
    """One counted or left-out record as a page shows it. ``request_number`` is empty where nobody may be led there."""

    input_id: int
    number: str
    title: str
    request_number: str
    verdict: str
    tone: str
    why: str
    can_appeal: bool


def inputs(run: ScoringRun, card: Scorecard, indicator: str) -> "QuerySet[CountedInput]":
    """The stored inputs of one line, misses first, then hits, then what was left out."""
    rank = Case(
        When(left_out__gt="", then=Value(3)),
        When(credit__gte=1, then=Value(2)),
        default=Value(1),
        output_field=IntegerField(),
    )
    related = {
        "satisfaction": ("review__factor_request",),
        "cooperation": ("duty_record__duty",),
    }.get(indicator, ("assignment__factor_request",))
    found = CountedInput.objects.filter(run=run, organization=card.organization_id, indicator=indicator)
    # Reviews stand by number, not by moment: the order of submission would tell who reviewed.
    order = ("review__number",) if indicator == "satisfaction" else ("falls_at", "pk")
    return found.select_related(*related).annotate(rank=rank).order_by("rank", *order)


def standing(case: Appeal | Exclusion, *, actor: Actor) -> list[tuple[str, Matter]]:
    """How the record of a case stands in the run in which it was noticed, by indicator; one query."""
    named = {name: getattr(case, f"{name}_id") for name in ("assignment", "review", "duty_record")}
    found = CountedInput.objects.filter(
        run=case.run_id, organization=case.department.pk, **{name: pk for name, pk in named.items() if pk}
    ).select_related("assignment__factor_request", "review__factor_request", "duty_record__duty")
    rows = found.order_by("pk")
    return [(row.get_indicator_display(), matter(row, actor=actor, can_appeal=False)) for row in rows]


def matter(counted: CountedInput, *, actor: Actor, can_appeal: bool) -> Matter:
    """Describe one input for this reader; needs no query after ``inputs``."""
    describe = {"satisfaction": _review, "cooperation": _duty}.get(counted.indicator, _assignment)
    number, title, request_number = describe(counted, actor)
    verdict, tone = _verdict(counted)
    appealable = can_appeal and not counted.left_out and counted.credit < 1
    return Matter(counted.pk, number, title, request_number, verdict, tone, _why(counted), appealable)


def _assignment(counted: CountedInput, actor: Actor) -> tuple[str, str, str]:
    assignment = counted.assignment
    part = "" if assignment.is_lead else "（协办）"
    need = assignment.factor_request
    return need.number, f"{need.headline}{part}", need.number


def _review(counted: CountedInput, actor: Actor) -> tuple[str, str, str]:
    """Give rating and facts; the request stands there for the office alone, for ever."""
    review = counted.review
    facts = [f"{counted.rating} 分 {review.Rating(counted.rating).label}"]
    if review.contacted is not None:
        facts.append("部门联系过" if review.contacted else "部门没有联系过")
    if review.solved:
        facts.append(review.get_solved_display())
    return review.number, "，".join(facts), review.factor_request.number if sees_reviewers(actor) else ""


def _duty(counted: CountedInput, actor: Actor) -> tuple[str, str, str]:
    record = counted.duty_record
    return "", record.duty.title, ""


def _verdict(counted: CountedInput) -> tuple[str, str]:
    if counted.left_out:
        return "未计入", "over"
    if counted.credit >= 1:
        return "达标", "done"
    return ("得一半", "soon") if counted.credit > 0 else ("未达标", "red")


def _why(counted: CountedInput) -> str:
    if counted.left_out:
        return _why_left_out(counted)
    if counted.indicator == "satisfaction":
        return "3 分及以上为满意。" if counted.credit else "2 分及以下为不满意。"
    if counted.indicator == "cooperation":
        return {
            "on_time": "按时落实，计 1 分。",
            "late": "逾期落实，计 0.5 分。",
            "not_done": "未落实，计 0 分。",
        }.get(counted.result, "没有登记落实结果，计 0 分。")
    return _why_by_clock(counted)


def _why_by_clock(counted: CountedInput) -> str:
    verb = "回复" if counted.indicator == "on_time_reply" else "办结"
    due = f"应于 {_clock(counted.falls_at)} 前{verb}"
    if counted.indicator == "completion" and counted.end_reason == "redone":
        return f"{due}，办结后被退回重办，按未办结计。"
    if counted.done_at is None:
        return f"{due}，没有{verb}。"
    if counted.credit:
        return f"{due}，{_clock(counted.done_at)} {verb}。"
    late = "迟于期限" if counted.indicator == "on_time_reply" else "迟于本期期末"
    return f"{due}，{_clock(counted.done_at)} {verb}，{late}。"


def _why_left_out(counted: CountedInput) -> str:
    if counted.left_out == CountedInput.LeftOut.EXCLUDED:
        return f"已剔除：{counted.reason}。"
    if counted.left_out == CountedInput.LeftOut.INELIGIBLE:
        return "所属需求已认定不符合办理条件，不计办结率。"
    return f"期限未到时已结束（{_clock(counted.ended_at)}），不再由本部门办理。"


def _clock(moment: datetime | None) -> str:
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}" if moment else "—"

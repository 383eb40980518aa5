"""Events and changed clocks, told in sentences: what a timeline line says, how a deadline came about."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from requests_desk.models import Assignment, Extension, Reply, RequestEvent, Suspension
from taian_factors.lib.periods import local_day
from taian_factors.lib.workdays import WorkCalendar


@dataclass(frozen=True)
class Line:
    """One line of a timeline, as ``components/_timeline.html`` takes it."""

    at: datetime
    who: str
    what: str
    note: str = ""
    tone: str = ""


def _names(value: Any) -> str:
    return "、".join(value)


def _day(value: str) -> str:
    moment = datetime.fromisoformat(value)
    return str(local_day(moment) if moment.tzinfo else moment.date())


def _solved(value: bool | None) -> str:
    return "未联系上企业" if value is None else "企业答复已解决" if value else "企业答复未解决"


# What an event's detail says, key by key, in this order; what is not here is not told.
_TOLD: dict[str, Callable[[Any], str]] = {
    "from": lambda v: f"原主办：{v}",
    "lead": lambda v: f"主办：{v}",
    "supports": lambda v: f"协办：{_names(v)}" if v else "",
    "support": lambda v: f"协办：{v}",
    "is_own_way": lambda v: "与分办目录不同" if v else "按分办目录",
    "suggested": lambda v: f"建议单位：{v}",
    "leader": lambda v: f"牵头单位：{v}",
    "papers": lambda v: f"附件：{_names(v)}" if v else "",
    "outcome": lambda v: Reply.Outcome(v).label,
    "plan_on": lambda v: f"完成日期 {_day(v)}",
    "next_word_on": lambda v: f"下次回复 {_day(v)}",
    "planned_on": lambda v: f"计划 {v} 完成",
    "milestone": lambda v: f"节点：{v}",
    "is_behind": lambda v: "晚于计划" if v else "按计划",
    "is_passed": lambda v: "通过" if v else "不通过，继续实施",
    "counterpart": lambda v: f"对口单位：{v}",
    "sought_on": lambda v: f"日期 {v}",
    "own_reply_on": lambda v: f"回复日期 {v}",
    "own_complete_on": lambda v: f"办结日期 {v}",
    "old_due_at": lambda v: f"原办结期限 {_day(v)}",
    "days": lambda v: f"{v} 个工作日",
    "cause": lambda v: Suspension.Cause(v).label,
    "is_approved": lambda v: "同意" if v else "不同意",
    "is_upheld": lambda v: "同意退回" if v else "不同意退回，期限不变",
    "new_due_at": lambda v: f"新期限 {_day(v)}",
    "has_consented": lambda v: "企业同意转部门" if v else "企业不同意转部门",
    "has_answered": lambda v: "接通" if v else "未接通",
    "is_solved": _solved,
    "is_late": lambda v: "逾时报到" if v else "按时报到",
}
_TOLD_WHEN_EMPTY = {"is_solved"}


def line(event: RequestEvent, *, for_enterprise: bool) -> Line:
    """Tell an event. An enterprise reads which body acted; staff read who it was as well."""
    who = event.organization.short
    if event.user and not for_enterprise:
        who = f"{who} {event.user}"
    told = [
        tell(event.detail[key])
        for key, tell in _TOLD.items()
        if key in event.detail and (event.detail[key] is not None or key in _TOLD_WHEN_EMPTY)
    ]
    note = "；".join(filter(None, told))
    note = "\n".join(filter(None, [note, event.text]))
    what = f"{event.label}（内部）" if event.is_internal else event.label
    return Line(event.at, who, what, note, "red" if event.detail.get("is_late") else "")


def clock_changes(assignment: Assignment, calendar: WorkCalendar) -> list[str]:
    """Tell line by line what moved the deadlines of an assignment: extension and suspensions, with the arithmetic."""
    extension = getattr(assignment, "extension", None)
    told = [_extension(extension)] if extension else []
    for suspension in sorted(assignment.suspensions.all(), key=lambda s: s.pk):
        told += _suspension(suspension, assignment, calendar)
    return told


def _extension(extension: Extension) -> str:
    asked = f"{local_day(extension.asked_at)} 申请延期 {extension.days} 个工作日"
    if extension.decided_at is None:
        return f"{asked}，等推进办审批；审批前期限不变。"
    if not extension.is_approved or extension.new_due_at is None:
        return f"{asked}，推进办未同意，办结期限仍为 {local_day(extension.old_due_at)}。"
    old, new = local_day(extension.old_due_at), local_day(extension.new_due_at)
    return f"延期：原办结期限 {old}，加 {extension.days} 个工作日，为 {new}。"


def _suspension(suspension: Suspension, assignment: Assignment, calendar: WorkCalendar) -> list[str]:
    cause = suspension.get_cause_display()
    if suspension.decided_at is None:
        return [f"{local_day(suspension.asked_at)} 申请挂起（{cause}），等推进办审批；审批前照常计时。"]
    if suspension.opened_at is None:
        return [f"{local_day(suspension.asked_at)} 申请挂起（{cause}），推进办未同意。"]
    left = [("回复", suspension.reply_days_left), ("办结", suspension.complete_days_left)]
    kept = "、".join(f"{what}还剩 {days} 个工作日" for what, days in left if days is not None)
    told = [f"{local_day(suspension.opened_at)} 起挂起（{cause}）：{kept or '没有可停的期限'}。"]
    if suspension.closed_at is None:
        until = f"，最迟 {local_day(suspension.ends_by)} 恢复" if suspension.ends_by else ""
        return [*told, f"挂起期间不计时{until}。"]
    if suspension.closed_at == assignment.ended_at:
        return [*told, f"{local_day(suspension.closed_at)} 随任务结束。"]
    return told + [
        f"{local_day(suspension.closed_at)} 恢复计时：次日起 {days} 个工作日，{what}期限为 "
        f"{_due(suspension.closed_at, days, calendar)}。"
        for what, days in left
        if days is not None
    ]


def _due(moment: datetime, days: int, calendar: WorkCalendar) -> date:
    return local_day(calendar.end_after(moment, days))

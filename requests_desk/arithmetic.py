"""The arithmetic of a deadline before it is asked for or decided: what would come of it, line by line. Never writes.

The same sums that ``handing`` and ``clocks`` store; how a deadline did come about is told by ``telling``.
"""

from datetime import date, datetime

from requests_desk.deadlines import EXTENSION_DAYS, SUSPENSION_DAYS, frozen_days
from requests_desk.models import Assignment, Extension, Suspension
from taian_factors.lib.periods import local_day
from taian_factors.lib.workdays import WorkCalendar


def extension_choices(assignment: Assignment, calendar: WorkCalendar) -> list[tuple[int, str]]:
    """Return each number of days that may be asked for, with the deadline that it would make."""
    due = assignment.complete_due_at
    if due is None:
        return [(days, f"{days} 个工作日") for days in range(1, EXTENSION_DAYS + 1)]
    return [
        (days, f"{days} 个工作日，到 {_later(due, days, calendar)}") for days in range(1, EXTENSION_DAYS + 1)
    ]


def extension_asked(extension: Extension, assignment: Assignment, calendar: WorkCalendar) -> str:
    """Say what approving an extension makes of the deadline, however late it is decided."""
    due, days = assignment.complete_due_at, extension.days
    if due is None:
        return f"计时挂起中：同意后，恢复计时时办结的剩余天数再加 {days} 个工作日。"
    new = _later(due, days, calendar)
    return f"原办结期限 {local_day(due)}，加 {days} 个工作日，为 {new}；不论何时审批，都从原期限起算。"


def suspension_asked(assignment: Assignment, *, at: datetime, calendar: WorkCalendar) -> str:
    """Say what suspending the clocks today would keep, and where the deadlines would end at the latest."""
    left = [(what, days) for what, days in _left(assignment, at, calendar) if days is not None]
    if not left:
        return "没有可停的期限：已过的期限不因挂起而改变。"
    kept = "、".join(f"{what}还剩 {days} 个工作日" for what, days in left)
    last = calendar.end_after(at, SUSPENSION_DAYS)
    ends = "，".join(f"{what}期限不晚于 {_later(last, days, calendar)}" for what, days in left)
    return f"如今天批准：{kept}，停止计时；最迟 {local_day(last)} 恢复，从次日起接着数，{ends}。"


def resumption(suspension: Suspension, *, at: datetime, calendar: WorkCalendar) -> str:
    """Say which deadlines resuming today would write."""
    left = [("回复", suspension.reply_days_left), ("办结", suspension.complete_days_left)]
    told = [
        f"次日起 {days} 个工作日，{what}期限为 {_later(at, days, calendar)}"
        for what, days in left
        if days is not None
    ]
    return f"如今天恢复：{'；'.join(told) or '没有停着的期限'}。"


def _left(assignment: Assignment, at: datetime, calendar: WorkCalendar) -> list[tuple[str, int | None]]:
    running = [
        ("回复", assignment.reply_due_at if assignment.replied_at is None else None),
        ("办结", assignment.complete_due_at),
    ]
    return [
        (what, frozen_days(at=at, due=due if due and due >= at else None, calendar=calendar))
        for what, due in running
    ]


def _later(moment: datetime, days: int, calendar: WorkCalendar) -> date:
    return local_day(calendar.end_after(moment, days))

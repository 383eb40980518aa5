"""What is open and overdue in the ledger, department by department, and the act that makes a duty of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from requests_desk.deadlines import in_factor_week
from requests_desk.models import Assignment, FactorRequest
from scoring import arranging, facts
from scoring.arranging import DutyError
from scoring.models import Duty
from scoring.permissions import may_arrange_duties
from taian_factors.directory.actors import Actor
from taian_factors.directory.models import CalendarYear, Organization
from taian_factors.lib.periods import local_day

LISTED = 100  # matters written into the duty; the ledger holds them all


@dataclass(frozen=True)
class Backlog:
    """The lead assignments of one department that are past their day of completion, the oldest first."""

    department: Organization
    assignments: Sequence[Assignment] = field(default_factory=list)

    @property
    def title(self) -> str:
        """What the duty is called; the department's name keeps two of one day apart."""
        return f"办结逾期事项 {len(self.assignments)} 项（{self.department.short}）"


def is_factor_week(at: datetime) -> bool:
    """Say whether a moment lies in a factor week, by the calendar of the directory; two queries."""
    return in_factor_week(at, CalendarYear.objects.calendar())


def backlogs(*, at: datetime) -> list[Backlog]:
    """Return the departments that take part and hold something open and overdue; two queries.

    A suspended clock has no day and is not overdue; a matter counts for its lead alone.
    """
    running = FactorRequest.objects.running()
    late = (
        Assignment.objects.leads()
        .filter(ended_at__isnull=True, completed_at__isnull=True, complete_due_at__lt=at)
        .filter(factor_request__in=running)
        .select_related("factor_request")
        .order_by("complete_due_at", "pk")
    )
    by_department: dict[int, list[Assignment]] = {}
    for assignment in late:
        by_department.setdefault(assignment.organization_id, []).append(assignment)
    return [Backlog(d, by_department[d.pk]) for d in facts.departments() if d.pk in by_department]


def arrange(*, department: Organization, due_on: date, actor: Actor, at: datetime) -> Duty:
    """Make one duty of all that a department holds open and overdue, due on a day after today.

    Raises DutyError outside a factor week, for a day that has begun, and when nothing is overdue any more.
    """
    if not may_arrange_duties(actor):
        raise DutyError("只有市工业推进办可以安排工作。")
    if not is_factor_week(at):
        raise DutyError("只在要素保障周（每季度首月前五个工作日）安排。")
    if due_on <= local_day(at):
        raise DutyError("完成期限应在今天以后。", "due_on")
    held = next((b for b in backlogs(at=at) if b.department.pk == department.pk), None)
    if held is None:
        raise DutyError(f"{department.short}没有未办结的逾期事项。")
    return arranging.arrange(
        title=held.title,
        due_on=due_on,
        departments=[department],
        requirement=_requirement(held),
        actor=actor,
        at=at,
    )


def _requirement(held: Backlog) -> str:
    named = [a.factor_request for a in held.assignments[:LISTED]]
    lines = [f"{matter.number}　{matter.headline}" for matter in named]
    rest = len(held.assignments) - len(named)
    return "\n".join(["逾期未办结：", *lines, *([f"另有 {rest} 项，见台账。"] if rest else [])])

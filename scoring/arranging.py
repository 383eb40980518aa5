"""Duties: arranged by the office, answered by the department, judged by the office with its proof."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.db import transaction
from django.urls import reverse

from requests_desk.notice_table import DESK, Kind
from requests_desk.notices import Telling, tell
from scoring.models import Duty, DutyRecord
from scoring.permissions import may_arrange_duties
from taian_factors.directory.actors import Actor
from taian_factors.directory.models import Organization


class DutyError(Exception):
    """A duty cannot be arranged, answered or judged so; the message is a Chinese sentence.

    ``field`` names the form field that it is about, where there is one.
    """

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


@transaction.atomic
def arrange(
    *,
    title: str,
    due_on: date,
    departments: Iterable[Organization],
    actor: Actor,
    at: datetime,
    requirement: str = "",
) -> Duty:
    """Lay a duty on one, several or all departments that take part; three statements and one look."""
    if not may_arrange_duties(actor):
        raise DutyError("只有市工业推进办可以安排工作。")
    chosen = list(departments)
    if not chosen:
        raise DutyError("请至少选择一个部门。", "departments")
    outside = [department.short for department in chosen if not department.takes_part]
    if outside:
        raise DutyError(f"{'、'.join(outside)}不参加大比拼，不能安排计分工作。", "departments")
    if Duty.objects.filter(title=title, due_on=due_on).exists():
        raise DutyError("同一天已有同名的工作，请改名；要给原工作增加部门，请用“从表格导入”。", "title")
    duty = Duty.objects.create(
        title=title, due_on=due_on, requirement=requirement, arranged_at=at, arranged_by=actor.user
    )
    DutyRecord.objects.bulk_create(DutyRecord(duty=duty, organization=department) for department in chosen)
    tell_of([duty], chosen, at=at)
    return duty


def tell_of(duties: Sequence[Duty], departments: Iterable[Organization], *, at: datetime) -> None:
    """Tell departments of what was just laid on them: one duty by its name, several by their number."""
    if not duties:
        return
    first = duties[0]
    text = f"市工业推进办安排了工作“{first.title}”，请在 {first.due_on} 前落实。"
    url = reverse("scoring:duty", args=[first.pk])
    if len(duties) > 1:
        text = f"市工业推进办新安排了 {len(duties)} 项工作，请查看本部门的任务和期限。"
        url = reverse("scoring:duties")
    telling = Telling(f"duty:{first.pk}:arranged", Kind.COMPETITION, text, DESK, url=url)
    tell(telling, at=at, bodies=list(departments))


@transaction.atomic
def judge(*, record: DutyRecord, result: str, proof: str, actor: Actor, at: datetime) -> DutyRecord:
    """Record what became of a duty, with the proof; judging again replaces the judgement until it was counted.

    A published month never changes by it: a run keeps the result that it saw.
    """
    if not may_arrange_duties(actor):
        raise DutyError("只有市工业推进办可以认定落实结果。")
    if result not in DutyRecord.Result.values:
        raise DutyError("请选择落实结果。", "result")
    if not proof.strip():
        raise DutyError("请写明认定依据，如签到表、报送时间。", "proof")
    record = DutyRecord.objects.select_for_update(of=("self",), no_key=True).get(pk=record.pk)
    record.result, record.proof, record.judged_at, record.judged_by = result, proof.strip(), at, actor.user
    record.save(update_fields=["result", "proof", "judged_at", "judged_by"])
    return record


@transaction.atomic
def answer(*, record: DutyRecord, text: str, actor: Actor, at: datetime) -> DutyRecord:
    """Record the department's own word on a duty; only until the office has judged it."""
    record = DutyRecord.objects.select_for_update(of=("self",), no_key=True).get(pk=record.pk)
    if record.organization_id != actor.organization.pk:
        raise DutyError("这项工作不是本部门的。")
    if record.result:
        raise DutyError("市工业推进办已经认定结果；有不同意见请在预公布期间申诉。")
    if not text.strip():
        raise DutyError("请写明落实情况。", "text")
    record.answer, record.answered_at = text.strip(), at
    record.save(update_fields=["answer", "answered_at"])
    return record

"""Duties from a sheet: every row checked first, then all stored or none; twice stores nothing twice."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction

from scoring import facts
from scoring.arranging import DutyError, tell_of
from scoring.models import Duty, DutyRecord, ScoringRun
from scoring.permissions import may_arrange_duties
from taian_factors.directory.actors import Actor
from taian_factors.directory.models import Organization
from taian_factors.directory.naming import Names, names_of
from taian_factors.lib.written_days import BadDayError, read_day

COLUMNS = ("部门", "工作或活动", "完成期限", "落实结果", "认定依据")
REQUIRED = COLUMNS[:3]
# What people write above the columns.
HEADINGS = {"单位": "部门", "责任部门": "部门", "责任单位": "部门", "工作": "工作或活动", "活动": "工作或活动",
            "工作内容": "工作或活动", "期限": "完成期限", "完成时限": "完成期限", "结果": "落实结果",
            "依据": "认定依据"} | {column: column for column in COLUMNS}  # fmt: skip
RESULTS = {"按时落实": "on_time", "按时": "on_time", "逾期落实": "late", "逾期": "late", "未落实": "not_done"}
LONGEST = {"工作或活动": 120, "认定依据": 300}
EVERYBODY = frozenset({"全部", "全部部门", "全部参加部门", "各部门", "所有部门"})
SEARCHED_LINES = 10  # a title and a note may stand above the headings


@dataclass(frozen=True)
class Problem:
    """Why a row cannot be stored: its number in the sheet, the column, the reason."""

    row: int
    column: str
    reason: str


@dataclass(frozen=True)
class Item:
    """One duty of one department as a row gives it. ``is_known``: it stands in the portal already, just so."""

    row: int
    department: Organization
    title: str
    due_on: date
    result: str = ""
    proof: str = ""
    is_known: bool = False

    @property
    def key(self) -> tuple[str, date, int]:
        """What makes it the same duty of the same department."""
        return self.title, self.due_on, self.department.pk

    @property
    def result_label(self) -> str:
        """The result in words; an em dash when there is none yet."""
        return DutyRecord.Result(self.result).label if self.result else "—"


@dataclass(frozen=True)
class Known:
    """The departments that take part, and the words that name them."""

    departments: list[Organization]
    names: Names[Organization]


@dataclass
class Checked:
    """A sheet that was looked at: what it would store, and what hinders it."""

    items: list[Item] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    published: list[str] = field(default_factory=list)

    @property
    def fresh(self) -> list[Item]:
        """What is not in the portal yet."""
        return [item for item in self.items if not item.is_known]


def table_of(lines: Sequence[tuple[int, Sequence[str]]]) -> list[tuple[int, dict[str, str]]]:
    """Find the row of headings and return what stands below it, by column.

    Raises DutyError when no row names the required columns.
    """
    for place, (_, cells) in enumerate(lines[:SEARCHED_LINES]):
        columns = {
            HEADINGS[word]: n for n, cell in enumerate(cells) if (word := "".join(cell.split())) in HEADINGS
        }
        if all(column in columns for column in REQUIRED):
            return [(row, _picked(cells, columns)) for row, cells in lines[place + 1 :]]
    raise DutyError(f"没有找到表头：前 {SEARCHED_LINES} 行里应有一行写着“{'、'.join(REQUIRED)}”。", "sheet")


def _picked(cells: Sequence[str], columns: Mapping[str, int]) -> dict[str, str]:
    return {column: cells[n] if n < len(cells) else "" for column, n in columns.items()}


def check(rows: Iterable[tuple[int, Mapping[str, str]]]) -> Checked:
    """Check every row against the directory and what is arranged already; three queries, nothing written."""
    checked, everybody = Checked(), list(facts.departments())
    known = Known(everybody, names_of(everybody))
    for row, cells in rows:
        checked.items += _items(row, cells, known, checked.problems)
    _drop_doubles(checked)
    _compare_with_stored(checked)
    checked.problems.sort(key=lambda problem: problem.row)
    months = {f"{item.due_on:%Y-%m}" for item in checked.fresh}
    published = ScoringRun.objects.published().months().filter(period__in=months)
    checked.published = sorted(published.values_list("period", flat=True))
    return checked


def _items(row: int, cells: Mapping[str, str], known: Known, problems: list[Problem]) -> list[Item]:
    before = len(problems)
    departments = _departments(row, cells.get("部门", ""), known, problems)
    title, proof = cells.get("工作或活动", "").strip(), cells.get("认定依据", "").strip()
    for column, text in (("工作或活动", title), ("认定依据", proof)):
        if len(text) > LONGEST[column]:
            problems.append(Problem(row, column, f"超过 {LONGEST[column]} 个字"))
    if not title:
        problems.append(Problem(row, "工作或活动", "没有填写"))
    due_on = _day(row, cells.get("完成期限", ""), problems)
    result = _result(row, cells.get("落实结果", ""), proof, problems)
    if due_on is None or len(problems) > before:
        return []
    return [Item(row, department, title, due_on, result, proof) for department in departments]


def _departments(row: int, text: str, known: Known, problems: list[Problem]) -> list[Organization]:
    words = [word for word in re.split(r"[、，,；;\n]+", text) if word.strip()]
    if not words:
        problems.append(Problem(row, "部门", "没有填写"))
    if "".join(text.split()) in EVERYBODY:
        return known.departments
    found = [(word.strip(), known.names.find(word)) for word in words]
    problems += [Problem(row, "部门", f"“{w}”不是参加大比拼的部门") for w, d in found if d is None]
    return [department for _, department in found if department]


def _day(row: int, text: str, problems: list[Problem]) -> date | None:
    """Read a day as people write it; what is none becomes a problem of the row."""
    try:
        found = read_day(text).on
    except BadDayError as error:
        problems.append(Problem(row, "完成期限", str(error)))
        return None
    if found is None:
        reason = f"“{text}”不是日期，应写成 2023-06-30 或 2023年6月30日" if text.strip() else "没有填写"
        problems.append(Problem(row, "完成期限", reason))
    return found


def _result(row: int, text: str, proof: str, problems: list[Problem]) -> str:
    word = "".join(text.split())
    if not word or word == "待认定":
        if proof:
            problems.append(Problem(row, "落实结果", "填了认定依据，却没有落实结果"))
        return ""
    if word not in RESULTS:
        problems.append(Problem(row, "落实结果", f"“{text}”应为按时落实、逾期落实或未落实，未到期可以不填"))
        return ""
    if not proof:
        problems.append(Problem(row, "认定依据", "填了落实结果的，须写明依据，如签到表、报送时间"))
    return RESULTS[word]


def _drop_doubles(checked: Checked) -> None:
    first: dict[tuple[str, date, int], Item] = {}
    for item in checked.items:
        same = first.setdefault(item.key, item)
        if (same.result, same.proof) != (item.result, item.proof):
            problem = Problem(item.row, "部门", f"与第 {same.row} 行是同一项工作，结果或依据却不同")
            checked.problems.append(problem)
    checked.items = list(first.values())


def _compare_with_stored(checked: Checked) -> None:
    stored = {
        (record.duty.title, record.duty.due_on, record.organization_id): record
        for record in DutyRecord.objects.filter(
            duty__title__in={item.title for item in checked.items},
            duty__due_on__in={item.due_on for item in checked.items},
        ).select_related("duty")
    }
    items = []
    for item in checked.items:
        record = stored.get(item.key)
        if record is not None and record.result and item.result not in ("", record.result):
            reason = f"{item.department.short}这项工作已认定为“{record.get_result_display()}”，请在该工作页面重新认定"
            checked.problems.append(Problem(item.row, "落实结果", reason))
        is_known = record is not None and item.result in ("", record.result)
        items.append(Item(item.row, item.department, *item.key[:2], item.result, item.proof, is_known))
    checked.items = items


@transaction.atomic
def store(*, rows: Iterable[tuple[int, Mapping[str, str]]], actor: Actor, at: datetime) -> int:
    """Store a whole sheet or, when one row has a problem, nothing; return how many records are new or judged.

    A fixed number of statements, whatever the length. What stands in the portal just so is left alone.
    """
    if not may_arrange_duties(actor):
        raise DutyError("只有市工业推进办可以安排工作。")
    checked = check(rows)
    if checked.problems:
        raise DutyError(f"表格有 {len(checked.problems)} 处须改正，没有存入任何一行。", "sheet")
    fresh = checked.fresh
    if not fresh:
        return 0
    duties = [
        Duty(title=title, due_on=due_on, arranged_at=at, arranged_by=actor.user)
        for title, due_on in dict.fromkeys(item.key[:2] for item in fresh)
    ]
    # Somebody may store the same sheet at this moment: the unique constraints decide, not the look before.
    Duty.objects.bulk_create(duties, ignore_conflicts=True)
    found = Duty.objects.filter(
        title__in={item.title for item in fresh}, due_on__in={item.due_on for item in fresh}
    )
    by_key = {(duty.title, duty.due_on): duty for duty in found}
    records = [_record(by_key[item.key[:2]], item, actor, at) for item in fresh]
    DutyRecord.objects.bulk_create(records, ignore_conflicts=True)
    _judge(records, actor)
    open_ones = [record for record in records if not record.result]
    bodies = {record.organization_id: record.organization for record in open_ones}
    tell_of(sorted({r.duty for r in open_ones}, key=lambda duty: duty.pk), bodies.values(), at=at)
    return len(fresh)


def _record(duty: Duty, item: Item, actor: Actor, at: datetime) -> DutyRecord:
    judged = {"judged_at": at, "judged_by": actor.user} if item.result else {}
    return DutyRecord(duty=duty, organization=item.department, result=item.result, proof=item.proof, **judged)


def _judge(records: Iterable[DutyRecord], actor: Actor) -> None:
    """Give records that stood there without a result the one of the sheet."""
    results = {(r.duty_id, r.organization_id): r for r in records if r.result}
    waiting = DutyRecord.objects.without_result().filter(duty__in={duty for duty, _ in results})
    changed = []
    for record in waiting.select_for_update(of=("self",), no_key=True):
        given = results.get((record.duty_id, record.organization_id))
        if given is not None:
            record.result, record.proof = given.result, given.proof
            record.judged_at, record.judged_by = given.judged_at, actor.user
            changed.append(record)
    DutyRecord.objects.bulk_update(changed, ["result", "proof", "judged_at", "judged_by"])

"""Situations of the competition, named. Months are written ``2023-06``, moments are in Tai'an's time."""

from datetime import date, datetime, timedelta
from functools import cache
from itertools import count
from typing import Any

from requests_desk.models import Assignment, FactorRequest, Filing, SatisfactionReview
from scoring import runs
from scoring.models import Duty, DutyRecord, Exclusion, ScoringRun
from taian_factors.directory.actors import Actor
from taian_factors.directory.models import Division, Factor, Organization
from taian_factors.lib.periods import SHANGHAI, Period, at_local
from tests.directory.factories import enterprise

V1 = {
    "version": "v1",
    "weights": [
        {"indicator": "on_time_reply", "full_marks": "20", "curve": {"kind": "proportional"}},
        {"indicator": "completion", "full_marks": "25", "curve": {"kind": "proportional"}},
        {"indicator": "satisfaction", "full_marks": "35", "curve": {"kind": "proportional"}},
        {"indicator": "cooperation", "full_marks": "20", "curve": {"kind": "proportional"}},
    ],
    "empty": "move",
    "small_sample": 4,
    "groups": [{"name": "市直要素保障部门", "departments": None}],
    "beside": ["solved", "reviewed", "redone", "called_back", "backlog", "own_intake"],
}
_numbers = count(1)


@cache
def _reference_id(model: Any, code: str) -> int:
    # Reference data keeps its ids through the whole session, so it is looked up once.
    found: int = model.objects.values_list("pk", flat=True).get(code=code)
    return found


def moment(day: str, clock: str = "10:00:00") -> datetime:
    """Return a moment of a day in Tai'an, ten o'clock unless told otherwise."""
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=SHANGHAI)


def need(owner: Organization | None = None, **fields: Any) -> FactorRequest:
    """Make a bare historic request of an example enterprise."""
    owner = owner or Organization.objects.enterprises().first() or enterprise()
    number = next(_numbers)
    filed_at = moment("2023-05-04")
    filing = Filing.objects.create(number=f"SB{number:08d}", enterprise=owner, submitted_at=filed_at)
    given = {
        "number": f"YS{number:08d}",
        "headline": f"示例需求{number}",
        "factor_id": _reference_id(Factor, "TD"),
        "division_id": _reference_id(Division, "370902"),
        "filed_at": filed_at,
        "is_historic": True,
        "state": "assigned",
    }
    return FactorRequest.objects.create(filing=filing, enterprise=owner, **{**given, **fields})


def matter(department: str = "FGW", *, of: FactorRequest | None = None, **fields: Any) -> Assignment:
    """Make an assignment with exactly the moments that are given; the rest stays empty."""
    given = {"assigned_at": moment("2023-05-04"), "part": "lead"}
    return Assignment.objects.create(
        factor_request=of or need(),
        organization_id=_reference_id(Organization, department),
        **{**given, **fields},
    )


def answered(
    department: str = "FGW", *, due: str = "2023-06-13", on_time: bool = True, **fields: Any
) -> Assignment:
    """Make a support that was due for a reply, and answered it on the day or two days late."""
    due_at = moment(due, "23:59:59")
    replied_at = moment(due) if on_time else due_at.replace(day=due_at.day + 2)
    return matter(department, part="support", reply_due_at=due_at, replied_at=replied_at, **fields)


def completed(
    department: str = "FGW", *, due: str = "2023-06-20", done: str | None = "2023-06-19", **fields: Any
) -> Assignment:
    """Make a lead that was due for completion, and completed on a day, or never."""
    completed_at = None if done is None else moment(done)
    return matter(department, complete_due_at=moment(due, "23:59:59"), completed_at=completed_at, **fields)


def reviewed(
    assignment: Assignment, rating: int = 5, on: str = "2023-06-21", **fields: Any
) -> SatisfactionReview:
    """Make the review of an assignment."""
    given = {"number": f"PJ{next(_numbers):08d}", "first_submitted_at": moment(on), "is_historic": True}
    return SatisfactionReview.objects.create(
        factor_request=assignment.factor_request, assignment=assignment, rating=rating, **{**given, **fields}
    )


def duty(
    department: str = "FGW", result: str = "on_time", on: str = "2023-06-30", title: str = ""
) -> DutyRecord:
    """Make a duty of one department with its result (empty: not yet judged)."""
    made = Duty.objects.create(
        title=title or f"示例工作{next(_numbers)}",
        due_on=date.fromisoformat(on),
        arranged_at=moment("2023-05-04"),
    )
    judged_at = moment(on) if result else None
    return DutyRecord.objects.create(
        duty=made, organization_id=_reference_id(Organization, department), result=result, judged_at=judged_at
    )


def excluded(reason: str = "重复", **named: Any) -> Exclusion:
    """Make an upheld exclusion as a ledger of past years gives it."""
    at = moment("2023-07-03")
    return Exclusion.objects.create(
        reason=reason, recorded_at=at, is_upheld=True, decided_at=at, is_historic=True, **named
    )


def worked_example(department: str = "FGW") -> None:
    """Make June 2023 of department D: 12 of 13 replies, 8 of 9 completions, no review, duties 1, 1, 0.5, 1."""
    for number in range(13):
        answered(department, on_time=number > 0)
    for number in range(9):
        completed(department, done="2023-06-30" if number else "2023-07-01")
    for result in ("on_time", "on_time", "late", "on_time"):
        duty(department, result)


def previewed(period: Period, at: datetime | None = None) -> ScoringRun:
    """Compute a month on its sixth working day (or at a moment) and show it to the departments."""
    at = at or at_local(runs.preview_day(period))
    return runs.preview(run=runs.compute_month(period=period, at=at), actor=None, at=at)


def published(period: Period, lead: Actor) -> ScoringRun:
    """Compute, preview and publish a month at the earliest moments that the law allows."""
    run = previewed(period)
    until = runs.preview_until(period)
    assert until is not None
    return runs.publish(run=run, actor=lead, at=until + timedelta(seconds=1))

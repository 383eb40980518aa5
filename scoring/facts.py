"""What the database says: set-based SQL, a fixed number of statements whatever the number of departments.

The populations are the named querysets of ``requests_desk`` and ``scoring``, compiled to SQL and written, in one
statement and so from one snapshot, as the counted inputs of a run. Everything else is counted from those rows.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any

from django.db import connection
from django.db.models import BigIntegerField as BigInteger
from django.db.models import (
    Case,
    CharField,
    DateTimeField,
    F,
    FilteredRelation,
    Func,
    PositiveSmallIntegerField,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce

from requests_desk.models import Assignment, SatisfactionReview
from requests_desk.querysets import RELEASED_BEFORE_COMPLETION, RELEASED_BEFORE_REPLY
from scoring.models import CountedInput, DutyRecord, ScoringRun
from taian_factors.directory.models import Organization
from taian_factors.lib.periods import Period

TABLE = CountedInput._meta.db_table
COUNTED, RELEASED, INELIGIBLE, EXCLUDED = "", *CountedInput.LeftOut.values
_NO_MOMENT = Cast(Value(None), DateTimeField())
_NO_NUMBER = Cast(Value(None), PositiveSmallIntegerField())
_NO_REFERENCE = Cast(Value(None), BigInteger())
_NO_TEXT = Value("", CharField())

# What an indicator needs from its record; a column that it does not need stays empty.
_EMPTY: dict[str, Any] = {
    "assignment_ref": _NO_REFERENCE,
    "review_ref": _NO_REFERENCE,
    "duty_ref": _NO_REFERENCE,
    "falls": _NO_MOMENT,
    "done": _NO_MOMENT,
    "ended": _NO_MOMENT,
    "ended_by": _NO_TEXT,
    "ineligible": _NO_MOMENT,
    "stars": _NO_NUMBER,
    "outcome": _NO_TEXT,
}
_COLUMNS = (
    "organization_id, indicator, assignment_id, review_id, duty_record_id, falls_at, done_at, ended_at, end_reason,"
    " ineligible_at, rating, result, left_out, reason"
)

# The hits of §2, over the columns of an input: used when inputs are written and when a run is verified.
CREDIT = """
    CASE indicator
        WHEN 'on_time_reply' THEN CASE WHEN done_at <= falls_at THEN 1.0 ELSE 0.0 END
        WHEN 'completion' THEN CASE WHEN done_at < %s AND end_reason <> 'redone' THEN 1.0 ELSE 0.0 END
        WHEN 'satisfaction' THEN CASE WHEN rating >= 3 THEN 1.0 ELSE 0.0 END
        WHEN 'cooperation' THEN CASE result WHEN 'on_time' THEN 1.0 WHEN 'late' THEN 0.5 ELSE 0.0 END
    END
"""

# An order-free hash: the two halves of md5 over each row's text, added up. Moments are written as microseconds since
# 1970, so that neither the session's time zone nor the version of PostgreSQL has a say.
_MOMENTS = ("falls_at", "done_at", "ended_at", "ineligible_at")
_WORDS = (
    "indicator",
    "organization_id",
    "assignment_id",
    "review_id",
    "duty_record_id",
    "end_reason",
    "rating",
)
_HASHED = (
    *_WORDS,
    *("result", "left_out", "reason", "credit"),
    *(f"(date_part('epoch', {moment}) * 1000000)::bigint" for moment in _MOMENTS),
)
_RECORD = "organization_id, indicator, assignment_id, review_id, duty_record_id"
_ROW_TEXT = "concat(" + ", '|', ".join(_HASHED) + ")"


@dataclass(frozen=True)
class Counted:
    """One indicator of one department, counted from stored inputs; ``inputs_hash`` covers left-out ones too."""

    organization_id: int
    indicator: str
    hits: Decimal
    population: int
    rows: int
    solved: int
    answered: int
    inputs_hash: str


def departments() -> "QuerySet[Organization]":
    """The departments that take part in the competition, in the order of the directory."""
    return Organization.objects.departments().filter(takes_part=True).order_by("position", "code")


def new_run_id() -> int:
    """Take the next number of a run, so that its rows can be written before the run itself, which comes last."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('scoring_scoringrun', 'id'))")
        return int(cursor.fetchone()[0])


def store_inputs(*, run_id: int, period: Period, departments: Sequence[int]) -> None:
    """Write every record that falls in the month, with why it is left out where it is; one statement."""
    parts, params = [], []
    for query in _populations(period, departments):
        sql, values = query.query.sql_with_params()
        parts.append(f"({sql})")
        params.extend(values)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {TABLE} (run_id, {_COLUMNS}, credit) SELECT %s, {_COLUMNS}, {CREDIT}"  # noqa: S608
            f" FROM ({' UNION ALL '.join(parts)}) AS counted ({_COLUMNS})",
            [run_id, period.end, *params],
        )


def count_inputs(*, run_id: int) -> list[Counted]:
    """Count the stored inputs of a run by department and indicator, with their hash; one statement.

    The planner has no statistics of a run that was just written and would take it for one row. Where it can't see
    the number it expects a run of the usual size, reads the table in one go, and sorts nothing.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT organization_id, indicator, coalesce(sum(credit) FILTER (WHERE left_out = ''), 0),"  # noqa: S608
            " count(*) FILTER (WHERE left_out = ''), count(*), count(*) FILTER (WHERE result = 'yes'),"
            " count(*) FILTER (WHERE result <> ''),"
            " sum(('x' || left(h, 16))::bit(64)::bigint), sum(('x' || right(h, 16))::bit(64)::bigint)"
            f" FROM (SELECT *, md5({_ROW_TEXT}) AS h FROM {TABLE}"
            " WHERE run_id = (SELECT %s::bigint) OFFSET 0) AS hashed"
            " GROUP BY organization_id, indicator",
            [run_id],
        )
        return [_counted(*row) for row in sorted(cursor.fetchall())]


def _counted(department: int, indicator: str, hits: Any, population: int, rows: int, *others: Any) -> Counted:
    solved, answered, high, low = others
    inputs_hash = f"{rows}:{int(high)}:{int(low)}"
    return Counted(department, indicator, Decimal(hits), population, rows, solved, answered, inputs_hash)


def first_wrong_credit(*, run_id: int, period: Period) -> int | None:
    """Return the first stored input whose credit does not follow from its own moments; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id FROM {TABLE} WHERE run_id = %s AND credit IS DISTINCT FROM ({CREDIT}) ORDER BY id LIMIT 1",  # noqa: S608
            [run_id, period.end],
        )
        found = cursor.fetchone()
    return found[0] if found else None


def differs_beyond_exclusions(shown: ScoringRun, fresh: ScoringRun) -> bool:
    """Whether a fresh run counts otherwise than the one that was shown, upheld exclusions apart; at most one statement.

    What newly counts, or counts with another credit, is a difference; so is what no longer counts and was not excluded.
    """
    if shown.inputs_hash == fresh.inputs_hash:
        return False
    counted = f"FROM {TABLE} WHERE run_id = %(shown)s AND left_out = ''"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT EXISTS (SELECT {_RECORD}, credit FROM {TABLE} WHERE run_id = %(fresh)s AND left_out = ''"  # noqa: S608
            f" EXCEPT SELECT {_RECORD}, credit {counted})"
            f" OR EXISTS (SELECT {_RECORD} {counted} EXCEPT SELECT {_RECORD} FROM {TABLE}"
            " WHERE run_id = %(fresh)s AND left_out IN ('', %(excluded)s))",
            {"shown": shown.pk, "fresh": fresh.pk, "excluded": EXCLUDED},
        )
        return bool(cursor.fetchone()[0])


def hash_of(counted: Iterable[Counted]) -> str:
    """Fold the hashes of all groups into one."""
    lines = [f"{c.organization_id} {c.indicator} {c.inputs_hash}" for c in counted]
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()


def _populations(period: Period, departments: Sequence[int]) -> list["QuerySet[Any, tuple[Any, ...]]"]:
    assignments, reviews, duties = Assignment.objects, SatisfactionReview.objects, DutyRecord.objects
    released, ineligible = Value(RELEASED), Value(INELIGIBLE)
    assignment: dict[str, Any] = {
        "assignment_ref": F("pk"),
        "ended": F("ended_at"),
        "ended_by": F("end_reason"),
    }
    reply = assignment | {"falls": F("reply_due_at"), "done": F("replied_at")}
    complete = assignment | {"falls": F("complete_due_at"), "done": F("completed_at")}
    complete["ineligible"] = F("factor_request__ineligible_at")
    review: dict[str, Any] = {"review_ref": F("pk"), "falls": F("first_submitted_at"), "stars": F("rating")}
    review["outcome"] = F("solved")
    duty: dict[str, Any] = {
        "duty_ref": F("pk"),
        "falls": _midnight(F("duty__due_on")),
        "outcome": F("result"),
    }
    no_reply = When(RELEASED_BEFORE_REPLY, then=released)
    not_eligible = When(factor_request__ineligible_at__isnull=False, then=ineligible)
    no_completion = When(RELEASED_BEFORE_COMPLETION, then=released)
    rows = partial(_rows, departments=departments)
    return [
        rows(assignments.replies_falling_in(period), "on_time_reply", "organization", reply, [no_reply]),
        rows(
            assignments.completions_falling_in(period),
            *("completion", "organization", complete, [not_eligible, no_completion]),
        ),
        rows(reviews.first_submitted_in(period), "satisfaction", "assignment__organization", review, []),
        rows(duties.due_in(period), "cooperation", "organization", duty, []),
    ]


def _midnight(day: F) -> Any:
    # A day becomes a moment only to be kept in the same column; it is never compared with one.
    template = "(%(expressions)s)::timestamp AT TIME ZONE 'Asia/Shanghai'"
    return Func(day, template=template, output_field=DateTimeField())


def _rows(
    falling: "QuerySet[Any]",
    indicator: str,
    department: str,
    columns: dict[str, Any],
    left_out: list[When],
    *,
    departments: Sequence[int],
) -> "QuerySet[Any, tuple[Any, ...]]":
    """Return what falls in the month as rows of the input table, each counted or left out with its reason.

    The departments are named by id: with a join on the directory the planner reads the assignments of each
    department's whole life. An upheld exclusion leaves the population; there is one at the most per record.
    """
    upheld = FilteredRelation("exclusions", condition=Q(exclusions__is_upheld=True))
    excluded = When(upheld__isnull=False, then=Value(EXCLUDED))
    missing = Case(*left_out, excluded, default=Value(COUNTED))
    return (
        falling.filter(**{f"{department}__in": departments})
        .annotate(upheld=upheld, department=F(f"{department}_id"), counted=Value(indicator, CharField()))
        .annotate(**{**_EMPTY, **columns})
        .annotate(missing=missing, why=Coalesce(F("upheld__reason"), _NO_TEXT))
        .order_by()
        .values_list("department", "counted", *_EMPTY, "missing", "why")
    )

"""How long a month takes, beside the bare SQL that it needs: the inputs, the aggregates, an order-free hash."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from scoring.facts import departments
from scoring.models import CountedInput, ScoringRun
from scoring.runs import compute_month
from taian_factors.directory.models import Organization
from taian_factors.lib.clock import now
from taian_factors.lib.periods import Period
from tests.bench.conftest import SCALE, scaled
from tests.bench.history import grow
from tests.bench.report import Report, broken, median, timed
from tests.bench.server import Portal, measured
from tests.directory.factories import actor

pytestmark = pytest.mark.bench
JUNE, MAY = Period.parse("2023-06"), Period.parse("2023-05")
IN_THE_MONTH, IN_ALL = 1_000_000, 10_000_000
ROUNDS = 3

# The floor's table has the same columns, constraints, indexes and logging as the real one.
_TABLE = f"CREATE TABLE bare_inputs (LIKE {CountedInput._meta.db_table} INCLUDING ALL)"
_INPUTS = """
    INSERT INTO bare_inputs (run_id, organization_id, indicator, assignment_id, review_id, duty_record_id, falls_at,
        done_at, ended_at, end_reason, ineligible_at, rating, result, left_out, reason, credit)
    SELECT 1, a.organization_id, 'on_time_reply', a.id, NULL::bigint, NULL::bigint, a.reply_due_at, a.replied_at,
        a.ended_at, a.end_reason, NULL::timestamptz, NULL::smallint, '',
        CASE WHEN a.ended_at <= a.reply_due_at AND a.replied_at IS NULL THEN 'released'
             WHEN e.id IS NOT NULL THEN 'excluded' ELSE '' END, coalesce(e.reason, ''),
        CASE WHEN a.replied_at <= a.reply_due_at THEN 1 ELSE 0 END
    FROM requests_desk_assignment a
        LEFT JOIN scoring_exclusion e ON e.assignment_id = a.id AND e.is_upheld
    WHERE a.reply_due_at >= %(start)s AND a.reply_due_at < %(end)s AND a.organization_id = ANY(%(bodies)s)
    UNION ALL
    SELECT 1, a.organization_id, 'completion', a.id, NULL, NULL, a.complete_due_at, a.completed_at, a.ended_at,
        a.end_reason, r.ineligible_at, NULL, '',
        CASE WHEN r.ineligible_at IS NOT NULL THEN 'ineligible'
             WHEN a.ended_at <= a.complete_due_at AND a.completed_at IS NULL AND a.end_reason <> 'redone'
                THEN 'released'
             WHEN e.id IS NOT NULL THEN 'excluded' ELSE '' END, coalesce(e.reason, ''),
        CASE WHEN a.completed_at < %(end)s AND a.end_reason <> 'redone' THEN 1 ELSE 0 END
    FROM requests_desk_assignment a JOIN requests_desk_factorrequest r ON r.id = a.factor_request_id
        LEFT JOIN scoring_exclusion e ON e.assignment_id = a.id AND e.is_upheld
    WHERE a.part = 'lead' AND a.complete_due_at >= %(start)s AND a.complete_due_at < %(end)s
        AND a.organization_id = ANY(%(bodies)s)
    UNION ALL
    SELECT 1, a.organization_id, 'satisfaction', NULL, v.id, NULL, v.first_submitted_at, NULL, NULL, '', NULL,
        v.rating, v.solved, CASE WHEN e.id IS NOT NULL THEN 'excluded' ELSE '' END, coalesce(e.reason, ''),
        CASE WHEN v.rating >= 3 THEN 1 ELSE 0 END
    FROM requests_desk_satisfactionreview v JOIN requests_desk_assignment a ON a.id = v.assignment_id
        LEFT JOIN scoring_exclusion e ON e.review_id = v.id AND e.is_upheld
    WHERE v.first_submitted_at >= %(start)s AND v.first_submitted_at < %(end)s
        AND a.organization_id = ANY(%(bodies)s)
    UNION ALL
    SELECT 1, d.organization_id, 'cooperation', NULL, NULL, d.id, y.due_on, NULL, NULL, '', NULL, NULL, d.result,
        CASE WHEN e.id IS NOT NULL THEN 'excluded' ELSE '' END, coalesce(e.reason, ''),
        CASE d.result WHEN 'on_time' THEN 1 WHEN 'late' THEN 0.5 ELSE 0 END
    FROM scoring_dutyrecord d JOIN scoring_duty y ON y.id = d.duty_id
        LEFT JOIN scoring_exclusion e ON e.duty_record_id = d.id AND e.is_upheld
    WHERE y.due_on >= %(first_day)s AND y.due_on < %(end_day)s AND d.organization_id = ANY(%(bodies)s)
"""
_COUNTS = """
    SELECT organization_id, indicator, sum(credit), count(*) FROM bare_inputs WHERE left_out = '' GROUP BY 1, 2
"""
_HASH = """
    SELECT sum(('x' || left(h, 16))::bit(64)::bigint), sum(('x' || right(h, 16))::bit(64)::bigint)
    FROM (SELECT md5(bare_inputs::text) AS h FROM bare_inputs OFFSET 0) AS hashed
"""


@pytest.fixture(scope="module", autouse=True)
def years(filled: None) -> Iterator[None]:
    """Ten million assignments, a million of them due in June."""
    in_month = scaled(IN_THE_MONTH)
    grow(
        in_month=in_month, month=JUNE.key, before=scaled(IN_ALL) - in_month, since="2020-01-01T00:00:00+08:00"
    )
    with connection.cursor() as cursor:
        cursor.execute("SET jit = off")
        cursor.execute(_TABLE)
        yield
        cursor.execute("DROP TABLE bare_inputs")


def _bare() -> None:
    """Do the floor's work in one transaction."""
    span: dict[str, Any] = {"start": JUNE.start, "end": JUNE.end}
    span |= {"first_day": JUNE.first_day, "end_day": JUNE.end_day}
    span["bodies"] = [department.pk for department in departments()]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_INPUTS, span)
        cursor.execute(_COUNTS)
        cursor.execute(_HASH)


def _settled(*tables: str) -> None:
    """Leave nothing of one measurement to be cleaned up during the next one."""
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"VACUUM ANALYZE {table}")
        cursor.execute("CHECKPOINT")


def test_a_month_of_a_million_assignments_takes_little_more_than_its_bare_sql(report: Report) -> None:
    """One of each in turn, so that both see the same machine."""
    floors, taken = [], []
    for turn in range(ROUNDS + 1):
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE bare_inputs")
        _settled("bare_inputs", CountedInput._meta.db_table)
        floor = timed(_bare)
        _settled("bare_inputs")
        month = timed(lambda: compute_month(period=JUNE, at=now()))
        if turn:  # the first round warms up
            floors.append(floor)
            taken.append(month)
    rows = CountedInput.objects.filter(run=ScoringRun.objects.latest("pk")).count()
    ratio = median([month / floor for month, floor in zip(taken, floors, strict=True)])
    report.add("bare SQL of a month", median(floors), "s", note=f"{rows:,} inputs")
    report.add("compute_month", median(taken), "s", note=f"slowest {max(taken):.2f} s")
    figure = report.add("compute_month beside its bare SQL", ratio, "×", 1.5)
    assert _floor_rows() == rows
    assert broken([figure]) == []


def _floor_rows() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM bare_inputs")
        return int(cursor.fetchone()[0])


def test_the_number_of_statements_does_not_grow_with_the_departments(report: Report) -> None:
    with CaptureQueriesContext(connection) as with_all:
        compute_month(period=MAY, at=now())
    others = Organization.objects.departments().filter(takes_part=True).exclude(code="FGW")
    numbers = list(others.values_list("pk", flat=True))
    others.update(takes_part=False)
    with CaptureQueriesContext(connection) as with_one:
        compute_month(period=MAY, at=now())
    Organization.objects.filter(pk__in=numbers).update(takes_part=True)
    report.add("statements of compute_month", len(with_all), "", len(with_one))
    assert len(with_all) == len(with_one)


def test_the_populations_of_a_month_are_found_by_index(report: Report) -> None:
    """A small month in a large table must not cost the reading of the table."""
    april = Period.parse("2023-04")
    if SCALE < 0.05:
        pytest.skip("a small table is read as a whole, and rightly")
    with connection.cursor() as cursor:
        cursor.execute(
            "EXPLAIN SELECT count(*) FROM requests_desk_assignment"
            " WHERE reply_due_at >= %s AND reply_due_at < %s"
            " UNION ALL SELECT count(*) FROM requests_desk_assignment"
            " WHERE part = 'lead' AND complete_due_at >= %s AND complete_due_at < %s",
            [april.start, april.end] * 2,
        )
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "Seq Scan" not in plan, plan
    for index in ("assignment_reply_due", "assignment_complete_due"):
        assert index in plan


def test_the_ranking_page_of_this_month_is_there_in_thirty_milliseconds(
    report: Report, portal: Portal
) -> None:
    office = portal.visitor(actor("GTB", "lead"))
    figures = measured(
        report, "ranking page", office, f"{reverse('scoring:rankings')}?period={JUNE.key}", limit=30
    )
    assert broken(figures) == []

"""How long a month takes, beside the bare SQL that it needs: aggregates, counted inputs, an order-free hash."""

import pytest
from django.db import connection

from scoring.runs import compute_month
from taian_factors.lib.clock import now
from taian_factors.lib.periods import Period
from tests.bench.conftest import median, scaled, timed
from tests.bench.data import grow, settle

pytestmark = [pytest.mark.bench, pytest.mark.django_db(transaction=True)]
MONTH = Period.parse("2023-06")
IN_THE_MONTH, IN_ALL = 1_000_000, 10_000_000

# The same work without Django: what is due, what is hit, kept as rows, counted, hashed.
_INPUTS = """
    CREATE TEMP TABLE bare_inputs ON COMMIT DROP AS
    SELECT organization_id, 'on_time_reply' AS indicator, id AS ref, reply_due_at AS due, replied_at AS done, ended_at,
        end_reason, replied_at <= reply_due_at AS hit
    FROM requests_desk_assignment
    WHERE reply_due_at >= %(start)s AND reply_due_at < %(end)s
      AND NOT (ended_at IS NOT NULL AND ended_at <= reply_due_at AND replied_at IS NULL)
    UNION ALL
    SELECT a.organization_id, 'completion', a.id, a.complete_due_at, a.completed_at, a.ended_at, a.end_reason,
        a.completed_at < %(end)s AND a.end_reason <> 'redone'
    FROM requests_desk_assignment a JOIN requests_desk_factorrequest r ON r.id = a.factor_request_id
    WHERE a.part = 'lead' AND a.complete_due_at >= %(start)s AND a.complete_due_at < %(end)s
      AND r.ineligible_at IS NULL
      AND NOT (a.ended_at IS NOT NULL AND a.ended_at <= a.complete_due_at AND a.completed_at IS NULL
               AND a.end_reason <> 'redone')
    UNION ALL
    SELECT a.organization_id, 'satisfaction', v.id, v.first_submitted_at, NULL, NULL, '', v.rating >= 3
    FROM requests_desk_satisfactionreview v JOIN requests_desk_assignment a ON a.id = v.assignment_id
    WHERE v.first_submitted_at >= %(start)s AND v.first_submitted_at < %(end)s
"""
_COUNTS = (
    "SELECT organization_id, indicator, count(*), count(*) FILTER (WHERE hit) FROM bare_inputs GROUP BY 1, 2"
)
_HASH = """
    SELECT sum(('x' || left(h, 16))::bit(64)::bigint), sum(('x' || right(h, 16))::bit(64)::bigint)
    FROM (SELECT md5(concat(indicator, organization_id, ref, due, done, ended_at, end_reason, hit)) AS h
          FROM bare_inputs OFFSET 0) AS hashed
"""


def bare() -> None:
    """Do the floor's work in one transaction."""
    with connection.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute(_INPUTS, {"start": MONTH.start, "end": MONTH.end})
        cursor.execute(_COUNTS)
        cursor.execute(_HASH)
        cursor.execute("COMMIT")


def test_a_month_of_a_million_assignments_beside_its_bare_sql(capsys):
    # Three assignments for two requests; all of June's fall due in June for their reply.
    in_month = scaled(IN_THE_MONTH) * 2 // 3
    grow(in_month, start="2023-06-01", days=27)
    others = scaled(IN_ALL - IN_THE_MONTH) * 2 // 3
    grow(others, start="2020-01-01", days=1200)
    settle()
    with connection.cursor() as cursor:
        cursor.execute("SET jit = off")
    floor = median(timed(bare, times=3))
    taken = median(timed(lambda: compute_month(period=MONTH, at=now()), times=3))
    with capsys.disabled():
        print(f"\ncompute_month: {taken:.2f} s; bare SQL: {floor:.2f} s; ratio {taken / floor:.2f} (≤ 1.5)")

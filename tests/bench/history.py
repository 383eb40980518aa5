"""Years of scored matters: plausible shares of late, undone, redone, reassigned, ineligible and reviewed ones.

Everything stands in the tables as the verbs would leave it, made in the database by generate_series.
"""

from django.db import connection

from tests.bench.loading import loading

STEP = 500_000
TABLES = (
    "requests_desk_filing",
    "requests_desk_factorrequest",
    "requests_desk_assignment",
    "requests_desk_satisfactionreview",
)

ENTERPRISES = """
    WITH made AS (
        INSERT INTO directory_organization
            (kind, name, short, aliases, position, takes_part, lead_signs_replies, is_active)
        SELECT 'enterprise', '示例企业' || n || '有限公司', '示例企业' || n, '{}', 0, false, false, true
        FROM generate_series(1, %(number)s) n RETURNING id
    )
    INSERT INTO directory_enterpriseprofile
        (organization_id, division_id, chain_id, address, contact_name, contact_phone)
    SELECT id, (SELECT min(id) FROM directory_division) + id %% 8, (SELECT min(id) FROM directory_chain) + id %% 13,
        '', '', '' FROM made
"""

# One in ``open_one_in`` is still open; of the past few are, of the month many.
_REQUESTS = """
    WITH firms AS (SELECT organization_id, division_id, chain_id, row_number() OVER () - 1 AS place
                   FROM directory_enterpriseprofile),
    size AS (SELECT count(*) AS firms FROM firms),
    made AS (
        SELECT %(after)s + 1 + g.n - %(first)s AS id, g.n, f.*,
            %(start)s::timestamptz + make_interval(secs => g.n::float8 * %(seconds)s / %(all)s) AS filed
        FROM generate_series(%(first)s, %(last)s) AS g (n), size, firms f
        WHERE f.place = g.n %% size.firms
    ), filings AS (
        INSERT INTO requests_desk_filing
            (id, number, enterprise_id, channel, contact_name, contact_phone, draft, submitted_at, is_discarded)
        SELECT id, 'B' || id, organization_id, 'online', '', '', '{}', filed, false FROM made
    )
    INSERT INTO requests_desk_factorrequest
        (id, number, filing_id, enterprise_id, division_id, chain_id, factor_id, headline, story, unit, answers,
         fields_version, state, filed_at, answer, ineligible_at, is_case_by_case, turns, is_escalated, is_historic,
         reason, completed_at)
    SELECT id, 'B' || id || '-1', id, organization_id, division_id, chain_id,
        (SELECT min(id) FROM directory_factor) + n %% 16, '示例需求' || n || '：用地与审批', '需要协调。', '', '{}', 1,
        CASE WHEN n %% %(open_one_in)s = 0 THEN 'assigned' ELSE 'confirmed' END, filed, '',
        CASE WHEN n %% 40 = 1 THEN filed + interval '5 days' END, false, 0, false, false, '',
        CASE WHEN n %% %(open_one_in)s > 0 THEN filed + make_interval(days => 3 + (n %% 9)::int) END
    FROM made
"""

# A lead for every request and a support for every other one.
_ASSIGNMENTS = """
    INSERT INTO requests_desk_assignment
        (factor_request_id, organization_id, part, reason, assigned_at, acknowledge_due_at, acknowledged_at,
         reply_due_at, reply_warn_at, replied_at, complete_due_at, complete_warn_at, completed_at, ended_at,
         end_reason, is_historic)
    SELECT r.id, d.ids[1 + (r.id + p.n) %% cardinality(d.ids)], p.part, '', r.filed_at,
        r.filed_at + interval '1 day', r.filed_at + interval '3 hours',
        r.filed_at + interval '3 days', r.filed_at + interval '2 days',
        CASE WHEN r.id %% 11 > 0 THEN r.filed_at + make_interval(hours => (r.id %% 80)::int) END,
        CASE WHEN p.part = 'lead' THEN r.filed_at + interval '15 days' END,
        CASE WHEN p.part = 'lead' THEN r.filed_at + interval '10 days' END,
        CASE WHEN p.part = 'lead' THEN r.completed_at END,
        CASE WHEN p.part = 'lead' AND r.id %% 50 < 3 THEN r.filed_at + interval '12 days' END,
        CASE WHEN p.part = 'lead' AND r.id %% 50 = 0 THEN 'redone'
             WHEN p.part = 'lead' AND r.id %% 50 < 3 THEN 'reassigned' ELSE '' END, false
    FROM requests_desk_factorrequest r,
        (SELECT array_agg(id ORDER BY position) AS ids FROM directory_organization WHERE takes_part) d,
        (VALUES (0, 'lead'), (1, 'support')) AS p (n, part)
    WHERE r.id > %(after)s AND (p.part = 'lead' OR r.id %% 2 = 0)
"""

_REVIEWS = """
    INSERT INTO requests_desk_satisfactionreview
        (number, factor_request_id, assignment_id, rating, contacted, solved, comment, first_submitted_at, is_historic)
    SELECT 'B' || a.id, a.factor_request_id, a.id, 1 + a.id %% 5, true, 'yes', '', a.completed_at, false
    FROM requests_desk_assignment a
    WHERE a.factor_request_id > %(after)s AND a.completed_at IS NOT NULL AND a.factor_request_id %% 3 = 0
"""

# Thirty things arranged in a month for every department, and one record in a thousand taken out.
_DUTIES = """
    WITH duties AS (
        INSERT INTO scoring_duty (title, due_on, requirement, arranged_at)
        SELECT '示例工作' || n, %(start)s::date + n, '', %(start)s::timestamptz FROM generate_series(0, 26) n
        RETURNING id
    )
    INSERT INTO scoring_dutyrecord (duty_id, organization_id, result, proof, judged_at, answer)
    SELECT duties.id, o.id, (ARRAY['on_time', 'late', 'not_done', ''])[1 + (duties.id + o.id) %% 4], '',
        CASE WHEN (duties.id + o.id) %% 4 < 3 THEN %(start)s::timestamptz END, ''
    FROM duties, directory_organization o WHERE o.takes_part
"""
_EXCLUSIONS = """
    INSERT INTO scoring_exclusion
        (assignment_id, reason, evidence, recorded_at, is_upheld, decided_at, decision, is_historic)
    SELECT id, '需上级审批', '', assigned_at, true, assigned_at, '', true FROM requests_desk_assignment
    WHERE assigned_at >= %(start)s::timestamptz AND id %% 1000 = 0
"""


def grow(*, in_month: int, month: str, before: int, since: str) -> None:
    """Make assignments: ``in_month`` of one month (``2023-06``), and ``before`` in the years before it."""
    start = f"{month}-01T00:00:00+08:00"
    with loading(*TABLES), connection.cursor() as cursor:
        cursor.execute(ENTERPRISES, {"number": 5_000})
        _make(before, since, days=1200, open_one_in=50)
        _make(in_month, start, days=27, open_one_in=5)
        cursor.execute(_DUTIES, {"start": start})
        cursor.execute(_EXCLUSIONS, {"start": start})


def _make(assignments: int, start: str, *, days: int, open_one_in: int) -> None:
    requests = assignments * 2 // 3  # three assignments for two requests
    span = {"start": start, "seconds": days * 86_400, "all": requests, "open_one_in": open_one_in}
    with connection.cursor() as cursor:
        for first in range(0, requests, STEP):
            cursor.execute("SELECT coalesce(max(id), 0) FROM requests_desk_factorrequest")
            (after,) = cursor.fetchone()
            last = min(first + STEP, requests) - 1
            for statement in (_REQUESTS, _ASSIGNMENTS, _REVIEWS):
                cursor.execute(statement, {**span, "first": first, "last": last, "after": after})

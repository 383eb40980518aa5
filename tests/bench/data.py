"""Large tables by generate_series: plausible shares of late, undone, ineligible and reviewed matters.

Everything stands in the tables as the verbs would leave it, but for its number: nothing here is small.
"""

from django.db import connection

STEP = 500_000

_ENTERPRISES = """
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

_REQUESTS = """
    WITH firms AS (SELECT organization_id, division_id, chain_id, row_number() OVER () - 1 AS place
                   FROM directory_enterpriseprofile),
    size AS (SELECT count(*) AS firms FROM firms),
    made AS (
        SELECT nextval(pg_get_serial_sequence('requests_desk_filing', 'id')) AS filing,
            nextval(pg_get_serial_sequence('requests_desk_factorrequest', 'id')) AS id,
            g.n, f.*, %(start)s::timestamptz + make_interval(secs => g.n %% %(seconds)s) AS filed
        FROM generate_series(%(first)s, %(last)s) AS g (n), size, firms f
        WHERE f.place = g.n %% size.firms
    ), filings AS (
        INSERT INTO requests_desk_filing
            (id, number, enterprise_id, channel, contact_name, contact_phone, draft, submitted_at, is_discarded)
        SELECT filing, 'B' || filing, organization_id, 'online', '', '', '{}', filed, false FROM made
    )
    INSERT INTO requests_desk_factorrequest
        (id, number, filing_id, enterprise_id, division_id, chain_id, factor_id, headline, story, unit, answers,
         fields_version, state, filed_at, answer, ineligible_at, is_case_by_case, turns, is_escalated, is_historic,
         reason, completed_at)
    SELECT id, 'B' || filing || '-1', filing, organization_id, division_id, chain_id,
        (SELECT min(id) FROM directory_factor) + n %% 16, '示例需求' || n || '：用地与审批', '需要协调。', '', '{}', 1,
        CASE WHEN n %% 5 = 0 THEN 'assigned' ELSE 'confirmed' END, filed, '',
        CASE WHEN n %% 40 = 1 THEN filed + interval '5 days' END, false, 0, false, false, '',
        CASE WHEN n %% 5 > 0 THEN filed + interval '9 days' END
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
        CASE WHEN p.part = 'lead' THEN r.completed_at END, NULL, '', false
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


def grow(requests: int, *, start: str, days: int) -> None:
    """Add ``requests`` requests filed evenly from ``start`` on over ``days``, with half as many supports again."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM directory_enterpriseprofile")
        if cursor.fetchone()[0] == 0:
            cursor.execute(_ENTERPRISES, {"number": 5_000})
        for first in range(0, requests, STEP):
            cursor.execute("SELECT coalesce(max(id), 0) FROM requests_desk_factorrequest")
            (after,) = cursor.fetchone()
            last = min(first + STEP, requests) - 1
            span = {"start": start, "seconds": days * 86_400, "first": first, "last": last, "after": after}
            for statement in (_REQUESTS, _ASSIGNMENTS, _REVIEWS):
                cursor.execute(statement, span)


def settle() -> None:
    """Vacuum and gather statistics, as a database that has lived with its data would have."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")

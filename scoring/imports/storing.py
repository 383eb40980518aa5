"""From the staging area to the tables, in sets; what is there already stays as it is."""

from datetime import datetime

from django.db import connection

# Ineligible, else confirmed if the last lead was completed, else replied or assigned.
_STATE = """
    CASE WHEN ineligible_at IS NOT NULL THEN 'ineligible' WHEN completed_at IS NOT NULL THEN 'confirmed'
         WHEN replied_at IS NOT NULL THEN 'replied' ELSE 'assigned' END
"""

# Each step: what it stores, and its statement. ``%(at)s`` is the moment of the import, ``%(office)s`` the office.
_STEPS = (
    (
        "enterprises",
        """
        WITH fresh AS (
            SELECT DISTINCT ON (uscc)
                nextval((SELECT pg_get_serial_sequence('directory_organization', 'id')::regclass)) AS id, s.*
            FROM history_enterprises s
            WHERE NOT EXISTS (SELECT FROM directory_enterpriseprofile p WHERE p.credit_code = s.uscc)
            ORDER BY uscc, line
        ), bodies AS (
            INSERT INTO directory_organization
                (id, kind, name, short, aliases, position, takes_part, lead_signs_replies, is_active)
            SELECT id, 'enterprise', name, left(name, 40), '{}', 0, false, false, true FROM fresh
        )
        INSERT INTO directory_enterpriseprofile
            (organization_id, credit_code, division_id, chain_id, address, contact_name, contact_phone)
        SELECT id, uscc, division, chain, '', '', '' FROM fresh
        """,
    ),
    (
        "requests",
        f"""
        WITH last_leads AS (
            SELECT DISTINCT ON (request_number) request_number, replied_at, completed_at
            FROM history_assignments WHERE role = 'lead' ORDER BY request_number, assigned_at DESC, line DESC
        ), fresh AS (
            SELECT DISTINCT ON (s.number)
                nextval((SELECT pg_get_serial_sequence('requests_desk_factorrequest', 'id')::regclass)) AS id,
                nextval((SELECT pg_get_serial_sequence('requests_desk_filing', 'id')::regclass)) AS filing_id,
                s.*, p.organization_id, p.division_id, p.chain_id, l.replied_at, l.completed_at
            FROM history_requests s JOIN directory_enterpriseprofile p ON p.credit_code = s.enterprise_uscc
            LEFT JOIN last_leads l ON l.request_number = s.number
            WHERE NOT EXISTS (SELECT FROM requests_desk_factorrequest r WHERE r.number = s.number)
            ORDER BY s.number, s.line
        ), filings AS (
            INSERT INTO requests_desk_filing
                (id, number, enterprise_id, channel, contact_name, contact_phone, draft, submitted_at, is_discarded)
            SELECT filing_id, number, organization_id, list, '', '', '{{}}', filed_at, false FROM fresh
        ), events AS (
            INSERT INTO requests_desk_requestevent
                (factor_request_id, verb, from_state, to_state, organization_id, at, text, detail, is_internal,
                 announced_at)
            SELECT id, 'imported', '', 'assigned', %(office)s, %(at)s, '', '{{}}', false, %(at)s FROM fresh
        )
        INSERT INTO requests_desk_factorrequest
            (id, number, filing_id, enterprise_id, division_id, chain_id, factor_id, headline, story, quantity, unit,
             answers, fields_version, state, filed_at, answer, ineligible_at, is_case_by_case, turns, is_escalated,
             is_historic, reason, completed_at, confirmed_at)
        SELECT id, number, filing_id, organization_id, division_id, chain_id, factor, headline, '', quantity,
            coalesce(unit, ''), '{{}}', 1, {_STATE}, filed_at, '', ineligible_at, false, 0, false, true, '',
            completed_at, completed_at
        FROM fresh
        """,
    ),
    (
        "assignments",
        """
        INSERT INTO requests_desk_assignment
            (factor_request_id, organization_id, part, reason, assigned_at, reply_due_at, replied_at,
             complete_due_at, completed_at, ended_at, end_reason, is_historic)
        SELECT DISTINCT r.id, s.department, s.role, '', s.assigned_at, s.reply_due_at, s.replied_at,
            s.complete_due_at, s.completed_at, s.ended_at, coalesce(s.end_reason, ''), true
        FROM history_assignments s JOIN requests_desk_factorrequest r ON r.number = s.request_number
        ON CONFLICT (factor_request_id, organization_id, part, assigned_at) DO NOTHING
        """,
    ),
    (
        "reviews",
        """
        WITH fresh AS (
            SELECT DISTINCT ON (r.id, s.department)
                nextval((SELECT pg_get_serial_sequence('requests_desk_satisfactionreview', 'id')::regclass)) AS id,
                r.id AS request_id, a.id AS assignment_id, s.*
            FROM history_reviews s
            JOIN requests_desk_factorrequest r ON r.number = s.request_number
            JOIN requests_desk_assignment a
                ON a.factor_request_id = r.id AND a.organization_id = s.department AND a.part = 'lead'
            WHERE NOT EXISTS (
                SELECT FROM requests_desk_satisfactionreview v
                JOIN requests_desk_assignment b ON b.id = v.assignment_id
                WHERE v.factor_request_id = r.id AND b.organization_id = s.department)
            -- Of several leads of one department, the last one that had begun when the review was given.
            ORDER BY r.id, s.department, (a.assigned_at <= s.submitted_at) DESC, a.assigned_at DESC
        ), excluded AS (
            INSERT INTO scoring_exclusion
                (review_id, reason, evidence, recorded_at, is_upheld, decided_at, decision, is_historic)
            SELECT id, excluded_reason, '', %(at)s, true, %(at)s, '', true FROM fresh
            WHERE excluded_reason IS NOT NULL
        )
        INSERT INTO requests_desk_satisfactionreview
            (id, number, factor_request_id, assignment_id, rating, contacted, solved, comment, first_submitted_at,
             is_historic)
        SELECT id, 'LS' || lpad(id::text, 10, '0'), request_id, assignment_id, rating, contacted,
            coalesce(solved, ''), '', submitted_at, true
        FROM fresh
        """,
    ),
    (
        "duties",
        """
        WITH days AS (
            INSERT INTO scoring_duty (title, due_on, requirement, arranged_at)
            SELECT DISTINCT title, due_on, '', %(at)s::timestamptz FROM history_duties
            ON CONFLICT (title, due_on) DO NOTHING RETURNING id, title, due_on
        ), known AS (
            SELECT id, title, due_on FROM days UNION ALL SELECT id, title, due_on FROM scoring_duty
        )
        INSERT INTO scoring_dutyrecord (duty_id, organization_id, result, proof, judged_at, answer)
        SELECT DISTINCT d.id, s.department, s.result, '历史台账', %(at)s::timestamptz, ''
        FROM history_duties s JOIN known d ON (d.title, d.due_on) = (s.title, s.due_on)
        ON CONFLICT (duty_id, organization_id) DO NOTHING
        """,
    ),
)

# The leads of a request that was there before, and those of one moment, are only known when all are stored.
_STATES = f"""
    UPDATE requests_desk_factorrequest r
    SET state = a.state, completed_at = a.completed_at, confirmed_at = a.completed_at
    FROM (SELECT id, completed_at, {_STATE} AS state
          FROM (SELECT DISTINCT ON (q.id) q.id, q.ineligible_at, l.replied_at, l.completed_at
                FROM requests_desk_factorrequest q
                LEFT JOIN requests_desk_assignment l ON l.factor_request_id = q.id AND l.part = 'lead'
                WHERE q.is_historic AND q.number IN (SELECT number FROM history_requests
                                                     UNION SELECT request_number FROM history_assignments)
                ORDER BY q.id, l.assigned_at DESC NULLS LAST, l.id DESC) AS last) a
    WHERE r.id = a.id AND (r.state, r.completed_at) IS DISTINCT FROM (a.state, a.completed_at)
"""


def store(*, at: datetime, office_id: int) -> dict[str, int]:
    """Write everything that is not there yet; return how many rows of each file were new."""
    stored = {}
    with connection.cursor() as cursor:
        for name, sql in _STEPS:
            cursor.execute(sql, {"at": at, "office": office_id})
            stored[name] = cursor.rowcount
        cursor.execute(_STATES)
    return stored

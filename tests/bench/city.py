"""A city's desk after some years: requests in plausible states with their filings, assignments, replies and events.

Nine hundred days up to now; what is older than ninety days is closed, so what is open grows with the city and stays
a tenth of it. Texts come from a small vocabulary in which one pair of characters is common, another
rare: some sixty times, however large the city, so that the same number of rows is shown.
"""

from datetime import datetime

from django.db import connection

from tests.bench.history import ENTERPRISES
from tests.bench.loading import loading

COMMON, RARE = "厂房", "塔筒"
TABLES = (
    "requests_desk_filing",
    "requests_desk_factorrequest",
    "requests_desk_assignment",
    "requests_desk_reply",
    "requests_desk_requestevent",
    "requests_desk_satisfactionreview",
    "requests_desk_searchtext",
)

_REQUESTS = """
    WITH firms AS (SELECT organization_id, division_id, chain_id, row_number() OVER () - 1 AS place
                   FROM directory_enterpriseprofile),
    size AS (SELECT count(*) AS firms FROM firms),
    made AS (
        SELECT g.n + 1 AS id, g.n, f.*, g.n::float8 / %(all)s AS age,
            %(at)s::timestamptz - make_interval(secs => 900 * 86400 * (1 - g.n::float8 / %(all)s)) AS filed
        FROM generate_series(0, %(all)s - 1) AS g (n), size, firms f
        WHERE f.place = g.n::bigint * 7919 %% size.firms
    ), told AS (
        SELECT *, CASE
            WHEN age > 0.9 THEN (ARRAY['filed', 'accepted', 'assigned', 'assigned', 'assigned', 'replied', 'replied',
                                        'completed'])[1 + n %% 8]
            WHEN n %% 50 = 1 THEN 'ineligible' WHEN n %% 60 = 2 THEN 'withdrawn'
            WHEN n %% 10 < 7 THEN 'written_off' ELSE 'confirmed' END AS state FROM made
    ), filings AS (
        INSERT INTO requests_desk_filing
            (id, number, enterprise_id, channel, contact_name, contact_phone, draft, submitted_at, is_discarded)
        SELECT id, 'C' || to_char(filed, 'YYYYMMDD') || '-' || id, organization_id,
            (ARRAY['online', 'fair', 'visit', 'key_project'])[1 + n %% 4], '示例联系人', '13800001234', '{}',
            filed, false
        FROM told
    )
    INSERT INTO requests_desk_factorrequest
        (id, number, filing_id, enterprise_id, division_id, chain_id, factor_id, headline, story, quantity, unit,
         answers, fields_version, state, filed_at, accept_due_at, accepted_at, assign_due_at, completed_at,
         confirm_due_at, confirmed_at, written_off_at, answer, ineligible_at, is_case_by_case, turns, is_escalated,
         is_historic, reason)
    SELECT id, 'C' || to_char(filed, 'YYYYMMDD') || '-' || id || '-1', id, organization_id, division_id, chain_id,
        (SELECT min(id) FROM directory_factor) + n %% 16,
        (ARRAY['岱岳', '泰山', '新泰', '肥城', '宁阳', '东平', '高新区'])[1 + n %% 7]
            || CASE WHEN n %% (%(all)s / 60) = 17 THEN '风电塔筒基地' ELSE
               (ARRAY['二期厂房用地', '设备更新融资', '天然气管道接入', '高压线路扩容', '污水排放指标', '技术工人招聘',
                      '物流车辆通行', '研发人才住房'])[1 + n / 7 %% 8] END || n,
        '企业反映' || (ARRAY['指标没有落实', '审批时间较长', '价格高于预期', '接入点距离远', '材料要求不清'])
            [1 + n / 3 %% 5]
            || ',希望协调' || (ARRAY['近期开工', '年底投产', '按期交付', '稳定用工'])[1 + n / 11 %% 4] || '。',
        n %% 300 + 1, '亩', '{}', 1, state, filed, filed + interval '1 day',
        CASE WHEN state <> 'filed' THEN filed + interval '4 hours' END, filed + interval '2 days',
        CASE WHEN state IN ('completed', 'confirmed', 'written_off')
            THEN filed + interval '7 hours' * (1 + n %% 30) END,
        CASE WHEN state IN ('completed', 'confirmed', 'written_off') THEN filed + interval '18 days' END,
        CASE WHEN state IN ('confirmed', 'written_off') THEN filed + interval '12 days' END,
        CASE WHEN state = 'written_off' THEN filed + interval '16 days' END,
        CASE WHEN state IN ('confirmed', 'written_off') THEN 'solved' ELSE '' END,
        CASE WHEN state = 'ineligible' THEN filed + interval '5 days' END,
        n %% 997 = 3, 0, n %% 499 = 3, false, ''
    FROM told
"""

_ASSIGNMENTS = """
    INSERT INTO requests_desk_assignment
        (factor_request_id, organization_id, part, reason, assigned_at, acknowledge_due_at, acknowledged_at,
         reply_due_at, reply_warn_at, replied_at, complete_due_at, complete_warn_at, completed_at, ended_at,
         end_reason, is_historic)
    SELECT r.id, d.ids[1 + (r.id + p.n) %% cardinality(d.ids)], p.part, '', r.filed_at + interval '6 hours',
        r.filed_at + interval '1 day', r.filed_at + interval '9 hours',
        r.filed_at + interval '4 days', r.filed_at + interval '3 days',
        CASE WHEN r.state <> 'assigned' THEN r.filed_at + interval '7 hours' END,
        CASE WHEN p.part = 'lead' THEN r.filed_at + interval '20 days' END,
        CASE WHEN p.part = 'lead' THEN r.filed_at + interval '14 days' END,
        CASE WHEN p.part = 'lead' THEN r.completed_at END,
        CASE WHEN r.state = 'ineligible' THEN r.ineligible_at WHEN p.part = 'support' THEN r.completed_at END,
        CASE WHEN r.state = 'ineligible' THEN 'ineligible'
             WHEN p.part = 'support' AND r.completed_at IS NOT NULL THEN 'completed' ELSE '' END, false
    FROM requests_desk_factorrequest r,
        (SELECT array_agg(id ORDER BY position) AS ids FROM directory_organization WHERE takes_part) d,
        (VALUES (0, 'lead'), (1, 'support')) AS p (n, part)
    WHERE r.state NOT IN ('filed', 'accepted', 'withdrawn') AND (p.part = 'lead' OR r.id %% 2 = 0)
"""

_REPLIES = """
    INSERT INTO requests_desk_reply
        (assignment_id, outcome, text, plan_owner, basis, replied_at)
    SELECT id, 'answer', '已与企业联系,正在协调,有进展随时告知。', '', '', replied_at
    FROM requests_desk_assignment WHERE replied_at IS NOT NULL
"""

# Each step that left its moment has its event; nobody is told of them any more.
_EVENTS = """
    INSERT INTO requests_desk_requestevent
        (factor_request_id, assignment_id, verb, from_state, to_state, organization_id, at, text, detail, is_internal,
         announced_at)
    SELECT r.id, CASE WHEN e.verb IN ('reply', 'complete') THEN a.id END, e.verb, e.from_state, e.to_state,
        CASE WHEN e.verb IN ('file', 'confirm') THEN r.enterprise_id WHEN e.verb IN ('reply', 'complete')
             THEN a.organization_id ELSE %(office)s END, e.at, '', '{}', false, e.at
    FROM requests_desk_factorrequest r
    LEFT JOIN requests_desk_assignment a ON a.factor_request_id = r.id AND a.part = 'lead',
    LATERAL (VALUES ('file', '', 'filed', r.filed_at), ('accept', 'filed', 'accepted', r.accepted_at),
        ('assign', 'accepted', 'assigned', a.assigned_at), ('reply', 'assigned', 'replied', a.replied_at),
        ('complete', 'replied', 'completed', r.completed_at), ('confirm', 'completed', 'confirmed', r.confirmed_at),
        ('write_off', 'confirmed', 'written_off', r.written_off_at)) AS e (verb, from_state, to_state, at)
    WHERE e.at IS NOT NULL
"""

_REVIEWS = """
    INSERT INTO requests_desk_satisfactionreview
        (number, factor_request_id, assignment_id, rating, contacted, solved, comment, first_submitted_at, is_historic)
    SELECT 'C' || a.id, a.factor_request_id, a.id, 1 + a.id %% 5, true, 'yes', '', a.completed_at + interval '2 days',
        false
    FROM requests_desk_assignment a
    WHERE a.part = 'lead' AND a.completed_at < %(at)s::timestamptz - interval '18 days' AND a.factor_request_id %% 3 = 0
"""

_SEARCH_TEXTS = """
    INSERT INTO requests_desk_searchtext (factor_request_id, text)
    SELECT r.id, search_text(r.headline, r.number, o.name, o.short, coalesce(p.credit_code, ''), r.story)
    FROM requests_desk_factorrequest r JOIN directory_organization o ON o.id = r.enterprise_id
    LEFT JOIN directory_enterpriseprofile p ON p.organization_id = o.id
"""

# The triggers write the clocks of what is open; the pass through them is that of a move.
_CLOCKS = """
    UPDATE requests_desk_factorrequest SET due_at = due_at
    WHERE state IN ('filed', 'accepted', 'assigned', 'replied', 'completed')
"""


def build(requests: int, *, at: datetime) -> None:
    """Make a city of so many requests, in the place of the one that was there before."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM directory_organization WHERE kind = 'office'")
        values = {"all": requests, "at": at, "office": cursor.fetchone()[0]}
        cursor.execute(f"TRUNCATE {', '.join(TABLES)} CASCADE")
        cursor.execute("SELECT EXISTS (SELECT FROM directory_enterpriseprofile)")
        if not cursor.fetchone()[0]:
            cursor.execute(ENTERPRISES, {"number": 5_000})
        with loading(*TABLES):
            for statement in (_REQUESTS, _ASSIGNMENTS, _REPLIES, _EVENTS, _REVIEWS, _SEARCH_TEXTS):
                cursor.execute(statement, values)
            cursor.execute("SET session_replication_role = origin")
            cursor.execute("ANALYZE requests_desk_assignment")
            cursor.execute(_CLOCKS)

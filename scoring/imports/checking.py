"""Problems between rows, found in sets: keys that stand twice, rows that name a missing row, unlikely moments."""

from django.db import connection

from scoring.imports.layout import Sheet
from scoring.imports.reading import Findings

# A row that stands in the portal already must be the same: (file, column to name, rows that differ).
_STORED = (
    (
        "requests.csv",
        "number",
        """
        SELECT s.line FROM history_requests s
        JOIN requests_desk_factorrequest r ON r.number = s.number
        JOIN requests_desk_filing f ON f.id = r.filing_id
        LEFT JOIN directory_enterpriseprofile p ON p.organization_id = r.enterprise_id
        WHERE NOT r.is_historic
           OR (r.filed_at, p.credit_code, r.factor_id, f.channel, r.headline, r.unit)
              IS DISTINCT FROM (s.filed_at, s.enterprise_uscc, s.factor, s.list, s.headline, coalesce(s.unit, ''))
           OR r.quantity IS DISTINCT FROM s.quantity OR r.ineligible_at IS DISTINCT FROM s.ineligible_at
        """,
    ),
    (
        "assignments.csv",
        "request_number",
        """
        SELECT s.line FROM history_assignments s
        JOIN requests_desk_factorrequest r ON r.number = s.request_number
        JOIN requests_desk_assignment a ON (a.factor_request_id, a.organization_id, a.part, a.assigned_at)
                                         = (r.id, s.department, s.role, s.assigned_at)
        WHERE (a.reply_due_at, a.replied_at, a.complete_due_at, a.completed_at, a.ended_at, a.end_reason)
              IS DISTINCT FROM (s.reply_due_at, s.replied_at, s.complete_due_at, s.completed_at, s.ended_at,
                                coalesce(s.end_reason, ''))
        """,
    ),
    (
        "reviews.csv",
        "request_number",
        """
        SELECT s.line FROM history_reviews s
        JOIN requests_desk_factorrequest r ON r.number = s.request_number
        JOIN requests_desk_satisfactionreview v ON v.factor_request_id = r.id
        JOIN requests_desk_assignment a ON a.id = v.assignment_id AND a.organization_id = s.department
        LEFT JOIN scoring_exclusion e ON e.review_id = v.id AND e.is_upheld
        WHERE (v.rating, v.contacted, v.solved, v.first_submitted_at, e.reason)
              IS DISTINCT FROM (s.rating, s.contacted, coalesce(s.solved, ''), s.submitted_at, s.excluded_reason)
        """,
    ),
    (
        "duties.csv",
        "title",
        """
        SELECT s.line FROM history_duties s
        JOIN scoring_duty d ON (d.title, d.due_on) = (s.title, s.due_on)
        JOIN scoring_dutyrecord r ON r.duty_id = d.id AND r.organization_id = s.department
        WHERE r.result IS DISTINCT FROM s.result
        """,
    ),
)

# A row that another one names: (file, column, what is missing, rows that name it in vain, the file that should have it,
# which of its rows with an error may be the one that is missed, besides holding the name).
_NAMED = (
    (
        "requests.csv",
        "enterprise_uscc",
        "enterprises.csv 里没有这家企业",
        """
        SELECT s.line FROM history_requests s WHERE s.enterprise_uscc IS NOT NULL
        AND NOT EXISTS (SELECT FROM history_enterprises e WHERE e.uscc = s.enterprise_uscc)
        AND NOT EXISTS (SELECT FROM directory_enterpriseprofile p WHERE p.credit_code = s.enterprise_uscc)
        """,
        "enterprises.csv",
        "true",
    ),
    (
        "assignments.csv",
        "request_number",
        "requests.csv 里没有这项需求",
        """
        SELECT s.line FROM history_assignments s WHERE s.request_number IS NOT NULL
        AND NOT EXISTS (SELECT FROM history_requests r WHERE r.number = s.request_number)
        AND NOT EXISTS (SELECT FROM requests_desk_factorrequest r WHERE r.number = s.request_number AND r.is_historic)
        """,
        "requests.csv",
        "true",
    ),
    (
        "reviews.csv",
        "request_number",
        "assignments.csv 里没有这个单位对这项需求的主办记录",
        """
        SELECT s.line FROM history_reviews s WHERE s.request_number IS NOT NULL AND s.department IS NOT NULL
        AND NOT EXISTS (SELECT FROM history_assignments a WHERE a.role = 'lead'
                        AND (a.request_number, a.department) = (s.request_number, s.department))
        AND NOT EXISTS (SELECT FROM requests_desk_factorrequest r JOIN requests_desk_assignment a
                        ON a.factor_request_id = r.id AND a.part = 'lead' AND a.organization_id = s.department
                        WHERE r.number = s.request_number AND r.is_historic)
        """,
        "assignments.csv",
        "coalesce(w.department, s.department) = s.department AND coalesce(w.role, 'lead') = 'lead'",
    ),
)

# What must go together in one row: (file, column, problem, rows).
_INSIDE = (
    (
        "assignments.csv",
        "end_reason",
        "有结束时间时不能为空",
        "SELECT line FROM history_assignments WHERE ended_at IS NOT NULL AND end_reason IS NULL",
    ),
    (
        "assignments.csv",
        "ended_at",
        "有结束原因时不能为空",
        "SELECT line FROM history_assignments WHERE ended_at IS NULL AND end_reason IS NOT NULL",
    ),
)

_UNLIKELY = (
    ("assignments.csv", "replied_at", "回复晚于结束", "history_assignments WHERE replied_at > ended_at"),
    ("assignments.csv", "replied_at", "回复早于交办", "history_assignments WHERE replied_at < assigned_at"),
    (
        "assignments.csv",
        "completed_at",
        "办结早于回复",
        "history_assignments WHERE completed_at < replied_at",
    ),
    (
        "assignments.csv",
        "completed_at",
        "已办结而没有回复时间",
        "history_assignments WHERE completed_at IS NOT NULL AND replied_at IS NULL",
    ),
    ("assignments.csv", "completed_at", "办结晚于结束", "history_assignments WHERE completed_at > ended_at"),
    (
        "assignments.csv",
        "reply_due_at",
        "期限早于交办",
        "history_assignments WHERE reply_due_at < assigned_at",
    ),
    (
        "enterprises.csv",
        "name",
        "与名录中的名称不同，以名录为准",
        "history_enterprises s JOIN directory_enterpriseprofile p ON p.credit_code = s.uscc"
        " JOIN directory_organization o ON o.id = p.organization_id WHERE o.name <> s.name",
    ),
)


def check(sheets: tuple[Sheet, ...], findings: Findings) -> None:
    """Look at the staged rows in sets and note what is wrong between them."""
    for sheet in sheets:
        _check_keys(sheet, findings)
    for file, column, problem, sql in _INSIDE:
        _note(findings, file, column, problem, sql)
    for named in _NAMED:
        _note_named(findings, *named)
    for file, column, sql in _STORED:
        _note(findings, file, column, "库中已有同一编号而内容不同的记录", sql)
    for file, column, problem, rows in _UNLIKELY:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT line FROM {rows} ORDER BY line")
            for (line,) in cursor:
                findings.warn(file, line, column, problem)


def _check_keys(sheet: Sheet, findings: Findings) -> None:
    """A key may stand twice with the same content, never with other content."""
    key = ", ".join(sheet.key)
    content = ", ".join(column.name for column in sheet.columns)
    known = " AND ".join(f"{name} IS NOT NULL" for name in sheet.key)
    # Few keys stand twice, if any: only their rows are compared.
    _note(
        findings,
        sheet.name,
        sheet.key[0],
        "同一编号出现两次而内容不同",
        f"SELECT line FROM (SELECT line, row({content})::text AS content,"
        f" first_value(row({content})::text) OVER (PARTITION BY {key} ORDER BY line) AS first"
        f" FROM {sheet.table} WHERE ({key}) IN"
        f" (SELECT {key} FROM {sheet.table} WHERE {known} GROUP BY {key} HAVING count(*) > 1)"
        ") AS same WHERE content <> first",
    )


def _note_named(
    findings: Findings, file: str, column: str, problem: str, sql: str, source: str, fitting: str
) -> None:
    """Note rows that name a missing row. Where that one is there with an error, this is no second one."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT s.line, min(w.line) FROM {_staged(file)} s"
            f" LEFT JOIN (SELECT *, unnest(wrong_cells) AS cell FROM {_staged(source)}) w"
            f" ON w.cell = s.{column} AND {fitting} WHERE s.line IN ({sql}) GROUP BY s.line ORDER BY s.line"
        )
        for line, because in cursor:
            if because is None:
                findings.error(file, line, column, problem)
            else:
                findings.warn(file, line, column, f"随 {source} 第 {because} 行的错误而来，改好那一行即可")


def _staged(file: str) -> str:
    return "history_" + file.removesuffix(".csv")


def _note(findings: Findings, file: str, column: str, problem: str, sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT line FROM ({sql}) AS found ORDER BY line")
        for (line,) in cursor:
            findings.error(file, line, column, problem)

"""Who changed what near a deadline: two statements over the desk's own events, whatever the number of matters."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection

from requests_desk.workflow import label_of
from taian_factors.directory.models import CalendarYear
from taian_factors.lib.periods import Period, at_local
from taian_factors.lib.workdays import WorkCalendar

MOST_SHOWN = 200
# 24 working hours before the end of a working day: three whole days of six and a half hours, and from eleven
# o'clock (three and a half hours in the afternoon, one before noon) on the third working day before.
_WHOLE_DAYS, _FROM = 3, time(11)

# The deadlines of the month, and for each what was done near it: in the last third of its limit, as the yellow light
# counts it (of three days the last one), and at most 24 working hours before it. A reply or completion
# before its deadline is ordinary work, so only the last hour is named; late ones are misses already. What moves or
# ends a deadline that still runs is named whenever it comes, also long after.
_NEAR = """
WITH windows AS (SELECT unnest(%(days)s::date[]) AS day, unnest(%(opens)s::timestamptz[]) AS opens),
due AS (
    SELECT id, factor_request_id, organization_id, '回复' AS clock, reply_due_at AS due_at, reply_warn_at AS warn_at,
           replied_at AS done_at, ended_at, end_reason
    FROM requests_desk_assignment
    WHERE NOT is_historic AND reply_due_at >= %(start)s AND reply_due_at < %(end)s
    UNION ALL
    SELECT id, factor_request_id, organization_id, '办结', complete_due_at, complete_warn_at, completed_at, ended_at,
           end_reason
    FROM requests_desk_assignment
    WHERE NOT is_historic AND part = 'lead' AND complete_due_at >= %(start)s AND complete_due_at < %(end)s
),
near AS (
    SELECT due.*, greatest(windows.opens, due.warn_at + interval '1 day') AS opens FROM due
    JOIN windows ON windows.day = (due.due_at AT TIME ZONE 'Asia/Shanghai')::date
),
found AS (
    SELECT near.organization_id AS body_id, e.verb AS what, e.at, near.clock, near.due_at, e.id AS event_id
    FROM near JOIN requests_desk_requestevent e ON e.assignment_id = near.id
    WHERE e.at > near.due_at - interval '1 hour' AND e.at <= near.due_at
      AND (near.clock = '回复' AND e.verb IN ('reply', 'support_reply') OR near.clock = '办结' AND e.verb = 'complete')
    UNION ALL
    SELECT near.organization_id, e.verb, e.at, near.clock, near.due_at, e.id
    FROM near JOIN requests_desk_requestevent e ON e.assignment_id = near.id
    WHERE e.at >= near.opens AND (near.done_at IS NULL OR near.done_at >= e.at)
      AND e.verb IN ('hand_back', 'ask_suspension', 'resume', 'recalculate')
    UNION ALL
    SELECT near.organization_id, e.verb, e.at, near.clock, near.due_at, e.id
    FROM near JOIN requests_desk_requestevent e
      ON e.factor_request_id = near.factor_request_id AND e.at = near.ended_at
    WHERE near.ended_at >= near.opens AND (near.done_at IS NULL OR near.done_at >= e.at)
      AND near.end_reason IN ('reassigned', 'handed_back', 'ineligible', 'awarded')
      AND e.verb IN ('reassign', 'rule_hand_back', 'declare_ineligible', 'award')
    UNION ALL
    SELECT a.organization_id, e.verb, e.at, '办结', x.old_due_at, e.id
    FROM requests_desk_extension x
    JOIN requests_desk_assignment a ON a.id = x.assignment_id
    JOIN windows ON windows.day = (x.old_due_at AT TIME ZONE 'Asia/Shanghai')::date
    JOIN requests_desk_requestevent e ON e.assignment_id = a.id
     AND (e.verb = 'ask_extension' AND e.at = x.asked_at OR e.verb = 'decide_extension' AND e.at = x.decided_at)
    WHERE x.old_due_at >= %(start)s AND x.old_due_at < %(end)s AND e.at >= windows.opens
    UNION ALL
    -- An open suspension has emptied its deadlines; what was left of them says how near they were.
    SELECT a.organization_id, e.verb, e.at, '挂起', NULL, e.id
    FROM requests_desk_suspension s
    JOIN requests_desk_assignment a ON a.id = s.assignment_id
    JOIN requests_desk_factorrequest r ON r.id = a.factor_request_id JOIN directory_factor f ON f.id = r.factor_id
    JOIN requests_desk_requestevent e ON e.assignment_id = a.id
     AND e.verb = 'decide_suspension' AND e.at = s.decided_at
    WHERE s.is_approved AND s.decided_at >= %(start)s AND s.decided_at < %(end)s
      AND (s.reply_days_left < greatest(1, least(%(whole_days)s, f.reply_days / 3))
        OR s.complete_days_left < greatest(1, least(%(whole_days)s, f.complete_days / 3)))
)
"""
_COUNTS = """
SELECT b.short, f.what, count(*) FILTER (WHERE f.due_at IS NULL OR f.at <= f.due_at) AS before,
       count(*) FILTER (WHERE f.at > f.due_at) AS after
FROM found f JOIN directory_organization b ON b.id = f.body_id
GROUP BY b.position, b.id, b.short, f.what ORDER BY b.position, b.id, f.what
"""
_ROWS = """
SELECT b.short, f.what, f.at, f.clock, f.due_at, r.number, coalesce(u.name, ''), o.short
FROM found f JOIN requests_desk_requestevent e ON e.id = f.event_id
JOIN directory_organization b ON b.id = f.body_id
JOIN directory_organization o ON o.id = e.organization_id
JOIN requests_desk_factorrequest r ON r.id = e.factor_request_id
LEFT JOIN directory_user u ON u.id = e.user_id
ORDER BY f.at DESC, f.event_id DESC, f.clock LIMIT %(limit)s
"""


@dataclass(frozen=True)
class Change:
    """One act near a deadline: whose deadline, what, when, and who did it. ``due_at`` None: it stood still."""

    body: str
    verb: str
    at: datetime
    clock: str
    due_at: datetime | None
    number: str
    person: str
    by: str

    @property
    def label(self) -> str:
        """What was done."""
        return label_of(self.verb)

    @property
    def how_near(self) -> str:
        """How far from the deadline, in words."""
        if self.due_at is None:
            return "批准挂起时期限将到"
        if self.at > self.due_at:
            return f"期限后 {_span(self.at - self.due_at)}"
        return "正在期限" if self.at == self.due_at else f"期限前 {_span(self.due_at - self.at)}"


def _span(span: timedelta) -> str:
    seconds = int(span.total_seconds())
    for size, unit in ((86400, "天"), (3600, "小时"), (60, "分钟")):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} 秒"


@dataclass(frozen=True)
class NearDeadlines:
    """Counts by body and act, complete; and the latest acts themselves, at the most ``MOST_SHOWN``."""

    counts: Sequence[tuple[str, str, int, int]]
    changes: Sequence[Change]

    @property
    def total(self) -> int:
        """How many acts there are."""
        return sum(before + after for _, _, before, after in self.counts)


def near_deadlines(period: Period) -> NearDeadlines:
    """Return what was changed near the deadlines of a month; four statements."""
    days, opens = _windows(period, CalendarYear.objects.calendar())
    given = {"days": days, "opens": opens, "start": period.start, "end": period.end}
    given |= {"whole_days": _WHOLE_DAYS, "limit": MOST_SHOWN}
    counts = [(body, label_of(what), before, after) for body, what, before, after in _all(_COUNTS, given)]
    return NearDeadlines(counts, [Change(*row) for row in _all(_ROWS, given)])


def _windows(period: Period, calendar: WorkCalendar) -> tuple[list[date], list[datetime]]:
    count = (period.end_day - period.first_day).days
    days = [period.first_day + timedelta(number) for number in range(count)]
    return days, [at_local(calendar.subtract(day, _WHOLE_DAYS), _FROM) for day in days]


def _all(select: str, given: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(_NEAR + select, given)
        return cursor.fetchall()

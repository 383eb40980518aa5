"""What the random call-backs of a month's completions found, body by body; printed beside the score, watched over."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from django.db import connection

from taian_factors.lib.periods import Period


@dataclass(frozen=True)
class CallBacks:
    """The lots of one body's completions in the month: drawn, reached, and where the enterprise said otherwise."""

    body_id: int
    body: str
    completions: int
    drawn: int
    reached: int
    mismatches: int

    @property
    def mismatch_rate(self) -> Fraction | None:
        """Of those who were reached, the share that said otherwise than the record."""
        return Fraction(self.mismatches, self.reached) if self.reached else None

    @property
    def verified(self) -> int:
        """How many enterprises said what the record says."""
        return self.reached - self.mismatches


_CALL_BACKS = """
SELECT o.id, o.short, count(*), count(*) FILTER (WHERE d.is_drawn), count(c.matches),
       count(*) FILTER (WHERE NOT c.matches)
FROM requests_desk_callbackdraw d
JOIN requests_desk_assignment a ON a.id = d.assignment_id
JOIN directory_organization o ON o.id = a.organization_id
LEFT JOIN LATERAL (
    SELECT (e.detail ->> 'matches')::boolean AS matches FROM requests_desk_requestevent e
    WHERE d.is_drawn AND e.factor_request_id = a.factor_request_id AND e.verb = 'call_back'
      AND e.at >= d.completed_at AND (a.ended_at IS NULL OR e.at < a.ended_at)  -- later ones are about what came then
      AND e.detail ->> 'matches' IS NOT NULL
    ORDER BY e.id DESC LIMIT 1
) c ON true
WHERE d.completed_at >= %s AND d.completed_at < %s
GROUP BY o.position, o.id, o.short ORDER BY o.position, o.id
"""


def by_body(period: Period) -> list[CallBacks]:
    """Return by body what the random call-backs of the month's completions found so far; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_CALL_BACKS, [period.start, period.end])
        return [CallBacks(*row) for row in cursor.fetchall()]


def in_all(rows: Sequence[CallBacks]) -> CallBacks:
    """Add the bodies up."""
    names = ("completions", "drawn", "reached", "mismatches")
    return CallBacks(0, "合计", *(sum(getattr(row, name) for row in rows) for name in names))

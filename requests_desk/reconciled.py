"""Reads of a factor week: its figures, body by body, and its lines with what changed since they were frozen."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case, Count, F, Q, QuerySet, When

from requests_desk.models import ReconciliationLine, ReconciliationWeek, RequestEvent
from taian_factors.directory.models import Organization
from taian_factors.lib.periods import local_day

_COUNTS = {
    "n": Count("pk"),
    "written_off": Count("pk", filter=Q(outcome="written_off")),
    "carried_over": Count("pk", filter=Q(outcome="carried_over")),
    "unsigned": Count("pk", filter=Q(outcome="")),
    "overdue": Count("pk", filter=Q(is_overdue=True)),
    "seen": Count("pk", filter=Q(seen_at__isnull=False)),
    "unseen": Count("pk", filter=Q(seen_at__isnull=True, organization__isnull=False)),
    "differing": Count("pk", filter=~Q(difference="")),
}


@dataclass(frozen=True)
class Compared:
    """A line as it is shown: then, now, and why it differs."""

    line: ReconciliationLine
    why: str


def figures(lines: "QuerySet[ReconciliationLine]") -> dict[str, int]:
    """Count a week's lines by what became of them; one query."""
    return lines.order_by().aggregate(**_COUNTS)


def by_body(lines: "QuerySet[ReconciliationLine]") -> list[dict[str, Any]]:
    """Return the same, body by body in the order of the directory, those without a lead last; one query."""
    rows = lines.order_by().values("organization", short=F("organization__short")).annotate(**_COUNTS)
    return list(rows.order_by(F("organization__position").asc(nulls_last=True), "organization"))


def listed(
    lines: "QuerySet[ReconciliationLine]", *, first: Organization | None = None
) -> "QuerySet[ReconciliationLine]":
    """Load lines as the page and the paper show them: body by body, overdue ones first; ``first`` leads the bodies."""
    related = ("factor_request__enterprise", "organization", "signed_by", "seen_by")
    order: tuple[Any, ...] = (
        F("organization__position").asc(nulls_last=True),
        "organization",
        "-is_overdue",
        "factor_request",
    )
    if first is not None:
        order = (Case(When(organization=first, then=0), default=1), *order)
    return lines.select_related(*related).order_by(*order)


def compared(week: ReconciliationWeek, lines: Iterable[ReconciliationLine]) -> list[Compared]:
    """Say of each line what changed since it was frozen: as it was signed, or from the events so far; one query."""
    shown = list(lines)
    waiting = [line.factor_request_id for line in shown if not line.signed_at]
    now = changes_since(week.opened_at, waiting) if waiting else {}
    return [Compared(line, line.changes or now.get(line.factor_request_id, "")) for line in shown]


def changes_since(moment: datetime, requests: Collection[int]) -> dict[int, str]:
    """Say by request which moves were made after a moment, by whom and when; one query."""
    moves = RequestEvent.objects.filter(factor_request__in=requests, at__gt=moment)
    said: dict[int, list[str]] = defaultdict(list)
    for event in moves.select_related("organization").order_by("pk"):
        if event.from_state != event.to_state or event.verb == "reassign":
            said[event.factor_request_id].append(
                f"{local_day(event.at):%m-%d} {event.organization.short}{event.label}"
            )
    return {pk: "；".join(words) for pk, words in said.items()}

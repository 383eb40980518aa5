"""The figures that are printed beside the score and carry no marks; they describe a month, they do not judge it."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q

from requests_desk.models import Assignment, FactorRequest
from scoring import call_backs
from scoring.facts import Counted
from taian_factors.lib.periods import Period


def beside(
    *, period: Period, departments: Sequence[int], counted: Iterable[Counted]
) -> dict[int, dict[str, Any]]:
    """Count the figures by department: pairs of hits and all, or one number. Exclusions do not touch them.

    What reviews answered comes from what was counted already; three statements for the rest, of which the first
    reads the leads once. What each figure is stands in docs/scoring.md §9.
    """
    completed = Q(completed_at__gte=period.start, completed_at__lt=period.end)
    taken = Q(assigned_at__gte=period.start, assigned_at__lt=period.end)
    still_open = Q(completed_at__isnull=True) | Q(completed_at__gte=period.end)
    still_theirs = Q(ended_at__isnull=True) | Q(ended_at__gte=period.end)
    backlog = still_open & still_theirs & Q(complete_due_at__lt=period.end)
    # The same, and some more, in words that have an index: what runs now, and what was completed or ended later.
    running = Q(completed_at__isnull=True, ended_at__isnull=True, complete_due_at__lt=period.end)
    looked_at = completed | taken | running | Q(completed_at__gte=period.end) | Q(ended_at__gte=period.end)
    # Asked of the backlog's own rows alone, and last: a ledger of past years may leave such an assignment running.
    closed = FactorRequest.objects.filter(pk=OuterRef("factor_request"), ineligible_at__lt=period.end)
    leads = Assignment.objects.leads().filter(looked_at, organization__in=departments)
    rows = leads.order_by().values("organization")
    rows = rows.annotate(
        n_completed=Count("pk", filter=completed),
        n_reviewed=Count("pk", filter=completed & Q(review__isnull=False)),
        n_redone=Count("pk", filter=completed & Q(end_reason="redone")),
        n_taken=Count("pk", filter=taken),
        n_backlog=Count("pk", filter=backlog & ~Q(Exists(closed))),
    )
    by_department = {row["organization"]: row for row in rows}
    own = _own_intake(taken, departments)
    reviews = {c.organization_id: c for c in counted if c.indicator == "satisfaction"}
    called = {row.body_id: [row.verified, row.reached] for row in call_backs.by_body(period) if row.reached}
    return {
        pk: _figures(by_department.get(pk), reviews.get(pk), own.get(pk, 0), called.get(pk))
        for pk in departments
    }


def _own_intake(taken: Q, departments: Sequence[int]) -> dict[int, int]:
    # Filings that a department typed are few, so the database begins with them.
    typed_for = "factor_request__filing__typed_for"
    own = Assignment.objects.leads().filter(
        taken, organization=F(typed_for), **{f"{typed_for}__in": departments}
    )
    return dict(own.order_by().values_list("organization").annotate(Count("pk")))


def _figures(
    row: dict[str, int] | None, reviews: Counted | None, own: int, called: list[int] | None
) -> dict[str, Any]:
    found: dict[str, Any] = {"backlog": row["n_backlog"] if row else 0}
    if reviews is not None and reviews.answered:
        found["solved"] = [reviews.solved, reviews.answered]
    if row and row["n_completed"]:
        found["reviewed"] = [row["n_reviewed"], row["n_completed"]]
        found["redone"] = [row["n_redone"], row["n_completed"]]
    if called is not None:
        found["called_back"] = called
    if row and row["n_taken"]:
        found["own_intake"] = [own, row["n_taken"]]
    return found

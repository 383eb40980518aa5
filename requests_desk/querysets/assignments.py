"""Assignments and reviews: the populations that the competition counts have one name each."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import F, Q

from taian_factors.lib.periods import Period

if TYPE_CHECKING:
    from taian_factors.directory.actors import Actor

# No longer theirs when it fell due (scoring §2); the page "why this score" names these, so they stand apart.
RELEASED_BEFORE_REPLY = Q(ended_at__lte=F("reply_due_at"), replied_at__isnull=True)
RELEASED_BEFORE_COMPLETION = Q(ended_at__lte=F("complete_due_at"), completed_at__isnull=True) & ~Q(
    end_reason="redone"
)


class AssignmentQuerySet(models.QuerySet[Any]):
    """Assignments. The populations of scoring §2 have one name each; exclusions are taken away in ``scoring``."""

    def leads(self) -> "AssignmentQuerySet":
        """Lead parts (主办)."""
        return self.filter(part="lead")

    def supports(self) -> "AssignmentQuerySet":
        """Support parts (协办)."""
        return self.filter(part="support")

    def running(self) -> "AssignmentQuerySet":
        """Neither ended nor completed."""
        return self.filter(ended_at__isnull=True, completed_at__isnull=True)

    def held_by(self, body: Any) -> "AssignmentQuerySet":
        """In the hands of a body."""
        return self.filter(organization=body)

    def visible_to(self, actor: "Actor") -> "AssignmentQuerySet":
        """Those of the requests that the actor sees."""
        requests = self.model._meta.get_field("factor_request").related_model.objects.visible_to(actor)
        return self.filter(factor_request__in=requests)

    def replies_falling_in(self, period: Period) -> "AssignmentQuerySet":
        """Leads and supports whose reply was due in the period, also those that were released before."""
        return self.filter(reply_due_at__gte=period.start, reply_due_at__lt=period.end)

    def reply_due_in(self, period: Period) -> "AssignmentQuerySet":
        """按时回复率, population: leads and supports whose reply was due in the period.

        Left out is what ended at or before its deadline without a reply: it was no longer theirs to answer.
        """
        return self.replies_falling_in(period).exclude(RELEASED_BEFORE_REPLY)

    def replied_on_time(self) -> "AssignmentQuerySet":
        """按时回复率, hit: the first substantive reply came by the deadline, to the second."""
        return self.filter(replied_at__lte=F("reply_due_at"))

    def completions_falling_in(self, period: Period) -> "AssignmentQuerySet":
        """Leads due for completion in the period, also the released ones and those of ineligible requests."""
        return self.leads().filter(complete_due_at__gte=period.start, complete_due_at__lt=period.end)

    def completion_due_in(self, period: Period) -> "AssignmentQuerySet":
        """办结率, population: leads due for completion in the period, of requests not declared ineligible.

        Left out is what ended at or before its deadline uncompleted, unless it was undone by a redo.
        """
        eligible = self.completions_falling_in(period).filter(factor_request__ineligible_at__isnull=True)
        return eligible.exclude(RELEASED_BEFORE_COMPLETION)

    def completed_by(self, moment: datetime) -> "AssignmentQuerySet":
        """办结率, hit: completed before ``moment`` (the period's end) and not undone."""
        return self.filter(completed_at__lt=moment).exclude(end_reason="redone")


class ReviewQuerySet(models.QuerySet[Any]):
    """Reviews."""

    def first_submitted_in(self, period: Period) -> "ReviewQuerySet":
        """满意率, population: reviews first submitted in the period."""
        return self.filter(first_submitted_at__gte=period.start, first_submitted_at__lt=period.end)

    def satisfied(self) -> "ReviewQuerySet":
        """满意率, hit: 3, 4 or 5."""
        return self.filter(rating__gte=3)

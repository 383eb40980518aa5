"""Filters that read as sentences. Related models are named by reverse relations, never imported."""

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Count, Exists, Max, OuterRef, Q

from taian_factors.lib.periods import Period

if TYPE_CHECKING:
    from taian_factors.directory.actors import Actor


class RuleVersionQuerySet(models.QuerySet[Any]):
    """Rule versions (实施细则)."""

    def in_force(self) -> "RuleVersionQuerySet":
        """Put in force."""
        return self.filter(state="in_force")

    def not_set_aside(self) -> "RuleVersionQuerySet":
        """In force, or drafts that somebody still works on."""
        return self.exclude(state="aside")

    def governing(self, period: Period) -> "RuleVersionQuerySet":
        """Those in force in the last month of the period, the one that governs it first."""
        last = period.months[-1].key
        return self.in_force().filter(first_month__lte=last).order_by("-first_month", "-pk")

    def with_use(self) -> "RuleVersionQuerySet":
        """Annotate whether a run has used the version (``has_runs``)."""
        runs = self.model._meta.get_field("runs").related_model.objects
        return self.annotate(has_runs=Exists(runs.filter(rule_version=OuterRef("pk"))))


class RunQuerySet(models.QuerySet[Any]):
    """Runs."""

    def of(self, period: Period) -> "RunQuerySet":
        """Those of one period, the newest first."""
        return self.filter(period=period.key).order_by("-pk")

    def months(self) -> "RunQuerySet":
        """Those of single months."""
        return self.filter(kind="month")

    def current(self) -> "RunQuerySet":
        """Not replaced by a later run in preview, or by a numbered correction."""
        return self.filter(superseded_at__isnull=True)

    def published(self) -> "RunQuerySet":
        """Published, as it holds now: a corrected run stays readable but is no longer the month's result."""
        return self.current().filter(state="published")

    def in_preview(self) -> "RunQuerySet":
        """Shown to the departments, not yet published."""
        return self.current().filter(state="preview")

    def with_renewal(self) -> "RunQuerySet":
        """Annotate whether a run was shown in place of another without new days for appeals (``is_renewal``)."""
        steps = self.model._meta.get_field("steps").related_model.objects
        return self.annotate(is_renewal=Exists(steps.filter(run=OuterRef("pk"), verb="renewed")))

    def visible_to(self, actor: "Actor | None") -> "RunQuerySet":
        """The office every run, departments from preview on, other staff what is published."""
        if actor is None or actor.is_enterprise:
            return self.none()
        if actor.is_office:
            return self.all()
        if actor.kind == "department" and actor.organization.takes_part:
            return self.exclude(state="draft")
        return self.filter(state="published")


class RunStepQuerySet(models.QuerySet[Any]):
    """The steps of runs."""

    def of(self, period: Period) -> "RunStepQuerySet":
        """Those of the runs of one period."""
        return self.filter(run__period=period.key)

    def to_announce(self) -> "RunStepQuerySet":
        """Of which nobody was told yet, the oldest first."""
        return self.filter(announced_at__isnull=True).order_by("pk")


class ScorecardQuerySet(models.QuerySet[Any]):
    """Scorecards."""

    def in_order(self) -> "ScorecardQuerySet":
        """As they are printed: group by group, place by place, those without a place last."""
        return self.order_by("printed_order")

    def ranked(self) -> "ScorecardQuerySet":
        """Those with a place."""
        return self.filter(place__isnull=False)


class DutyQuerySet(models.QuerySet[Any]):
    """Duties."""

    def due_in(self, period: Period) -> "DutyQuerySet":
        """Due in the period."""
        return self.filter(due_on__gte=period.first_day, due_on__lt=period.end_day)

    def visible_to(self, actor: "Actor | None") -> "DutyQuerySet":
        """The office every duty, a department those that were laid on it."""
        if actor is None or actor.kind not in ("office", "department"):
            return self.none()
        return self.all() if actor.is_office else self.filter(records__organization=actor.organization)

    def with_results(self, actor: "Actor") -> "DutyQuerySet":
        """Count each duty's departments and results; for a department its own record alone."""
        mine = Q() if actor.is_office else Q(records__organization=actor.organization)
        results = {f"n_{result}": Q(records__result=result) for result in ("on_time", "late", "not_done")}
        counts = {name: Count("records", filter=mine & which) for name, which in results.items()}
        return self.annotate(n_open=Count("records", filter=mine & Q(records__result="")), **counts)


class DutyRecordQuerySet(models.QuerySet[Any]):
    """What became of a duty in one department."""

    def due_in(self, period: Period) -> "DutyRecordQuerySet":
        """配合度, population: duties due in the period."""
        return self.filter(duty__due_on__gte=period.first_day, duty__due_on__lt=period.end_day)

    def without_result(self) -> "DutyRecordQuerySet":
        """Not yet judged by the office."""
        return self.filter(result="")


class ExclusionQuerySet(models.QuerySet[Any]):
    """Exclusions (剔除)."""

    def upheld(self) -> "ExclusionQuerySet":
        """Those that take their record out of the populations."""
        return self.filter(is_upheld=True)

    def undecided(self) -> "ExclusionQuerySet":
        """Those that wait for a second person."""
        return self.filter(is_upheld__isnull=True)

    def touching(self, period: Period) -> "ExclusionQuerySet":
        """Those whose record stands in a population of the period."""
        span = (period.start, period.end)
        assignment = Q()
        for due in ("reply_due_at", "complete_due_at"):
            assignment |= Q(**{f"assignment__{due}__gte": span[0], f"assignment__{due}__lt": span[1]})
        review = Q(review__first_submitted_at__gte=span[0], review__first_submitted_at__lt=span[1])
        days = {
            "duty_record__duty__due_on__gte": period.first_day,
            "duty_record__duty__due_on__lt": period.end_day,
        }
        return self.filter(assignment | review | Q(**days))


class AppealQuerySet(models.QuerySet[Any]):
    """Appeals (申诉)."""

    def undecided(self) -> "AppealQuerySet":
        """Those that wait for the decision."""
        return self.filter(decided_at__isnull=True)

    def about(self, period: Period) -> "AppealQuerySet":
        """Those against a run of the period."""
        return self.filter(run__period=period.key)

    def visible_to(self, actor: "Actor | None") -> "AppealQuerySet":
        """The office every appeal, a department its own."""
        if actor is None or actor.kind not in ("office", "department"):
            return self.none()
        return self.all() if actor.is_office else self.filter(organization=actor.organization)


class BulletinQuerySet(models.QuerySet[Any]):
    """Bulletins."""

    def of(self, period: Period) -> "BulletinQuerySet":
        """Those of one period, the oldest first."""
        return self.filter(period=period.key).order_by("issued_at", "pk")

    def issued(self) -> "BulletinQuerySet":
        """Issued and frozen."""
        return self.filter(issued_at__isnull=False)

    def drafts(self) -> "BulletinQuerySet":
        """Neither issued nor set aside."""
        return self.filter(issued_at__isnull=True, set_aside_at__isnull=True)

    def visible_to(self, actor: "Actor | None") -> "BulletinQuerySet":
        """The office all; everybody else who signs in the issued ones."""
        if actor is None:
            return self.none()
        return self.all() if actor.is_office else self.issued()

    def with_people(self) -> "BulletinQuerySet":
        """With the run that it was composed from, and who composed, issued or set it aside."""
        return self.select_related("run", "composed_by", "issued_by", "set_aside_by")

    def last_number(self, year: int) -> int:
        """The highest document number that was given in the year; 0 when there is none."""
        return self.filter(year=year).filter(~Q(number=None)).aggregate(Max("number"))["number__max"] or 0


class BulletinFileQuerySet(models.QuerySet[Any]):
    """Files of bulletins."""

    def of(self, bulletin: Any) -> "BulletinFileQuerySet":
        """Those of a bulletin as it stands: of the issued paper, or of a draft's newest version; without the bytes."""
        current = self.filter(
            bulletin=bulletin, version=bulletin.version, is_issued=bulletin.issued_at is not None
        )
        return current.defer("content").order_by("format")

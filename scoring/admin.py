"""Inspection of the competition: rules read-only once used, runs and scores always."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from scoring.models import (
    Appeal,
    Bulletin,
    Duty,
    DutyRecord,
    Exclusion,
    RuleVersion,
    Scorecard,
    ScoreLine,
    ScoringRun,
)
from scoring.rulebook import RulesError
from scoring.verifying import first_difference


class ReadOnlyAdmin(admin.ModelAdmin):
    """What verbs write is only looked at here."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse; viewing is a permission of its own."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse."""
        return False


@admin.register(RuleVersion)
class RuleVersionAdmin(admin.ModelAdmin):
    """Versions can be edited until a run has used them."""

    list_display = ("name", "first_month", "state", "is_sound", "is_used")
    list_filter = ("state",)
    search_fields = ("name", "sources")

    @admin.display(description="内容合规")
    def is_sound(self, version: RuleVersion) -> str:
        """Say whether the content is a sound set of rules, or why not."""
        try:
            return f"满分合计 {sum(weight.full_marks for weight in version.rules.weights)}"
        except RulesError as error:
            return str(error)

    @admin.display(description="已使用", boolean=True)
    def is_used(self, version: RuleVersion) -> bool:
        """Say whether a run has used it."""
        return version.has_runs

    def get_queryset(self, request: HttpRequest) -> QuerySet[RuleVersion]:
        """Know of each version whether it has been used."""
        return super().get_queryset(request).with_use()

    def has_change_permission(self, request: HttpRequest, obj: RuleVersion | None = None) -> bool:
        """Refuse for a version that a run has used."""
        return super().has_change_permission(request, obj) and not (obj is not None and obj.runs.exists())

    def has_delete_permission(self, request: HttpRequest, obj: RuleVersion | None = None) -> bool:
        """Refuse for a version that a run has used."""
        return super().has_delete_permission(request, obj) and not (obj is not None and obj.runs.exists())


class LineInline(admin.TabularInline):
    """The lines of a card."""

    model = ScoreLine
    extra = 0
    can_delete = False


@admin.register(ScoringRun)
class ScoringRunAdmin(ReadOnlyAdmin):
    """Runs, with the action that verifies them."""

    list_display = (
        "period",
        "id",
        "state",
        "rule_version",
        "computed_at",
        "published_at",
        "correction_number",
    )
    list_filter = ("state", "kind")
    search_fields = ("period", "digest")
    ordering = ("-id",)
    actions = ("verify",)

    @admin.action(description="核对：用存下的计入事项重算", permissions=["view"])
    def verify(self, request: HttpRequest, runs: QuerySet[Model]) -> None:
        """Recompute each chosen run from its stored inputs."""
        for run in runs:
            assert isinstance(run, ScoringRun)
            different = first_difference(run)
            if different:
                messages.error(request, f"{run}：{different}")
            else:
                messages.success(request, f"{run}：逐字节一致。")


@admin.register(Scorecard)
class ScorecardAdmin(ReadOnlyAdmin):
    """Cards with their lines."""

    list_display = ("run", "name", "place", "total", "unranked")
    list_select_related = ("run",)
    list_filter = ("run__kind", "run__state")
    search_fields = ("code", "name", "run__period")
    ordering = ("-run_id", "printed_order")
    inlines = (LineInline,)


class DutyRecordInline(admin.TabularInline):
    """A duty's departments; results are recorded on the page of the duty."""

    model = DutyRecord
    extra = 0
    can_delete = False
    fields = readonly_fields = ("organization", "result", "proof", "judged_at", "answer", "answered_at")


@admin.register(Duty)
class DutyAdmin(ReadOnlyAdmin):
    """Duties and their records."""

    list_display = ("title", "due_on", "arranged_at")
    search_fields = ("title",)
    date_hierarchy = "due_on"
    ordering = ("-due_on", "-id")
    inlines = (DutyRecordInline,)


@admin.register(Exclusion)
class ExclusionAdmin(ReadOnlyAdmin):
    """Exclusions, for inspection."""

    list_display = ("reason", "recorded_at", "is_upheld", "decided_at", "is_historic")
    list_filter = ("reason", "is_upheld", "is_historic")
    ordering = ("-id",)


@admin.register(Appeal)
class AppealAdmin(ReadOnlyAdmin):
    """Appeals, for inspection."""

    list_display = ("run", "organization", "reason", "filed_at", "is_upheld", "decided_at")
    list_select_related = ("run", "organization")
    list_filter = ("is_upheld", "reason")
    ordering = ("-id",)


@admin.register(Bulletin)
class BulletinAdmin(ReadOnlyAdmin):
    """Bulletins, for inspection."""

    list_display = ("title", "kind", "document_number", "composed_at", "issued_at")
    list_filter = ("kind",)
    search_fields = ("title",)
    ordering = ("-id",)

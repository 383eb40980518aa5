"""Master data for the office: editable, searchable, and nothing is deleted; what ends is switched off."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.db.models import Model
from django.forms import BaseInlineFormSet, ModelForm
from django.http import HttpRequest

from taian_factors.directory.models import (
    CalendarDay,
    CalendarYear,
    Chain,
    Division,
    EnterpriseProfile,
    Factor,
    FactorVersion,
    FormerName,
    Job,
    Membership,
    Organization,
    Project,
    User,
)
from taian_factors.directory.reference import proposed_codes
from taian_factors.directory.revising import save_factor
from taian_factors.lib.clock import now

admin.site.site_header = admin.site.site_title = "泰安市要素保障服务平台"
admin.site.index_title = "基础数据管理"


class Kept(admin.ModelAdmin):
    """A record that may be changed and switched off, never deleted: others point at it."""

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody deletes master data."""
        return False

    @admin.display(boolean=True, description="建议值，待核实")
    def is_proposed(self, record: Any) -> bool:
        """Whether the record came as a proposal of the project, which the office should look at."""
        return record.code in proposed_codes()


@admin.register(Division)
class DivisionAdmin(Kept):
    """Counties, districts, functional zones."""

    list_display = ("code", "name", "short", "kind", "is_active", "is_proposed")
    list_filter = ("is_active", "kind")
    search_fields = ("code", "name", "short", "aliases")
    ordering = ("code",)


@admin.register(Chain)
class ChainAdmin(Kept):
    """The key industrial chains."""

    list_display = ("code", "name", "group", "is_active", "is_proposed")
    list_filter = ("is_active", "group")
    search_fields = ("code", "name", "aliases")
    ordering = ("code",)


class VersionInline(admin.TabularInline):
    """What a factor asked before, to look at."""

    model = FactorVersion
    extra = 0
    can_delete = False
    readonly_fields = ("version", "fields", "units", "since")
    ordering = ("-version",)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Versions come by saving the factor."""
        return False


@admin.register(Factor)
class FactorAdmin(Kept):
    """Factors. Another limit counts from the next assignment on, never backwards; other questions are a new version."""

    list_display = ("code", "name", "reply_days", "complete_days", "is_finance", "is_active", "position")
    list_filter = ("is_active", "is_finance")
    search_fields = ("code", "name", "aliases")
    ordering = ("position", "code")
    readonly_fields = ("fields_version",)
    inlines = (VersionInline,)

    def save_model(self, request: HttpRequest, obj: Factor, form: ModelForm, change: bool) -> None:
        """Keep the old questions with the answers that were given to them."""
        save_factor(obj, at=now())


class ProfileInline(admin.StackedInline):
    """What only enterprises have, on the enterprise's own page."""

    model = EnterpriseProfile
    can_delete = False
    extra = 0


class MembershipInline(admin.TabularInline):
    """Who acts for a body, from when until when. A place ends by its last day; it is not deleted."""

    model = Membership
    extra = 0
    can_delete = False
    autocomplete_fields = ("user", "organization")


class FormerNameInline(admin.TabularInline):
    """What a body was called, and until when: lists of that time are still understood."""

    model = FormerName
    extra = 0
    can_delete = False


@admin.register(Organization)
class OrganizationAdmin(Kept):
    """Every body that acts, whatever its kind."""

    list_display = ("short", "name", "kind", "code", "takes_part", "is_active", "position", "is_proposed")
    list_filter = ("kind", "is_active", "takes_part", "division", "chain")
    list_select_related = ("division", "chain")
    search_fields = ("code", "name", "short", "aliases", "profile__credit_code")
    ordering = ("position", "code", "pk")
    inlines = (ProfileInline, FormerNameInline, MembershipInline)

    def get_inlines(self, request: HttpRequest, obj: Organization | None) -> list[Any]:
        """Offer the profile to enterprises only."""
        is_enterprise = obj is not None and obj.kind == Organization.Kind.ENTERPRISE
        return [inline for inline in self.inlines if inline is not ProfileInline or is_enterprise]


@admin.register(User)
class PersonAdmin(UserAdmin, Kept):
    """People and their places; who leaves is switched off."""

    list_display = ("username", "name", "phone", "is_active", "is_staff")
    list_filter = ("is_active", "is_staff")
    search_fields = ("username", "name", "phone")
    ordering = ("username",)
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("人员", {"fields": ("name", "phone", "wecom_id", "email")}),
        ("权限", {"fields": ("is_active", "is_staff", "is_superuser")}),
        ("时间", {"fields": ("last_login", "date_joined")}),
    )
    readonly_fields = ("last_login", "date_joined")
    filter_horizontal = ()
    inlines = (MembershipInline,)


@admin.register(Project)
class ProjectAdmin(Kept):
    """Projects of enterprises."""

    list_display = ("name", "code", "enterprise", "division", "chain", "is_key", "is_active")
    list_filter = ("is_key", "is_active", "division", "chain")
    list_select_related = ("enterprise", "division", "chain")
    search_fields = ("code", "name", "enterprise__name")
    autocomplete_fields = ("enterprise",)
    ordering = ("-pk",)


class DaysOfTheYear(BaseInlineFormSet):
    """Says at the row what the database would refuse with an error page."""

    def clean(self) -> None:
        """Refuse a day that lies in another year."""
        super().clean()
        for form in self.forms:
            day = form.cleaned_data.get("day") if form.is_valid() else None
            if day and day.year != self.instance.year:
                form.add_error("day", f"日期应在 {self.instance.year} 年内。")


class CalendarDayInline(admin.TabularInline):
    """The days of a year that differ from Monday to Friday."""

    model = CalendarDay
    formset = DaysOfTheYear
    extra = 3


@admin.register(CalendarYear)
class CalendarYearAdmin(Kept):
    """The yearly notice of the State Council (年度日历录入).

    When a missing year is entered, deadlines that were fixed without it must move later. Deadlines belong
    to an app above this one, so that app registers a subclass in place of this class and overrides
    ``year_entered``; nobody listens in secret.
    """

    list_display = ("year", "source")
    ordering = ("-year",)
    inlines = (CalendarDayInline,)

    def save_related(self, request: HttpRequest, form: ModelForm, formsets: Any, change: bool) -> None:
        """Save the days, and only then tell that the year is there."""
        super().save_related(request, form, formsets, change)
        if not change:
            self.year_entered(request, form.instance)

    def year_entered(self, request: HttpRequest, year: CalendarYear) -> None:
        """Answer to a year that was missing until now and has all its days; called once per year."""
        days = year.days.count()
        self.message_user(request, f"{year} 工作日历已录入，共 {days} 个调整日。", messages.SUCCESS)


@admin.register(Job)
class JobAdmin(admin.ModelAdmin):
    """Slow work, for inspection."""

    list_display = ("label", "state", "done", "total", "created_by", "created_at", "finished_at")
    list_filter = ("state", "task")
    list_select_related = ("created_by",)
    ordering = ("-pk",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Jobs begin on pages."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Jobs are changed by their own work."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Jobs stay as a record."""
        return False

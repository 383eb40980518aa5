"""The administration: the dispatch directory is kept here, all else is for inspection, and actions call verbs."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest

from requests_desk import models, recalculating, transitions
from requests_desk.handing import check_can_lead
from requests_desk.journal import RefusedError
from requests_desk.models import DispatchRule, FactorRequest
from taian_factors.directory.actors import Actor
from taian_factors.directory.admin import CalendarYearAdmin
from taian_factors.directory.models import CalendarYear, Organization
from taian_factors.lib.clock import now
from taian_factors.lib.periods import local_day

_KEPT = ["factor", "division", "lead", "supports", "from_on"]


class DispatchRuleForm(forms.ModelForm):
    """A rule that has begun is ended and followed by a new one; two rules never speak of the same day."""

    class Meta:
        model = DispatchRule
        fields = [*_KEPT, "until_on", "reason"]

    def clean(self) -> dict[str, Any]:
        """Refuse a lead that cannot lead, a lead that supports itself, and days that are taken."""
        given = super().clean() or self.cleaned_data
        rule = self.instance
        factor, lead = given.get("factor", _of(rule, "factor")), given.get("lead", _of(rule, "lead"))
        if factor and lead:
            self._check_lead(factor, lead, given.get("supports") or ())
        begins = given.get("from_on") or rule.from_on
        if factor and begins and not self.errors:
            self._check_days(factor, given.get("division", rule.division), begins, given.get("until_on"))
        return given

    def _check_lead(self, factor: Any, lead: Organization, supports: Any) -> None:
        try:
            check_can_lead(lead, factor)
        except RefusedError as error:
            self.add_error("lead" if "lead" in self.fields else None, str(error))
        if lead in supports:
            self.add_error("supports", "主办单位不能同时是协办单位。")

    def _check_days(self, factor: Any, division: Any, begins: Any, ends: Any) -> None:
        others = DispatchRule.objects.filter(factor=factor, division=division).exclude(pk=self.instance.pk)
        others = others.filter(Q(until_on__isnull=True) | Q(until_on__gte=begins))
        taken = others.filter(from_on__lte=ends) if ends else others
        if (other := taken.select_related("lead").first()) is not None:
            until = f"至 {other.until_on}" if other.until_on else "，没有终止日期"
            where = "from_on" if "from_on" in self.fields else "until_on"
            said = f"与已有规则（{other.lead.short}主办，{other.from_on} 起{until}）的日期重叠，请先为它填写终止日期。"
            self.add_error(where, said)


def _of(rule: DispatchRule, name: str) -> Any:
    return getattr(rule, name) if getattr(rule, f"{name}_id") else None


@admin.register(DispatchRule)
class DispatchRuleAdmin(admin.ModelAdmin):
    """The dispatch directory; who changed what is in the administration's own history."""

    form = DispatchRuleForm
    list_display = ["factor", "division", "lead", "from_on", "until_on", "reason"]
    list_filter = ["factor", "division", ("until_on", admin.EmptyFieldListFilter)]
    search_fields = ["factor__name", "lead__name", "lead__short", "supports__short", "reason"]
    list_select_related = ["factor", "division", "lead"]
    filter_horizontal = ["supports"]
    date_hierarchy = "from_on"

    def get_readonly_fields(self, request: HttpRequest, obj: DispatchRule | None = None) -> list[str]:
        """What a rule said while it was in force stays; only its end and its reason change."""
        return _KEPT if obj and obj.from_on <= local_day(now()) else []

    def has_delete_permission(self, request: HttpRequest, obj: DispatchRule | None = None) -> bool:
        """Rules are ended, not deleted."""
        return False

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer only bodies that can hold an assignment."""
        kwargs["queryset"] = Organization.objects.handlers().active().order_by("position", "pk")
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """The same for the lead."""
        if db_field.name == "lead":
            kwargs["queryset"] = Organization.objects.handlers().active().order_by("position", "pk")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class YearAdmin(CalendarYearAdmin):
    """The calendar's years: when a missing one is entered, open deadlines fixed without it move later."""

    def year_entered(self, request: HttpRequest, year: CalendarYear) -> None:
        """Let the deadlines follow, as an act of the office by the person who entered the year."""
        super().year_entered(request, year)
        office = Organization.objects.active().filter(kind=Organization.Kind.OFFICE).order_by("pk")[0]
        moved = recalculating.follow_calendar(year.year, actor=Actor(request.user, office), at=now())
        self.message_user(request, f"{moved} 件在办事项的期限已相应顺延。", messages.INFO)


admin.site.unregister(CalendarYear)
admin.site.register(CalendarYear, YearAdmin)


class Inspection(admin.ModelAdmin):
    """To look at: nothing is added, edited or deleted here."""

    list_per_page = 50
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never."""
        return False


Verb = Callable[..., object]


def _act(request: HttpRequest, chosen: QuerySet[FactorRequest], verb: Verb, done: str) -> None:
    """Do one verb to each chosen request, for the body that the signed-in person acts for; say each refusal."""
    actor: Actor | None = request.actor  # type: ignore[attr-defined]
    if actor is None:
        messages.error(request, "您没有任职单位，不能办理。")
        return
    at: datetime = now()
    count = 0
    for factor_request in chosen.select_related("factor", "filing").order_by("pk"):
        try:
            verb(factor_request, actor=actor, at=at)
            count += 1
        except RefusedError as error:
            messages.error(request, f"{factor_request.number}：{error}")
    if count:
        messages.success(request, f"已{done} {count} 项。")


@admin.register(FactorRequest)
class FactorRequestAdmin(Inspection):
    """Requests; state moves only by the verbs."""

    list_display = ["number", "headline", "factor", "enterprise", "division", "state", "filed_at"]
    list_filter = ["state", "factor", "division", "chain", "is_case_by_case", "is_escalated", "is_historic"]
    search_fields = ["number", "headline", "enterprise__name", "enterprise__profile__credit_code"]
    list_select_related = ["factor", "enterprise", "division"]
    date_hierarchy = "filed_at"
    ordering = ["-filed_at", "-pk"]
    actions = ["accept_chosen", "write_off_chosen"]

    @admin.action(description="受理所选需求")
    def accept_chosen(self, request: HttpRequest, chosen: QuerySet[FactorRequest]) -> None:
        """受理."""
        _act(request, chosen, transitions.accept, "受理")

    @admin.action(description="销号所选需求（仅要素保障周）")
    def write_off_chosen(self, request: HttpRequest, chosen: QuerySet[FactorRequest]) -> None:
        """销号."""
        _act(request, chosen, transitions.write_off, "销号")


NUMBER, PART = "factor_request__number", "assignment__factor_request__number"
# model: columns, filters, search
INSPECTED: dict[type[Model], tuple[list[str], list[str], list[str]]] = {
    models.Filing: (
        ["number", "enterprise", "project", "channel", "submitted_at"],
        ["channel"],
        ["number", "enterprise__name"],
    ),
    models.RequestEvent: (
        ["at", "verb", "factor_request", "from_state", "to_state", "organization", "user"],
        ["verb", "to_state", "is_internal"],
        [NUMBER, "text"],
    ),
    models.Assignment: (
        [
            "factor_request",
            "organization",
            "part",
            "assigned_at",
            "reply_due_at",
            "complete_due_at",
            "ended_at",
        ],
        ["part", "end_reason", "organization__kind"],
        [NUMBER, "organization__short"],
    ),
    models.Reply: (["assignment", "outcome", "author", "replied_at"], ["outcome"], [PART, "text"]),
    models.HandBack: (["assignment", "suggested", "proposed_at", "ruled_at"], ["is_upheld"], [PART]),
    models.Extension: (["assignment", "days", "asked_at", "decided_at"], ["is_approved"], [PART]),
    models.Suspension: (["assignment", "cause", "asked_at", "opened_at", "closed_at"], ["cause"], [PART]),
    models.Whistle: (["assignment", "whistled_at", "due_at", "reported_in_at"], [], [PART]),
    models.JointConsultation: (["subject", "project", "convened_at", "concluded_at"], [], ["subject"]),
    models.OpenCall: (
        ["factor_request", "claims_until_on", "opened_at", "closed_at"],
        [],
        [NUMBER, "problem"],
    ),
    models.Claim: (["open_call", "leader", "lodged_at", "is_chosen"], ["is_chosen"], ["leader__short"]),
    models.CallBackDraw: (["assignment", "completed_at", "drawn_at", "is_drawn"], ["is_drawn"], [PART]),
    models.Delivery: (
        ["created_at", "channel", "kind", "user", "text", "tries", "sent_at", "failed_at", "read_at"],
        ["channel", "kind"],
        ["text", "user__name"],
    ),
    models.DeliveryAttempt: (["at", "delivery", "outcome", "receipt", "error"], ["outcome"], ["error"]),
    models.NoticeChoice: (
        ["user", "channel", "is_daily", "chosen_at"],
        ["channel", "is_daily"],
        ["user__name"],
    ),
}

for _model, (_columns, _filters, _search) in INSPECTED.items():
    _related = [f.name for f in _model._meta.fields if f.is_relation and f.name in _columns]
    _shown = {
        "list_display": _columns,
        "list_filter": _filters,
        "search_fields": _search,
        # An assignment is written with the name of its body.
        "list_select_related": [*_related, *(f"{r}__organization" for r in _related if r == "assignment")],
        "ordering": ["-pk"],
    }
    admin.site.register(_model, type(f"{_model.__name__}Admin", (Inspection,), _shown))


@admin.register(models.ListedNetwork)
class ListedNetworkAdmin(admin.ModelAdmin):
    """Networks from which reviews are flagged for the office: departments' and fair halls'."""

    list_display = ("cidr", "organization", "fair", "note")
    list_select_related = ("organization", "fair")
    search_fields = ("cidr", "organization__name", "note")
    ordering = ("cidr",)

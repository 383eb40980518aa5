"""The administration: listed networks and the calendar are kept here, the rest is inspected; actions call verbs."""

from collections.abc import Callable
from datetime import datetime

from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from requests_desk import models, recalculating, transitions
from requests_desk.journal import RefusedError
from requests_desk.models import FactorRequest
from taian_factors.directory.actors import Actor
from taian_factors.directory.admin import CalendarYearAdmin
from taian_factors.directory.models import CalendarYear, Organization
from taian_factors.lib.clock import now


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
    models.DispatchRule: (
        ["factor", "division", "lead", "from_on", "until_on", "withdrawn_at", "reason"],
        ["factor", "division", ("until_on", admin.EmptyFieldListFilter)],
        ["factor__name", "lead__short", "reason"],
    ),
    models.DirectoryEvent: (["at", "verb", "rule", "organization", "user", "reason"], ["verb"], ["reason"]),
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
    models.FrontLineVisit: (
        ["enterprise", "project", "state", "planned_on", "visited_on", "planned_for"],
        ["state", "planned_for__kind"],
        ["enterprise__name", "purpose"],
    ),
    models.BookedNeed: (["booking", "factor", "headline", "added_at"], ["factor"], ["headline"]),
    models.FrontLineEvent: (["at", "verb", "visit", "organization", "user"], ["verb"], ["note"]),
    models.Attachment: (
        ["name", "filing", "factor_request", "added_for", "added_at", "scan", "removed_at"],
        ["scan", "kind"],
        ["name", "filing__number", "digest"],
    ),
    models.AttachmentDownload: (
        ["at", "attachment", "organization", "user"],
        ["organization__kind"],
        ["attachment__name", "attachment__filing__number", "user__name"],
    ),
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

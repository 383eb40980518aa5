"""The fair in the administration: the hall is edited, the queue is only looked at."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from fairs.models import (
    BookedPlace,
    Booking,
    Desk,
    DeskAction,
    DeskClaim,
    Fair,
    FairChange,
    FairRating,
    Invitation,
    Slot,
    StaffChange,
    Stall,
    StallEvent,
    Ticket,
    TicketEvent,
    Visit,
    VisitPress,
    Zone,
)


class ReadOnlyAdmin(admin.ModelAdmin):
    """Inspection: nobody adds, changes or deletes here."""

    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Rows are born in the verbs."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Rows are changed by the verbs."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nothing is deleted."""
        return False


class ZoneInline(admin.TabularInline):
    """The zones of a fair."""

    model = Zone
    extra = 0


class DeskInline(admin.TabularInline):
    """The desks of a stall; who sits there is settled at the desk."""

    model = Desk
    extra = 0
    fields = ["number", "is_paused", "pause_reason"]
    readonly_fields = ["is_paused", "pause_reason"]


@admin.register(Fair)
class FairAdmin(admin.ModelAdmin):
    """Fairs. Closing is a step of the office's page, because tickets end by it."""

    list_display = ["name", "kind", "held_on", "place", "is_open"]
    list_filter = ["kind", "is_open"]
    search_fields = ["name", "place"]
    date_hierarchy = "held_on"
    readonly_fields = ["last_number", "is_open", "closed_at", "token"]
    inlines = [ZoneInline]


@admin.register(Stall)
class StallAdmin(admin.ModelAdmin):
    """Stalls and their desks."""

    list_display = ["code", "fair", "zone", "organization", "position", "is_joint_table"]
    raw_id_fields = ["staff"]
    list_filter = ["is_joint_table", "fair"]
    list_select_related = ["fair", "zone", "organization"]
    search_fields = ["code", "organization__name", "fair__name"]
    autocomplete_fields = ["organization"]
    filter_horizontal = ["handles"]
    inlines = [DeskInline]


@admin.register(Visit)
class VisitAdmin(ReadOnlyAdmin):
    """Who came."""

    list_display = ["number", "fair", "enterprise", "checked_in_at", "channel"]
    list_filter = ["channel", "fair"]
    list_select_related = ["fair", "enterprise"]
    search_fields = ["enterprise__name", "number"]
    exclude = ["token"]


@admin.register(Ticket)
class TicketAdmin(ReadOnlyAdmin):
    """Places in line."""

    list_display = ["visit", "stall", "state", "desk", "priority", "place_at", "outcome"]
    list_filter = ["state", "outcome", "stall__fair"]
    list_select_related = ["visit", "stall__organization", "desk__stall"]
    search_fields = ["visit__enterprise__name", "stall__code"]


@admin.register(TicketEvent)
class TicketEventAdmin(ReadOnlyAdmin):
    """Every step."""

    list_display = ["at", "label", "ticket", "from_state", "to_state", "desk", "user", "organization"]
    list_filter = ["verb", "fair"]
    list_select_related = ["ticket__visit", "ticket__stall", "desk__stall", "user", "organization"]
    search_fields = ["ticket__visit__enterprise__name", "ticket__stall__code"]


@admin.register(FairChange)
class FairChangeAdmin(ReadOnlyAdmin):
    """Places and hours that fairs had before."""

    list_display = ["fair", "place", "opens_at", "closes_at", "user", "at", "told_at"]


@admin.register(StaffChange)
class StaffChangeAdmin(ReadOnlyAdmin):
    """Who was put on duty or taken off, and when that was told."""

    list_display = ["at", "stall", "person", "is_on", "user", "told_at"]
    list_filter = ["stall__fair"]
    list_select_related = ["stall__organization", "person", "user"]
    search_fields = ["stall__code", "person__name"]


@admin.register(StallEvent)
class StallEventAdmin(ReadOnlyAdmin):
    """Every pause of a desk, and who was named for a stall."""

    list_display = ["at", "verb", "stall", "desk", "ticket", "user", "organization", "note"]
    list_filter = ["verb", "stall__fair"]
    list_select_related = [
        "stall__organization",
        "desk__stall",
        "ticket__visit",
        "ticket__stall",
        "user",
        "organization",
    ]
    search_fields = ["stall__code", "note"]


@admin.register(DeskAction)
class DeskActionAdmin(ReadOnlyAdmin):
    """Every click."""

    list_display = ["at", "verb", "desk", "ticket", "user", "key"]
    list_filter = ["verb"]
    list_select_related = ["desk__stall", "ticket__visit", "ticket__stall", "user"]
    search_fields = ["key", "desk__stall__code"]


@admin.register(VisitPress)
class VisitPressAdmin(ReadOnlyAdmin):
    """Every press of a visitor or the reception that has a key."""

    list_display = ["at", "visit", "stall", "ticket", "key"]
    list_select_related = ["visit", "stall__organization", "ticket__visit", "ticket__stall"]
    search_fields = ["key", "visit__enterprise__name"]


@admin.register(DeskClaim)
class DeskClaimAdmin(ReadOnlyAdmin):
    """Every step that a desk took without a line."""

    list_display = ["local_at", "received_at", "verb", "desk", "ticket", "state", "resolution", "settled_by"]
    list_filter = ["state", "verb", "resolution"]
    list_select_related = ["desk__stall", "ticket__visit", "ticket__stall", "settled_by"]
    search_fields = ["key", "desk__stall__code", "ticket__visit__enterprise__name"]


@admin.register(FairRating)
class FairRatingAdmin(ReadOnlyAdmin):
    """What visits think of the fair, without the name of the enterprise."""

    list_display = ["rating", "first_submitted_at", "changed_at"]
    list_filter = ["rating", "visit__fair"]
    exclude = ["visit"]


@admin.register(Slot)
class SlotAdmin(ReadOnlyAdmin):
    """Slots; what is taken follows the bookings."""

    list_display = ["stall", "hours", "capacity", "taken"]
    list_filter = ["stall__fair"]
    list_select_related = ["stall__organization"]
    search_fields = ["stall__code", "stall__organization__name"]


class BookedPlaceInline(admin.TabularInline):
    """The places of a booking, as they were asked for, held and given up."""

    model = BookedPlace
    extra = 0
    can_delete = False
    fields = readonly_fields = ["slot", "asked_at", "held_at", "cancelled_at", "was_promoted"]


@admin.register(Booking)
class BookingAdmin(ReadOnlyAdmin):
    """Reserved numbers."""

    list_display = ["number", "fair", "enterprise", "booked_at", "booked_by"]
    list_filter = ["fair"]
    list_select_related = ["fair", "enterprise", "booked_by"]
    search_fields = ["enterprise__name", "number"]
    inlines = [BookedPlaceInline]


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyAdmin):
    """Who was asked to come."""

    list_display = ["enterprise", "fair", "invited_at", "invited_by", "told_at"]
    list_filter = ["fair"]
    list_select_related = ["enterprise", "fair", "invited_by"]
    search_fields = ["enterprise__name"]

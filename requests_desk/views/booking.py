"""Booking for a fair: what for, then where and when; the confirmation with its code; cancelling."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from fairs import permissions
from fairs.locks import ForbiddenError, QueueError
from fairs.models import BookedPlace, Booking, Fair, Visit
from requests_desk import booking as bookings
from requests_desk import proposing
from requests_desk.forms.booking import BookingForm, ChangePlaceForm
from taian_factors.directory.actors import Actor
from taian_factors.directory.models import Organization
from taian_factors.lib.clock import now
from taian_factors.lib.codes import qr
from taian_factors.lib.periods import local_day


@require_GET
def booking_list(request: HttpRequest) -> HttpResponse:
    """Show an enterprise the fairs that it can book, and what it has booked."""
    actor = _enterprise(request)
    mine = Booking.objects.visible_to(actor).select_related("fair").order_by("-fair__held_on", "-pk")[:20]
    booked = {booking.fair_id: booking for booking in mine}
    fairs = [(fair, booked.get(fair.pk)) for fair in proposing.bookable(now())]
    return render(request, "requests_desk/booking/list.html", {"fairs": fairs, "bookings": mine})


@require_GET
def book_needs(request: HttpRequest, pk: int) -> HttpResponse:
    """Step one: what the enterprise wants to talk about."""
    owner, fair = _booked_for(request), _bookable(request, pk)
    context = {
        "fair": fair,
        "owner": owner,
        "needs": proposing.needs_of(owner, with_drafts=request.actor.is_enterprise),
        "factors": proposing.factor_needs(owner),
    }
    return render(request, "requests_desk/booking/needs.html", context)


@require_http_methods(["GET", "POST"])
def book_slots(request: HttpRequest, pk: int) -> HttpResponse:
    """Step two: the stalls that the needs lead to, and a slot at each."""
    owner, fair = _booked_for(request), _bookable(request, pk)
    is_own = request.actor.is_enterprise
    needs = proposing.chosen_needs(owner, request.GET.getlist("need"), with_drafts=is_own)
    back = reverse("requests_desk:book_needs", args=[pk]) + ("" if is_own else f"?enterprise={owner.pk}")
    if not needs:
        messages.error(request, "请先选要谈的需求或要素。")
        return redirect(back)
    there = Booking.objects.filter(fair=fair, enterprise=owner).first()
    proposals = proposing.propose(fair, needs, booking=there, at=now())
    form = BookingForm(request.POST or None, proposals=proposals, enterprise=owner)
    if form.is_valid() and (made := _booked(form, fair, needs, owner, request.actor)):
        messages.success(request, f"{made}：到场签到后生效。")
        return redirect("requests_desk:booking", made.code)
    context = {"fair": fair, "owner": owner, "needs": needs, "form": form, "back": back}
    return render(request, "requests_desk/booking/slots.html", context, status=422 if form.errors else 200)


@require_GET
def booking(request: HttpRequest, code: str) -> HttpResponse:
    """Show a booking with its code; at reception, on the day, scanning it leads to the check-in."""
    actor = request.actor
    found = _booking(request, code)
    if permissions.is_reception(actor) and _is_here_now(found.fair):
        return redirect("fairs:check_in", found.fair_id, found.enterprise_id)
    places = found.places.live().with_rank().select_related("slot__stall__organization")
    address = request.build_absolute_uri(reverse("requests_desk:booking", args=[code]))
    context = {
        "booking": found,
        "places": places.order_by("slot__starts_at", "pk"),
        "gone": found.places.cancelled().select_related("slot__stall__organization", "moved_to__slot"),
        "needs": found.needs.select_related("factor", "factor_request", "filing").order_by("pk"),
        "visit": Visit.objects.filter(fair=found.fair_id, enterprise=found.enterprise_id).first(),
        "qr": qr(address),
        "may_cancel": permissions.may_book(actor, found.enterprise),
        "is_open": found.fair.is_open and found.fair.held_on >= local_day(now()),
    }
    return render(request, "requests_desk/booking/booking.html", context)


@require_POST
def cancel_booking(request: HttpRequest, code: str) -> HttpResponse:
    """Give all places of a booking up."""
    found = _booking(request, code)
    return _cancelled(
        request, found, list(found.places.live()), "预约已全部取消，空出的时段已让给候补的企业。"
    )


@require_http_methods(["GET", "POST"])
def change_place(request: HttpRequest, code: str, place: int) -> HttpResponse:
    """Change one place for another slot of its stall, or give it up; the office says why."""
    actor, found, at = request.actor, _booking(request, code), now()
    rows = found.places.live().select_related("slot__stall__organization", "booking__fair")
    one = get_object_or_404(rows, pk=place)
    if not permissions.may_book(actor, found.enterprise):
        raise PermissionDenied
    is_own = actor.organization.pk == found.enterprise_id
    form = ChangePlaceForm(request.POST or None, place=one, is_own=is_own, at=at)
    if form.is_valid() and _changed(form, one, actor):
        said = f"改到 {form.new_slot.hours}" if form.new_slot else "取消"
        messages.success(request, f"{one.slot} 已{said}{'' if is_own else '，已通知企业'}。")
        return redirect("requests_desk:booking", code)
    context = {"booking": found, "place": one, "form": form, "is_own": is_own}
    status = 422 if form.errors else 200
    return render(request, "requests_desk/booking/change.html", context, status=status)


def _changed(form: ChangePlaceForm, place: BookedPlace, actor: Actor) -> bool:
    arguments = {"actor": actor, "at": now(), "reason": form.cleaned_data.get("reason", "")}
    try:
        if form.new_slot:
            bookings.move(place=place, slot=form.new_slot, **arguments)
        else:
            bookings.cancel(places=[place], **arguments)
    except QueueError as error:
        form.add_error(None, str(error))
        return False
    return True


def _enterprise(request: HttpRequest) -> Actor:
    actor: Actor | None = request.actor
    if actor is None or not actor.is_enterprise:
        raise PermissionDenied
    return actor


def _booked_for(request: HttpRequest) -> Organization:
    """Return the enterprise itself, or for the reception the one that rings up."""
    actor: Actor | None = request.actor
    asked = request.GET.get("enterprise", "")
    if actor is None or not permissions.is_reception(actor) or not asked:
        return _enterprise(request).organization
    rows = Organization.objects.visible_to(actor).enterprises().active().select_related("profile")
    return get_object_or_404(rows, pk=asked if asked.isdecimal() else None)


def _bookable(request: HttpRequest, pk: int) -> Fair:
    return get_object_or_404(proposing.bookable(now()), pk=pk)


def _booking(request: HttpRequest, code: str) -> Booking:
    if request.actor is None:
        raise PermissionDenied
    rows = Booking.objects.visible_to(request.actor).select_related("fair", "enterprise__profile")
    return get_object_or_404(rows, code=code)


def _is_here_now(fair: Fair) -> bool:
    return fair.is_open and fair.held_on == local_day(now())


def _booked(
    form: BookingForm, fair: Fair, needs: list[proposing.Need], owner: Organization, actor: Actor
) -> Booking | None:
    contact = {name: form.cleaned_data[name] for name in ("contact_name", "contact_phone")}
    try:
        return bookings.book(
            fair=fair,
            enterprise=owner,
            needs=needs,
            slots=form.slots,
            actor=actor,
            at=now(),
            **contact,
        )
    except QueueError as error:
        form.add_error(None, str(error))
        return None


def _cancelled(request: HttpRequest, found: Booking, places: list[BookedPlace], done: str) -> HttpResponse:
    try:
        reason = request.POST.get("reason", "")[:200]
        bookings.cancel(places=places, actor=request.actor, at=now(), reason=reason)
    except ForbiddenError:
        raise
    except QueueError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, done)
    return redirect("requests_desk:booking", found.code)

"""Reception: check in, give places, bring back who was passed over, let go."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from fairs import arrivals, board, guests, permissions, walkins
from fairs.expecting import booked_stalls
from fairs.forms import ArrivalForm, TakeForm, WalkInForm
from fairs.models import Fair, Ticket, Visit
from fairs.views.answers import act, actor_of, line_up, phone_address, settle
from taian_factors.directory.models import Organization
from taian_factors.lib import clock
from taian_factors.lib.codes import qr
from taian_factors.lib.pages import paginate

FOUND_AT_MOST = 20


@require_GET
def reception(request: HttpRequest, pk: int) -> HttpResponse:
    """Search for the enterprise that stands here, and list who has checked in."""
    fair = _at_reception(request, pk)
    query = request.GET.get("q", "").strip()
    visits = Visit.objects.visible_to(actor_of(request)).filter(fair=fair).select_related("enterprise")
    context = {
        "fair": fair,
        "query": query,
        "found": _search(request, fair, query),
        "most": FOUND_AT_MOST,
        "page": paginate(request, visits.order_by("-number"), per_page=20),
    }
    return render(request, "fairs/reception.html", context)


@require_http_methods(["GET", "POST"])
def check_in(request: HttpRequest, pk: int, enterprise: int) -> HttpResponse:
    """Check an enterprise in, with the stalls that it wants."""
    fair, actor = _at_reception(request, pk), actor_of(request)
    rows = Organization.objects.visible_to(actor).enterprises().active().select_related("profile")
    found = get_object_or_404(rows, pk=enterprise)
    booked = booked_stalls(fair, found)
    form = ArrivalForm(request.POST or None, fair=fair, initial={**_contact(found), "stalls": booked})
    if form.is_valid():
        arguments = {"fair": fair, "enterprise": found, "actor": actor, "at": clock.now()}
        if visit := settle(form, arrivals.arrive, **arguments, **form.cleaned_data):
            messages.success(request, f"{found.name}已签到，{visit}。")
            return redirect("fairs:visit", visit.pk)
    context = {"fair": fair, "enterprise": found, "form": form, "guest": guests.read(fair, [found])[0]}
    return render(request, "fairs/check_in.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def walk_in(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter an enterprise that nobody knew, and go on to its check-in."""
    fair = _at_reception(request, pk)
    back = reverse("fairs:reception", args=[pk])
    form = WalkInForm(request.POST or None, initial={"name": request.GET.get("name", "")}, cancel=back)
    if form.is_valid():
        arguments = {"actor": actor_of(request), "at": clock.now(), **form.cleaned_data}
        if made := settle(form, walkins.add_walk_in, field="credit_code", **arguments):
            return redirect("fairs:check_in", pk, made.pk)
    context = {"fair": fair, "form": form}
    return render(request, "fairs/walk_in.html", context, status=422 if form.errors else 200)


@require_GET
def visit(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a visit at reception: its number, the way to its phone page, its places."""
    found = _visit(request, pk)
    address = phone_address(request, found)
    action = reverse("fairs:take", args=[pk])
    context = {
        "visit": found,
        "phone": board.phone_page(found, at=clock.now()),
        "address": address,
        "qr": qr(address),
        "form": TakeForm(fair=found.fair, action=action),
    }
    return render(request, "fairs/visit.html", context)


@require_POST
def take(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a visit a place at one more stall."""
    found = _visit(request, pk)
    return line_up(request, reverse("fairs:visit", args=[pk]), visit=found, actor=actor_of(request))


@require_POST
def leave(request: HttpRequest, pk: int) -> HttpResponse:
    """Give up one place of a visit."""
    ticket, actor = _ticket(request, pk), actor_of(request)
    back = reverse("fairs:visit", args=[ticket.visit_id])
    done = f"{ticket.visit}已离开 {ticket.stall.code} 的队。"
    return act(request, back, done, arrivals.leave, ticket=ticket, actor=actor, at=clock.now())


@require_POST
def reenter(request: HttpRequest, pk: int) -> HttpResponse:
    """Bring a ticket back that was passed over."""
    ticket, actor = _ticket(request, pk), actor_of(request)
    back = reverse("fairs:visit", args=[ticket.visit_id])
    done = f"{ticket.visit}已重新排在 {ticket.stall.code}。"
    return act(request, back, done, arrivals.reenter, ticket=ticket, actor=actor, at=clock.now())


def _at_reception(request: HttpRequest, pk: int) -> Fair:
    actor = actor_of(request)
    fair = get_object_or_404(Fair.objects.visible_to(actor), pk=pk)
    if not permissions.is_reception(actor):
        raise PermissionDenied
    return fair


def _visit(request: HttpRequest, pk: int) -> Visit:
    actor = actor_of(request)
    found = get_object_or_404(
        Visit.objects.visible_to(actor).select_related("fair", "enterprise", "busy_ticket__stall"), pk=pk
    )
    if not permissions.is_reception(actor):
        raise PermissionDenied
    return found


def _ticket(request: HttpRequest, pk: int) -> Ticket:
    tickets = Ticket.objects.visible_to(actor_of(request)).select_related("visit", "stall")
    ticket = get_object_or_404(tickets, pk=pk)
    if not permissions.is_reception(actor_of(request)):
        raise PermissionDenied
    return ticket


def _search(request: HttpRequest, fair: Fair, query: str) -> list[Organization]:
    """Find enterprises by a piece of the name or of the credit code, with the visit each has here, if any."""
    if not query:
        return []
    named = Q(name__icontains=query) | Q(aliases__contains=[query]) | Q(profile__credit_code__icontains=query)
    rows = Organization.objects.visible_to(actor_of(request)).enterprises().active().filter(named)
    found = list(rows.select_related("profile__division").order_by("name")[:FOUND_AT_MOST])
    visits = {visit.enterprise_id: visit for visit in Visit.objects.filter(fair=fair, enterprise__in=found)}
    for enterprise in found:
        enterprise.here = visits.get(enterprise.pk)
    return found


def _contact(enterprise: Organization) -> dict[str, str]:
    profile = enterprise.profile
    return {"contact_name": profile.contact_name, "contact_phone": profile.contact_phone}

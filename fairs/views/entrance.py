"""Where enterprises arrive by themselves: the kiosk, and the door with its poster. The word proves being there."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from fairs import arrivals, expecting, pressing
from fairs.forms.arrival import DoorForm, KioskForm, SelfForm
from fairs.models import Fair, Visit
from fairs.views.answers import phone_address, settle
from taian_factors.directory.actors import Actor
from taian_factors.lib import clock
from taian_factors.lib.codes import qr


@login_not_required
@require_http_methods(["GET", "POST"])
def kiosk(request: HttpRequest, token: str) -> HttpResponse:
    """Let an enterprise check itself in by credit code or booking code, and give it number and phone page."""
    fair = get_object_or_404(Fair, door_token=token)
    form = KioskForm(request.POST or None, fair=fair, stays=True)
    if form.is_valid() and (visit := _come(form, fair, Visit.Channel.KIOSK)):
        return _done(request, form, visit, is_kiosk=True)
    context = {"fair": fair, "form": form}
    return render(request, "fairs/kiosk.html", context, status=422 if form.errors else 200)


@login_not_required
@require_http_methods(["GET", "POST"])
def door(request: HttpRequest, token: str) -> HttpResponse:
    """Check in at the door by one's own phone: signed in, or by credit code or booking code."""
    fair = get_object_or_404(Fair, door_token=token)
    actor: Actor | None = getattr(request, "actor", None)
    form = _door_form(request, fair, actor)
    if form.is_valid() and (visit := _come(form, fair, Visit.Channel.QR, actor)):
        if form.may_see(visit):
            return redirect("fairs:ticket", visit.token)
        return _done(request, form, visit)
    context = {"fair": fair, "form": form, "booked": form.booked}
    return render(request, "fairs/door.html", context, status=422 if form.errors else 200)


def _door_form(request: HttpRequest, fair: Fair, actor: Actor | None) -> SelfForm:
    typed = request.POST if request.method == "POST" else None
    if actor is None or not actor.is_enterprise:
        return KioskForm(typed, fair=fair)
    return DoorForm(typed, fair=fair, enterprise=actor.organization)


def _come(form: SelfForm, fair: Fair, channel: str, actor: Actor | None = None) -> Visit | None:
    """Check the enterprise of a form in. Who is in already is told so, and nothing is taken in its name."""
    form.there = Visit.objects.filter(fair=fair, enterprise=form.enterprise).first()
    if form.there is not None:
        form.is_repeat = pressing.known(form.cleaned_data["key"], visit=form.there) is not None
        return form.there
    typed = ("contact_name", "contact_phone", "key")
    arguments: dict[str, Any] = {name: form.cleaned_data[name] for name in typed}
    if actor is None or actor.organization != form.enterprise:
        actor = Actor(None, form.enterprise)
    return settle(
        form,
        arrivals.arrive,
        fair=fair,
        enterprise=form.enterprise,
        stalls={*form.cleaned_data["stalls"], *expecting.booked_stalls(fair, form.enterprise)},
        actor=actor,
        at=clock.now(),
        channel=channel,
        **arguments,
    )


def _done(request: HttpRequest, form: SelfForm, visit: Visit, *, is_kiosk: bool = False) -> HttpResponse:
    """Tell the number; the way to the phone page only to those whom ``may_see`` lets."""
    address = phone_address(request, visit) if form.may_see(visit) else ""
    tickets = visit.tickets.select_related("stall__organization").order_by("pk")
    context = {"fair": visit.fair, "visit": visit, "address": address, "qr": address and qr(address)}
    shown = {"tickets": tickets if address else [], "is_kiosk": is_kiosk}
    return render(request, "fairs/kiosk_done.html", {**context, **shown})

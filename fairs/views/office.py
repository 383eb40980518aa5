"""The fairs, one fair's day, its desks and its end."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from fairs import arrivals, board, permissions, queueing, ratings
from fairs.locks import BusyError
from fairs.models import Desk, Fair, Visit
from fairs.views.answers import act, actor_of, refused
from taian_factors.lib import clock
from taian_factors.lib.pages import paginate
from taian_factors.lib.periods import local_day


@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """List the fairs, the newest first; an enterprise finds the way to its own tickets."""
    actor = actor_of(request)
    fairs = Fair.objects.visible_to(actor).with_counts().order_by("-held_on", "-pk")
    own = (
        Visit.objects.visible_to(actor).select_related("fair")
        if actor.is_enterprise
        else Visit.objects.none()
    )
    context = {
        "page": paginate(request, fairs),
        "visits": own.order_by("-checked_in_at")[:5],
        "may_plan": permissions.may_plan(actor),
        "may_see_counts": permissions.may_see_counts(actor),
        "today": local_day(clock.now()),
    }
    return render(request, "fairs/overview.html", context)


@require_GET
def fair(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one fair's day in numbers, stall by stall."""
    found, actor = _fair(request, pk), actor_of(request)
    if not permissions.may_see_counts(actor):
        raise PermissionDenied
    counts = board.fair_counts(found)
    context = {
        "fair": found,
        "counts": counts,
        "zones": {stall.zone_id: stall.zone for stall in counts.stalls}.values(),
        "may_plan": permissions.may_plan(actor),
        "is_reception": permissions.is_reception(actor),
        "today": local_day(clock.now()),
    }
    return render(request, "fairs/fair.html", context)


@require_GET
def desks(request: HttpRequest, pk: int) -> HttpResponse:
    """List the desks: who sits where, and with whom."""
    found, actor = _fair(request, pk), actor_of(request)
    if not actor.is_office:
        raise PermissionDenied
    context = {
        "fair": found,
        "desks": board.desks_of(found),
        "is_reception": permissions.is_reception(actor),
    }
    return render(request, "fairs/desks.html", context)


@require_GET
def fair_ratings(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what enterprises thought of a fair, in sums, and what they wrote, without saying who."""
    found = _fair(request, pk)
    if not permissions.may_see_ratings(actor_of(request)):
        raise PermissionDenied
    context = {
        "fair": found,
        "satisfaction": ratings.satisfaction_of(found),
        "comments": ratings.comments_on(found),
        "visits": found.visits.count(),
    }
    return render(request, "fairs/ratings.html", context)


@require_POST
def empty_desk(request: HttpRequest, pk: int, desk: int) -> HttpResponse:
    """Have somebody leave a desk."""
    actor = actor_of(request)
    rows = Desk.objects.visible_to(actor).select_related("stall", "clerk")
    found = get_object_or_404(rows, stall__fair=_fair(request, pk), pk=desk)
    back = redirect("fairs:desks", pk).url
    return act(
        request, back, f"{found} 已离席。", queueing.leave_desk, desk=found, actor=actor, at=clock.now()
    )


@require_POST
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """End the day: what waits or is called becomes left."""
    found = _fair(request, pk)
    try:
        closed = arrivals.close_day(fair=found, actor=actor_of(request), at=clock.now())
    except BusyError as error:
        return refused(request, error, redirect("fairs:fair", pk).url)
    messages.success(request, f"已收摊：{closed.left} 个号记为离开，{len(closed.serving)} 个仍在办理。")
    return redirect("fairs:fair", pk)


def _fair(request: HttpRequest, pk: int) -> Fair:
    return get_object_or_404(Fair.objects.visible_to(actor_of(request)), pk=pk)

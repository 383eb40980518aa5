"""The fairs and one fair's day; and the office's plan: the day, its stalls, its desks, its end."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from fairs import arrivals, board, permissions, planning, queueing
from fairs.forms import FairForm, SourceForm, StallForm
from fairs.locks import BusyError
from fairs.models import Desk, Fair, Stall, Visit
from fairs.views.answers import act, actor_of, refused, settle
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
    context = {
        "fair": found,
        "counts": board.fair_counts(found),
        "may_plan": permissions.may_plan(actor),
        "is_reception": permissions.is_reception(actor),
        "today": local_day(clock.now()),
    }
    return render(request, "fairs/fair.html", context)


@require_http_methods(["GET", "POST"])
def plan(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Plan a new fair, or change the day of one; a new one goes on to its stalls."""
    found = _planned(request, pk) if pk else _planner(request)
    form = FairForm(request.POST or None, initial=_day(found), cancel=_back(found))
    if form.is_valid():
        arguments = {"fair": found, "actor": actor_of(request), "at": clock.now()}
        if saved := settle(form, planning.plan_fair, **arguments, **form.cleaned_data):
            messages.success(request, f"{saved.name}已保存，接着安排摊位。")
            return redirect("fairs:plan_stalls", saved.pk)
    context = {"form": form, "fair": found}
    return render(request, "fairs/plan.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def plan_stalls(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the plan's stalls, and add one."""
    found = _planned(request, pk)
    form = StallForm(request.POST or None, fair=found)
    if form.is_valid():
        arguments = {"fair": found, "actor": actor_of(request), "at": clock.now()}
        if stall := settle(form, planning.place_stall, **arguments, **_stall_fields(form)):
            messages.success(request, f"{stall} 已加入。")
            return redirect("fairs:plan_stalls", pk)
    return _stalls_page(request, found, form, SourceForm(fair=found))


@require_POST
def copy_stalls(request: HttpRequest, pk: int) -> HttpResponse:
    """Set up the stalls of another fair here."""
    found = _planned(request, pk)
    form = SourceForm(request.POST, fair=found)
    if form.is_valid():
        arguments = {"fair": found, "actor": actor_of(request), "at": clock.now(), **form.cleaned_data}
        if (copied := settle(form, planning.copy_stalls, **arguments)) is not None:
            messages.success(request, f"已复制 {copied} 个摊位，同号的保留原样。")
            return redirect("fairs:plan_stalls", pk)
    return _stalls_page(request, found, StallForm(fair=found), form)


@require_POST
def remove_stall(request: HttpRequest, pk: int, stall: int) -> HttpResponse:
    """Take a stall out of the plan."""
    found = get_object_or_404(
        Stall.objects.select_related("organization"), fair=_planned(request, pk), pk=stall
    )
    back, actor = redirect("fairs:plan_stalls", pk).url, actor_of(request)
    return act(
        request, back, f"{found} 已撤下。", planning.remove_stall, stall=found, actor=actor, at=clock.now()
    )


@require_POST
def add_desk(request: HttpRequest, pk: int, stall: int) -> HttpResponse:
    """Give a stall one more desk."""
    found = get_object_or_404(
        Stall.objects.select_related("organization"), fair=_planned(request, pk), pk=stall
    )
    back, actor = redirect("fairs:plan_stalls", pk).url, actor_of(request)
    return act(
        request, back, f"{found} 已加一席。", planning.add_desk, stall=found, actor=actor, at=clock.now()
    )


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


def _planner(request: HttpRequest) -> None:
    if not permissions.may_plan(actor_of(request)):
        raise PermissionDenied


def _planned(request: HttpRequest, pk: int) -> Fair:
    found = _fair(request, pk)
    _planner(request)
    return found


def _day(found: Fair | None) -> dict[str, object]:
    names = ("kind", "name", "held_on", "opens_at", "closes_at", "place")
    return {name: getattr(found, name) for name in names} if found else {}


def _back(found: Fair | None) -> str:
    return redirect("fairs:fair", found.pk).url if found else redirect("fairs:overview").url


def _stall_fields(form: StallForm) -> dict[str, object]:
    return {**form.cleaned_data, "handles": list(form.cleaned_data["handles"])}


def _stalls_page(request: HttpRequest, found: Fair, form: StallForm, source: SourceForm) -> HttpResponse:
    source.helper.form_action = redirect("fairs:copy_stalls", found.pk).url
    stalls = found.stalls.select_related("organization", "zone").prefetch_related("handles", "desks")
    context = {"fair": found, "form": form, "source": source, "stalls": stalls.order_by("code")}
    return render(
        request, "fairs/plan_stalls.html", context, status=422 if form.errors or source.errors else 200
    )

"""The office's plan: the day, all of it from the last fair, its stalls, its floor, its slots, its door."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from fairs import floor, permissions, placing, planning, reserving
from fairs.forms.plan import CapacityForm, FairForm, FloorForm, SlotsForm, SourceForm, StallForm, planned
from fairs.models import Fair, Slot, Stall
from fairs.views.answers import act, actor_of, settle
from taian_factors.lib import clock
from taian_factors.lib.codes import qr


@require_http_methods(["GET", "POST"])
def plan(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Plan a new fair, from the last one in one act; or change the day of one. A new one goes on to its stalls."""
    found = planned_fair(request, pk) if pk else _planner(request)
    form = FairForm(request.POST or None, initial=_day(found), is_new=found is None, cancel=_back(found))
    if form.is_valid():
        arguments = {"fair": found, "actor": actor_of(request), "at": clock.now()}
        if saved := settle(form, planning.plan_fair, **arguments, **form.cleaned_data):
            messages.success(request, f"{saved.name}已保存，接着看摊位。")
            return redirect("fairs:plan_stalls", saved.pk)
    context = {"form": form, "fair": found}
    return render(request, "fairs/plan.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def plan_stalls(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the plan's stalls, and add one."""
    found = planned_fair(request, pk)
    form = StallForm(request.POST or None, fair=found)
    if form.is_valid():
        arguments = {"fair": found, "plan": form.plan, "actor": actor_of(request), "at": clock.now()}
        if stall := settle(form, placing.place_stall, **arguments):
            messages.success(request, f"{stall} 已加入。")
            return redirect("fairs:plan_stalls", pk)
    return _stalls_page(request, found, form, SourceForm(fair=found))


@require_http_methods(["GET", "POST"])
def edit_stall(request: HttpRequest, pk: int, stall: int) -> HttpResponse:
    """Change what is planned for a stall: body, spot, hours, factors, desks, staff."""
    fair = planned_fair(request, pk)
    found = _stall(fair, stall)
    back = reverse("fairs:plan_stalls", args=[pk])
    form = StallForm(request.POST or None, fair=fair, stall=found, initial=planned(found), cancel=back)
    if form.is_valid():
        arguments = {"stall": found, "plan": form.plan, "actor": actor_of(request), "at": clock.now()}
        if settle(form, placing.change_stall, **arguments):
            messages.success(request, f"{form.plan.code} 已保存。")
            return redirect(back)
    slots = [CapacityForm(slot=slot) for slot in found.slots.with_waiting().order_by("starts_at")]
    context = {"fair": fair, "stall": found, "form": form, "slots": slots}
    return render(request, "fairs/edit_stall.html", context, status=422 if form.errors else 200)


@require_POST
def copy_stalls(request: HttpRequest, pk: int) -> HttpResponse:
    """Set up the stalls of another fair here."""
    found = planned_fair(request, pk)
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
    found = _stall(planned_fair(request, pk), stall)
    arguments = {"stall": found, "actor": actor_of(request), "at": clock.now()}
    back = reverse("fairs:plan_stalls", args=[pk])
    return act(request, back, f"{found} 已撤下。", placing.remove_stall, **arguments)


@require_POST
def add_desk(request: HttpRequest, pk: int, stall: int) -> HttpResponse:
    """Give a stall one more desk."""
    found = _stall(planned_fair(request, pk), stall)
    arguments = {"stall": found, "actor": actor_of(request), "at": clock.now()}
    back = reverse("fairs:plan_stalls", args=[pk])
    return act(request, back, f"{found} 已加一席。", placing.add_desk, **arguments)


@require_GET
def floor_plan(request: HttpRequest, pk: int) -> HttpResponse:
    """Show where everything stands; everybody who is signed in finds the way."""
    fair = get_object_or_404(Fair.objects.visible_to(actor_of(request)), pk=pk)
    actor = actor_of(request)
    context = {
        "fair": fair,
        "floor": floor.floor_of(fair),
        "may_plan": permissions.may_plan(actor),
        "is_staff": permissions.may_see_counts(actor),
    }
    return render(request, "fairs/floor_plan.html", context)


@require_http_methods(["GET", "POST"])
def lay_out(request: HttpRequest, pk: int) -> HttpResponse:
    """Move zones and stalls on the floor, all at once."""
    fair = planned_fair(request, pk)
    drawn = floor.floor_of(fair)
    form = FloorForm(
        request.POST or None, zones=fair.zones.order_by("row", "column", "code"), stalls=drawn.stalls
    )
    if form.is_valid():
        spots = {"zones": form.spots("zone"), "stalls": form.spots("stall")}
        arguments = {"fair": fair, **spots, "actor": actor_of(request), "at": clock.now()}
        if settle(form, placing.lay_out, **arguments):
            messages.success(request, "平面位置已保存。")
            return redirect("fairs:floor_plan", pk)
    context = {"fair": fair, "floor": drawn, "form": form}
    return render(request, "fairs/lay_out.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def slots(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the slots that can be booked, and cut the day into new ones."""
    fair = planned_fair(request, pk)
    form = SlotsForm(request.POST or None)
    if form.is_valid():
        arguments = {"fair": fair, "actor": actor_of(request), "at": clock.now(), **form.cleaned_data}
        if (count := settle(form, planning.offer_slots, **arguments)) is not None:
            messages.success(request, f"现有 {count} 个预约时段；已有企业预约的摊位保持原样。")
            return redirect("fairs:slots", pk)
    found = Slot.objects.of(fair).with_waiting().select_related("stall__organization")
    context = {"fair": fair, "form": form, "slots": found}
    return render(request, "fairs/slots.html", context, status=422 if form.errors else 200)


@require_POST
def set_capacity(request: HttpRequest, pk: int, slot: int) -> HttpResponse:
    """Take more or fewer enterprises in one slot."""
    rows = Slot.objects.of(planned_fair(request, pk)).select_related("stall")
    found = get_object_or_404(rows, pk=slot)
    back = reverse("fairs:edit_stall", args=[pk, found.stall_id])
    form = CapacityForm(request.POST, slot=found)
    capacity = form.cleaned_data["capacity"] if form.is_valid() else 0
    arguments = {"slot": found, "capacity": capacity, "actor": actor_of(request), "at": clock.now()}
    return act(request, back, f"{found} 已改为可约 {capacity} 家。", reserving.set_capacity, **arguments)


@require_GET
def door_poster(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the sheet for the door: scan, and be there."""
    fair = planned_fair(request, pk)
    address = request.build_absolute_uri(reverse("fairs:door", args=[fair.door_token]))
    context = {"fair": fair, "address": address, "qr": qr(address)}
    return render(request, "fairs/door_poster.html", context)


@require_POST
def renew_door(request: HttpRequest, pk: int) -> HttpResponse:
    """Give door and kiosks a new word."""
    arguments = {"fair": planned_fair(request, pk), "actor": actor_of(request), "at": clock.now()}
    back = reverse("fairs:door_poster", args=[pk])
    done = "门口码已更换：旧的海报和自助机页面不能再用，请重新张贴和打开。"
    return act(request, back, done, planning.renew_door, **arguments)


def planned_fair(request: HttpRequest, pk: int) -> Fair:
    """Return a fair to one who plans fairs."""
    found = get_object_or_404(Fair.objects.visible_to(actor_of(request)), pk=pk)
    _planner(request)
    return found


def _planner(request: HttpRequest) -> None:
    if not permissions.may_plan(actor_of(request)):
        raise PermissionDenied


def _stall(fair: Fair, pk: int) -> Stall:
    rows = fair.stalls.select_related("organization").prefetch_related("handles", "desks", "staff")
    return get_object_or_404(rows, pk=pk)


def _day(found: Fair | None) -> dict[str, object]:
    return {name: getattr(found, name) for name in planning.NAMES} if found else {}


def _back(found: Fair | None) -> str:
    return reverse("fairs:fair", args=[found.pk]) if found else reverse("fairs:overview")


def _stalls_page(request: HttpRequest, found: Fair, form: StallForm, source: SourceForm) -> HttpResponse:
    source.helper.form_action = reverse("fairs:copy_stalls", args=[found.pk])
    stalls = found.stalls.select_related("organization", "zone").prefetch_related("handles", "desks", "staff")
    context = {"fair": found, "form": form, "source": source, "stalls": stalls.order_by("code")}
    return render(
        request, "fairs/plan_stalls.html", context, status=422 if form.errors or source.errors else 200
    )

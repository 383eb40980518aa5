"""Front-line visits (一线服务): the list, the register, planning one, and what is done with it."""

from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from requests_desk import front_line, front_line_sheets, permissions
from requests_desk.forms.front_line import FORMS, PlanForm, RegisterForm
from requests_desk.front_line_register import register, summary
from requests_desk.journal import RefusedError
from requests_desk.models import FactorRequest, FrontLineVisit
from requests_desk.views import doors
from taian_factors.directory.actors import Actor
from taian_factors.directory.models import Organization
from taian_factors.lib.clock import now
from taian_factors.lib.pages import paginate
from taian_factors.lib.periods import local_day

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
VERBS: dict[str, tuple[Callable[..., object], str]] = {
    "record": (front_line.record, "走访已登记。"),
    "move": (front_line.move, "已改期。"),
    "cancel": (front_line.cancel, "已取消，不再计入走访次数。"),
    "add": (front_line.add, "已补记。"),
}
# What may be done with a visit in a state, as the page offers it.
OFFERED = {"planned": ["record", "move", "cancel"], "done": ["add"], "cancelled": []}


@require_GET
def front_line_visits(request: HttpRequest) -> HttpResponse:
    """List the visits that the actor's body sees, those to come first."""
    actor = _actor(request)
    state = request.GET.get("state", "")
    visits = FrontLineVisit.objects.visible_to(actor)
    if state in FrontLineVisit.State.values:
        visits = visits.filter(state=state)
    parts = ("enterprise", "project", "planned_for")
    page = paginate(request, visits.newest_first().select_related(*parts).prefetch_related("team"))
    context = {
        "page": page,
        "state": state,
        "states": FrontLineVisit.State.choices,
        "may_plan": permissions.may_plan_front_line(actor),
        "sees_register": permissions.may_see_the_register(actor),
    }
    return render(request, "requests_desk/front_line/visits.html", context)


@require_GET
def front_line_register(request: HttpRequest) -> HttpResponse:
    """Show every enterprise with its visits; who was never visited stands first."""
    actor, today = _registrar(request), local_day(now())
    form = RegisterForm(request.GET)
    counts = summary(actor, wanted=form.wanted, today=today)
    rows = register(actor, wanted=form.wanted, today=today)
    context = {
        "form": form,
        "counts": counts,
        "page": paginate(request, rows, count=counts["enterprises"]),
        "cap": front_line.cap(),
        "may_plan": permissions.may_plan_front_line(actor),
        "query": request.GET.urlencode(),
    }
    return render(request, "requests_desk/front_line/register.html", context)


@require_GET
def front_line_sheet(request: HttpRequest) -> FileResponse:
    """Give the filtered register as XLSX."""
    actor, today = _registrar(request), local_day(now())
    sheet = BytesIO()
    front_line_sheets.write_register(
        sheet, register(actor, wanted=RegisterForm(request.GET).wanted, today=today)
    )
    sheet.seek(0)
    name = f"一线服务走访台账-{today:%Y%m%d}.xlsx"
    return FileResponse(sheet, as_attachment=True, filename=name, content_type=XLSX)


@require_http_methods(["GET", "POST"])
def plan_front_line(request: HttpRequest, enterprise: int) -> HttpResponse:
    """Plan a visit to an enterprise."""
    actor, at = _planner(request), now()
    seen = Organization.objects.visible_to(actor).enterprises().active()
    found = get_object_or_404(seen.select_related("profile__division", "profile__chain"), pk=enterprise)
    form = PlanForm(request.POST or None, enterprise=found, actor=actor)
    if form.is_valid():
        try:
            visit = front_line.plan(enterprise=found, **form.arguments, actor=actor, at=at)
        except RefusedError as error:
            _refuse(form, error)
        else:
            messages.success(
                request, f"已安排 {visit.planned_on} 走访 {found.short}，企业和同行单位都能看到。"
            )
            return redirect("requests_desk:front_line_visit", visit.pk)
    used = front_line.used_in(found, local_day(at).year)
    context = {"form": form, "enterprise": found, "used": used, "cap": front_line.cap()}
    return render(
        request, "requests_desk/front_line/plan.html", context, status=422 if form.is_bound else 200
    )


@require_GET
def front_line_visit(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one visit: facts, minutes, what was filed, what may be done."""
    return _visit_page(request, _visit(request, pk))


@require_POST
def act_front_line(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Move, record, add to or cancel a visit."""
    visit = _visit(request, pk)
    if verb not in VERBS:
        raise Http404
    form = FORMS[verb](request.POST, prefix=verb)
    if not form.is_valid():
        return _visit_page(request, visit, bound=(verb, form), status=422)
    act, said = VERBS[verb]
    try:
        act(visit, **form.cleaned_data, actor=request.actor, at=now())
    except RefusedError as error:
        return _visit_page(request, visit, bound=(verb, form), status=_refuse(form, error))
    messages.success(request, said)
    return redirect("requests_desk:front_line_visit", pk)


@require_POST
def file_front_line(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin to file what the enterprise says on the spot."""
    visit = _visit(request, pk)
    try:
        draft = front_line.begin_filing(visit, actor=request.actor, at=now())
    except RefusedError as error:
        status = doors.status_of(error)
        messages.error(request, str(error))
        return _visit_page(request, visit, status=status)
    return redirect("requests_desk:file_contact", draft.pk)


def _actor(request: HttpRequest) -> Actor:
    actor: Actor | None = request.actor
    if actor is None:
        raise Http404
    return actor


def _registrar(request: HttpRequest) -> Actor:
    actor = doors.staff(request)
    if not permissions.may_see_the_register(actor):
        raise PermissionDenied
    return actor


def _planner(request: HttpRequest) -> Actor:
    actor = doors.staff(request)
    if not permissions.may_plan_front_line(actor):
        raise PermissionDenied
    return actor


def _visit(request: HttpRequest, pk: int) -> FrontLineVisit:
    parts = ("enterprise__profile__division", "enterprise__profile__chain", "project", "planned_for")
    seen = FrontLineVisit.objects.visible_to(_actor(request)).select_related(*parts, "planned_by")
    return get_object_or_404(seen.prefetch_related("team"), pk=pk)


def _visit_page(
    request: HttpRequest,
    visit: FrontLineVisit,
    *,
    bound: tuple[str, forms.Form] | None = None,
    status: int = 200,
) -> HttpResponse:
    actor, at = _actor(request), now()
    may_work = permissions.may_work_on(actor, visit)
    needs = FactorRequest.objects.filter(filing__front_line_visit=visit).select_related("factor")
    context = {
        "visit": visit,
        "needs": needs.order_by("pk"),
        # Who was there knows what was asked; the page of a need is for those who have it in hand.
        "visible": set(needs.visible_to(actor).values_list("pk", flat=True)),
        "events": [] if actor.is_enterprise else visit.events.select_related("user", "organization"),
        "acts": _acts(visit, at, bound) if may_work else [],
        "may_file": may_work and _is_on_the_spot(visit, at),
        "form": bound[1] if bound else None,
    }
    return render(request, "requests_desk/front_line/visit.html", context, status=status)


def _acts(visit: FrontLineVisit, at: datetime, bound: tuple[str, forms.Form] | None) -> list[dict[str, Any]]:
    """Return each thing that may be done now with its form; the one that was refused with what was typed."""
    labels = {"record": "登记走访", "move": "改期", "cancel": "取消走访", "add": "补记"}
    initial = {"record": {"visited_on": local_day(at)}}
    offered = []
    for verb in OFFERED[visit.state]:
        is_bound = bound is not None and bound[0] == verb
        form = bound[1] if is_bound else FORMS[verb](prefix=verb, initial=initial.get(verb))
        offered.append({"verb": verb, "label": labels[verb], "form": form, "is_open": is_bound})
    return offered


def _is_on_the_spot(visit: FrontLineVisit, at: datetime) -> bool:
    is_due = visit.state == FrontLineVisit.State.PLANNED and visit.planned_on <= local_day(at)
    return is_due or visit.state == FrontLineVisit.State.DONE


def _refuse(form: forms.Form, error: RefusedError) -> int:
    """Put a refusal at its field, or at the top, and return its status."""
    status = doors.status_of(error)
    form.add_error(error.field if error.field in form.fields else None, str(error))
    return status

"""Hard matters: joint consultations, open calls, and writing off in bulk."""

from datetime import datetime

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from requests_desk import challenges
from requests_desk.escalation import call_together, minute
from requests_desk.forms.hard import ConsultationForm, MinutesForm
from requests_desk.journal import RefusedError
from requests_desk.models import FactorRequest, JointConsultation
from requests_desk.permissions import may_run_the_desk
from requests_desk.reconciling import dry_run, write_off_all
from requests_desk.views import doors
from requests_desk.workflow import MOVES, State
from taian_factors.directory.actors import Actor
from taian_factors.lib.clock import now
from taian_factors.lib.pages import paginate
from taian_factors.lib.periods import local_day


@require_GET
def consultations(request: HttpRequest) -> HttpResponse:
    """Show the joint tables at which the actor's body has a part."""
    actor = doors.staff(request)
    page = paginate(request, challenges.consultations(actor))
    context = {"page": page, "may_act": may_run_the_desk(actor)}
    return render(request, "requests_desk/office/consultations.html", context)


@require_http_methods(["GET", "POST"])
def new_consultation(request: HttpRequest) -> HttpResponse:
    """Call bodies together over the requests named in the address, or over a key project."""
    actor = doors.desk(request)
    given = request.POST if request.method == "POST" else None
    chosen = _chosen(actor, request.POST.getlist("factor_requests") or request.GET.getlist("number"))
    ready = [r for r in chosen if r.state in MOVES["convene"].from_states]
    initial = {"factor_requests": [r.number for r in ready]}
    form = ConsultationForm(given, chosen=chosen if given else ready, initial=initial)
    if form.is_valid():
        try:
            table = call_together(**form.arguments, actor=actor, at=now())
        except RefusedError as error:
            return _called(request, form, chosen, status=_refuse(form, error))
        messages.success(request, f"已发起联合会商“{table.subject}”，主办计时暂停到形成结论。")
        return redirect("requests_desk:consultation", pk=table.pk)
    return _called(request, form, chosen, status=422 if given is not None else 200)


def _called(
    request: HttpRequest, form: ConsultationForm, chosen: list[FactorRequest], *, status: int
) -> HttpResponse:
    left_out = [r for r in chosen if r.state not in MOVES["convene"].from_states]
    context = {"form": form, "left_out": left_out}
    return render(request, "requests_desk/office/new_consultation.html", context, status=status)


@require_GET
def consultation(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one joint table: who sits there, over what, and what came out."""
    return _table(request, _consultation(request, pk))


@require_POST
def write_minutes(request: HttpRequest, pk: int) -> HttpResponse:
    """Write the minutes; every request of the table goes back to work."""
    doors.desk(request)
    table = _consultation(request, pk)
    form = MinutesForm(request.POST, needs=_consulted(table))
    if not form.is_valid():
        return _table(request, table, form, status=422)
    words, leads = form.cleaned_data["minutes"], form.leads
    try:
        minute(table, minutes=words, leads=leads, actor=request.actor, at=now())
    except RefusedError as error:
        return _table(request, _consultation(request, pk), form, status=_refuse(form, error))
    messages.success(request, f"“{table.subject}”已形成结论，各项需求恢复办理和计时。")
    return redirect("requests_desk:consultation", pk=pk)


def _consultation(request: HttpRequest, pk: int) -> JointConsultation:
    return get_object_or_404(challenges.consultations(doors.staff(request)), pk=pk)


def _consulted(table: JointConsultation) -> list[FactorRequest]:
    return [r for r in table.factor_requests.all() if r.state == State.CONSULTING]


def _table(
    request: HttpRequest, table: JointConsultation, form: MinutesForm | None = None, *, status: int = 200
) -> HttpResponse:
    actor, needs = request.actor, list(table.factor_requests.all())
    seen = FactorRequest.objects.visible_to(actor).filter(pk__in=[r.pk for r in needs])
    may_act = may_run_the_desk(actor) and table.concluded_at is None
    context = {
        "table": table,
        "needs": needs,
        "visible": set(seen.values_list("pk", flat=True)),
        # What was refused comes back with its words, also when somebody else was quicker.
        "form": form or (MinutesForm(needs=_consulted(table)) if may_act else None),
    }
    return render(request, "requests_desk/office/consultation.html", context, status=status)


@require_GET
def open_calls(request: HttpRequest) -> HttpResponse:
    """Show the needs that are put up for claims, and how those that ended went."""
    actor = doors.staff(request)
    page = paginate(request, challenges.open_calls(actor))
    context = {"page": page, "today": local_day(now()), "may_act": may_run_the_desk(actor)}
    return render(request, "requests_desk/office/open_calls.html", context)


@require_http_methods(["GET", "POST"])
def write_off(request: HttpRequest) -> HttpResponse:
    """对账销号 of what was ticked in the ledger: GET is the dry run, POST does it."""
    actor, at = doors.desk(request), now()
    given = request.POST if request.method == "POST" else request.GET
    chosen = _chosen(actor, given.getlist("number"))
    if request.method == "GET" or not chosen:
        return _checked(request, chosen, at)
    try:
        count = write_off_all(chosen, actor=actor, at=at)
    except RefusedError as error:
        messages.error(request, f"一项也没有销号：{error}")
        return _checked(request, chosen, at, status=doors.status_of(error))
    messages.success(request, f"已销号 {count} 项需求。")
    return redirect("requests_desk:ledger")


def _checked(
    request: HttpRequest, chosen: list[FactorRequest], at: datetime, status: int = 200
) -> HttpResponse:
    found = dry_run(chosen, at=at)
    context = {"ready": [f for f in found if not f.hindrance], "hindered": [f for f in found if f.hindrance]}
    return render(request, "requests_desk/office/write_off.html", context, status=status)


def _chosen(actor: Actor, numbers: list[str]) -> list[FactorRequest]:
    seen = FactorRequest.objects.visible_to(actor).filter(number__in=numbers)
    return list(seen.with_parts().order_by("pk"))


def _refuse(form: forms.Form, error: RefusedError) -> int:
    """Put a refusal at its field, or at the top, and return its status."""
    form.add_error(error.field if error.field in form.fields else None, str(error))
    return doors.status_of(error)

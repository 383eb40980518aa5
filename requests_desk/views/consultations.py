"""Joint consultations (联合会商): who sits at which table, over what, and what came out."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from requests_desk import challenges
from requests_desk.escalation import call_together
from requests_desk.forms.hard import ConsultationForm, Decisions, DeclineForm, MinutesForm
from requests_desk.journal import RefusedError
from requests_desk.meanwhile import News
from requests_desk.minuting import minute
from requests_desk.models import FactorRequest, JointConsultation
from requests_desk.permissions import may_run_the_desk
from requests_desk.views import doors
from requests_desk.workflow import MOVES, State
from taian_factors.lib.clock import now
from taian_factors.lib.pages import paginate


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
    chosen = doors.named(actor, request.POST.getlist("factor_requests") or request.GET.getlist("number"))
    ready = [r for r in chosen if r.state in MOVES["convene"].from_states]
    initial = {"factor_requests": [r.number for r in ready]}
    form = ConsultationForm(given, chosen=chosen if given else ready, initial=initial)
    if form.is_valid():
        try:
            table = call_together(**form.arguments, actor=actor, at=now())
        except RefusedError as error:
            return _called(request, form, chosen, status=_refuse(form, error))
        paused = "主办计时暂停到形成结论" if form.arguments["factor_requests"] else "参会单位已收到通知"
        messages.success(request, f"已发起联合会商“{table.subject}”，{paused}。")
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
    """Write the minutes and the decisions; every request of the table goes back to work."""
    actor = doors.desk(request)
    table = _consultation(request, pk)
    form, lines = MinutesForm(request.POST), _lines(table, _given(request))
    if "more" in request.POST:
        return _table(request, table, form, lines)
    if not (form.is_valid() and lines.is_valid()):
        return _table(request, table, form, lines, status=422)
    try:
        minute(table, minutes=form.cleaned_data["minutes"], decisions=lines.decisions, actor=actor, at=now())
    except RefusedError as error:
        status = _refuse(form, error)
        news = getattr(error, "news", [])
        return _table(request, _consultation(request, pk), form, lines, news=news, status=status)
    done = f"{len(lines.decisions)} 项决定已成为交办。" if lines.decisions else "各项需求恢复办理和计时。"
    messages.success(request, f"“{table.subject}”已形成结论，{done}")
    return redirect("requests_desk:consultation", pk=pk)


def _consultation(request: HttpRequest, pk: int) -> JointConsultation:
    return get_object_or_404(challenges.consultations(doors.staff(request)), pk=pk)


def _given(request: HttpRequest) -> dict[str, Any]:
    """Return what was typed, with room for three more decisions when that was asked for."""
    given = request.POST.copy()
    if "more" in given and given.get("decision-TOTAL_FORMS", "").isdecimal():
        given["decision-TOTAL_FORMS"] = str(int(given["decision-TOTAL_FORMS"]) + Decisions.extra)
    return given


def _lines(table: JointConsultation, given: dict[str, Any] | None = None) -> forms.BaseFormSet:
    consulted = [r for r in table.factor_requests.all() if r.state == State.CONSULTING]
    return Decisions(given, table=table, needs=consulted)


def _table(
    request: HttpRequest,
    table: JointConsultation,
    form: MinutesForm | None = None,
    lines: forms.BaseFormSet | None = None,
    *,
    news: Sequence[News] = (),
    status: int = 200,
) -> HttpResponse:
    actor, needs = request.actor, list(table.factor_requests.all())
    seen = FactorRequest.objects.visible_to(actor).filter(pk__in=[r.pk for r in needs])
    # What was refused comes back with its words, also when somebody else was quicker.
    if form is None and may_run_the_desk(actor) and table.stage == table.Stage.SITTING:
        form, lines = MinutesForm(), _lines(table)
    context = {
        "table": table,
        "needs": needs,
        "visible": set(seen.values_list("pk", flat=True)),
        "decisions": challenges.decisions(table),
        "form": form,
        "lines": lines,
        "news": news,
        "decline_form": DeclineForm(),
        "may_confirm": may_run_the_desk(actor) and table.stage == table.Stage.ASKED,
    }
    return render(request, "requests_desk/office/consultation.html", context, status=status)


def _refuse(form: forms.Form, error: RefusedError) -> int:
    """Put a refusal at its field, or at the top, and return its status."""
    form.add_error(error.field if error.field in form.fields else None, str(error))
    return doors.status_of(error)

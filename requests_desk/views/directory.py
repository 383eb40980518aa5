"""The dispatch directory (分办目录): read by all staff, changed by the office, always after a preview."""

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from requests_desk import dispatch_directory
from requests_desk.directing import end_rule, enter_rule, withdraw_rule
from requests_desk.forms.directory import DirectoryForm, EndForm, RuleForm
from requests_desk.journal import RefusedError
from requests_desk.models import DispatchRule
from requests_desk.permissions import may_run_the_desk
from requests_desk.views import doors
from requests_desk.waiting import promise
from taian_factors.directory.actors import Actor
from taian_factors.directory.models import CalendarYear, Factor
from taian_factors.lib.clock import now
from taian_factors.lib.periods import at_local, local_day


@require_GET
def directory(request: HttpRequest) -> HttpResponse:
    """Show the dispatch directory, and which of its rules would apply to a need."""
    actor, at = doors.staff(request), now()
    form = DirectoryForm(request.GET if {"factor", "division"} & set(request.GET) else None)
    rows = dispatch_directory.directory(local_day(at))
    context = {"rows": rows, "form": form, "may_act": may_run_the_desk(actor)}
    if form.is_valid():
        context |= _applying(form, at)
    status = 422 if form.errors else 200
    return render(request, "requests_desk/office/directory.html", context, status=status)


def _applying(form: DirectoryForm, at: datetime) -> dict[str, object]:
    factor, division = form.cleaned_data["factor"], form.cleaned_data["division"]
    day = form.cleaned_data["day"] or local_day(at)
    promised = promise(factor, at=at_local(day), calendar=CalendarYear.objects.calendar())
    entry = dispatch_directory.ask(factor, division, day=day)
    return {"asked": True, "entry": entry, "promise": promised, "day": day}


@require_GET
def directory_history(request: HttpRequest, pk: int) -> HttpResponse:
    """Show every rule that a factor has had, and who changed what, when and why."""
    actor = doors.staff(request)
    factor = get_object_or_404(Factor, pk=pk)
    context = {
        "factor": factor,
        "rows": dispatch_directory.directory(local_day(now()), factor=factor),
        "events": dispatch_directory.history(factor),
        "may_act": may_run_the_desk(actor),
    }
    return render(request, "requests_desk/office/directory_history.html", context)


@require_http_methods(["GET", "POST"])
def enter_directory_rule(request: HttpRequest) -> HttpResponse:
    """Write a rule down, preview what it would do to filings that wait, then use it."""
    actor, at = doors.desk(request), now()
    if request.method == "GET":
        return _enter(request, RuleForm(at=at, initial=_like(request)))
    form = RuleForm(request.POST, at=at)
    if not form.is_valid() or not form.is_previewed:
        return _enter(request, form, previewing=True)
    try:
        rule = enter_rule(form.entry(), actor=actor, at=at, seen=form.cleaned_data["seen"])
    except RefusedError as error:
        return _refused(request, form, error)
    messages.success(request, f"已录入：“{rule.factor}”自 {rule.from_on} 起由{rule.lead.short}主办。")
    return redirect("requests_desk:directory_history", pk=rule.factor_id)


def _like(request: HttpRequest) -> dict[str, object]:
    """Begin with the rule that the address names, so that only what changes is typed."""
    number = request.GET.get("rule", "")
    rules = DispatchRule.objects.filter(pk=int(number) if number.isdecimal() else 0).with_bodies()
    if (rule := rules.first()) is None:
        return {}
    copied = {name: getattr(rule, name) for name in ("factor", "division", "lead")}
    return {**copied, "supports": list(rule.supports.all()), "seen": dispatch_directory.newest(rule.factor)}


def _enter(
    request: HttpRequest, form: RuleForm, *, previewing: bool = False, status: int = 422
) -> HttpResponse:
    if previewing and form.is_valid():
        status = 200 if form.show_preview() else 422
    context = {"form": form}
    status = 200 if request.method == "GET" else status
    return render(request, "requests_desk/office/directory_enter.html", context, status=status)


@require_http_methods(["GET", "POST"])
def end_directory_rule(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a rule its last day, or withdraw one that has not begun; previewed first."""
    actor, at = doors.desk(request), now()
    rule = get_object_or_404(DispatchRule.objects.with_bodies(), pk=pk)
    if request.method == "GET":
        seen = dispatch_directory.newest(rule.factor)
        return _end(request, EndForm(rule=rule, at=at, initial={"seen": seen, "until_on": local_day(at)}))
    form = EndForm(request.POST, rule=rule, at=at)
    if not form.is_valid() or not form.is_previewed:
        return _end(request, form, previewing=True)
    try:
        _stop(form, actor, at)
    except RefusedError as error:
        return _refused(request, form, error)
    done = "已撤销" if form.is_withdrawal else f"已定于 {form.last_day} 终止"
    messages.success(request, f"{done}：“{rule.factor}”由{rule.lead.short}主办的规则。")
    return redirect("requests_desk:directory_history", pk=rule.factor_id)


def _stop(form: EndForm, actor: Actor, at: datetime) -> None:
    told = {
        "reason": form.cleaned_data["reason"],
        "seen": form.cleaned_data["seen"],
        "actor": actor,
        "at": at,
    }
    if form.last_day is None:
        withdraw_rule(form.rule, **told)
    else:
        end_rule(form.rule, until_on=form.last_day, **told)


def _end(request: HttpRequest, form: EndForm, *, previewing: bool = False, status: int = 422) -> HttpResponse:
    if previewing and form.is_valid():
        status = 200 if form.show_preview() else 422
    status = 200 if request.method == "GET" else status
    context = {"form": form, "rule": form.rule}
    return render(request, "requests_desk/office/directory_end.html", context, status=status)


def _refused(request: HttpRequest, form: RuleForm | EndForm, error: RefusedError) -> HttpResponse:
    """Give the words back; after a change by others the form is one that has seen it, and asks for a new preview."""
    form.refuse(error)
    answer = _end if isinstance(form, EndForm) else _enter
    return answer(request, form, status=doors.status_of(error))  # type: ignore[operator]

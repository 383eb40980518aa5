"""Appeals of departments, exclusions of the office, and the decisions of a second person."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from scoring import appealing, explaining, permissions
from scoring.appealing import AppealError
from scoring.forms.appeals import AppealForm, DecisionForm, PlainForm
from scoring.models import Appeal, Exclusion
from scoring.views import doors
from taian_factors.lib.clock import now
from taian_factors.lib.pages import paginate
from taian_factors.lib.periods import Period

APPEAL_PARTS = (
    "organization",
    "run",
    "assignment__factor_request",
    "review__factor_request",
    "duty_record__duty",
)
EXCLUSION_PARTS = (
    *("assignment__organization", "assignment__factor_request", "review__assignment__organization"),
    *(
        "review__factor_request",
        "duty_record__duty",
        "duty_record__organization",
        "run",
        "recorded_by",
        "decided_by",
    ),
)


@require_GET
def appeals(request: HttpRequest) -> HttpResponse:
    """List appeals, those without a decision first: the office all, a department its own."""
    actor = doors.staff(request)
    rows = Appeal.objects.visible_to(actor).select_related(*APPEAL_PARTS, "filed_by", "decided_by")
    newest = F("decided_at").desc(nulls_first=True)
    page = paginate(request, rows.order_by(newest, "decide_due_at", "pk"))
    open_ones = Exclusion.objects.undecided().select_related(*EXCLUSION_PARTS).order_by("pk")
    context = {"page": page, "exclusions": open_ones[:50] if actor.is_office else []}
    context |= {
        "may_decide": permissions.may_decide(actor),
        "sees_reviewers": permissions.sees_reviewers(actor),
    }
    return render(request, "scoring/appeals.html", context)


@require_http_methods(["GET", "POST"])
def appeal(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask why one record should not count, and file the appeal."""
    counted = doors.counted(request, pk)
    if not permissions.is_scored(request.actor):
        raise PermissionDenied
    form = AppealForm(request.POST or None)
    if form.is_valid():
        try:
            appealing.appeal(counted=counted, **form.cleaned_data, actor=request.actor, at=now())
        except AppealError as error:
            form.add_error(error.field, str(error))
        else:
            messages.success(request, "申诉已提交，5 个工作日内由另一人决定。")
            return redirect("scoring:appeals")
    closed = "" if form.is_bound else appealing.obstacle(counted=counted, actor=request.actor, at=now())
    return _ask(request, counted, form, "申诉", closed=closed)


@require_http_methods(["GET", "POST"])
def exclude(request: HttpRequest, pk: int) -> HttpResponse:
    """Record that a matter, a review or a duty should not count; a second person decides."""
    doors.office(request, allowed=permissions.may_decide(request.actor))
    counted, form = doors.counted(request, pk), AppealForm(request.POST or None)
    if form.is_valid():
        try:
            appealing.propose_exclusion(counted=counted, **form.cleaned_data, actor=request.actor, at=now())
        except AppealError as error:
            form.add_error(error.field, str(error))
        else:
            messages.success(request, "已登记，待另一人决定；同意后预公布中的月份自动重新计算。")
            return redirect("scoring:appeals")
    return _ask(request, counted, form, "登记剔除")


def _ask(request: HttpRequest, counted: Any, form: PlainForm, verb: str, closed: str = "") -> HttpResponse:
    matter = explaining.matter(counted, actor=request.actor, can_appeal=False)
    context = {"counted": counted, "matter": matter, "form": form, "verb": verb, "closed": closed}
    context["period"] = Period.parse(counted.run.period)
    return render(request, "scoring/appeal.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
def decide_appeal(request: HttpRequest, pk: int) -> HttpResponse:
    """Decide an appeal as a second person."""
    doors.office(request, allowed=permissions.may_decide(request.actor))
    found = get_object_or_404(Appeal.objects.select_related(*APPEAL_PARTS, "filed_by"), pk=pk)
    form = DecisionForm(request.POST or None)
    if form.is_valid():
        try:
            appealing.decide_appeal(appeal=found, **form.cleaned_data, actor=request.actor, at=now())
        except AppealError as error:
            form.add_error(error.field, str(error))
        else:
            messages.success(
                request,
                "已决定。" + ("已重新计算，更新了预公布的排名。" if form.cleaned_data["is_upheld"] else ""),
            )
            return redirect("scoring:appeals")
    return _decide(request, found, form, found.filed_by)


@require_http_methods(["GET", "POST"])
def decide_exclusion(request: HttpRequest, pk: int) -> HttpResponse:
    """Decide a proposed exclusion as a second person."""
    doors.office(request, allowed=permissions.may_decide(request.actor))
    found = get_object_or_404(Exclusion.objects.select_related(*EXCLUSION_PARTS), pk=pk)
    form = DecisionForm(request.POST or None)
    if form.is_valid():
        try:
            appealing.decide_exclusion(exclusion=found, **form.cleaned_data, actor=request.actor, at=now())
        except AppealError as error:
            form.add_error(error.field, str(error))
        else:
            messages.success(
                request, "已决定。" + ("预公布中的月份已重新计算。" if form.cleaned_data["is_upheld"] else "")
            )
            return redirect("scoring:appeals")
    return _decide(request, found, form, found.recorded_by)


def _decide(request: HttpRequest, case: Any, form: PlainForm, recorder: Any) -> HttpResponse:
    context = {"case": case, "form": form, "recorder": recorder, "sees_reviewers": True}
    context["standing"] = explaining.standing(case, actor=request.actor)
    return render(request, "scoring/decide.html", context, status=422 if form.is_bound else 200)

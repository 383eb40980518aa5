"""Duties: the office arranges and judges, a department sees its own and answers."""

from typing import Any

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from scoring import arranging, permissions
from scoring.arranging import DutyError
from scoring.forms.duties import AnswerForm, DutyForm, JudgeForm
from scoring.models import Duty, DutyRecord, FormerDutyRecord, ScoringRun
from scoring.views import doors
from taian_factors.lib.clock import now
from taian_factors.lib.pages import paginate
from taian_factors.lib.periods import Period, local_day


@require_GET
def duties(request: HttpRequest) -> HttpResponse:
    """List a month's duties with what became of them."""
    actor, asked = doors.staff(request), request.GET.get("period")
    period = doors.period(asked) if asked else Period.month_of(local_day(now()))
    page = paginate(
        request, Duty.objects.visible_to(actor).due_in(period).with_results(actor).order_by("due_on", "pk")
    )
    context = {"page": page, "period": period, "before": period.shifted(-1), "after": period.shifted(1)}
    context["may_arrange"] = permissions.may_arrange_duties(actor)
    return render(request, "scoring/duties.html", context)


@require_http_methods(["GET", "POST"])
def arrange(request: HttpRequest) -> HttpResponse:
    """Lay a duty on departments."""
    actor = doors.office(request, allowed=permissions.may_arrange_duties(request.actor))
    form = DutyForm(request.POST or None)
    if form.is_valid():
        fields = {name: form.cleaned_data[name] for name in ("title", "due_on", "requirement", "departments")}
        try:
            duty = arranging.arrange(**fields, actor=actor, at=now())
        except DutyError as error:
            form.add_error(error.field, str(error))
        else:
            messages.success(request, f"已安排“{duty.title}”，各部门可以看到。")
            return redirect("scoring:duty", pk=duty.pk)
    return render(request, "scoring/arrange.html", {"form": form}, status=422 if form.is_bound else 200)


@require_GET
def duty(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a duty with its departments; a department sees its own record alone."""
    return _duty(request, pk)


def _duty(request: HttpRequest, pk: int, bound: Any = None, record: DutyRecord | None = None) -> HttpResponse:
    actor = doors.staff(request)
    found = get_object_or_404(Duty.objects.visible_to(actor).distinct(), pk=pk)
    records = found.records.select_related("organization", "judged_by").order_by(
        "organization__position", "pk"
    )
    former = FormerDutyRecord.objects.select_related("judged_by").order_by("pk")
    records = records.prefetch_related(Prefetch("former", former))
    if not actor.is_office:
        records = records.filter(organization=actor.organization)
    may_judge = permissions.may_arrange_duties(actor)
    blank = JudgeForm if may_judge else AnswerForm
    rows = [(r, bound if record and r.pk == record.pk else blank(prefix=f"r{r.pk}")) for r in records]
    context = {
        "duty": found,
        "rows": rows,
        "may_judge": may_judge,
        "is_office": actor.is_office,
        "form": bound,
        "is_published": ScoringRun.objects.published().of(Period.parse(found.month)).exists(),
    }
    return render(request, "scoring/duty.html", context, status=422 if bound else 200)


def _record(request: HttpRequest, pk: int) -> DutyRecord:
    seen = Duty.objects.visible_to(doors.staff(request))
    return get_object_or_404(DutyRecord.objects.select_related("organization"), pk=pk, duty__in=seen)


@require_POST
def judge_duty(request: HttpRequest, pk: int) -> HttpResponse:
    """Record what became of a duty in one department."""
    doors.office(request, allowed=permissions.may_arrange_duties(request.actor))
    record = _record(request, pk)
    form = JudgeForm(request.POST, prefix=f"r{record.pk}")
    if not form.is_valid():
        return _duty(request, record.duty_id, form, record)
    record = arranging.judge(record=record, **form.cleaned_data, actor=request.actor, at=now())
    messages.success(request, f"{record.organization.short}：{record.get_result_display()}，已登记。")
    return redirect("scoring:duty", pk=record.duty_id)


@require_POST
def answer_duty(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a department's own word on its duty."""
    record = _record(request, pk)
    form = AnswerForm(request.POST, prefix=f"r{record.pk}")
    if form.is_valid():
        try:
            arranging.answer(record=record, **form.cleaned_data, actor=request.actor, at=now())
        except DutyError as error:
            form.add_error(error.field, str(error))
        else:
            messages.success(request, "已提交，市工业推进办认定时会看到。")
            return redirect("scoring:duty", pk=record.duty_id)
    return _duty(request, record.duty_id, form, record)

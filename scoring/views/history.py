"""History in: the office uploads the ledger of past years, watches it come in, and reads what is wrong with it."""

import csv

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from scoring import history_jobs, permissions
from scoring.forms.history import HistoryForm
from scoring.history_jobs import HISTORY_TASK
from scoring.views import doors
from taian_factors.directory.models import Job
from taian_factors.directory.tasks import start_job
from taian_factors.lib.clock import now
from taian_factors.lib.pages import paginate, wants_fragment
from taian_factors.lib.sheets import safe_text

JOBS_SHOWN = 10


@require_http_methods(["GET", "POST"])
def history(request: HttpRequest) -> HttpResponse:
    """Ask for the five files; POST keeps them and starts the import."""
    actor = doors.office(request, allowed=permissions.may_import_history(request.actor))
    form = HistoryForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        asked = {"folder": history_jobs.keep_files(form.cleaned_data)}
        asked |= {"organization": actor.organization.pk, "role": actor.role}
        job = start_job(task=HISTORY_TASK, label="导入往年台账", arguments=asked, user=actor.user, at=now())
        return redirect("scoring:history_job", pk=job.pk)
    jobs = (
        Job.objects.visible_to(actor).filter(task=HISTORY_TASK).select_related("created_by").order_by("-pk")
    )
    context = {"form": form, "jobs": jobs[:JOBS_SHOWN]}
    return render(request, "scoring/history.html", context, status=422 if form.is_bound else 200)


def _job(request: HttpRequest, pk: int) -> Job:
    actor = doors.office(request, allowed=permissions.may_import_history(request.actor))
    return get_object_or_404(Job.objects.visible_to(actor).filter(task=HISTORY_TASK), pk=pk)


@require_GET
def history_job(request: HttpRequest, pk: int) -> HttpResponse:
    """Show how far an import is, and at its end what was stored or what is wrong; the page polls it."""
    job = _job(request, pk)
    report = history_jobs.load(job.arguments["folder"])
    page = paginate(request, list(history_jobs.problem_rows(report)))
    context = {"job": job, "progress": history_jobs.progress_of(pk), "report": report, "page": page}
    name = "_history_progress" if wants_fragment(request) else "history_job"
    return render(request, f"scoring/{name}.html", context)


@require_GET
def history_problems(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the report of an import as CSV."""
    report = history_jobs.load(_job(request, pk).arguments["folder"])
    answer = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="history-{pk}.csv"'
    sheet = csv.writer(answer)
    sheet.writerow(["类别", "文件", "行", "列", "问题"])
    for kind, each in history_jobs.problem_rows(report):
        sheet.writerow([kind, each.file, each.line or "", each.column, safe_text(each.problem)])
    return answer

"""The ledger as a sheet: exactly what is shown, all its pages; a long one as a job that the page polls."""

from datetime import datetime
from io import BytesIO

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import etag, require_GET, require_POST
from django.views.decorators.vary import vary_on_headers

from requests_desk import exports
from requests_desk.forms.ledger import said
from requests_desk.views import doors
from requests_desk.views.ledger import filters_of, ledger
from taian_factors.directory.models import Job
from taian_factors.directory.tasks import start_job
from taian_factors.lib.clock import now
from taian_factors.lib.pages import wants_fragment
from taian_factors.lib.periods import local_day

AT_ONCE = 1000  # requests; a longer sheet takes more than a second, and shows its progress as a job
EXPORT_TASK = "requests_desk.export_ledger"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_GET
def export(request: HttpRequest) -> HttpResponse:
    """Give the whole filtered ledger as XLSX: a short one at once; a long one is asked for first."""
    filters = filters_of(request)
    if not filters.is_valid_address:
        return ledger(request)
    if (count := filters.rows.count()) > AT_ONCE:
        asked = {"count": count, "said": filters.said.urlencode()}
        return render(request, "requests_desk/office/long_export.html", asked)
    sheet = BytesIO()
    exports.write_ledger(sheet, filters.ordered, filters.columns, at=filters.at)
    sheet.seek(0)
    return FileResponse(sheet, as_attachment=True, filename=_file_name(filters.at), content_type=XLSX)


@require_POST
def start_export(request: HttpRequest) -> HttpResponse:
    """Start the job that writes a long ledger, as the address filters it."""
    actor = doors.staff(request)
    asked = {
        "organization": actor.organization.pk,
        "role": actor.role,
        "query": said(request.GET).urlencode(),
    }
    job = start_job(task=EXPORT_TASK, label="导出要素需求台账", arguments=asked, user=actor.user, at=now())
    return redirect("requests_desk:export_job", pk=job.pk)


def _file_name(at: datetime) -> str:
    return f"要素需求台账-{local_day(at):%Y%m%d}.xlsx"


def _job(request: HttpRequest, pk: int) -> Job:
    jobs = Job.objects.visible_to(doors.staff(request)).filter(task=EXPORT_TASK)
    return get_object_or_404(jobs, pk=pk)


def _unchanged(request: HttpRequest, pk: int) -> str | None:
    actor = request.actor
    job = Job.objects.filter(pk=pk).first() if actor else None
    return f'"{wants_fragment(request)}-{job.state}-{job.done}"' if job else None


@require_GET
@vary_on_headers("HX-Request")
@etag(_unchanged)
def export_job(request: HttpRequest, pk: int) -> HttpResponse:
    """Show how far an export is; the page polls it, and ends with the file."""
    name = "_export_progress" if wants_fragment(request) else "export"
    return render(request, f"requests_desk/office/{name}.html", {"job": _job(request, pk)})


@require_GET
def export_file(request: HttpRequest, pk: int) -> FileResponse:
    """Give the file of a finished export to whoever asked for it."""
    job = _job(request, pk)
    if job.state != Job.State.DONE or not default_storage.exists(job.arguments["file"]):
        raise Http404
    file = default_storage.open(job.arguments["file"])
    return FileResponse(file, as_attachment=True, filename=_file_name(job.created_at), content_type=XLSX)

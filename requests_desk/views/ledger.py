"""The ledger: filtered by its address, exported as shown, and the start of 对账销号."""

from datetime import datetime
from io import BytesIO

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import etag, require_GET, require_POST
from django.views.decorators.vary import vary_on_headers

from requests_desk import exports
from requests_desk.deadlines import in_factor_week
from requests_desk.forms.ledger import LedgerFilter
from requests_desk.ledger import rows, totals
from requests_desk.models import FactorRequest
from requests_desk.permissions import may_run_the_desk
from requests_desk.views import doors
from taian_factors.directory.models import CalendarYear, Job
from taian_factors.directory.tasks import start_job
from taian_factors.lib.clock import now
from taian_factors.lib.pages import paginate, wants_fragment
from taian_factors.lib.periods import local_day

AT_ONCE = 1000  # requests; a longer sheet takes more than a second, and shows its progress as a job
EXPORT_TASK = "requests_desk.export_ledger"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_GET
@vary_on_headers("HX-Request")
def ledger(request: HttpRequest) -> HttpResponse:
    """Show the requests that the actor's body sees, as the address filters them; htmx gets the rows alone."""
    at = now()
    filters = _filters(request, at)
    is_valid = filters.form.is_valid()
    context = _context(request, filters, at)
    name = "_ledger_rows" if wants_fragment(request) else "ledger"
    answer = render(request, f"requests_desk/office/{name}.html", context, status=200 if is_valid else 422)
    if wants_fragment(request) and is_valid:
        answer["HX-Push-Url"] = "?" + _said(request.GET)
    return answer


def _filters(request: HttpRequest, at: datetime) -> LedgerFilter:
    seen = FactorRequest.objects.visible_to(doors.staff(request))
    return LedgerFilter(request.GET, queryset=seen, at=at)


def _context(request: HttpRequest, filters: LedgerFilter, at: datetime) -> dict[str, object]:
    page = paginate(request, filters.rows.with_parts())
    may_act = may_run_the_desk(request.actor)
    return {
        "filters": filters,
        "columns": exports.LEDGER,
        "page": page,
        "rows": rows(page, at=at),
        "totals": totals(filters.rows, at=at),
        "may_act": may_act,
        "is_factor_week": may_act and in_factor_week(at, CalendarYear.objects.calendar()),
        "said": _said(request.GET),
    }


def _said(query: QueryDict) -> str:
    """Return the address's filters without those that say nothing, so that it stays short when it is shared."""
    kept = query.copy()
    for name in list(kept):
        if name == "page" or not kept[name]:
            del kept[name]
    return kept.urlencode()


@require_GET
def export(request: HttpRequest) -> HttpResponse:
    """Give the whole filtered ledger as XLSX: a short one at once; a long one is asked for first."""
    at = now()
    filters = _filters(request, at)
    if not filters.form.is_valid():
        return ledger(request)
    if (count := filters.rows.count()) > AT_ONCE:
        asked = {"count": count, "said": _said(request.GET)}
        return render(request, "requests_desk/office/long_export.html", asked)
    sheet = BytesIO()
    exports.write_ledger(sheet, filters.rows, at=at)
    sheet.seek(0)
    return FileResponse(sheet, as_attachment=True, filename=_file_name(at), content_type=XLSX)


@require_POST
def start_export(request: HttpRequest) -> HttpResponse:
    """Start the job that writes a long ledger, as the address filters it."""
    actor = doors.staff(request)
    asked = {"organization": actor.organization.pk, "role": actor.role, "query": _said(request.GET)}
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

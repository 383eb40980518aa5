"""The day's report of a fair: as a page, on paper, as a workbook. The office has all of it, a body its own part."""

from io import BytesIO

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from fairs.models import Fair
from requests_desk import fair_sheets
from requests_desk.fair_report import FairReport
from requests_desk.fair_report import fair_report as report_of
from requests_desk.permissions import may_see_report
from requests_desk.views import doors
from taian_factors.lib.clock import now

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LISTED = 30  # matters that the page lists; the ledger has all of them


@require_GET
def fair_report(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the day's report, whatever the hour: it is counted at this moment."""
    report = _report(request, pk)
    context = {"report": report, "fair": report.fair, "open": report.open[:LISTED]}
    return render(request, "requests_desk/fair_report/report.html", context)


@require_GET
def print_fair_report(request: HttpRequest, pk: int) -> HttpResponse:
    """Lay the report out for A4."""
    report = _report(request, pk)
    context = {"report": report, "fair": report.fair, "open": report.open}
    return render(request, "requests_desk/fair_report/print.html", context)


@require_GET
def fair_report_sheet(request: HttpRequest, pk: int) -> FileResponse:
    """Give the report as a workbook with the same numbers."""
    report = _report(request, pk)
    book = BytesIO()
    fair_sheets.write_report(book, report)
    book.seek(0)
    name = f"{report.fair.name}当天报表-{report.fair.held_on:%Y%m%d}.xlsx"
    return FileResponse(book, as_attachment=True, filename=name, content_type=XLSX)


def _report(request: HttpRequest, pk: int) -> FairReport:
    actor = doors.staff(request)
    found = get_object_or_404(Fair.objects.visible_to(actor), pk=pk)
    if not may_see_report(actor, found):
        raise Http404
    return report_of(found, actor=actor, at=now())

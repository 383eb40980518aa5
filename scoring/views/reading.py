"""Other ways to read a table: on one sheet of paper, on a projector, and as open data."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from scoring import open_data, standings
from scoring.models import ScoringRun
from scoring.views import doors


@require_GET
def print_ranking(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a run's table as it is printed on one A4 sheet."""
    table = standings.table(doors.run(request, pk))
    return render(request, "scoring/print_ranking.html", {"table": table, "run": table.run})


@require_GET
def projector(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a run's places in type that a hall can read, with nothing around it."""
    table = standings.table(doors.run(request, pk))
    return render(request, "scoring/projector.html", {"table": table, "run": table.run})


@login_not_required
@require_GET
def open_periods(request: HttpRequest) -> HttpResponse:
    """List the published periods with their files, for everybody."""
    return render(request, "scoring/open_data.html", {"periods": open_data.published_periods()})


@login_not_required
@require_GET
def open_csv(request: HttpRequest, period: str) -> HttpResponse:
    """Give a published period as CSV; what is not published is not found."""
    run = _published(period)
    response = HttpResponse(open_data.as_csv(run), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="ranking-{run.period}.csv"'
    return response


@login_not_required
@require_GET
def open_json(request: HttpRequest, period: str) -> JsonResponse:
    """Give a published period as JSON; what is not published is not found."""
    data = open_data.as_json(_published(period))
    return JsonResponse(data, json_dumps_params={"ensure_ascii": False, "indent": 2})


def _published(key: str) -> ScoringRun:
    run = open_data.published_run(doors.period(key))
    if run is None:
        raise Http404("没有已公布的结果。")
    return run

"""The ledger: the rows that the address asks for; its filters, its totals and its views come as fragments."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET
from django.views.decorators.vary import vary_on_headers

from requests_desk.columns import loaded
from requests_desk.deadlines import in_factor_week
from requests_desk.forms.ledger import LedgerFilter
from requests_desk.ledger import row
from requests_desk.models import LedgerView
from requests_desk.permissions import may_run_the_desk
from requests_desk.shelving import default_view
from requests_desk.tallies import MANY, numbers, tally
from requests_desk.views import doors
from taian_factors.directory.models import CalendarYear
from taian_factors.lib.clock import now
from taian_factors.lib.pages import stretch, wants_fragment

LISTED = 24  # views beside the ledger; the page of views shows all of them


@require_GET
@vary_on_headers("HX-Request")
def ledger(request: HttpRequest) -> HttpResponse:
    """Show the requests that the actor's body sees, as the address filters them; htmx gets the rows alone."""
    if not request.GET and (view := default_view(doors.staff(request))):
        return redirect(f"{request.path}?{_address(view)}")
    filters, at = filters_of(request), now()
    name = "_ledger_rows" if wants_fragment(request) else "ledger"
    status = 200 if filters.is_valid_address else 422
    answer = render(
        request, f"requests_desk/office/{name}.html", _context(request, filters, at), status=status
    )
    if wants_fragment(request) and filters.is_valid_address:
        answer["HX-Push-Url"] = "?" + filters.said.urlencode()
    return answer


def filters_of(request: HttpRequest, *, is_whole: bool = False) -> LedgerFilter:
    """Bind the filters to the address, over what the actor's body sees."""
    return LedgerFilter(request.GET, actor=doors.staff(request), at=now(), is_whole=is_whole)


def _address(view: LedgerView) -> str:
    return f"{view.query}&view={view.pk}" if view.query else f"view={view.pk}"


def _context(request: HttpRequest, filters: LedgerFilter, at: datetime) -> dict[str, object]:
    columns = filters.columns
    page = stretch(request, filters.rows, filters.walk, load=lambda here: loaded(here, columns))
    calendar, may_act = CalendarYear.objects.calendar(), may_run_the_desk(request.actor)
    return {
        "filters": filters,
        "columns": columns,
        "page": page,
        "rows": [row(each, at=at, calendar=calendar, assignments=each.parts) for each in page.rows],
        "views": [] if wants_fragment(request) else _views(request),
        "may_act": may_act,
        "is_factor_week": may_act and in_factor_week(at, calendar),
        "said": filters.said.urlencode(),
    }


def _views(request: HttpRequest) -> list[dict[str, object]]:
    """Return the list beside the ledger; which of them is open stands in the address."""
    here = request.GET.get("view", "")
    views = LedgerView.objects.visible_to(doors.staff(request)).order_by("audience", "name")
    return [
        {"view": view, "address": _address(view), "is_here": here == str(view.pk)} for view in views[:LISTED]
    ]


@require_GET
def ledger_filters(request: HttpRequest) -> HttpResponse:
    """Show every filter and the choice of columns: a fragment of the ledger, or a page where nothing is scripted."""
    filters = filters_of(request, is_whole=True)
    name = "_ledger_filters" if wants_fragment(request) else "ledger_filters"
    status = 200 if filters.is_valid_address else 422
    return render(request, f"requests_desk/office/{name}.html", {"filters": filters}, status=status)


@require_GET
@vary_on_headers("HX-Request")
def ledger_totals(request: HttpRequest) -> HttpResponse:
    """Add up the filtered ledger: a fragment of it, or a page where nothing is scripted."""
    filters = filters_of(request)
    if not filters.is_valid_address:
        return ledger(request)
    context = {
        "tally": tally(filters.rows, at=filters.at),
        "said": filters.said.urlencode(),
        "filters": filters,
    }
    name = "_ledger_totals" if wants_fragment(request) else "ledger_totals"
    return render(request, f"requests_desk/office/{name}.html", context)


@require_GET
def ledger_counts(request: HttpRequest) -> HttpResponse:
    """Show the list of views with how many requests each holds, as far as a list need count."""
    views = _views(request)
    lists = [LedgerFilter(QueryDict(each["view"].query), actor=request.actor, at=now()) for each in views]
    counted = zip(views, numbers([each.rows for each in lists]), strict=True)
    context = {"views": [{**each, "count": count, "is_more": count > MANY} for each, count in counted]}
    return render(request, "requests_desk/office/_ledger_views.html", context)

"""What a department, a bank or a county office has to do, and what those watch who hold no part."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from requests_desk import bulk, ledger, watchlists, worklists
from requests_desk.forms.worklists import WatchFilters, WorklistFilters
from requests_desk.views.doors import staff
from requests_desk.workflow import CLAIMANTS
from taian_factors.lib import clock
from taian_factors.lib.pages import paginate, stretch

PER_PAGE = 25


@require_GET
def worklist(request: HttpRequest) -> HttpResponse:
    """List what the body holds and has not done: today's first, with the next move of each."""
    actor, at = staff(request), clock.now()
    if actor.kind not in CLAIMANTS:
        raise Http404
    filters = WorklistFilters(request.GET)
    chosen, figures = filters.chosen(), worklists.figures(actor, at=at)
    found = worklists.narrowed(worklists.todos(actor, at=at), at=at, **chosen)
    page = paginate(request, found, PER_PAGE, count=None if chosen else figures["total"])
    context = {
        "todos": worklists.read(page, at=at),
        "page": page,
        "filters": filters,
        "is_narrowed": bool(chosen),
        "figures": figures,
        "moves": bulk.moves(actor),
    }
    return render(request, "requests_desk/department/worklist.html", context)


@require_GET
def watchlist(request: HttpRequest) -> HttpResponse:
    """List what is overdue or near it among what the body watches: who has it, with what, by when."""
    actor, at = staff(request), clock.now()
    if actor.kind not in watchlists.WATCHERS:
        raise Http404
    filters = WatchFilters(request.GET)
    everything = watchlists.watched(actor)
    found = watchlists.narrowed(everything, at=at, **filters.chosen())
    page = stretch(request, found.with_parts(), watchlists.EARLIEST, PER_PAGE)
    context = {
        "rows": ledger.rows(page.rows, at=at),
        "page": page,
        "filters": filters,
        "is_narrowed": bool(filters.chosen()),
        "figures": watchlists.figures(everything, at=at),
    }
    return render(request, "requests_desk/department/watchlist.html", context)

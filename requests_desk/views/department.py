"""What a department, a bank or a county office has to do."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from requests_desk import worklists
from requests_desk.forms.department import WorklistFilters
from requests_desk.views.doors import staff
from requests_desk.workflow import CLAIMANTS
from taian_factors.lib import clock
from taian_factors.lib.pages import paginate


@require_GET
def worklist(request: HttpRequest) -> HttpResponse:
    """List what the body holds and has not done: today's first, with the next move of each."""
    actor, at = staff(request), clock.now()
    if actor.kind not in CLAIMANTS:
        raise Http404
    filters = WorklistFilters(request.GET)
    everything = worklists.todos(actor, at=at)
    page = paginate(request, worklists.narrowed(everything, **filters.chosen()).with_parts())
    context = {
        "todos": worklists.read(actor, page, at=at),
        "page": page,
        "filters": filters,
        "is_narrowed": bool(filters.chosen()),
        "figures": worklists.figures(everything),
    }
    return render(request, "requests_desk/department/worklist.html", context)

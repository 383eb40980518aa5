"""Open calls."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from requests_desk import challenges
from requests_desk.permissions import may_run_the_desk
from requests_desk.views import doors
from taian_factors.lib.clock import now
from taian_factors.lib.pages import paginate
from taian_factors.lib.periods import local_day


@require_GET
def open_calls(request: HttpRequest) -> HttpResponse:
    """Show the needs that are put up for claims, and how those that ended went."""
    actor = doors.staff(request)
    page = paginate(request, challenges.open_calls(actor))
    context = {"page": page, "today": local_day(now()), "may_act": may_run_the_desk(actor)}
    return render(request, "requests_desk/office/open_calls.html", context)

"""Open calls, and writing off in bulk."""

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from requests_desk import challenges
from requests_desk.journal import RefusedError
from requests_desk.models import FactorRequest
from requests_desk.permissions import may_run_the_desk
from requests_desk.reconciling import dry_run, write_off_all
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


@require_http_methods(["GET", "POST"])
def write_off(request: HttpRequest) -> HttpResponse:
    """对账销号 of what was ticked in the ledger: GET is the dry run, POST does it."""
    actor, at = doors.desk(request), now()
    given = request.POST if request.method == "POST" else request.GET
    chosen = doors.named(actor, given.getlist("number"))
    if request.method == "GET" or not chosen:
        return _checked(request, chosen, at)
    try:
        count = write_off_all(chosen, actor=actor, at=at)
    except RefusedError as error:
        messages.error(request, f"一项也没有销号：{error}")
        return _checked(request, chosen, at, status=doors.status_of(error))
    messages.success(request, f"已销号 {count} 项需求。")
    return redirect("requests_desk:ledger")


def _checked(
    request: HttpRequest, chosen: list[FactorRequest], at: datetime, status: int = 200
) -> HttpResponse:
    found = dry_run(chosen, at=at)
    context = {"ready": [f for f in found if not f.hindrance], "hindered": [f for f in found if f.hindrance]}
    return render(request, "requests_desk/office/write_off.html", context, status=status)

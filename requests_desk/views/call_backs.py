"""Whom the office calls back: who gave a bad review, and the completions that the lot has drawn."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from requests_desk import drawing, follow_ups
from requests_desk.permissions import may_run_the_desk
from requests_desk.views import doors
from taian_factors.lib.clock import now
from taian_factors.lib.pages import paginate

SHOWN = 100  # bad reviews in a list: the most urgent


@require_GET
def call_backs(request: HttpRequest) -> HttpResponse:
    """List the bad reviews and the drawn completions that wait for a call."""
    actor = doors.office(request)
    at = now()
    context = {
        "found": drawing.found(at=at),
        "page": paginate(request, drawing.waiting()),
        "bad": follow_ups.to_call()[:SHOWN],
        "rectifying": follow_ups.in_rectification()[:SHOWN],
        "at": at,
        "may_act": may_run_the_desk(actor),
    }
    return render(request, "requests_desk/office/call_backs.html", context)

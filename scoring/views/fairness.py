"""Watching over fairness: a month's page for the office's leads and auditors."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from scoring import call_backs, deadline_watch, permissions
from scoring import fairness as reads
from scoring.views import doors
from taian_factors.lib.clock import now
from taian_factors.lib.periods import Period, local_day


@require_GET
def fairness(request: HttpRequest) -> HttpResponse:
    """Show what somebody should look at: near deadlines, undone, handed back, excluded, reviews, call-backs."""
    doors.office(request, allowed=permissions.may_watch_over_fairness(request.actor))
    at, asked = now(), request.GET.get("period")
    period = doors.period(asked) if asked else Period.month_of(local_day(at))
    if period.kind != "month":
        raise Http404
    began, late = reads.late_evidence(period)
    called = call_backs.by_body(period)
    context = {"period": period, "periods": reads.months_to_watch(at, period), "began": began, "late": late}
    context |= {"near": deadline_watch.near_deadlines(period), "call_backs": called}
    context["all_calls"] = call_backs.in_all(called)
    names = ("undone", "hand_backs", "exclusions", "bursts", "flagged_reviews")
    context |= {name: getattr(reads, name)(period) for name in names}
    return render(request, "scoring/fairness.html", context)

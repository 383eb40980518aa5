"""The dispatch directory (分办目录)."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from requests_desk import dispatch_directory
from requests_desk.forms.directory import DirectoryForm
from requests_desk.models import DispatchRule
from requests_desk.views import doors
from requests_desk.waiting import promise
from taian_factors.directory.models import CalendarYear
from taian_factors.lib.clock import now
from taian_factors.lib.periods import at_local, local_day


@require_GET
def directory(request: HttpRequest) -> HttpResponse:
    """Show the dispatch directory, and which of its rules would apply to a need."""
    doors.staff(request)
    at = now()
    form = DirectoryForm(request.GET if {"factor", "division"} & set(request.GET) else None)
    context = {"rows": dispatch_directory.directory(local_day(at)), "form": form}
    if form.is_valid():
        context |= _applying(form, at)
    status = 422 if form.errors else 200
    return render(request, "requests_desk/office/directory.html", context, status=status)


def _applying(form: DirectoryForm, at: datetime) -> dict[str, object]:
    factor, division = form.cleaned_data["factor"], form.cleaned_data["division"]
    day = form.cleaned_data["day"] or local_day(at)
    rules = DispatchRule.objects.matching(factor_id=factor.pk, division_id=division.pk, day=day)
    promised = promise(factor, at=at_local(day), calendar=CalendarYear.objects.calendar())
    return {"asked": True, "rule": rules.first(), "promise": promised, "day": day}

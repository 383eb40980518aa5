"""Attendance of departments at a fair: proposed from the records, confirmed in one act."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from fairs.models import Fair
from scoring import permissions
from scoring.arranging import DutyError
from scoring.attendance import attendance as read
from scoring.attendance import record_attendance
from scoring.forms.attendance import AttendForm
from scoring.views import doors
from taian_factors.lib.clock import now
from taian_factors.lib.periods import local_day


@require_http_methods(["GET", "POST"])
def attendance(request: HttpRequest, pk: int) -> HttpResponse:
    """Show who was at the fair by its records, and record it as a duty."""
    may_record = permissions.may_arrange_duties(request.actor)
    actor = doors.office(request, allowed=may_record or request.method == "GET")
    fair = get_object_or_404(Fair.objects.visible_to(actor), pk=pk)
    found, refusal = read(fair), ""
    forms = [AttendForm(request.POST or None, attendee=each) for each in found.departments]
    if request.method == "POST" and all(form.is_valid() for form in forms):
        try:
            attended = [form.attended for form in forms]
            recorded = record_attendance(fair=fair, attended=attended, actor=actor, at=now())
        except DutyError as error:
            refusal = str(error)
        else:
            return _recorded(request, recorded.duty.pk, recorded.changed)
    context = {"fair": fair, "found": found, "forms": forms, "may_record": may_record, "refusal": refusal}
    context["is_early"] = fair.held_on > local_day(now())
    return render(request, "scoring/attendance.html", context, status=422 if request.POST else 200)


def _recorded(request: HttpRequest, duty: int, changed: int) -> HttpResponse:
    said = f"已登记 {changed} 个部门的到场情况，计入配合度。" if changed else "与已登记的一致，没有重复登记。"
    messages.success(request, said)
    return redirect("scoring:duty", pk=duty)

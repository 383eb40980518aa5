"""The roster of a body's stalls at a fair: its lead names who is on duty."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from fairs.locks import QueueError
from fairs.models import Fair, Stall
from fairs.permissions import may_staff
from requests_desk import rostering
from requests_desk.forms.rosters import RosterForm
from requests_desk.views import doors
from taian_factors.lib.clock import now


@require_GET
def roster(request: HttpRequest, pk: int) -> HttpResponse:
    """Show who is on duty at each of the own stalls of a fair."""
    return _page(request, *_own(request, pk))


@require_POST
def name_staff(request: HttpRequest, pk: int, stall: int) -> HttpResponse:
    """Name the people on duty at one of the own stalls."""
    fair, stalls = _own(request, pk)
    found = next((one for one in stalls if one.pk == stall), None)
    if found is None:
        raise Http404
    form = RosterForm(request.POST, stall=found)
    if not form.is_valid():
        return _page(request, fair, stalls, form, status=422)
    try:
        rostering.name_staff(stall=found, staff=form.cleaned_data["staff"], actor=request.actor, at=now())
    except QueueError as error:
        form.add_error(None, str(error))
        return _page(request, fair, stalls, form, status=409)
    messages.success(request, f"{found.code} 摊位的值守人员已保存，新安排和不再值守的人会收到通知。")
    return redirect("requests_desk:roster", pk)


def _own(request: HttpRequest, pk: int) -> tuple[Fair, list[Stall]]:
    """Return a fair and the own stalls there whose roster the actor writes; without any there is no such page."""
    actor = doors.staff(request)
    fair = get_object_or_404(Fair.objects.visible_to(actor), pk=pk)
    own = fair.stalls.filter(organization=actor.organization).select_related("fair", "organization", "zone")
    stalls = [one for one in own.prefetch_related("staff", "desks").order_by("code") if may_staff(actor, one)]
    if not stalls:
        raise Http404
    return fair, stalls


def _page(
    request: HttpRequest,
    fair: Fair,
    stalls: list[Stall],
    typed: RosterForm | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    forms = [typed if typed and typed.stall == stall else RosterForm(stall=stall) for stall in stalls]
    context = {"fair": fair, "forms": forms, "typed": typed}
    return render(request, "requests_desk/department/roster.html", context, status=status)

"""The list of the expected: filtered, out as a sheet, invitations in from a sheet, check-in by one click."""

from dataclasses import asdict

from django.contrib import messages
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from fairs import expecting, exports, permissions
from fairs import guests as expected
from fairs.forms.guests import GuestFilter, InvitationSheetForm
from fairs.inviting import Line, RefusedLine
from fairs.inviting import invite as invite_lines
from fairs.locks import QueueError
from fairs.models import Fair
from fairs.views.answers import actor_of, refused, settle
from taian_factors.directory.models import Organization
from taian_factors.lib import clock
from taian_factors.lib.pages import paginate
from taian_factors.lib.periods import local_day

SALT = "fairs.refused_invitations"
LASTS = 2 * 60 * 60  # seconds in which refused rows can be fetched
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_GET
def guests(request: HttpRequest, pk: int) -> HttpResponse:
    """List who is expected: invited, booked, there already."""
    fair = _keeper(request, pk)
    form = GuestFilter(request.GET, fair=fair)
    page = paginate(request, expected.expected(fair, **form.asked), per_page=50)
    context = {
        "fair": fair,
        "form": form,
        "page": page,
        "guests": expected.read(fair, page.object_list),
        "counts": _counts(fair),
        "is_bookable": _is_bookable(fair),
        "is_today": fair.is_open and fair.held_on == local_day(clock.now()),
    }
    return render(request, "fairs/guests.html", context)


@require_GET
def guest_sheet(request: HttpRequest, pk: int) -> FileResponse:
    """Give the list as it is shown, or an empty sheet for invitations."""
    fair = _keeper(request, pk)
    if "template" in request.GET:
        return _file(exports.invitation_template(), "邀请名单样表.xlsx")
    found = expected.expected(fair, **GuestFilter(request.GET, fair=fair).asked)
    return _file(exports.guest_sheet(expected.read(fair, found)), f"应到名单 {fair.held_on}.xlsx")


@require_http_methods(["GET", "POST"])
def invite(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a sheet of enterprises to invite; what cannot be read comes back with its reason."""
    fair = _keeper(request, pk)
    form = InvitationSheetForm(request.POST or None, request.FILES or None)
    came = None
    if form.is_valid():
        arguments = {"fair": fair, "actor": actor_of(request), "at": clock.now()}
        came = settle(form, invite_lines, lines=form.cleaned_data["file"], **arguments)
    if came and not came.refused:
        messages.success(request, f"新邀请 {came.new} 家，{came.known} 家原已邀请。")
        return redirect("fairs:guests", pk)
    rows = [(asdict(one.line), one.reason) for one in came.refused] if came else []
    token = signing.dumps(rows, salt=SALT, compress=True) if rows else ""
    context = {"fair": fair, "form": form, "came": came, "token": token}
    return render(request, "fairs/invite.html", context, status=422 if form.errors else 200)


@require_POST
def refused_invitations(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the rows of a sheet that invited nobody, with their reasons, as a sheet."""
    _keeper(request, pk)
    try:
        rows = signing.loads(request.POST.get("rows", ""), salt=SALT, max_age=LASTS)
    except signing.BadSignature:
        messages.error(request, "这批行已过期，请重新上传名单。")
        return redirect("fairs:invite", pk)
    lines = [RefusedLine(Line(**line), reason) for line, reason in rows]
    return _file(exports.refused_sheet(lines), "未收下的行.xlsx")


@require_POST
def check_in_guest(request: HttpRequest, pk: int, enterprise: int) -> HttpResponse:
    """Check in who is expected by one click: the number goes live, with places at the booked stalls."""
    fair, actor = _keeper(request, pk), actor_of(request)
    rows = Organization.objects.visible_to(actor).enterprises().active().select_related("profile")
    found = get_object_or_404(rows, pk=enterprise)
    try:
        visit = expecting.arrive_expected(fair=fair, enterprise=found, actor=actor, at=clock.now())
    except QueueError as error:
        return refused(request, error, reverse("fairs:guests", args=[pk]))
    messages.success(request, f"{found.name}已签到，{visit}。")
    return redirect("fairs:visit", visit.pk)


def _keeper(request: HttpRequest, pk: int) -> Fair:
    actor = actor_of(request)
    fair = get_object_or_404(Fair.objects.visible_to(actor), pk=pk)
    if not permissions.may_invite(actor):
        raise PermissionDenied
    return fair


def _is_bookable(fair: Fair) -> bool:
    """Before its day, with slots; on the day itself one checks in."""
    is_ahead = fair.is_open and fair.held_on > local_day(clock.now())
    return is_ahead and fair.stalls.filter(slots__isnull=False).exists()


def _counts(fair: Fair) -> list[tuple[str, str, int]]:
    counted = expected.counts(fair)
    return [(word, label, counted[word]) for word, (label, _) in expected.SHOWN.items()]


def _file(content: object, name: str) -> FileResponse:
    return FileResponse(content, as_attachment=True, filename=name, content_type=XLSX)

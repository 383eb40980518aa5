"""The open pages, each behind an unguessable word: the hall screen, the kiosk, the ticket on a phone."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_POST
from django.views.decorators.vary import vary_on_headers

from fairs import arrivals, board, doors, sharing
from fairs.forms import TakeForm
from fairs.models import Fair, Ticket, Visit, Zone
from fairs.views.answers import act, line_up
from taian_factors.directory.actors import Actor
from taian_factors.lib import clock
from taian_factors.lib.pages import wants_fragment

# What a polling page holds is asked for again each time; while nothing has changed ``fairs.middleware`` answers 304.
ALWAYS_ASK = {"no_cache": True, "private": True}


@login_not_required
@require_GET
@cache_control(**ALWAYS_ASK)
@vary_on_headers("HX-Request")
def hall_screen(request: HttpRequest, token: str, zone: str = "") -> HttpResponse:
    """Show who is called where, and how many wait; of the whole hall, or of one zone."""
    if (fair_id := doors.fair_of(token)) is None:
        raise Http404
    if wants_fragment(request):
        picture = sharing.current(fair_id).picture
        shown = board.hall_board(fair_id, zone=zone, picture=picture)
        answer = render(request, "fairs/_hall_board.html", {"board": shown})
        return _named(answer, board.screen_tag(picture, zone))
    context = {
        "board": board.hall_board(fair_id, zone=zone),
        "fair": Fair.objects.get(pk=fair_id),
        "zone": get_object_or_404(Zone, fair=fair_id, code=zone) if zone else None,
    }
    return render(request, "fairs/hall_screen.html", context)


@login_not_required
@require_GET
@cache_control(**ALWAYS_ASK)
@vary_on_headers("HX-Request")
def ticket(request: HttpRequest, token: str) -> HttpResponse:
    """Show a visit on the phone: its number, where to go, how many are ahead, how long it may take."""
    if wants_fragment(request):
        return _polled_ticket(request, token)
    visit = _visit(token)
    action = reverse("fairs:ticket_take", args=[token])
    form = TakeForm(fair=visit.fair, action=action, is_visitor=True)
    context = {"page": board.phone_page(visit, at=clock.now()), "visit": visit, "token": token, "form": form}
    return render(request, "fairs/ticket.html", context)


@login_not_required
@require_POST
def ticket_take(request: HttpRequest, token: str) -> HttpResponse:
    """Let the phone's owner line up at one more stall."""
    visit = _visit(token)
    return line_up(
        request, reverse("fairs:ticket", args=[token]), visit=visit, actor=_visitor(visit), is_visitor=True
    )


@login_not_required
@require_POST
def ticket_leave(request: HttpRequest, token: str, pk: int) -> HttpResponse:
    """Let the phone's owner give up one place."""
    found, back = _ticket(token, pk), reverse("fairs:ticket", args=[token])
    actor, done = _visitor(found.visit), f"已离开 {found.stall.code} 的队。"
    return act(request, back, done, arrivals.leave, ticket=found, actor=actor, at=clock.now())


@login_not_required
@require_POST
def ticket_reenter(request: HttpRequest, token: str, pk: int) -> HttpResponse:
    """Let the phone's owner come back once after being passed over."""
    found, back = _ticket(token, pk), reverse("fairs:ticket", args=[token])
    actor, done = _visitor(found.visit), f"已重新排在 {found.stall.code}。"
    return act(request, back, done, arrivals.reenter, ticket=found, actor=actor, at=clock.now())


def _polled_ticket(request: HttpRequest, token: str) -> HttpResponse:
    """Answer a phone from the shared picture; who came in after it was taken has it taken again."""
    if (place := doors.visit_of(token)) is None:
        raise Http404
    fair_id, visit_id = place
    seen = sharing.current(fair_id)
    if visit_id not in seen.picture.of_visit:
        seen = sharing.fresh(fair_id)
    page = board.phone_page(seen.picture.visit(visit_id), at=seen.at, picture=seen.picture)
    answer = render(request, "fairs/_ticket.html", {"page": page, "token": token})
    return _named(answer, board.phone_tag(seen.picture, visit_id))


def _named(answer: HttpResponse, tag: str) -> HttpResponse:
    answer["ETag"] = tag
    return answer


def _visit(token: str) -> Visit:
    return get_object_or_404(
        Visit.objects.select_related("fair", "enterprise", "busy_ticket__stall"), token=token
    )


def _ticket(token: str, pk: int) -> Ticket:
    rows = Ticket.objects.select_related("visit__enterprise", "stall")
    return get_object_or_404(rows, visit__token=token, pk=pk)


def _visitor(visit: Visit) -> Actor:
    """Who holds the word of a visit acts for its enterprise, in this visit only."""
    return Actor(None, visit.enterprise)

"""The stall desk's one page, whichever of its buttons answers with it."""

import json
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import SimpleLazyObject

from fairs import board
from fairs.board import StallQueue
from fairs.conflicts import conflicts_of
from fairs.locks import ForbiddenError
from fairs.models import Desk, DeskAction, Ticket
from requests_desk.forms.counter import NeedForm, stalls_to
from requests_desk.journal import NotAllowedError
from requests_desk.serving import Serving, desks, own_desk, serving
from taian_factors.directory.actors import Actor
from taian_factors.lib import clock
from taian_factors.lib.codes import new_key


class NoSeatError(PermissionDenied):
    """A button of a desk was pressed by somebody who does not sit there any more."""


def seated(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let a button of the desk, pressed by one whose desk was emptied, say so beside the desks to sit down at."""

    @wraps(view)
    def pressed(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except NoSeatError:
            messages.error(
                request, "您已不在席位上（席位被收回，或已离席），这一步没有做；请重新就座后再办。"
            )
            return choose_page(request, status=403)

    return pressed


def choose_page(request: HttpRequest, *, status: int = 200) -> HttpResponse:
    """Show the desks at which one may sit, and what one claimed without a line and has not settled."""
    actor = request.actor
    context = {"desks": desks(actor, at=clock.now()), "conflicts": conflicts_of(actor, None)}
    return render(request, "requests_desk/counter/choose.html", context, status=status)


def seat(actor: Actor, at: datetime, key: str = "") -> Desk:
    """Return the desk at which the actor sits, else where this very click was made before the desk was emptied.

    Raises:
        NoSeatError: neither; this page's buttons are not allowed.
    """
    desk = own_desk(actor, at=at)
    if desk is not None:
        return desk
    pressed = DeskAction.objects.filter(key=key, user=actor.user).select_related("desk__stall__fair")
    if not key or (made := pressed.first()) is None:
        raise NoSeatError
    return made.desk


def word_of(ticket: Ticket | None, desk: Desk) -> str:
    """A word for what the right side shows, so that the left side can say when it is out of date."""
    held = f"{ticket.pk}-{ticket.state}" if ticket else ""
    return f"{held}{'-paused' if desk.is_paused else ''}"


def refusal(error: Exception) -> int:
    """Not by this person 403, else the desk is not where the click thought it was."""
    return 403 if isinstance(error, ForbiddenError | NotAllowedError) else 409


def desk_page(
    request: HttpRequest,
    desk: Desk,
    *,
    at: datetime,
    need_form: NeedForm | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    """Show the whole page: the line, who is served, what is to be settled."""
    queue, actor = board.stall_queue(desk), request.actor
    held = queue.held
    shown = serving(held, actor=actor, at=at) if held and held.state == "serving" else None
    # What is drawn of a form that nobody has written into is kept: it is the same for every press at this stall.
    context = {
        "desk": desk,
        "queue": queue,
        "held": held,
        "shown": word_of(held, desk),
        "serving": shown,
        "typed": need_form,
        "blank": SimpleLazyObject(lambda: filled(desk, shown, at)) if shown else None,
        "offered": _offered(shown) if shown else "",
        "offline": SimpleLazyObject(lambda: NeedForm(ticket=None, stall=desk.stall, at=at)),
        "elsewhere": stalls_to(desk.stall) if held else None,
        "conflicts": conflicts_of(actor, desk),
        "cached": cached(queue, actor, at=at, handled=len(shown.handled) if shown else 0),
        "key": new_key(),
        "problem": problem,
    }
    return render(request, "requests_desk/counter/desk.html", context, status=status)


def _offered(shown: Serving) -> str:
    """Say what a need form offers of the enterprise; where that is the same, so is what is drawn."""
    earlier = [(need.pk, need.headline, need.state) for need in shown.to_take]
    wished = [(need.key, str(need)) for need in shown.to_file]
    return repr((earlier, wished, [(project.pk, project.name) for project in shown.projects]))


def filled(desk: Desk, shown: Serving, at: datetime, data: Any = None, files: Any = None) -> NeedForm:
    """Return the form of a need of who is served here."""
    offered = {"to_take": shown.to_take, "booked": shown.to_file}
    return NeedForm(data, files, ticket=shown.ticket, stall=desk.stall, at=at, **offered)


def cached(queue: StallQueue, actor: Actor, *, at: datetime, handled: int | None = None) -> str:
    """Write the line as a desk without a line goes on from it (static/js/stall.js reads it).

    ``handled`` is how many needs this serving has; None leaves to the page what it knew of that.
    """
    held = queue.held
    return json.dumps(
        {
            "desk": queue.desk.pk,
            "user": actor.user.pk if actor.user else None,
            "at": at.timestamp(),
            "held": {**_card(held), "state": held.state, "needs": handled} if held else None,
            "line": [{**_card(t), "free": t.visit.busy_ticket_id is None} for t in queue.waiting],
        },
        ensure_ascii=False,
    )


def _card(ticket: Ticket) -> dict[str, Any]:
    visit = ticket.visit
    return {
        "ticket": ticket.pk,
        "number": f"{visit.number:03d}",
        "name": visit.enterprise.name,
        "short": visit.enterprise.short,
        "note": ticket.handover_note,
    }

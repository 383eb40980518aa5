"""How the pages of a fair find their actor, and how they answer when the queue refuses."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from fairs import arrivals
from fairs.forms import TakeForm
from fairs.locks import ForbiddenError, QueueError
from fairs.models import Ticket, Visit
from fairs.workflow import PLACED, TicketState
from taian_factors.directory.actors import Actor
from taian_factors.lib import clock

T = TypeVar("T")


def actor_of(request: HttpRequest) -> Actor:
    """Return who acts; somebody without a running membership finds nothing here."""
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None:
        raise Http404
    return actor


def act(
    request: HttpRequest,
    back: str,
    done: str | Callable[[Any], str],
    verb: Callable[..., Any],
    **arguments: Any,
) -> HttpResponse:
    """Call a verb and go back with a toast; what the queue refuses is said on a page of its own, with the way back."""
    try:
        found = verb(**arguments)
    except ForbiddenError:
        raise
    except QueueError as error:
        return refused(request, error, back)
    messages.success(request, done if isinstance(done, str) else done(found))
    return redirect(back)


def settle(form: Form, verb: Callable[..., T], /, *, field: str | None = None, **arguments: Any) -> T | None:
    """Call a verb with what a form gave; what the queue refuses becomes the form's error, and the answer None."""
    try:
        return verb(**arguments)
    except ForbiddenError:
        raise
    except QueueError as error:
        named = field or _field_of(form, error)
        text = str(error)
        form.add_error(named, text.partition("：")[2] or text if named and not field else text)
        return None


def _field_of(form: Form, error: QueueError) -> str | None:
    """Return the field that an error names, if the form has it; its label need not be said twice then."""
    named = getattr(error, "field", None)
    return named if named in form.fields else None


def line_up(
    request: HttpRequest, back: str, *, visit: Visit, actor: Actor, is_visitor: bool = False
) -> HttpResponse:
    """Give a visit a place at one more stall; the same press again gives the same one."""
    form = TakeForm(request.POST, fair=visit.fair, is_visitor=is_visitor)
    if not form.is_valid():
        return refused(request, QueueError("摊位：请选一个摊位。"), back)
    arguments = {"visit": visit, "actor": actor, "at": clock.now(), **form.cleaned_data}
    return act(request, back, _lined_up, arrivals.take_ticket, **arguments)


def _lined_up(ticket: Ticket) -> str:
    if ticket.state in PLACED:
        return f"已在 {ticket.stall.code} 排队。"
    state = TicketState(ticket.state).label
    return f"这一次取号先前已办过，{ticket.stall.code} 的号现在是“{state}”；还要去请再取一次号。"


def refused(request: HttpRequest, error: QueueError, back: str) -> HttpResponse:
    """Say why nothing was done (409)."""
    return render(request, "fairs/refused.html", {"error": error, "back": back}, status=409)


def phone_address(request: HttpRequest, visit: Visit) -> str:
    """Return the whole address of a visit's page on the phone."""
    return request.build_absolute_uri(reverse("fairs:ticket", args=[visit.token]))

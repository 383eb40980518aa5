"""A stall desk that had no line: its steps come in, what does not fit is settled; a worker keeps its page."""

from datetime import datetime
from pathlib import Path

from django.contrib import messages
from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from fairs.conflicts import conflicts_of
from fairs.locks import BusyError, QueueError
from fairs.models import DeskClaim, Ticket
from requests_desk import claiming
from requests_desk.claiming import Typed
from requests_desk.forms.claims import SettleForm, UnreadableError, as_sent, steps_in
from requests_desk.forms.counter import NeedForm
from requests_desk.journal import RefusedError
from requests_desk.serving import desks, own_desk, serving
from requests_desk.views.doors import staff
from requests_desk.views.stall import desk_page, filled, refusal
from taian_factors.directory.actors import Actor
from taian_factors.lib import clock


@require_POST
def take_claims(request: HttpRequest) -> HttpResponse:
    """Take the steps of desks that had no line; sent again they are answered again."""
    actor, at = staff(request), clock.now()
    try:
        steps, unknown = steps_in(request.body, actor=actor, at=at)
        made = claiming.receive(steps, actor=actor, at=at, read=read)
    except UnreadableError:
        return JsonResponse({"said": "无法识别本机记下的步骤。"}, status=400)
    except BusyError as error:
        return JsonResponse({"said": str(error)}, status=503)
    results = [{"key": claim.key, "state": claim.state, "said": claim.said} for claim in made]
    lost = [{"key": key, "state": "unknown", "said": "不是本单位的席位或号。"} for key in unknown]
    return JsonResponse({"results": results + lost})


@require_POST
def settle_claims(request: HttpRequest) -> HttpResponse:
    """Settle what the desk claimed about one ticket, once."""
    actor, at = staff(request), clock.now()
    form = SettleForm(request.POST, actor=actor)
    if not form.is_valid():
        if "desk" in form.errors or "ticket" in form.errors:
            raise Http404
        problems = [problem for field in form.errors.values() for problem in field]
        return _again(request, actor, at, problem="".join(problems), status=422)
    try:
        made = claiming.settle(**form.cleaned_data, actor=actor, at=at, read=read)
    except QueueError as error:
        return _again(request, actor, at, problem=f"没有核定：{error}", status=refusal(error))
    messages.success(request, f"{made[0].ticket.visit}已核定：{made[0].get_resolution_display()}。")
    return redirect("requests_desk:stall_desk")


@require_GET
def worker(request: HttpRequest) -> HttpResponse:
    """Hand out the script that keeps the desk's page through a lost network; its place says whose pages it keeps."""
    staff(request)
    found = finders.find("js/stall-worker.js")
    if not isinstance(found, str):
        raise Http404
    return HttpResponse(Path(found).read_bytes(), content_type="text/javascript; charset=utf-8")


def read(ticket: Ticket, claim: DeskClaim, actor: Actor, at: datetime) -> Typed:
    """Read a need that was typed without a line as the desk's form reads it now.

    Raises:
        RefusedError: what it lacks, field by field.
    """
    form = filled(claim.desk, serving(ticket, actor=actor, at=at), at, as_sent(claim))
    if not form.is_valid():
        raise RefusedError("".join(problem for field in form.errors.values() for problem in field))
    return Typed(form.result(), form.filed, *(() if form.filed else _new(form)))


def _new(form: NeedForm) -> tuple[object, object]:
    return form.need(), form.cleaned_data["project"]


def _again(request: HttpRequest, actor: Actor, at: datetime, *, problem: str, status: int) -> HttpResponse:
    desk = own_desk(actor, at=at)
    if desk is not None:
        return desk_page(request, desk, at=at, problem=problem, status=status)
    messages.error(request, problem)
    context = {"desks": desks(actor, at=at), "conflicts": conflicts_of(actor, None)}
    return render(request, "requests_desk/counter/choose.html", context, status=status)

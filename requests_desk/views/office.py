"""The office's desk: what waits, accepting and handing out a filing, what is to be decided, the dispatch directory."""

from datetime import datetime

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from requests_desk import bulk, dispatching, waiting
from requests_desk.dispatch_directory import Handout
from requests_desk.forms.office import DispatchForm
from requests_desk.journal import RefusedError
from requests_desk.models import Filing
from requests_desk.office_lists import proposals
from requests_desk.permissions import may_run_the_desk
from requests_desk.pleas import waiting_pleas
from requests_desk.views import doors
from taian_factors.directory.actors import Actor
from taian_factors.lib.clock import now
from taian_factors.lib.pages import paginate
from taian_factors.lib.periods import local_day

FILINGS_PER_PAGE = 20
PLEAS_SHOWN = 100  # each of an enterprise asks once a matter: more than these never wait


@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """Show what waits for the office, filing by filing."""
    return _inbox(request, doors.office(request), at=now())


def _inbox(request: HttpRequest, actor: Actor, *, at: datetime, status: int = 200) -> HttpResponse:
    page = paginate(request, waiting.inbox(actor), FILINGS_PER_PAGE)
    groups = waiting.groups(page, at=at)
    shown = [row.factor_request for g in groups for row in g.rows]
    presets = waiting.presets(shown, proposals(shown), day=local_day(at))
    context = {
        "page": page,
        "groups": [(g, [(row, presets.get(row.factor_request.pk)) for row in g.rows]) for g in groups],
        "figures": waiting.figures(actor, at=at),
        "may_act": may_run_the_desk(actor),
        "moves": bulk.moves(actor),
    }
    return render(request, "requests_desk/office/inbox.html", context, status=status)


@require_POST
def accept_all(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept every request of a filing that waits for it, in one act."""
    filing, at = _filing(request, pk), now()
    try:
        count = dispatching.accept_filing(filing, actor=request.actor, at=at)
    except RefusedError as error:
        messages.error(request, str(error))
        return _inbox(request, request.actor, at=at, status=doors.status_of(error))
    if count:
        messages.success(request, f"已受理 {filing.number} 的 {count} 项需求，等待推进办交办。")
    else:
        messages.info(request, f"{filing.number} 没有待受理的需求，可能已由他人受理。")
    return redirect("requests_desk:inbox")


@require_http_methods(["GET", "POST"])
def dispatch(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a filing's waiting requests with the directory's presets; POST hands them out in one act."""
    filing, at = _filing(request, pk, may_read=request.method == "GET"), now()
    form = DispatchForm(request.POST if request.method == "POST" else None, filing=filing, at=at)
    if request.method == "GET" or not form.is_valid():
        return _dispatch(request, form, status=422 if request.method == "POST" else 200)
    seen = form.cleaned_data["seen"]
    try:
        count = dispatching.dispatch(filing, handouts=form.handouts, actor=request.actor, at=at, seen=seen)
    except RefusedError as error:
        form.refuse(error)
        return _dispatch(request, form, status=doors.status_of(error))
    _say_who_has_it(request, filing, form.handouts if count else {})
    return redirect("requests_desk:inbox")


def _dispatch(request: HttpRequest, form: DispatchForm, *, status: int = 200) -> HttpResponse:
    context = {
        "filing": form.filing,
        "form": form,
        "has_errors": form.errors or any(line.errors for line in form.lines),
        "may_act": may_run_the_desk(request.actor),
    }
    return render(request, "requests_desk/office/dispatch.html", context, status=status)


def _say_who_has_it(request: HttpRequest, filing: Filing, handouts: dict[int, Handout]) -> None:
    if not handouts:
        messages.info(request, f"{filing.number} 没有待交办的需求，可能已由他人交办。")
        return
    leads = "、".join(dict.fromkeys(h.lead.short for h in handouts.values()))
    messages.success(request, f"已并联交办 {filing.number} 的 {len(handouts)} 项需求，现由{leads}主办。")


@require_GET
def decisions(request: HttpRequest) -> HttpResponse:
    """Show the hand-backs, extensions and suspensions that wait for the office, and what enterprises object to."""
    actor = doors.office(request)
    page = paginate(request, waiting.pending_decisions(actor))
    context = {
        "page": page,
        "decisions": waiting.decisions(page, at=now()),
        "pleas": waiting_pleas(actor)[:PLEAS_SHOWN],
        "may_act": may_run_the_desk(actor),
    }
    return render(request, "requests_desk/office/decisions.html", context)


def _filing(request: HttpRequest, pk: int, *, may_read: bool = False) -> Filing:
    """Return a filing that is visible; only who runs the desk acts on it, an auditor may look."""
    actor = request.actor
    if actor is None:
        raise Http404
    filing = get_object_or_404(waiting.filings(actor), pk=pk)
    if not (may_run_the_desk(actor) or (may_read and actor.is_office)):
        raise PermissionDenied
    return filing

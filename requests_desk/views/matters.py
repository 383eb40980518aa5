"""One request: its page for every reader, and the one address per verb."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from requests_desk.delivery_log import told_of
from requests_desk.dossier import dossier
from requests_desk.forms.verbs import VerbForm
from requests_desk.ledger import row
from requests_desk.models import FactorRequest, Reply
from requests_desk.opening import opened, readable
from requests_desk.permissions import parties
from requests_desk.views.papers import ask_scanner
from requests_desk.views.rehearsing import as_read, with_template
from requests_desk.views.verbs import VERBS, attempt, panels
from requests_desk.wordings import OUTCOMES
from requests_desk.workflow import MOVES, STEPS, allows
from taian_factors.directory.models import CalendarYear
from taian_factors.lib import clock
from taian_factors.lib.periods import local_day


@require_GET
def show(request: HttpRequest, number: str) -> HttpResponse:
    """Show a request to whoever may see it: state, who is on it, what comes next, what may be done."""
    return _page(request, number)


@require_POST
def act(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """Do one verb; what cannot be done comes back on the request's page, with all that was typed."""
    chosen, at = VERBS.get(verb), clock.now()
    factor_request = _find(request, number)
    if chosen is None:
        raise Http404
    found = parties(request.actor, factor_request)
    form = chosen.form(
        request.POST, request.FILES, verb=verb, factor_request=factor_request, parties=found, at=at
    )
    status = attempt(verb, form, actor=request.actor, at=at)
    if status != 200:
        return _page(request, number, bound=form, status=status)
    if request.FILES:
        ask_scanner()
    messages.success(request, _done(verb, number))
    back = ["requests_desk:worklist"] if "back" in request.POST else ["requests_desk:show", number]
    return redirect(*back)


@require_POST
def rehearse(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """套用 a template, or show an answer as its enterprise will read it; nothing is sent, nothing typed is lost."""
    factor_request = _find(request, number)
    if verb not in OUTCOMES:
        raise Http404
    found = parties(request.actor, factor_request)
    if not STEPS[verb].by & found:
        raise PermissionDenied
    told = {"verb": verb, "factor_request": factor_request, "parties": found, "at": clock.now()}
    form = VERBS[verb].form(request.POST, request.FILES, **told)
    if "apply" in request.POST:
        words = with_template(request.actor, factor_request, request.POST)
        return _page(request, number, trial=VERBS[verb].form(initial=form.rewritten(text=words), **told))
    if not form.is_valid():
        return _page(request, number, bound=form, status=422)
    return _page(request, number, trial=form, preview=as_read(form, request.actor))


def _find(request: HttpRequest, number: str) -> FactorRequest:
    if request.actor is None:
        raise Http404
    requests = readable(request.actor).select_related("factor", "enterprise", "filing")
    return get_object_or_404(requests, number=number)


def _page(
    request: HttpRequest,
    number: str,
    *,
    bound: VerbForm | None = None,
    trial: VerbForm | None = None,
    preview: Reply | None = None,
    status: int = 200,
) -> HttpResponse:
    if request.actor is None:
        raise Http404
    at = clock.now()
    factor_request = opened(request.actor, number)
    if factor_request is None:
        raise Http404
    read = dossier(factor_request, actor=request.actor, at=at)
    is_changed = (
        bound is not None and bool(bound.news) and allows(bound.verb, factor_request.state, read.parties)
    )
    if is_changed:
        bound.renew(read.newest)
    is_late = status == 409 and not is_changed
    context = {
        "dossier": read,
        "factor_request": factor_request,
        "panels": panels(
            read,
            actor=request.actor,
            at=at,
            bound=trial or (None if is_late else bound),
            opened=request.GET.get("do", ""),
            seen=_number(request.GET.get("seen", "")),
        ),
        "bound": bound,
        "preview": preview,
        "is_late": is_late,
        "told": told_of(factor_request) if request.actor.is_office else None,
    }
    return render(request, "requests_desk/matters/show.html", context, status=status)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() else None


def _done(verb: str, number: str) -> str:
    """Say what happened and who has the request now."""
    factor_request = FactorRequest.objects.with_parts().get(number=number)
    next_clock = row(factor_request, at=clock.now(), calendar=CalendarYear.objects.calendar()).next_clock
    done = f"{number} 已{STEPS[verb].label}" if verb in MOVES else f"{number}：{STEPS[verb].label}已记录"
    if next_clock is None:
        return f"{done}，现在是“{factor_request.get_state_display()}”。"
    due = f"，期限 {local_day(next_clock.due_at)}" if next_clock.due_at else "（暂停计时）"
    return f"{done}。接下来：{next_clock.who}{next_clock.what}{due}。"

"""Who may come in: the first line of the views. Not visible is 404, visible but not allowed is 403."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from scoring.models import CountedInput, Scorecard, ScoringRun
from scoring.permissions import sees_reasons_of
from scoring.standings import run_to_show
from taian_factors.directory.actors import Actor
from taian_factors.lib.periods import Period


def staff(request: HttpRequest) -> Actor:
    """Let in everybody who acts for a public body or an institution."""
    actor: Actor | None = request.actor  # type: ignore[attr-defined]
    if actor is None or actor.is_enterprise:
        raise Http404
    return actor


def office(request: HttpRequest, *, allowed: bool | None = None) -> Actor:
    """Let in the office, its auditors included; with ``allowed`` false they are told that they may not."""
    actor = staff(request)
    if not actor.is_office:
        raise Http404
    if allowed is False:
        raise PermissionDenied
    return actor


def refusal(request: HttpRequest) -> int:
    """The status of a page that says why something stands: who only looks has asked for nothing wrong."""
    return 409 if request.method == "POST" else 200


def period(key: str) -> Period:
    """Read a period from an address; what is none is not found."""
    try:
        return Period.parse(key)
    except ValueError as error:
        raise Http404(str(error)) from error


def run(request: HttpRequest, pk: int) -> ScoringRun:
    """Return a run that the actor sees."""
    return get_object_or_404(ScoringRun.objects.visible_to(staff(request)), pk=pk)


def card(request: HttpRequest, key: str, code: str) -> Scorecard:
    """Return a department's card of the run that the actor sees for a period; another's is the office's alone."""
    actor = staff(request)
    shown = run_to_show(actor=actor, period=period(key), number=request.GET.get("run"))
    found = get_object_or_404(Scorecard.objects.select_related("run", "organization"), run=shown, code=code)
    if not sees_reasons_of(actor, found.organization_id):
        raise Http404
    return found


def counted(request: HttpRequest, pk: int) -> CountedInput:
    """Return a counted input of a run that the actor sees: the office any, a department its own."""
    actor = staff(request)
    related = (
        "run",
        "organization",
        "assignment__factor_request",
        "review__factor_request",
        "duty_record__duty",
    )
    inputs = CountedInput.objects.filter(run__in=ScoringRun.objects.visible_to(actor)).select_related(
        *related
    )
    found = get_object_or_404(inputs, pk=pk)
    if not sees_reasons_of(actor, found.organization_id):
        raise Http404
    return found

"""What if: other weights and curves on past periods, for the office; the address holds all that was typed."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from scoring import standings, whatif
from scoring.forms.rules import WeightsForm
from scoring.models import RuleVersion, ScoringRun
from scoring.rulebook import Rules
from scoring.views import doors
from taian_factors.directory.actors import Actor
from taian_factors.lib.periods import Period

SPANS = (1, 3, 6, 12)


@require_GET
def what_if(request: HttpRequest) -> HttpResponse:
    """Show how places and totals would shift under a version, or under numbers that were typed."""
    actor = doors.office(request)
    periods = standings.periods_to_show(actor)
    versions = list(RuleVersion.objects.not_set_aside().order_by("-first_month", "-pk"))
    asked = request.GET.get("period")
    period = doors.period(asked) if asked else next(iter(p for p in periods if p.kind == "month"), None)
    span = next((n for n in SPANS if str(n) == request.GET.get("span")), 1)
    version = _version(request, versions)
    form = _form(request, version)
    rules = _rules(form, version)
    runs = _runs(actor, period, span) if period and rules else []
    context = {"periods": periods, "period": period, "versions": versions, "version": version}
    context |= {"form": form, "span": span, "spans": SPANS, "is_typed": form is not None and form.is_bound}
    context["trials"] = whatif.trials(runs, rules) if rules else []
    return render(request, "scoring/what_if.html", context, status=422 if form and form.errors else 200)


def _version(request: HttpRequest, versions: list[RuleVersion]) -> RuleVersion | None:
    asked = request.GET.get("version", "")
    if asked:
        return get_object_or_404(RuleVersion, pk=int(asked) if asked.isdecimal() else 0)
    return next(iter(versions), None)


def _form(request: HttpRequest, version: RuleVersion | None) -> WeightsForm | None:
    if version is None:
        return None
    return WeightsForm(request.GET if "empty" in request.GET else None, rules=version.rules)


def _rules(form: WeightsForm | None, version: RuleVersion | None) -> Rules | None:
    if form is None or version is None or (form.is_bound and not form.is_valid()):
        return None
    typed: Rules = form.cleaned_data["rules"] if form.is_bound else version.rules
    return typed


def _runs(actor: Actor, period: Period, span: int) -> list[ScoringRun]:
    """The runs that hold for the period and those before it: published, in preview, or the newest draft."""
    keys = [period.shifted(-back).key for back in range(span)]
    order: dict[str, Any] = {"published": 2, "preview": 1}
    held: dict[str, ScoringRun] = {}
    runs = ScoringRun.objects.visible_to(actor).current().filter(period__in=keys).order_by("pk")
    for run in sorted(runs, key=lambda run: (order.get(run.state, 0), run.pk)):
        held[run.period] = run
    return [held[key] for key in keys if key in held]

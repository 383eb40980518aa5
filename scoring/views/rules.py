"""The rule versions, as everybody who is scored may read them."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from scoring.models import RuleVersion
from scoring.rulebook import BY_CODE, CURVES, DIMENSIONS, EMPTY_RULES
from scoring.views import doors


@require_GET
def rules(request: HttpRequest) -> HttpResponse:
    """Show the versions in force, the newest first; the office sees drafts too."""
    actor = doors.staff(request)
    versions = RuleVersion.objects.order_by("-first_month", "-pk")
    shown = list(versions if actor.is_office else versions.in_force())
    return render(
        request, "scoring/rules.html", {"versions": [(version, _described(version)) for version in shown]}
    )


def _described(version: RuleVersion) -> dict[str, object]:
    rules = version.rules
    weights = [
        (BY_CODE[w.indicator], DIMENSIONS[w.dimension], w, CURVES[w.curve.kind]) for w in rules.weights
    ]
    return {"rules": rules, "weights": weights, "empty": EMPTY_RULES[rules.empty]}

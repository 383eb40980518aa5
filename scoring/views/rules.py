"""The rule versions: read by everybody who is scored; drafted, compared and put in force by the office."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from scoring import comparing, drafting, facts, permissions
from scoring.drafting import DraftError
from scoring.forms.rules import RulesForm
from scoring.models import RuleVersion
from scoring.rulebook import BESIDE, BY_CODE, CURVES, DIMENSIONS, EMPTY_RULES
from scoring.views import doors
from taian_factors.lib.clock import now


@require_GET
def rules(request: HttpRequest) -> HttpResponse:
    """Show the versions in force, the newest first; the office sees drafts too."""
    return _list(request)


def _list(request: HttpRequest, error: str = "", status: int = 200) -> HttpResponse:
    found = list(_visible(request).with_use().order_by("-first_month", "-pk"))
    # What was set aside stands last, folded away.
    shown = sorted(found, key=lambda version: version.is_set_aside)
    shorts = _shorts()
    context = {"versions": [(version, _described(version, shorts)) for version in shown], "error": error}
    context["may_draft"] = permissions.may_draft_rules(request.actor)
    return render(request, "scoring/rules.html", context, status=status)


def _shorts() -> dict[str, str]:
    return {department.code or "": department.short for department in facts.departments()}


def _visible(request: HttpRequest) -> Any:
    versions = RuleVersion.objects.all()
    return versions if doors.staff(request).is_office else versions.in_force()


def _described(version: RuleVersion, shorts: dict[str, str]) -> dict[str, object]:
    rules = version.rules
    weights = [
        (BY_CODE[w.indicator], DIMENSIONS[w.dimension], w, CURVES[w.curve.kind]) for w in rules.weights
    ]
    groups = [comparing.group_words(group, shorts) for group in rules.groups]
    beside = [BESIDE[code] for code in rules.beside]
    return {
        "rules": rules, "weights": weights, "empty": EMPTY_RULES[rules.empty], "groups": groups, "beside": beside
    }  # fmt: skip


def _leads_version(request: HttpRequest, pk: int) -> RuleVersion:
    doors.office(request, allowed=permissions.may_draft_rules(request.actor))
    return get_object_or_404(RuleVersion, pk=pk)


@require_GET
def compare_rules(request: HttpRequest) -> HttpResponse:
    """Set two versions side by side; what differs is said in a word."""
    versions = list(_visible(request).order_by("-first_month", "-pk"))
    chosen = [_chosen(versions, request.GET.get(side, ""), n) for side, n in (("left", 1), ("right", 0))]
    rows = comparing.compare(chosen[0].rules, chosen[1].rules, _shorts()) if chosen[0] and chosen[1] else []
    context = {"versions": versions, "left": chosen[0], "right": chosen[1], "rows": rows}
    context["n_different"] = sum(row.differs for row in rows)
    return render(request, "scoring/compare_rules.html", context)


def _chosen(versions: list[RuleVersion], asked: str, otherwise: int) -> RuleVersion | None:
    named = next((version for version in versions if str(version.pk) == asked), None)
    return named or (versions[min(otherwise, len(versions) - 1)] if versions else None)


@require_POST
def draft_rules(request: HttpRequest, pk: int) -> HttpResponse:
    """Copy a version as a draft."""
    made = drafting.draft(source=_leads_version(request, pk), actor=request.actor, at=now())
    messages.success(request, f"已复制为草稿 {made.name}，施行前不影响任何计算。")
    return redirect("scoring:edit_rules", pk=made.pk)


@require_http_methods(["GET", "POST"])
def edit_rules(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a draft; of a version that is none any more say why it stands, and offer a draft from it."""
    version = _leads_version(request, pk)
    if stands := drafting.why_it_stands(version):
        return _standing(request, version, stands)
    given = {"name": version.name, "first_month": version.first_month, "sources": version.sources}
    form = RulesForm(request.POST or None, rules=version.rules, initial=given)
    if form.is_valid():
        fields = {name: form.cleaned_data[name] for name in given}
        content = form.cleaned_data["rules"].to_json()
        try:
            version = drafting.revise(version=version, content=content, actor=request.actor, **fields)
        except DraftError as error:
            form.add_error(error.field, str(error))
        else:
            messages.success(request, f"草稿 {version.name} 已保存。")
            return redirect("scoring:rules")
    context = {"form": form, "version": version}
    return render(request, "scoring/edit_rules.html", context, status=422 if form.is_bound else 200)


def _standing(request: HttpRequest, version: RuleVersion, stands: str) -> HttpResponse:
    context = {"version": version, "stands": stands}
    return render(request, "scoring/standing_rules.html", context, status=doors.refusal(request))


@require_POST
def put_rules_in_force(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a draft govern from its first month on."""
    version = _leads_version(request, pk)
    try:
        version = drafting.put_in_force(version=version, actor=request.actor, at=now())
    except DraftError as error:
        return _list(request, str(error), 409)
    messages.success(request, f"版本 {version.name} 自 {version.first_month} 起施行，一经用于计算不再改变。")
    return redirect("scoring:rules")


@require_POST
def set_rules_aside(request: HttpRequest, pk: int) -> HttpResponse:
    """Set a draft aside that nobody wants."""
    try:
        version = drafting.set_aside(version=_leads_version(request, pk), actor=request.actor)
    except DraftError as error:
        return _list(request, str(error), 409)
    messages.success(request, f"草稿 {version.name} 已搁置，仍可查看，也可以复制后另行起草。")
    return redirect("scoring:rules")


@require_POST
def take_back_rules(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a version that no run has used a draft again."""
    try:
        version = drafting.take_back(version=_leads_version(request, pk), actor=request.actor)
    except DraftError as error:
        return _list(request, str(error), 409)
    messages.success(request, f"版本 {version.name} 已收回为草稿。")
    return redirect("scoring:rules")

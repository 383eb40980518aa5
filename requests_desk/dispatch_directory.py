"""The dispatch directory (分办目录) as pages and verbs read it: its rows, and what it says of a need. Never writes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import product

from django.db.models import F

from requests_desk.models import DispatchRule, FactorRequest
from taian_factors.directory.models import Factor, Organization


@dataclass(frozen=True)
class Handout:
    """Who leads and who supports one request."""

    lead: Organization
    supports: tuple[Organization, ...] = ()
    reason: str = ""


@dataclass(frozen=True)
class DirectoryRow:
    """One rule of the dispatch directory on a day, or a factor that no rule covers everywhere (``rule`` None)."""

    factor: Factor
    rule: DispatchRule | None
    state: str = "没有规则"


def directory(day: date) -> list[DirectoryRow]:
    """Return the dispatch directory factor by factor, ended rules last; what no rule covers is said. Three queries."""
    rules: dict[int, list[DispatchRule]] = {}
    found = DispatchRule.objects.select_related("division", "lead").prefetch_related("supports")
    for rule in found.order_by(F("division").asc(nulls_first=True), "-from_on"):
        rules.setdefault(rule.factor_id, []).append(rule)
    rows = []
    for factor in Factor.objects.filter(is_active=True).order_by("position"):
        shown = [DirectoryRow(factor, r, standing(r, day)) for r in rules.get(factor.pk, [])]
        covered = any(s.rule and s.rule.division_id is None and s.state == "现行" for s in shown)
        gap = [] if covered else [DirectoryRow(factor, None)]
        rows += sorted(shown, key=lambda s: s.state == "已终止") + gap
    return rows


def standing(rule: DispatchRule, day: date) -> str:
    """Say whether a rule is in force on a day."""
    if rule.from_on > day:
        return "将生效"
    return "已终止" if rule.until_on and rule.until_on < day else "现行"


def suggest(factor_request: FactorRequest, *, day: date) -> Handout | None:
    """Return what the dispatch directory says, or None: what no rule covers waits for the office."""
    return suggest_all([factor_request], day=day).get(factor_request.pk)


def suggest_all(factor_requests: Iterable[FactorRequest], *, day: date) -> dict[int, Handout]:
    """Return what the dispatch directory says about several requests, by id, in two queries."""
    asked = list(factor_requests)
    rules = (
        DispatchRule.objects.in_force_on(day)
        .filter(factor__in={r.factor_id for r in asked})
        .select_related("lead")
        .prefetch_related("supports")
        .order_by(F("division").asc(nulls_last=True), "-from_on")
    )
    found: dict[int, Handout] = {}
    for rule, factor_request in product(rules, asked):
        if rule.covers(factor_request):
            handout = Handout(rule.lead, tuple(rule.supports.all()), rule.reason or "按分办目录")
            found.setdefault(factor_request.pk, handout)
    return found

"""Hard matters as the pages read them: joint consultations, open calls, and the dispatch directory. Never writes."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, Prefetch, Q, QuerySet

from requests_desk.models import DispatchRule, FactorRequest, JointConsultation, OpenCall
from taian_factors.directory.actors import Actor
from taian_factors.directory.models import Factor


def consultations(actor: Actor) -> QuerySet[JointConsultation]:
    """Return consultations, open ones first, then the newest.

    The office sees all; another body those to which it is invited, or over a request that it sees.
    """
    found = JointConsultation.objects.select_related("project__enterprise", "convened_by")
    if not actor.is_office:
        over = JointConsultation.objects.filter(factor_requests__in=FactorRequest.objects.visible_to(actor))
        asked = JointConsultation.objects.filter(invited=actor.organization)
        found = found.filter(Q(pk__in=over.values("pk")) | Q(pk__in=asked.values("pk")))
    needs = FactorRequest.objects.with_parts().order_by("pk")
    return found.prefetch_related("invited", Prefetch("factor_requests", needs)).order_by(
        F("concluded_at").desc(nulls_first=True), "-convened_at", "-pk"
    )


def open_calls(actor: Actor) -> QuerySet[OpenCall]:
    """Return the calls over requests that the actor sees, open ones first, the earliest end first.

    Annotated with ``lodged`` (all claims, for the office's eyes) and ``own`` (claims of the actor's body).
    """
    seen = FactorRequest.objects.visible_to(actor)
    mine = Q(claims__leader=actor.organization)
    return (
        OpenCall.objects.filter(factor_request__in=seen)
        .select_related("factor_request__factor", "factor_request__enterprise", "factor_request__division")
        .annotate(lodged=Count("claims"), own=Count("claims", filter=mine))
        .order_by(F("closed_at").desc(nulls_first=True), "claims_until_on", "pk")
    )


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

"""The dispatch directory (分办目录) as pages and verbs read it: its rows, its history, what it says of a need.

A division's own rule comes before the general one, a later rule before an earlier one. Never writes.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import F

from requests_desk.models import DirectoryEvent, DispatchRule, FactorRequest
from taian_factors.directory.models import Division, Factor, Organization


@dataclass(frozen=True)
class Handout:
    """Who leads and who supports one request; ``rule`` is the rule that says so, if one does."""

    lead: Organization
    supports: tuple[Organization, ...] = ()
    reason: str = ""
    rule: DispatchRule | None = None

    def names_the_same(self, other: "Handout") -> bool:
        """Say whether both name the same bodies for the same parts."""
        same = {body.pk for body in self.supports} == {body.pk for body in other.supports}
        return self.lead == other.lead and same


@dataclass(frozen=True)
class Entry:
    """What a rule says, whether it stands in the directory or is only thought of."""

    factor: Factor
    division: Division | None
    handout: Handout
    from_on: date
    until_on: date | None = None
    reason: str = ""

    def is_in_force(self, day: date) -> bool:
        """Say whether it has begun and has not ended."""
        return self.from_on <= day and (self.until_on is None or day <= self.until_on)

    def covers(self, factor_id: int, division_id: int) -> bool:
        """Say whether it speaks of a need of this factor and division."""
        mine = self.division.pk if self.division else None
        return self.factor.pk == factor_id and mine in (None, division_id)

    @property
    def sentence(self) -> str:
        """All of it, a sentence for each part, so that two entries can be laid side by side."""
        supports = "、".join(body.short for body in self.handout.supports) or "无"
        until = f"，至 {self.until_on}" if self.until_on else ""
        return f"主办：{self.handout.lead.short}。协办：{supports}。自 {self.from_on} 起{until}。依据：{self.reason}。"


def entry(rule: DispatchRule) -> Entry:
    """Return what a rule (loaded ``with_bodies``) says."""
    handout = Handout(rule.lead, tuple(rule.supports.all()), rule.reason, rule)
    return Entry(rule.factor, rule.division, handout, rule.from_on, rule.until_on, rule.reason)


@dataclass(frozen=True)
class DirectoryRow:
    """One rule of the dispatch directory on a day, or a factor that no rule covers everywhere (``rule`` None)."""

    factor: Factor
    rule: DispatchRule | None
    state: str = "没有规则"

    @property
    def is_over(self) -> bool:
        """Ended or withdrawn."""
        return self.state in {"已终止", "已撤销"}


def directory(day: date, *, factor: Factor | None = None) -> list[DirectoryRow]:
    """Return the dispatch directory factor by factor, ended rules last; what no rule covers is said. Three queries."""
    rules: dict[int, list[DispatchRule]] = {}
    asked = [factor] if factor else Factor.objects.filter(is_active=True).order_by("position")
    found = DispatchRule.objects.filter(factor__in=asked).with_bodies()
    for rule in found.order_by(F("division").asc(nulls_first=True), "-from_on", "-pk"):
        rules.setdefault(rule.factor_id, []).append(rule)
    rows = []
    for one in asked:
        shown = [DirectoryRow(one, r, standing(r, day)) for r in rules.get(one.pk, [])]
        covered = any(s.rule and s.rule.division_id is None and s.state == "现行" for s in shown)
        gap = [] if covered else [DirectoryRow(one, None)]
        rows += sorted(shown, key=lambda s: s.is_over) + gap
    return rows


def standing(rule: DispatchRule, day: date) -> str:
    """Say whether a rule is in force on a day."""
    if rule.withdrawn_at:
        return "已撤销"
    if rule.from_on > day:
        return "将生效"
    return "已终止" if rule.until_on and rule.until_on < day else "现行"


def history(factor: Factor) -> list[DirectoryEvent]:
    """Return every change to the rules of a factor, the newest first; two queries."""
    found = DirectoryEvent.objects.filter(factor=factor).select_related(
        "user", "organization", "rule__factor", "rule__division", "rule__lead"
    )
    return list(found.prefetch_related("rule__supports").order_by("-pk"))


def newest(factor: Factor) -> int:
    """Return the newest change to the rules of a factor, for a form to carry; 0 when there is none."""
    found = DirectoryEvent.objects.filter(factor=factor).order_by("-pk")
    return found.values_list("pk", flat=True).first() or 0


def suggest(factor_request: FactorRequest, *, day: date) -> Handout | None:
    """Return what the dispatch directory says, or None: what no rule covers waits for the office."""
    return suggest_all([factor_request], day=day).get(factor_request.pk)


def suggest_all(factor_requests: Iterable[FactorRequest], *, day: date) -> dict[int, Handout]:
    """Return what the dispatch directory says about several requests, by id, in two queries."""
    asked = list(factor_requests)
    rules = DispatchRule.objects.in_force_on(day).filter(factor__in={r.factor_id for r in asked})
    entries = [entry(rule) for rule in rules.with_bodies()]
    applying = {r.pk: best(entries, r.factor_id, r.division_id, day) for r in asked}
    return {pk: found.handout for pk, found in applying.items() if found}


def ask(factor: Factor, division: Division, *, day: date) -> Entry | None:
    """Return the entry that would apply to a need of a factor and division on a day."""
    rules = DispatchRule.objects.in_force_on(day).filter(factor=factor).with_bodies()
    return best([entry(rule) for rule in rules], factor.pk, division.pk, day)


def best(entries: Iterable[Entry], factor_id: int, division_id: int, day: date) -> Entry | None:
    """Return the entry that applies to a need: the division's own before the general one, the later one before."""
    fitting = [e for e in entries if e.covers(factor_id, division_id) and e.is_in_force(day)]
    return max(fitting, key=lambda e: (e.division is not None, e.from_on), default=None)

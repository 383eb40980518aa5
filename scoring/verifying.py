"""Reproduce a stored run from what was stored with it, and name the first difference."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from scoring import digests, facts, sealing
from scoring.cards import Competitor, pooled, scorecards
from scoring.formulas import Fact
from scoring.models import RuleVersion, RunStep, Scorecard, ScoreLine, ScoringRun
from scoring.rulebook import BY_CODE, RulesError
from taian_factors.lib.periods import Period

_STEPS = ("computed_at", "previewed_at", "published_at", "superseded_at")
_CARD_FIELDS = ("printed_order", "place", "total", "group", "unranked", "months", "beside", "position")
_LINE_FIELDS = ("hits", "population", "full_marks", "points", "flags", "note")


def first_difference(run: ScoringRun) -> str | None:
    """Recompute a run from its stored inputs, or its pooled months; None when every byte is the same.

    A fixed number of statements. Later facts of the desk are never looked at.
    """
    wrong_head = _wrong_head(run)
    if wrong_head:
        return wrong_head
    stored = digests.loaded(run)
    if run.kind == ScoringRun.Kind.MONTH:
        wrong = facts.first_wrong_credit(run_id=run.pk, period=Period.parse(run.period))
        if wrong is not None:
            return f"第 {wrong} 条计入事项的计分与它自己的时点不符。"
        counted = facts.count_inputs(run_id=run.pk)
        inputs_hash, competitors = facts.hash_of(counted), _competitors(stored, counted)
    else:
        months = sorted(ScoringRun.objects.filter(pk__in=run.pooled), key=lambda month: month.period)
        inputs_hash, competitors = digests.fold(month.digest for month in months), pooled(months)
    different = _first_different_card(stored, scorecards(run, competitors))
    if different:
        return different
    if inputs_hash != run.inputs_hash:
        return "计入事项与计算时不同：有增减，或有改动。"
    if digests.digest(run, stored) != run.digest:
        return "细则、名称或参考指标与计算时不同。"
    return sealing.first_broken(run)


def _wrong_head(run: ScoringRun) -> str | None:
    """Look at what a run says of itself: its kind, the version that it used, and the order of its steps."""
    if run.kind != Period.parse(run.period).kind:
        return f"期间类别存的是“{run.get_kind_display()}”，与期间 {run.period} 不符。"
    version = RuleVersion.objects.filter(pk=run.rule_version_id).first()
    if version is None or run.rules != _content(version):
        return f"所用细则与细则版本 {version or run.rule_version_id} 的内容不同。"
    months = [key.key for key in Period.parse(run.period).months] if run.kind != ScoringRun.Kind.MONTH else []
    pooled_months = ScoringRun.objects.filter(pk__in=run.pooled).values_list("period", flat=True)
    if (lost := _lost_run()) is not None:
        return f"第 {lost} 次计算的步骤还在，而这次计算不在了。"
    if sorted(pooled_months) != months or len(run.pooled) != len(months):
        return "合并的各月计算与期间的各月不符。"
    steps = [(name, getattr(run, name)) for name in _STEPS if getattr(run, name) is not None]
    for (before, first), (after, then) in pairwise(steps):
        if then < first:
            labels = [run._meta.get_field(name).verbose_name for name in (after, before)]
            return f"{labels[0]}早于{labels[1]}。"
    return None


def _lost_run() -> int | None:
    """Return a run, of whichever period, that was taken away from its steps; one statement."""
    known = ScoringRun.objects.order_by().values("pk")
    lost: int | None = RunStep.objects.exclude(run__in=known).values_list("run", flat=True).first()
    return lost


def _content(version: RuleVersion) -> dict[str, Any] | None:
    """What a version says, as a run keeps it; None where its row no longer makes sense."""
    try:
        return version.rules.to_json()
    except RulesError:
        return None


def _competitors(stored: digests.Pairs, counted: list[facts.Counted]) -> list[Competitor]:
    found: dict[int, dict[str, Fact]] = {}
    for item in counted:
        found.setdefault(item.organization_id, {})[item.indicator] = Fact(item.hits, item.population)
    return [_competitor(card, found.get(card.organization_id, {})) for card, _ in stored]


def _competitor(card: Scorecard, counted: Mapping[str, Fact]) -> Competitor:
    return Competitor(
        organization_id=card.organization_id,
        code=card.code,
        name=card.name,
        short=card.short,
        position=card.position,
        facts=counted,
        months=card.months,
        beside=card.beside,
    )


def _first_different_card(stored: digests.Pairs, again: digests.Pairs) -> str | None:
    if [card.code for card, _ in stored] != [card.code for card, _ in again]:
        return "部门或其先后次序与重算的不同。"
    for (card, lines), (new_card, new_lines) in zip(stored, again, strict=True):
        if [(x.number, x.indicator) for x in lines] != [(x.number, x.indicator) for x in new_lines]:
            return f"{card.name}：指标有增减，或次序与重算的不同。"
        for mine, theirs in zip(lines, new_lines, strict=True):
            name = _first_different(mine, theirs, _LINE_FIELDS)
            if name:
                return f"{card.name}的{BY_CODE[mine.indicator].name}：{name}"
        name = _first_different(card, new_card, _CARD_FIELDS)
        if name:
            return f"{card.name}：{name}"
    return None


def _first_different(
    stored: Scorecard | ScoreLine, again: Scorecard | ScoreLine, fields: tuple[str, ...]
) -> str | None:
    for field in fields:
        was, now = getattr(stored, field), getattr(again, field)
        if was != now:
            label = stored._meta.get_field(field).verbose_name
            return f"{label}存的是“{was}”，重算是“{now}”。"
    return None

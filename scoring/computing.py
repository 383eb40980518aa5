"""Computing: one month from the records, or a longer period from its published months. A new run each time."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from scoring import digests, facts, figures, sealing
from scoring.cards import Competitor, pooled, scorecards
from scoring.formulas import Fact
from scoring.models import RuleVersion, RunStep, Scorecard, ScoreLine, ScoringRun
from scoring.permissions import may_compute
from taian_factors.directory.actors import Actor
from taian_factors.directory.models import Organization
from taian_factors.lib.periods import Period


class RunError(Exception):
    """A run cannot be made or moved on; the message is a Chinese sentence that says why."""


class NotAllowedError(RunError):
    """The actor may not do this."""


@transaction.atomic
def compute_month(*, period: Period, at: datetime, actor: Actor | None = None) -> ScoringRun:
    """Compute every department for one month and store the run with its rules, lines and inputs.

    A fixed number of statements. Raises RunError when the period is no month, when it has not begun, and when no
    rule version governs it.
    """
    if not may_compute(actor):
        raise NotAllowedError("只有市工业推进办可以计算得分。")
    if period.kind != ScoringRun.Kind.MONTH:
        raise RunError(f"{period.label}不是一个月；季度、半年和全年由已公布的各月合并计算。")
    if at < period.start:
        # A run is never deleted: an empty one of a month to come would stand first on the office's page.
        raise RunError(f"{period.label}还没有开始，不能计算。")
    version = _governing(period)
    departments = list(facts.departments())
    ids = [department.pk for department in departments]
    run_id = facts.new_run_id()
    facts.store_inputs(run_id=run_id, period=period, departments=ids)
    counted = facts.count_inputs(run_id=run_id)
    by_department: dict[int, dict[str, Fact]] = {}
    for item in counted:
        by_department.setdefault(item.organization_id, {})[item.indicator] = Fact(item.hits, item.population)
    beside = figures.beside(period=period, departments=ids, counted=counted)
    competitors = [
        _competitor(department, by_department.get(department.pk, {}), beside[department.pk])
        for department in departments
    ]
    run = _new_run(run_id, period, version, at, actor)
    run.inputs_hash = facts.hash_of(counted)
    return store(run, competitors, actor=actor)


def _competitor(
    department: Organization, counted: Mapping[str, Fact], beside: Mapping[str, Any]
) -> Competitor:
    return Competitor(
        organization_id=department.pk,
        code=department.code or "",
        name=department.name,
        short=department.short,
        position=department.position,
        facts=counted,
        beside=beside,
    )


def _governing(period: Period) -> RuleVersion:
    """Return the version that governs the period, held against changes until this transaction ends.

    Three statements.
    """
    version = RuleVersion.objects.governing(period).first()
    if version is None:
        raise RunError(f"没有适用于{period.label}的实施细则版本。")
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM scoring_ruleversion WHERE id = %s FOR SHARE", [version.pk])
    # While the lock was waited for, another version may have been put in force from this month on.
    held: RuleVersion | None = RuleVersion.objects.governing(period).first()
    if held is None or held.pk != version.pk:
        raise RunError("施行的细则版本刚刚变更，请重新计算。")
    return held


def _new_run(
    run_id: int, period: Period, version: RuleVersion, at: datetime, actor: Actor | None
) -> ScoringRun:
    return ScoringRun(
        pk=run_id,
        period=period.key,
        kind=period.kind,
        rule_version=version,
        rules=version.rules.to_json(),
        computed_at=at,
        computed_by=actor.user if actor else None,
    )


def store(run: ScoringRun, competitors: Sequence[Competitor], *, actor: Actor | None) -> ScoringRun:
    """Turn facts into cards and write them, the run with its digest last, and its first step; five statements."""
    cards = scorecards(run, competitors)
    run.digest = digests.digest(run, cards)
    # The cards name a run that is not there yet: the constraint is checked when the transaction ends.
    Scorecard.objects.bulk_create([card for card, _ in cards])
    ScoreLine.objects.bulk_create([line for _, lines in cards for line in lines])
    run.save(force_insert=True)
    sealing.step(run, RunStep.Verb.COMPUTED, at=run.computed_at, actor=actor)
    return run


@transaction.atomic
def compute_period(*, period: Period, at: datetime, actor: Actor | None = None) -> ScoringRun:
    """Pool the published months of a quarter, half-year or year, line by line, and score the pool (§5).

    Raises RunError unless every month is published, and when the period is a single month.
    """
    if not may_compute(actor):
        raise NotAllowedError("只有市工业推进办可以计算得分。")
    if period.kind == ScoringRun.Kind.MONTH:
        raise RunError("按月计算请用 compute_month；这里只合并季度、半年或全年。")
    version = _governing(period)
    months = ScoringRun.objects.published().filter(period__in=[month.key for month in period.months])
    months = sorted(months, key=lambda run: run.period)
    missing = [month.label for month in period.months if month.key not in {run.period for run in months}]
    if missing:
        raise RunError(f"{'、'.join(missing)}尚未公布，不能合并计算{period.label}。")
    run = _new_run(facts.new_run_id(), period, version, at, actor)
    # What went in are published runs; their digests stand for their inputs.
    run.pooled = [month.pk for month in months]
    run.inputs_hash = digests.fold(month.digest for month in months)
    return store(run, pooled(months), actor=actor)

"""The life of a month: computed, previewed, published, corrected. Each step is dated, and refused out of order."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Min, Q

from scoring import digests, facts
from scoring.cards import Competitor, pooled, scorecards
from scoring.formulas import Fact
from scoring.models import Appeal, Exclusion, RuleVersion, Scorecard, ScoreLine, ScoringRun
from scoring.permissions import may_compute, may_preview, may_publish
from taian_factors.directory.actors import Actor
from taian_factors.directory.models import CalendarYear, Organization
from taian_factors.lib.periods import Period, local_day

PREVIEW_ON = 6  # the working day of the next month on which the enterprises' days for completions are over
PREVIEW_DAYS = 3


class RunError(Exception):
    """A run cannot be made or moved on; the message is a Chinese sentence that says why."""


class NotAllowedError(RunError):
    """The actor may not do this."""


@transaction.atomic
def compute_month(*, period: Period, at: datetime, actor: Actor | None = None) -> ScoringRun:
    """Compute every department for one month and store the run with its rules, lines and inputs.

    A fixed number of statements. Raises RunError when the period is no month or no rule version governs it.
    """
    if not may_compute(actor):
        raise NotAllowedError("只有市工业推进办可以计算得分。")
    if period.kind != ScoringRun.Kind.MONTH:
        raise RunError(f"{period.label}不是一个月；季度、半年和全年由已公布的各月合并计算。")
    version = _governing(period)
    run_id = facts.new_run_id()
    facts.store_inputs(run_id=run_id, period=period)
    counted = facts.count_inputs(run_id=run_id)
    by_department: dict[int, dict[str, Fact]] = {}
    for item in counted:
        by_department.setdefault(item.organization_id, {})[item.indicator] = Fact(item.hits, item.population)
    beside = facts.beside(period)
    competitors = [
        _competitor(department, by_department.get(department.pk, {}), beside.get(department.pk, {}))
        for department in facts.departments()
    ]
    run = _new_run(run_id, period, version, at, actor)
    run.inputs_hash = facts.hash_of(counted)
    return store(run, competitors)


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
    version.refresh_from_db()
    return version


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


def store(run: ScoringRun, competitors: Sequence[Competitor]) -> ScoringRun:
    """Turn facts into cards and write them, the run with its digest last; three statements."""
    cards = scorecards(run, competitors)
    run.digest = digests.digest(run, cards)
    # The cards name a run that is not there yet: the constraint is checked when the transaction ends.
    Scorecard.objects.bulk_create([card for card, _ in cards])
    ScoreLine.objects.bulk_create([line for _, lines in cards for line in lines])
    run.save(force_insert=True)
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
    return store(run, pooled(months))


@transaction.atomic
def preview(*, run: ScoringRun, actor: Actor | None, at: datetime) -> ScoringRun:
    """Show the newest run of a month to the departments, from the sixth working day of the next month on.

    A later run in preview (after an upheld appeal) takes the place of the earlier one; the days for appeals go
    on from the first. Raises RunError out of order, NotAllowedError for the wrong person.
    """
    if not may_preview(actor):
        raise NotAllowedError("只有市工业推进办可以预公布。")
    newest, current = _locked(run)
    _check_preview(newest, current, at)
    _supersede(current, at)
    newest.state, newest.previewed_at = ScoringRun.State.PREVIEW, at
    newest.previewed_by = actor.user if actor else None
    newest.save(update_fields=["state", "previewed_at", "previewed_by"])
    return newest


def _check_preview(run: ScoringRun, current: ScoringRun | None, at: datetime) -> None:
    period = Period.parse(run.period)
    if run.kind != ScoringRun.Kind.MONTH:
        raise RunError("只有月度排名须预公布；季度、半年和全年由已公布的各月合并。")
    if run.state != ScoringRun.State.DRAFT:
        raise RunError(f"第 {run.pk} 次计算已经{run.get_state_display()}，不能再次预公布。")
    if current is not None and current.state == ScoringRun.State.PUBLISHED:
        raise RunError(f"{period.label}已经公布；更正请直接公布新的计算，并写明理由。")
    opens = preview_day(period)
    if local_day(run.computed_at) < opens or local_day(at) < opens:
        raise RunError(f"{period.label}的预公布须用次月第 {PREVIEW_ON} 个工作日（{opens}）起的计算结果。")
    open_duties = run.inputs.filter(indicator="cooperation", result="", left_out="").count()
    if open_duties:
        raise RunError(f"{period.label}有 {open_duties} 项工作在计算时没有落实结果，请登记后重新计算。")


def advance(*, period: Period, at: datetime) -> str:
    """Do for a month what the calendar asks for at this moment, if it is not done yet; say what was done.

    From the first working day of the next month on there is a provisional run, from the sixth on a run that
    the departments see. A step that is refused (duties without a result) is tried again the next night.
    """
    held = ScoringRun.objects.of(period)
    if held.exclude(state=ScoringRun.State.DRAFT).exists():
        return f"{period.label}已经预公布或公布。"
    if local_day(at) >= preview_day(period):
        run = held.first()
        if run is None or local_day(run.computed_at) != local_day(at):
            run = compute_month(period=period, at=at)
        try:
            preview(run=run, actor=None, at=at)
        except RunError as error:
            return f"{period.label}不能预公布：{error}"
        return f"{period.label}第 {run.pk} 次计算已预公布。"
    if held.exists() or local_day(at) < first_working_day(period):
        return f"{period.label}今天没有要做的。"
    run = compute_month(period=period, at=at)
    return f"{period.label}第 {run.pk} 次计算（试算）已完成。"


@transaction.atomic
def publish(*, run: ScoringRun, actor: Actor | None, at: datetime, correction_reason: str = "") -> ScoringRun:
    """Publish a run and freeze its period; a second publication is a numbered correction with its reason.

    A month is published after its three days of preview, with every appeal decided and counted. Raises RunError
    out of order, NotAllowedError for anybody but a lead of the office.
    """
    if not may_publish(actor):
        raise NotAllowedError("只有市工业推进办负责人可以公布。")
    newest, current = _locked(run)
    if newest.state == ScoringRun.State.PUBLISHED:
        raise RunError(f"{Period.parse(newest.period).label}的这次计算已经公布。")
    if current is not None and current.state == ScoringRun.State.PUBLISHED:
        if not correction_reason.strip():
            raise RunError("更正已公布的结果须写明理由。")
        newest.correction_number = current.correction_number + 1
        newest.correction_reason = correction_reason.strip()
    elif newest.kind == ScoringRun.Kind.MONTH:
        _check_publication(newest, at)
    _check_settled(newest)
    if current is not None and current.pk != newest.pk:
        _supersede(current, at)
    newest.state, newest.published_at, newest.published_by = (
        ScoringRun.State.PUBLISHED,
        at,
        actor and actor.user,
    )
    newest.save(
        update_fields=["state", "published_at", "published_by", "correction_number", "correction_reason"]
    )
    return newest


def _check_publication(run: ScoringRun, at: datetime) -> None:
    period = Period.parse(run.period)
    if run.state != ScoringRun.State.PREVIEW:
        raise RunError(f"{period.label}尚未预公布，不能公布。")
    until = preview_until(period)
    if until is None or at <= until:
        raise RunError(f"{period.label}的预公布到 {until:%Y-%m-%d} 结束，之后才能公布。")
    waiting = Appeal.objects.about(period).undecided().count()
    if waiting:
        raise RunError(f"{period.label}还有 {waiting} 件申诉没有决定，不能公布。")


def _check_settled(run: ScoringRun) -> None:
    """Refuse a run that does not know an exclusion: one that is open, or was upheld after the run."""
    period = Period.parse(run.period)
    if run.kind != ScoringRun.Kind.MONTH:
        return
    unsettled = Exclusion.objects.touching(period).filter(
        Q(is_upheld__isnull=True) | Q(is_upheld=True, decided_at__gt=run.computed_at)
    )
    if unsettled.exists():
        raise RunError(f"{period.label}有剔除事项尚未决定或在这次计算之后才决定，请决定后重新计算。")


def _locked(run: ScoringRun) -> tuple[ScoringRun, ScoringRun | None]:
    """Lock the runs of the period; return this run, which must be the newest, and the one that holds now."""
    runs = list(ScoringRun.objects.filter(period=run.period).order_by("pk").select_for_update(no_key=True))
    newest = runs[-1]
    if newest.pk != run.pk:
        raise RunError(f"第 {run.pk} 次计算之后又有第 {newest.pk} 次计算，请用最新的一次。")
    holds = [r for r in runs if r.state != ScoringRun.State.DRAFT and r.superseded_at is None]
    published = [r for r in holds if r.state == ScoringRun.State.PUBLISHED]
    return newest, next(iter(published or holds), None)


def _supersede(current: ScoringRun | None, at: datetime) -> None:
    if current is not None:
        current.superseded_at = at
        current.save(update_fields=["superseded_at"])


def preview_day(period: Period) -> date:
    """The day from which the period's last month can be previewed: the sixth working day after it."""
    return CalendarYear.objects.calendar().nth_of_month(period.end_day, PREVIEW_ON)


def first_working_day(period: Period) -> date:
    """The day of the provisional run: the first working day after the period."""
    return CalendarYear.objects.calendar().nth_of_month(period.end_day, 1)


def preview_until(period: Period) -> datetime | None:
    """The end of the days for preview and appeals, counted from the first preview; None before it."""
    first = ScoringRun.objects.of(period).aggregate(first=Min("previewed_at"))["first"]
    return None if first is None else CalendarYear.objects.calendar().end_after(first, PREVIEW_DAYS)

"""Preview, publication, correction: each step of a run's life is dated, and refused out of order."""

from contextlib import suppress
from datetime import date, datetime

from django.db import transaction
from django.db.models import Max, Q

from scoring import facts, sealing
from scoring.computing import NotAllowedError, RunError, compute_month
from scoring.models import Appeal, Exclusion, RunStep, ScoringRun
from scoring.permissions import may_preview, may_publish
from taian_factors.directory.actors import Actor
from taian_factors.directory.models import CalendarYear
from taian_factors.lib.periods import Period, local_day

PREVIEW_ON = 6  # the working day of the next month on which the enterprises' days for completions are over
PREVIEW_DAYS = 3


@transaction.atomic
def preview(*, run: ScoringRun, actor: Actor | None, at: datetime) -> ScoringRun:
    """Show the newest run of a month to the departments, from the sixth working day of the next month on.

    A later run takes the place of the one in preview. One that differs by upheld exclusions alone renews it, and the
    days for appeals go on; one that counts otherwise is a preview of its own, with new days. Raises RunError out of
    order, NotAllowedError for the wrong person.
    """
    if not may_preview(actor):
        raise NotAllowedError("只有市工业推进办可以预公布。")
    newest, current = _locked(run)
    _check_preview(newest, current, at)
    is_renewal = current is not None and not facts.differs_beyond_exclusions(current, newest)
    _supersede(current, at)
    newest.state, newest.previewed_at = ScoringRun.State.PREVIEW, at
    newest.previewed_by = actor.user if actor else None
    newest.save(update_fields=["state", "previewed_at", "previewed_by"])
    verb = RunStep.Verb.RENEWED if is_renewal else RunStep.Verb.PREVIEWED
    sealing.step(newest, verb, at=at, actor=actor)
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
    _check_judged(run)


def _check_judged(run: ScoringRun) -> None:
    """Refuse a run that counts a duty of which nobody said what became of it: it would count as not done."""
    open_duties = run.inputs.filter(indicator="cooperation", result="", left_out="").count()
    if open_duties:
        label = Period.parse(run.period).label
        raise RunError(f"{label}有 {open_duties} 项工作在计算时没有落实结果，请登记后重新计算。")


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
    _check_judged(newest)
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
    verb = RunStep.Verb.CORRECTED if newest.correction_number else RunStep.Verb.PUBLISHED
    sealing.step(newest, verb, at=at, actor=actor)
    return newest


@transaction.atomic
def close_appeals(*, at: datetime) -> int:
    """Write down, once for each preview of a month, that its days for appeals are over; return for how many.

    Safe to run twice. Nothing depends on it but the announcement: an appeal is refused by the clock.
    """
    closed = 0
    in_preview = ScoringRun.objects.in_preview().months().select_for_update(of=("self",), no_key=True)
    for run in in_preview.order_by("pk"):
        until = preview_until(Period.parse(run.period))
        if until is None or at <= until:
            continue
        closings = RunStep.objects.of(Period.parse(run.period)).filter(verb=RunStep.Verb.CLOSED)
        if not closings.filter(at__gt=until).exists():
            sealing.step(run, RunStep.Verb.CLOSED, at=at)
            closed += 1
    return closed


def renew(*, exclusion: Exclusion, actor: Actor | None, at: datetime) -> list[ScoringRun]:
    """Give each month in preview that an upheld exclusion touches its new run, shown in place of the old one.

    A month whose new run cannot be shown yet keeps it as a draft; the table says why when it is previewed by hand.
    """
    fresh = []
    for old in ScoringRun.objects.in_preview().months().order_by("period"):
        period = Period.parse(old.period)
        if not Exclusion.objects.filter(pk=exclusion.pk).touching(period).exists():
            continue
        run = compute_month(period=period, at=at, actor=actor)
        with suppress(RunError):
            run = preview(run=run, actor=actor, at=at)
        fresh.append(run)
    return fresh


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
        sealing.step(current, RunStep.Verb.SUPERSEDED, at=at)


def preview_day(period: Period) -> date:
    """The day from which the period's last month can be previewed: the sixth working day after it."""
    return CalendarYear.objects.calendar().nth_of_month(period.end_day, PREVIEW_ON)


def first_working_day(period: Period) -> date:
    """The day of the provisional run: the first working day after the period."""
    return CalendarYear.objects.calendar().nth_of_month(period.end_day, 1)


def preview_until(period: Period) -> datetime | None:
    """The end of the days for preview and appeals, counted from the last preview that was no renewal; None before."""
    began = RunStep.objects.of(period).filter(verb=RunStep.Verb.PREVIEWED).aggregate(last=Max("at"))["last"]
    return None if began is None else CalendarYear.objects.calendar().end_after(began, PREVIEW_DAYS)

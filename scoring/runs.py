"""The verbs of a run, and what the calendar asks for: computed, previewed, published, corrected."""

from datetime import datetime

from scoring.computing import NotAllowedError, RunError, compute_month, compute_period
from scoring.models import ScoringRun
from scoring.publishing import (
    close_appeals,
    first_working_day,
    preview,
    preview_day,
    preview_until,
    publish,
)
from taian_factors.lib.periods import Period, local_day

__all__ = [
    "NotAllowedError",
    "RunError",
    "advance",
    "close_appeals",
    "compute_month",
    "compute_period",
    "preview",
    "preview_day",
    "preview_until",
    "publish",
]


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

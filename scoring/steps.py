"""The steps of a month, dated: computed, previewed, appealed, decided, published, corrected (scoring rules §6)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Min, Q

from scoring.models import Appeal, ScoringRun
from taian_factors.directory.actors import Actor
from taian_factors.lib.periods import Period


@dataclass(frozen=True)
class Step:
    """One step that was done: when, what, and by which run (None: it belongs to none)."""

    at: datetime
    text: str
    run_id: int | None = None


def steps(*, period: Period, actor: Actor) -> list[Step]:
    """Return what was done about a period so far, the oldest first, as far as the actor sees its runs.

    Two statements. Appeals are told as numbers: whose they are is the office's and the department's business.
    """
    runs = list(ScoringRun.objects.visible_to(actor).of(period).with_renewal())
    found = [step for run in runs for step in _of_run(run, is_office=actor.is_office)]
    if any(run.previewed_at for run in runs):
        found += _of_appeals(period)
    return sorted(found, key=lambda step: (step.at, step.run_id or 0))


def _of_run(run: Any, *, is_office: bool) -> list[Step]:
    found = []
    if is_office:
        found.append(Step(run.computed_at, f"第 {run.pk} 次计算", run.pk))
    if run.previewed_at:
        shown = "按剔除决定更新为" if run.is_renewal else "预公布"
        found.append(Step(run.previewed_at, f"{shown}第 {run.pk} 次计算", run.pk))
    if run.published_at:
        what = (
            f"第 {run.correction_number} 次更正：{run.correction_reason}" if run.correction_number else "公布"
        )
        found.append(Step(run.published_at, f"{what}（第 {run.pk} 次计算）", run.pk))
    return found


def _of_appeals(period: Period) -> list[Step]:
    # Told by the run that they are about: a preview of its own has appeals of its own, at their own moments.
    told = (
        Appeal.objects.about(period)
        .order_by("run")
        .values("run")
        .annotate(
            n=Count("pk"),
            decided=Count("pk", filter=Q(decided_at__isnull=False)),
            upheld=Count("pk", filter=Q(is_upheld=True)),
            first=Min("filed_at"),
            last=Max("decided_at"),
        )
    )
    found = []
    for said in told:
        about = f"对第 {said['run']} 次计算"
        found.append(Step(said["first"], f"{about}收到申诉，共 {said['n']} 件", said["run"]))
        if said["decided"]:
            decided = f"已决定{about}的申诉 {said['decided']} 件，成立 {said['upheld']} 件"
            found.append(Step(said["last"], decided, said["run"]))
    return found

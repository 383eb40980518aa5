"""Background work of the competition: the nightly look at last month, and the office's own button."""

from typing import Any

from celery import shared_task
from django.urls import reverse

from scoring import history_jobs, runs
from scoring.announcing import announce
from taian_factors.directory.actors import Actor
from taian_factors.directory.models import Job, Organization
from taian_factors.lib.clock import now
from taian_factors.lib.periods import Period, local_day


@shared_task(name="scoring.compute_last_month")
def compute_last_month() -> str:
    """Do what last month needs today: a provisional run from the first working day, preview from the sixth.

    Runs every night and may run twice: what is there already is not made again.
    """
    at = now()
    period = Period.month_of(local_day(at)).shifted(-1)
    return runs.advance(period=period, at=at)


@shared_task(name="scoring.close_appeals")
def close_appeals() -> int:
    """Write down that the days for appeals are over where they are; return for how many months."""
    return runs.close_appeals(at=now())


@shared_task(name="scoring.announce_steps")
def announce_steps() -> int:
    """Tell the office and the departments of the steps of their months; return how many."""
    return announce(at=now())


@shared_task(name="scoring.compute")
def compute(*, job_id: int) -> None:
    """Compute the period of a job that a page started; a job that somebody took already is left alone."""
    if not Job.objects.filter(pk=job_id, state=Job.State.WAITING).update(state=Job.State.RUNNING, total=1):
        return
    job = Job.objects.select_related("created_by").get(pk=job_id)
    asked = job.arguments
    period = Period.parse(asked["period"])
    actor = Actor(job.created_by, Organization.objects.get(pk=asked["organization"]), asked["role"])
    try:
        verb = runs.compute_month if period.kind == "month" else runs.compute_period
        run = verb(period=period, at=now(), actor=actor)
    except runs.RunError as error:
        _finish(job, state=Job.State.FAILED, message=str(error))
        return
    result_url = f"{reverse('scoring:rankings')}?period={period.key}&run={run.pk}"
    _finish(job, state=Job.State.DONE, done=1, result_url=result_url, message=f"第 {run.pk} 次计算已完成。")


@shared_task(name=history_jobs.HISTORY_TASK)
def import_history(*, job_id: int) -> None:
    """Take over a past ledger that the office uploaded; a job that somebody took already is left alone."""
    if not Job.objects.filter(pk=job_id, state=Job.State.WAITING).update(state=Job.State.RUNNING):
        return
    job = Job.objects.select_related("created_by").get(pk=job_id)
    asked = job.arguments
    actor = Actor(job.created_by, Organization.objects.get(pk=asked["organization"]), asked["role"])
    try:
        report = history_jobs.run(job_id=job_id, folder=asked["folder"], actor=actor, at=now())
    except Exception:
        _finish(job, state=Job.State.FAILED, message="导入没有完成，没有导入任何内容，请重新上传。")
        raise
    result_url = reverse("scoring:history_job", args=[job_id])
    if report.error_count:
        message = f"共 {report.error_count:,} 处错误，没有导入任何内容。"
        _finish(job, state=Job.State.FAILED, message=message, result_url=result_url)
        return
    message = f"已导入：{history_jobs.summary(report)}。"
    _finish(job, state=Job.State.DONE, message=message, result_url=result_url)


def _finish(job: Job, **changes: Any) -> None:
    Job.objects.filter(pk=job.pk).update(finished_at=now(), **changes)

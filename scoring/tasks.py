"""Background work of the competition: the nightly look at last month, and the office's own button."""

from typing import Any

from celery import shared_task
from django.urls import reverse

from scoring import bulletins, history_jobs, runs
from scoring.announcing import announce
from scoring.models import Bulletin
from scoring.printing import print_files
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


@shared_task(name="scoring.compose_bulletin")
def compose_bulletin(*, job_id: int) -> None:
    """Compose a bulletin and make the files of its draft; a job that somebody took already is left alone."""
    if not Job.objects.filter(pk=job_id, state=Job.State.WAITING).update(state=Job.State.RUNNING, total=4):
        return
    job = Job.objects.select_related("created_by").get(pk=job_id)
    asked = job.arguments
    actor = Actor(job.created_by, Organization.objects.get(pk=asked["organization"]), asked["role"])
    try:
        period, again = Period.parse(asked["period"]), asked.get("again", False)
        made = bulletins.compose(period=period, actor=actor, at=now(), again=again)
    except bulletins.BulletinError as error:
        _finish(job, state=Job.State.FAILED, message=str(error))
        return
    said = _print(job, made, before=1)
    message = "已起草，可以修改文字，由另一位负责人签发。" + "".join(said)
    result_url = reverse("scoring:bulletin", args=[made.pk])
    _finish(job, state=Job.State.DONE, message=message, result_url=result_url)


@shared_task(name="scoring.print_bulletin")
def print_bulletin(*, job_id: int) -> None:
    """Make the files that a bulletin does not have yet; a job that somebody took already is left alone."""
    if not Job.objects.filter(pk=job_id, state=Job.State.WAITING).update(state=Job.State.RUNNING, total=3):
        return
    job = Job.objects.get(pk=job_id)
    said = _print(job, Bulletin.objects.select_related("run").get(pk=job.arguments["bulletin"]))
    state = Job.State.FAILED if said else Job.State.DONE
    _finish(job, state=state, message="".join(said) or "文件已生成。")


def _print(job: Job, bulletin: Bulletin, *, before: int = 0) -> list[str]:
    row = Job.objects.filter(pk=job.pk)
    row.update(done=before)
    try:
        return print_files(bulletin=bulletin, at=now(), progress=lambda done: row.update(done=before + done))
    except Exception:
        _finish(job, state=Job.State.FAILED, message="文件没有全部生成，请重新生成。")
        raise


def _finish(job: Job, **changes: Any) -> None:
    Job.objects.filter(pk=job.pk).update(finished_at=now(), **changes)

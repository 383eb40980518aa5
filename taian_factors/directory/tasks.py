"""Background work of the directory: jobs that were lost on the way."""

from datetime import datetime, timedelta
from typing import Any

from celery import current_app, shared_task
from django.db import transaction

from taian_factors.directory.models import Job, User
from taian_factors.lib.clock import now

LOST_AFTER = timedelta(minutes=5)
# Twice the time limit of a task: a worker that still holds the job would have been stopped by then.
DEAD_AFTER = timedelta(hours=1)


@shared_task(name="directory.sweep_jobs")
def sweep_jobs() -> int:
    """Send jobs again that nobody took in five minutes, and close those whose worker died; count both.

    A job's task takes one argument, ``job_id``, and begins by taking the job, so two sendings do no harm.
    """
    at = now()
    lost = Job.objects.filter(state=Job.State.WAITING, created_at__lt=at - LOST_AFTER)
    sent = [current_app.tasks[job.task].delay(job_id=job.pk) for job in lost if job.task in current_app.tasks]
    dead = Job.objects.filter(state=Job.State.RUNNING, created_at__lt=at - DEAD_AFTER)
    closed = dead.update(state=Job.State.FAILED, finished_at=at, message="处理中断，请重新发起。")
    return len(sent) + closed


def start_job(*, task: str, label: str, arguments: dict[str, Any], user: User | None, at: datetime) -> Job:
    """Make a job and send its task once the transaction is committed; the page polls the row.

    Where nobody takes the sending (the broker is down), the job waits, and ``sweep_jobs`` sends it again.
    """
    job = Job.objects.create(task=task, label=label, arguments=arguments, created_by=user, created_at=at)
    transaction.on_commit(lambda: _send(job), robust=True)
    return job


def _send(job: Job) -> None:
    current_app.loader.import_default_modules()  # a web process has not met the tasks of every app yet
    current_app.tasks[job.task].delay(job_id=job.pk)


def hurry(task: str) -> None:
    """Ask for a task of the schedule at once, after the commit; where nobody hears it, beat comes by anyway."""
    transaction.on_commit(lambda: _hurry(task), robust=True)


def _hurry(task: str) -> None:
    current_app.loader.import_default_modules()
    current_app.tasks[task].delay()

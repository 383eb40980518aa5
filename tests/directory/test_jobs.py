"""Jobs that were lost on the way: sent again, and closed when their worker is dead."""

from datetime import timedelta

import pytest
from celery import shared_task

from taian_factors.directory.models import Job
from taian_factors.directory.tasks import sweep_jobs
from taian_factors.lib.clock import now

pytestmark = pytest.mark.django_db


@shared_task(name="tests.take")
def take(*, job_id):
    """Take a waiting job, as every job's task begins."""
    Job.objects.filter(pk=job_id, state="waiting").update(state="done")


def job(state="waiting", *, minutes, task="tests.take"):
    return Job.objects.create(
        task=task, label="导出台账", state=state, created_at=now() - timedelta(minutes=minutes)
    )


def state_after_sweep(made):
    sweep_jobs.delay()
    made.refresh_from_db()
    return made.state


def test_a_job_that_nobody_took_in_five_minutes_is_sent_again():
    assert state_after_sweep(job(minutes=6)) == "done"


def test_a_job_that_is_still_young_is_left_to_its_worker():
    assert state_after_sweep(job(minutes=4)) == "waiting"


def test_a_running_job_is_left_alone_for_an_hour_and_then_closed_with_a_word():
    assert state_after_sweep(job("running", minutes=50)) == "running"
    dead = job("running", minutes=61)
    assert state_after_sweep(dead) == "failed"
    assert "重新发起" in dead.message


def test_a_job_whose_task_is_gone_stays_for_somebody_to_look_at():
    assert state_after_sweep(job(minutes=10, task="tests.removed")) == "waiting"


def test_sweeping_twice_does_nothing_twice():
    job(minutes=6)
    job("running", minutes=61)
    assert [sweep_jobs(), sweep_jobs()] == [2, 0]

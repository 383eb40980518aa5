"""Jobs that were lost on the way: sent again, and closed when their worker is dead."""

import os
import subprocess
from datetime import timedelta

import pytest
from celery import shared_task

from taian_factors.directory.models import Job
from taian_factors.directory.tasks import sweep_jobs
from taian_factors.lib.clock import now
from tests import processes

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


# What is counted is the sleeping between tries, of which a loaded machine knows nothing.
_START = """
import time
slept, sleep = [], time.sleep
time.sleep = lambda seconds: (slept.append(seconds), sleep(seconds))
import django
from celery import current_app
django.setup()
from taian_factors.directory.tasks import start_job
from taian_factors.lib.clock import now
current_app.loader.import_default_modules()
start_job(task="requests_desk.export_ledger", label="导出台账", arguments={}, user=None, at=now())
print(sum(slept))
"""


@pytest.mark.django_db(transaction=True)
def test_a_page_does_not_wait_for_a_broker_that_is_down_and_its_job_is_kept():
    environment = {
        "DATABASE_URL": processes.database_url(),
        "REDIS_URL": f"redis://127.0.0.1:{processes.free_port()}/0",
        "DJANGO_SETTINGS_MODULE": "taian_factors.settings",
    }
    done = subprocess.run(
        processes.python("-c", _START),
        cwd=processes.ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert float(done.stdout) < 2  # the broker's client by itself sleeps six seconds and tries for 23
    assert Job.objects.get().state == "waiting"

"""The night's task and the office's button: each is safe to run twice."""

import pytest

from scoring import tasks
from scoring.models import ScoringRun
from taian_factors.directory.models import Job
from taian_factors.lib.clock import now
from taian_factors.lib.periods import Period, local_day
from tests.scoring.factories import worked_example

pytestmark = pytest.mark.django_db


def test_the_nights_task_looks_at_last_month_and_may_run_twice():
    tasks.compute_last_month()
    made = list(ScoringRun.objects.values_list("period", "state"))
    tasks.compute_last_month()
    assert list(ScoringRun.objects.values_list("period", "state")) == made
    last_month = Period.month_of(local_day(now())).shifted(-1).key
    assert all(period == last_month for period, _ in made)


def test_a_job_that_was_taken_already_is_left_alone(office_clerk):
    worked_example()
    asked = {"period": "2023-06", "organization": office_clerk.organization.pk, "role": "clerk"}
    job = Job.objects.create(
        task="scoring.compute", label="计算", arguments=asked, created_by=office_clerk.user, created_at=now()
    )
    tasks.compute(job_id=job.pk)
    tasks.compute(job_id=job.pk)
    job.refresh_from_db()
    run = ScoringRun.objects.get()
    assert (job.state, run.computed_by, run.state) == ("done", office_clerk.user, "draft")


def test_a_real_worker_computes_last_month(worker):
    said = worker("scoring.compute_last_month")
    assert "月" in said

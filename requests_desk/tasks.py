"""Background work of the desk: telling, reminding, and what runs out by itself. Each is safe to run twice."""

import tempfile

from celery import shared_task
from django.core.files import File
from django.core.files.storage import default_storage
from django.http import QueryDict
from django.urls import reverse

from requests_desk import drawing, exports, notices, outbox, scanning, timekeeping
from requests_desk.forms.ledger import LedgerFilter
from requests_desk.models import FactorRequest
from taian_factors.directory.actors import Actor
from taian_factors.directory.models import Job, Organization
from taian_factors.lib.clock import now


@shared_task(name="requests_desk.announce_events")
def announce_events() -> int:
    """Tell people what happened since the last time; return how many events."""
    return notices.announce(at=now())


@shared_task(name="requests_desk.send_notices")
def send_notices() -> int:
    """Send what waits in the outbox and may leave the house now; return how many messages."""
    return outbox.drain(clock=now)


@shared_task(name="requests_desk.remind_due_soon")
def remind_due_soon() -> int:
    """Remind of deadlines on the mornings of working days; return how many reminders."""
    return timekeeping.remind(at=now())


@shared_task(name="requests_desk.withdraw_stale")
def withdraw_stale() -> int:
    """Withdraw what was not completed in time, and resume what was suspended too long; return how many."""
    return timekeeping.end_stale(at=now())


@shared_task(name="requests_desk.draw_call_backs")
def draw_call_backs() -> int:
    """Draw the lot of every completion that has none; return how many are to be called back."""
    return drawing.draw_call_backs(at=now())


@shared_task(name="requests_desk.scan_attachments")
def scan_attachments() -> int:
    """Have the scanner look at the papers that wait for it; return how many were judged."""
    return scanning.scan_waiting(at=now())


@shared_task(name="requests_desk.export_ledger")
def export_ledger(*, job_id: int) -> None:
    """Write a long ledger to a file, as its asker saw it; a job that somebody took already is left alone."""
    at, jobs = now(), Job.objects.filter(pk=job_id)
    if not jobs.filter(state=Job.State.WAITING).update(state=Job.State.RUNNING):
        return
    job = jobs.select_related("created_by").get()
    asked = job.arguments
    actor = Actor(job.created_by, Organization.objects.get(pk=asked["organization"]), asked["role"])
    seen = FactorRequest.objects.visible_to(actor)
    requests = LedgerFilter(QueryDict(asked["query"]), queryset=seen, at=at).rows
    jobs.update(total=requests.count())
    with tempfile.TemporaryFile() as sheet:
        count = exports.write_ledger(sheet, requests, at=at, progress=lambda done: jobs.update(done=done))
        name = default_storage.save(f"exports/ledger-{job_id}.xlsx", File(sheet))
    jobs.update(
        state=Job.State.DONE,
        done=count,
        total=count,
        finished_at=now(),
        arguments={**asked, "file": name},
        result_url=reverse("requests_desk:export_file", args=[job_id]),
    )

"""Background work of the desk: telling, reminding, and what runs out by itself. Each is safe to run twice."""

import tempfile

from celery import shared_task
from django.core.files import File
from django.core.files.storage import default_storage
from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse

from requests_desk import (
    booking,
    contacts,
    drawing,
    exports,
    notices,
    outbox,
    rostering,
    scanning,
    search_texts,
    third_place,
    timekeeping,
)
from requests_desk.beginning import begin_by_clock
from requests_desk.forms.ledger import LedgerFilter
from requests_desk.imports import WorkbookError
from requests_desk.imports import jobs as list_jobs
from requests_desk.journal import RefusedError
from taian_factors.directory.actors import Actor
from taian_factors.directory.models import Job, Organization
from taian_factors.lib.clock import now


@shared_task(name="requests_desk.announce_bookings")
def announce_bookings() -> int:
    """Tell who came up from a fair's waiting list, who is invited and who is on duty, each once; return how many."""
    at = now()
    return booking.announce(at=at) + rostering.tell_changes(at=at)


@shared_task(name="requests_desk.announce_events")
def announce_events() -> int:
    """Tell people what happened since the last time; return how many events."""
    return notices.announce(at=now())


@shared_task(name="requests_desk.send_notices")
def send_notices() -> int:
    """Send what waits in the outbox and may leave the house now; return how many messages."""
    return outbox.drain(clock=now)


@shared_task(name="requests_desk.tell_third_places")
def tell_third_places() -> int:
    """Tell who stands third in a line of today's fairs, and send it at once; return how many were told."""
    told = third_place.tell_third_places(at=now())
    if told:
        outbox.drain(clock=now)
    return told


@shared_task(name="requests_desk.ask_contacts")
def ask_contacts() -> int:
    """Send a code to contacts whom somebody else typed; return how many were asked."""
    return contacts.ask_contacts(at=now())


@shared_task(name="requests_desk.remind_due_soon")
def remind_due_soon() -> int:
    """Remind of deadlines on the mornings of working days; return how many reminders."""
    return timekeeping.remind(at=now())


@shared_task(name="requests_desk.begin_factor_week")
def begin_factor_week() -> bool:
    """Freeze the ledger on the first morning of a factor week; say whether that was done."""
    return begin_by_clock(at=now())


@shared_task(name="requests_desk.withdraw_stale")
def withdraw_stale() -> int:
    """Withdraw what was not completed in time, and resume what was suspended too long; return how many."""
    return timekeeping.end_stale(at=now())


@shared_task(name="requests_desk.draw_call_backs")
def draw_call_backs() -> int:
    """Draw the lot of every completion that has none; return how many are to be called back."""
    return drawing.draw_call_backs(at=now())


@shared_task(name="requests_desk.write_search_texts")
def write_search_texts(*, job_id: int) -> None:
    """Make a stored ledger of past years searchable; a job that somebody took already is left alone."""
    jobs = Job.objects.filter(pk=job_id)
    if jobs.filter(state=Job.State.WAITING).update(state=Job.State.RUNNING):
        done = search_texts.write_missing(progress=lambda so_far: jobs.update(done=so_far))
        jobs.update(state=Job.State.DONE, done=done, total=done, finished_at=now())


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
    filters = LedgerFilter(QueryDict(asked["query"]), actor=actor, at=at)
    jobs.update(total=filters.rows.count())
    with tempfile.TemporaryFile() as sheet:
        count = exports.write_ledger(
            sheet, filters.ordered, filters.columns, at=at, progress=lambda done: jobs.update(done=done)
        )
        name = default_storage.save(f"exports/ledger-{job_id}.xlsx", File(sheet))
    jobs.update(
        state=Job.State.DONE,
        done=count,
        total=count,
        finished_at=now(),
        arguments={**asked, "file": name},
        result_url=reverse("requests_desk:export_file", args=[job_id]),
    )


@shared_task(name=list_jobs.READ_TASK)
def read_list(*, job_id: int) -> None:
    """Read a list that the office uploaded and keep what it would bring; nothing is filed."""
    jobs = Job.objects.filter(pk=job_id)
    if not jobs.filter(state=Job.State.WAITING).update(state=Job.State.RUNNING):
        return
    arguments = jobs.get().arguments
    try:
        preview = list_jobs.read(arguments=arguments, at=now(), progress=lambda done: jobs.update(done=done))
    except WorkbookError as error:
        _close(jobs, state=Job.State.FAILED, message=str(error))
        return
    except Exception:
        _close(jobs, state=Job.State.FAILED, message="核对没有完成，请重新上传。")
        raise
    refused, twice = len(preview.refused), len(preview.duplicates)
    said = f"可入库 {preview.requests:,} 项，不能入库 {refused:,} 行，重复 {twice:,} 行。"
    _close(jobs, state=Job.State.DONE, message=said)


@shared_task(name=list_jobs.STORE_TASK)
def store_list(*, job_id: int) -> None:
    """File what is new in a list that was looked at; run twice, it files nothing twice."""
    jobs = Job.objects.filter(pk=job_id)
    if not jobs.filter(state=Job.State.WAITING).update(state=Job.State.RUNNING):
        return
    job = jobs.select_related("created_by").get()
    asked = job.arguments
    actor = Actor(job.created_by, Organization.objects.get(pk=asked["organization"]), asked["role"])
    try:
        stored = list_jobs.store(
            job_id=job_id,
            arguments=asked,
            actor=actor,
            at=now(),
            progress=lambda done: jobs.update(done=done),
        )
    except (WorkbookError, RefusedError) as error:
        _close(jobs, state=Job.State.FAILED, message=str(error))
        return
    except Exception:
        _close(jobs, state=Job.State.FAILED, message="存入没有完成，没有存入任何内容，请再试一次。")
        raise
    said = f"已存入 {stored.requests:,} 项需求（{stored.filings:,} 份申报），等待受理。"
    if stored.known:
        said += f"另有 {stored.known:,} 项以前存过，没有重复存入。"
    _close(jobs, state=Job.State.DONE, message=said)


def _close(jobs: QuerySet[Job], **changes: str) -> None:
    jobs.update(finished_at=now(), **changes)

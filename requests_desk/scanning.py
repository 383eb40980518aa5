"""Has papers looked at by the virus scanner. Until it has said that one is clean, nobody fetches it."""

import logging
from datetime import datetime

from django.conf import settings
from django.core.files.storage import storages
from django.db import transaction
from django.urls import reverse

from requests_desk.models import Attachment
from requests_desk.notice_table import BLOCKED, DESK, Kind
from requests_desk.notices import Telling, tell
from taian_factors.lib.clamd import ScannerDownError, ScannerError, finding

log = logging.getLogger(__name__)


def scan_waiting(*, at: datetime) -> int:
    """Scan what waits for it; return how many were judged. What cannot be judged waits on, and is tried again.

    No row is locked meanwhile: a scan takes seconds, and the same verdict given twice does no harm.
    """
    judged = 0
    if settings.CLAMAV_URL:
        for attachment in Attachment.objects.to_scan():
            try:
                judged += _judge(attachment, at=at)
            except ScannerDownError as error:
                log.error("The virus scanner cannot be reached; papers stay in quarantine: %s", error)
                break
            except (ScannerError, OSError) as error:
                log.error(
                    "Attachment %s could not be scanned and stays in quarantine: %s", attachment.pk, error
                )
    return judged


def _judge(attachment: Attachment, *, at: datetime) -> int:
    with storages["attachments"].open(attachment.stored_as) as content:
        found = finding(settings.CLAMAV_URL, content)
    verdict = Attachment.Scan.BLOCKED if found else Attachment.Scan.CLEAN
    waiting = Attachment.objects.to_scan().filter(pk=attachment.pk).order_by()
    with transaction.atomic():
        judged = waiting.update(scan=verdict, scanned_at=at, finding=found[:120])
        if judged and found:
            _tell_owner(attachment, at=at)
    return judged


def _tell_owner(attachment: Attachment, *, at: datetime) -> None:
    """Tell who handed a paper in that nobody will read it: only they can send another one."""
    filing, request = attachment.filing, attachment.factor_request
    if request is not None:
        url = reverse("requests_desk:show", args=[request.number])
    elif filing.submitted_at is None:
        url = reverse("requests_desk:file_needs", args=[filing.pk])
    else:
        url = reverse("requests_desk:file_receipt", args=[filing.pk])
    telling = Telling(
        subject_key=f"paper:{attachment.pk}:blocked",
        kind=Kind.PROGRESS,
        text=BLOCKED.format(name=attachment.name),
        channels=DESK,
        url=url,
    )
    if attachment.added_by_id is not None:
        tell(telling, users=[attachment.added_by_id], at=at)
    else:
        tell(telling, bodies=[attachment.added_for_id], at=at)

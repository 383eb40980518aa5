"""Keeps papers: each file under a random name where no address leads, its row beside the filing, and who fetched it."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import transaction

from requests_desk.filetypes import Paper
from requests_desk.journal import NotAllowedError, RefusedError
from requests_desk.models import Attachment, AttachmentDownload, Filing
from taian_factors.directory.actors import Actor


@transaction.atomic
def keep(
    papers: Sequence[Paper], *, filing: Filing, actor: Actor, at: datetime, **belongs: Any
) -> list[Attachment]:
    """Keep papers with a filing; ``belongs`` says to what of it (``need``, or ``factor_request`` and ``event``).

    The files are written first: what a rollback leaves behind has no row and is never handed out.

    Raises:
        RefusedError: more than a filing may have.
    """
    if not papers:
        return []
    Filing.objects.select_for_update(of=("self",), no_key=True).get(pk=filing.pk)
    most = settings.ATTACHMENTS_PER_FILING
    if filing.attachments.kept().count() + len(papers) > most:
        raise RefusedError(f"每份申报最多 {most} 个附件，请合并后再上传。", "papers")
    return [
        Attachment.objects.create(
            filing=filing,
            name=paper.name,
            kind=paper.kind,
            size=len(paper.content),
            digest=paper.digest,
            stored_as=_write(paper),
            added_by=actor.user,
            added_for=actor.organization,
            added_at=at,
            **belongs,
        )
        for paper in papers
    ]


def fetch(attachment: Attachment, *, actor: Actor, at: datetime) -> bytes:
    """Give a paper to somebody who may see it, and note who fetched it."""
    if not attachment.is_ready:
        raise NotAllowedError(f"“{attachment.name}”{attachment.scan_word}，不能下载。")
    AttachmentDownload.objects.create(
        attachment=attachment, user=actor.user, organization=actor.organization, at=at
    )
    with storages["attachments"].open(attachment.stored_as) as content:
        return content.read()


def _write(paper: Paper) -> str:
    """The name says nothing of whose file it is; two letters of it are a folder, so that none grows too full."""
    token = secrets.token_hex(16)
    return storages["attachments"].save(f"{token[:2]}/{token}", ContentFile(paper.content))

"""Printing: the files of a bulletin, each made once from one version and kept with its sum."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from hashlib import sha256
from io import BytesIO
from typing import IO

from scoring.bulletin_papers import paper_of
from scoring.documents import write_docx, write_workbook
from scoring.glyphs import GlyphError
from scoring.models import Bulletin, BulletinFile
from scoring.papers import Paper
from scoring.typesetting import write_pdf

Format = BulletinFile.Format


def print_files(
    *, bulletin: Bulletin, at: datetime, progress: Callable[[int], None] = lambda done: None
) -> list[str]:
    """Make the files that a bulletin does not have yet; return in sentences why one could not be made.

    Each is stored by itself, so that a machine that cannot set type still gives the other two. Safe to run twice, and
    by two at once: the file that came first stays.
    """
    paper = paper_of(bulletin)
    there = set(BulletinFile.objects.of(bulletin).values_list("format", flat=True))
    said = []
    for place, (kind, write) in enumerate(writers(bulletin, at), start=1):
        if kind not in there:
            try:
                _keep(bulletin, kind, made(write, paper), at)
            except GlyphError as error:
                said.append(str(error))
        progress(place)
    return said


def writers(bulletin: Bulletin, at: datetime) -> list[tuple[Format, Callable[[Paper, IO[bytes]], None]]]:
    """Return what writes each format, the quickest first."""
    return [
        (Format.DOCX, partial(write_docx, at=bulletin.issued_at or at)),
        (Format.XLSX, write_workbook),
        (Format.PDF, write_pdf),
    ]


def made(write: Callable[[Paper, IO[bytes]], None], paper: Paper) -> bytes:
    """Return the bytes that ``write`` makes of a paper."""
    target = BytesIO()
    write(paper, target)
    return target.getvalue()


def _keep(bulletin: Bulletin, kind: Format, content: bytes, at: datetime) -> None:
    file = BulletinFile(
        bulletin=bulletin,
        version=bulletin.version,
        is_issued=bulletin.issued_at is not None,
        format=kind,
        content=content,
        sha256=sha256(content).hexdigest(),
        size=len(content),
        made_at=at,
    )
    BulletinFile.objects.bulk_create([file], ignore_conflicts=True)

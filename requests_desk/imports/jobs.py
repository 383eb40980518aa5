"""A list of the office as two jobs: reading it, which tells what it would bring, and storing it when that is wanted."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import PurePath
from typing import Any
from uuid import uuid4

from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile

from requests_desk.imports.reading import Duplicate, ReadList, read_list
from requests_desk.imports.returning import write_refused
from requests_desk.listing import StoredList, store_list
from requests_desk.models import Filing
from requests_desk.office_lists import ListedRow
from taian_factors.directory.actors import Actor
from taian_factors.directory.models import Job
from taian_factors.lib.periods import local_day

READ_TASK, STORE_TASK = "requests_desk.read_list", "requests_desk.store_list"
SHOWN = 50  # rows that the preview shows of a list; the refused ones it shows all
_KEPT_FOR = 24 * 3600  # seconds that the progress of storing is remembered
Progress = Callable[[int], None]


@dataclass(frozen=True)
class Preview:
    """What a list would bring, as its page shows it."""

    kind: str = ""
    requests: int = 0
    filings: int = 0
    known: int = 0
    ignored: int = 0
    rows: list[dict[str, Any]] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)
    duplicates: list[tuple[str, str]] = field(default_factory=list)
    emptiness: str = ""
    remarks: list[str] = field(default_factory=list)

    @property
    def fresh(self) -> int:
        """How many needs are not in the portal yet."""
        return self.requests - self.known

    @property
    def store_verb(self) -> str:
        """What the button says."""
        return f"存入 {self.fresh:,} 项"

    @property
    def store_question(self) -> str:
        """What is asked before anything is filed."""
        left = f"不能入库的 {len(self.refused):,} 行不存入。" if self.refused else ""
        return f"把{self.kind_label}的 {self.fresh:,} 项需求存入平台，等待受理？{left}"

    @property
    def kind_label(self) -> str:
        """The list's kind in words."""
        return Filing.Channel(self.kind).label if self.kind else ""


def keep_file(file: UploadedFile) -> str:
    """Store an uploaded list under a name of ours; return it."""
    return str(default_storage.save(f"lists/{uuid4().hex}.xlsx", file))


def read(*, arguments: dict[str, Any], at: datetime, progress: Progress) -> Preview:
    """Read a kept list, and write beside it what it would bring and the workbook with the refused rows' reasons."""
    found = _read(arguments, at, progress)
    preview = _preview(found)
    _write(f"{arguments['file']}.json", json.dumps(asdict(preview), ensure_ascii=False).encode())
    if found.refused:
        with (
            default_storage.open(arguments["file"]) as source,
            default_storage.open(refused_file(arguments), "wb") as target,
        ):
            write_refused(source, target, found)
    return preview


def store(
    *, job_id: int, arguments: dict[str, Any], actor: Actor, at: datetime, progress: Progress
) -> StoredList:
    """Read a kept list once more and file what is new in it."""
    found = _read(arguments, at, progress)
    # Storing is one transaction, so the job's own row can't tell how far it is: the cache does.
    return store_list(
        rows=found.rows,
        kind=found.kind,
        name=arguments["name"],
        actor=actor,
        at=at,
        progress=lambda done: cache.set(_key(job_id), done, _KEPT_FOR),
    )


def _read(arguments: dict[str, Any], at: datetime, progress: Progress) -> ReadList:
    kind, name = arguments["kind"], arguments["name"]
    with default_storage.open(arguments["file"]) as source:
        return read_list(
            source,
            today=local_day(at),
            kind=Filing.Channel(kind) if kind else None,
            name=PurePath(name).stem,
            progress=progress,
        )


def load(job: Job) -> Preview | None:
    """Return what a list that was read would bring; None while it is not read."""
    name = f"{job.arguments['file']}.json"
    if not default_storage.exists(name):
        return None
    with default_storage.open(name) as file:
        return Preview(**json.load(file))


def refused_file(arguments: dict[str, Any]) -> str:
    """Return where the workbook with the reasons lies."""
    return f"{arguments['file'].removesuffix('.xlsx')}-refused.xlsx"


def storing_of(job: Job) -> Job | None:
    """Return the last job that stores a list that was read, or None."""
    return Job.objects.filter(task=STORE_TASK, arguments__reading=job.pk).order_by("-pk").first()


def may_be_stored(job: Job, storing: Job | None) -> bool:
    """Say whether a list that was read can be stored now: not while it is, and not when it was."""
    return job.state == Job.State.DONE and (storing is None or storing.state == Job.State.FAILED)


def stored_so_far(job: Job | None) -> int:
    """Return how many needs a running job has filed."""
    return int(cache.get(_key(job.pk), 0)) if job else 0


def _key(job_id: int) -> str:
    return f"requests_desk:list:{job_id}"


def _write(name: str, content: bytes) -> None:
    default_storage.delete(name)  # a job that is sent again writes anew
    default_storage.save(name, ContentFile(content))


def _preview(found: ReadList) -> Preview:
    return Preview(
        kind=str(found.kind),
        requests=len(found.rows),
        filings=found.filings,
        known=len(found.known),
        ignored=len(found.ignored),
        rows=[_shown(found, row) for row in found.rows[:SHOWN]],
        refused=[(found.where(row), row.reason) for row in found.refused],
        duplicates=[_twice(found, duplicate) for duplicate in found.duplicates],
        emptiness=found.emptiness,
        remarks=found.remarks,
    )


def _twice(found: ReadList, duplicate: Duplicate) -> tuple[str, str]:
    return found.where(duplicate.row), f"与{found.where(duplicate.of)}相同"


def _shown(found: ReadList, row: ListedRow) -> dict[str, Any]:
    return {
        "where": found.where(row),
        "enterprise": row.enterprise.name,
        "project": row.project,
        "factor": row.factor.name,
        "content": row.content,
        "quantity": float(row.quantity) if row.quantity is not None else None,
        "unit": row.unit,
        "wish": row.wished_on.isoformat() if row.wished_on else row.wish,
        "division": row.division.short,
        "lead": row.lead.short if row.lead else "",
        "supports": "、".join(body.short for body in row.supports),
        "number": found.known.get((row.sheet, row.number), ""),
    }

"""Taking over the ledger of past years: five CSV files, all or nothing, twice is once (scoring rules §9)."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.db import connection, transaction

from scoring.imports.checking import check
from scoring.imports.layout import Codes, sheets
from scoring.imports.reading import Findings, Problem, Progress, stage
from scoring.imports.storing import store
from taian_factors.directory.actors import Actor
from taian_factors.directory.models import Chain, Division, Factor, Job, Organization

__all__ = ["History", "Problem", "import_history"]


@dataclass(frozen=True)
class History:
    """What came of an import. With any error nothing was stored; warnings stop nothing.

    The counts are of all problems; the lists hold the first ten thousand.
    """

    errors: list[Problem]
    warnings: list[Problem]
    error_count: int = 0
    warning_count: int = 0
    stored: dict[str, int] = field(default_factory=dict)


def import_history(
    folder: Path, *, actor: Actor, at: datetime, progress: Progress = lambda _file, _done: None
) -> History:
    """Read a folder's five files, check them in sets, and store what is new, in one transaction.

    Memory is bounded: rows stream through COPY into temporary tables. ``progress(file, rows)`` is called as
    they go by.
    """
    findings = Findings()
    codes = _codes()
    with transaction.atomic():
        files = sheets(codes)
        for sheet in files:
            stage(folder, sheet, findings, progress)
        # Rows that could not be read would be missed by every row that names them.
        if not findings.unread:
            check(files, findings)
        stored = {}
        if not findings.errors:
            progress("", 0)
            stored = store(at=at, office_id=actor.organization.pk)
            _make_searchable(stored, actor=actor, at=at)
        else:
            transaction.set_rollback(True)
    _gather_statistics(stored)
    return History(findings.errors, findings.warnings, findings.error_count, findings.warning_count, stored)


def _codes() -> Codes:
    return Codes(
        divisions=dict(Division.objects.values_list("code", "pk")),
        chains=dict(Chain.objects.values_list("code", "pk")),
        factors=dict(Factor.objects.values_list("code", "pk")),
        bodies=dict(Organization.objects.handlers().values_list("code", "pk")),
    )


def _make_searchable(stored: dict[str, int], *, actor: Actor, at: datetime) -> None:
    # Not sent from here: the clock takes it up within minutes, and the import is done before.
    if stored["requests"]:
        Job.objects.create(
            task="requests_desk.write_search_texts",
            label="往年需求的检索文本",
            created_by=actor.user,
            created_at=at,
        )


def _gather_statistics(stored: dict[str, int]) -> None:
    # The planner must know of the new rows before the next month is computed, not at the next autovacuum.
    if sum(stored.values()) > 10_000:
        with connection.cursor() as cursor:
            cursor.execute(
                "ANALYZE requests_desk_factorrequest, requests_desk_assignment, requests_desk_satisfactionreview"
            )

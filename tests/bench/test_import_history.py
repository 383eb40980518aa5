"""A million assignments of past years taken over by the command, as a process of its own."""

import os
import subprocess
import time
from pathlib import Path

import pytest

from requests_desk.models import Assignment
from scoring.models import DutyRecord
from tests import processes
from tests.bench.conftest import scaled
from tests.bench.ledgers import write_ledger
from tests.bench.report import Report, broken

pytestmark = pytest.mark.bench
ASSIGNMENTS = 1_000_000
SECONDS, MEGABYTES = 180, 500


def test_a_million_assignments_are_taken_over_in_three_minutes_and_500_megabytes(
    filled: None, report: Report, tmp_path: Path
) -> None:
    write_ledger(tmp_path, assignments=scaled(ASSIGNMENTS))
    seconds, megabytes, said = _imported(tmp_path)
    stored = Assignment.objects.count()
    took = report.add(
        "import_history", seconds, "s", SECONDS, f"{stored:,} assignments, its requests and reviews"
    )
    used = report.add("import_history, peak memory", megabytes, "MB", MEGABYTES)
    assert stored == pytest.approx(scaled(ASSIGNMENTS), abs=2)
    assert DutyRecord.objects.exists()
    assert "已读" in said, "no progress was shown"
    assert broken([took, used]) == []


def _imported(folder: Path) -> tuple[float, float, str]:
    """Run the command; return its seconds, its largest memory in MB, and what it said while it ran."""
    log = folder / "import.log"
    command = processes.python("manage.py", "import_history", str(folder))
    started = time.perf_counter()
    with log.open("wb") as said:
        process = subprocess.Popen(
            command,
            cwd=processes.ROOT,
            env={**os.environ, "DATABASE_URL": processes.database_url()},
            stdout=said,
            stderr=subprocess.STDOUT,
        )
        _, status, usage = os.wait4(process.pid, 0)  # the usage of this one child
        process.returncode = os.waitstatus_to_exitcode(status)
    words = log.read_text(encoding="utf-8")
    assert process.returncode == 0, words[-2000:]
    return time.perf_counter() - started, usage.ru_maxrss / 1024, words

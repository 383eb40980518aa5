"""What the measurements share: their size, one report, and a database that stays full for a module.

``BENCH_SCALE`` (a fraction, 1 by default) makes the tables smaller for a quick look; limits hold at full size.
"""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import setup_databases, teardown_databases

from tests.bench.report import Report
from tests.bench.server import Portal, serving
from tests.ground import ground

SCALE = float(os.environ.get("BENCH_SCALE", "1"))
_report = Report()


def scaled(number: int) -> int:
    """Return ``number`` at the chosen scale."""
    return max(1, int(number * SCALE))


@pytest.fixture(scope="session")
def report() -> Report:
    """The one report of the run; it is printed at the end."""
    return _report


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: Any) -> Iterator[None]:
    """Make the test database with the portal's own settings, whether or not a test is marked for it."""
    with django_db_blocker.unblock():
        made = setup_databases(verbosity=0, interactive=False)
    ground.blocker = django_db_blocker
    ground.remember()
    yield
    ground.leave()
    with django_db_blocker.unblock():
        teardown_databases(made, verbosity=0)


@pytest.fixture(scope="module")
def filled(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Let a module fill the database for all its tests; afterwards it is as the migrations left it."""
    with django_db_blocker.unblock():
        yield
        connection.close()  # with whatever the measurements have set
        call_command("flush", interactive=False, verbosity=0, reset_sequences=False)
    ground.put_back()


@pytest.fixture(scope="module")
def portal(filled: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """The portal as it is served, over the module's database."""
    with serving(tmp_path_factory.mktemp("portal")) as there:
        yield there


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the report."""
    if _report.figures:
        terminalreporter.section(f"bench at scale {SCALE:g}")
        for line in _report.lines():
            terminalreporter.write_line(line)

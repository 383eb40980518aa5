"""What several stories of the desk begin with: a filing, a hall with a counter, a factor week, the bodies."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from requests_desk import factor_weeks
from taian_factors.lib.clock import now
from taian_factors.lib.periods import SHANGHAI, local_day
from tests.directory import factories as directory
from tests.fairs import factories as fairs
from tests.requests_desk import factories
from tests.requests_desk.counters import Counter, SignIn, counter_at

MONDAY = datetime(2023, 7, 3, 8, 30, tzinfo=SHANGHAI)


@pytest.fixture
def cast():
    """One of each kind: settled, barred, overdue, running, not handed out, and three that are at their end."""
    settled, barred = factories.confirmed(), factories.ineligible()
    overdue = factories.assigned(at=datetime(2023, 6, 1, 9, 0, tzinfo=SHANGHAI))
    running, waiting = factories.assigned(at=MONDAY - timedelta(days=3)), factories.accepted()
    factories.refused(), factories.withdrawn()
    return settled, barred, overdue, running, waiting


@pytest.fixture
def week(cast):
    return factor_weeks.open_week(at=MONDAY, actor=factories.office())


@pytest.fixture
def filing(db):
    """Two needs that wait for the office."""
    return factories.filing("TD", "NY", at=now())


@pytest.fixture
def hall(db: None) -> Any:
    return fairs.fair(local_day(now()))


@pytest.fixture
def counter(hall: Any, sign_in: SignIn) -> Counter:
    return counter_at(hall, sign_in)


@pytest.fixture
def bodies() -> dict[str, int]:
    return {code: directory.body(code).pk for code in ("ZGJ", "SPJ", "STJ", "B01", "TB-370902")}

"""A computed June; a quarter with differences, and its bulletin as a draft and issued."""

import pytest

from scoring import bulletins, runs
from taian_factors.lib.periods import Period
from tests.scoring.factories import (
    answered,
    completed,
    duty,
    excluded,
    moment,
    published,
    reviewed,
    worked_example,
)

QUARTER = Period.parse("2023Q2")


@pytest.fixture
def months(office_lead):
    """The worked example, seven more departments, one that has a duty alone, one excluded record."""
    worked_example("FGW")
    for number, code in enumerate(("SPJ", "ZJJ", "GXJ", "KJJ", "CZJ", "ZGJ", "STJ")):
        for each in range(6):
            answered(code, on_time=each >= number % 3, due="2023-05-10")
        reviewed(completed(code), 5 - number % 4)
    excluded(assignment=answered("FGW", on_time=False))
    duty("SWJ", on="2023-04-20")
    return [published(month, office_lead) for month in QUARTER.months]


@pytest.fixture
def draft(months, office_clerk):
    """The bulletin as the clerk composed it."""
    return bulletins.compose(period=QUARTER, actor=office_clerk, at=moment("2023-07-18"))


@pytest.fixture
def issued(draft, office_lead):
    """The same, issued by the lead."""
    return bulletins.issue(bulletin=draft, actor=office_lead, at=moment("2023-07-18"))


@pytest.fixture
def june(db):
    """June with the worked example for the department of the cast, computed and not yet shown."""
    worked_example("ZGJ")
    return runs.compute_month(period=Period.parse("2023-06"), at=moment("2023-07-10"))

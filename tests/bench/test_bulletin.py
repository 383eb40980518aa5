"""How long a bulletin of fifteen departments takes as DOCX, XLSX and PDF, composed from published months."""

import pytest

from scoring import bulletins, printing
from scoring.bulletin_papers import paper_of
from taian_factors.directory.models import Organization
from taian_factors.lib.clock import now
from taian_factors.lib.periods import Period
from tests.bench.report import Report, broken, median, timed
from tests.directory.factories import actor
from tests.scoring.factories import answered, completed, duty, published, reviewed

pytestmark = pytest.mark.bench
QUARTER = Period.parse("2023Q2")
DEPARTMENTS, SECONDS = 15, 5


def test_a_bulletin_of_fifteen_departments_is_printed_within_five_seconds(
    filled: None, report: Report
) -> None:
    codes = Organization.objects.departments().filter(takes_part=True).values_list("code", flat=True)
    for number, code in enumerate(codes):
        for each in range(6):
            answered(code, on_time=each >= number % 4, due="2023-05-10")
        reviewed(completed(code), 5 - number % 4)
        duty(code, "late" if number % 3 else "on_time", on="2023-04-20")
    for month in QUARTER.months:
        published(month, actor("GTB", "lead"))
    draft = bulletins.compose(period=QUARTER, actor=actor("GTB"), at=now())
    paper = paper_of(draft)
    assert len(paper.tables[0].rows) == DEPARTMENTS
    # The first time fonts are read and the press is loaded: that is said, the later ones are measured.
    first = timed(lambda: [printing.made(write, paper) for _, write in printing.writers(draft, now())])
    each = {
        kind: median([timed(lambda write=write: printing.made(write, paper)) for _ in range(3)])
        for kind, write in printing.writers(draft, now())
    }
    parts = ", ".join(f"{kind} {taken:.2f}" for kind, taken in each.items())
    total = report.add(
        "bulletin, 15 departments", sum(each.values()), "s", SECONDS, f"{parts}; first time {first:.2f}"
    )
    assert broken([total]) == []

"""One published month, byte for byte; and the same bytes again from its stored inputs."""

import json
from pathlib import Path

import pytest

from scoring import digests, facts, runs
from scoring.models import CountedInput
from scoring.verifying import first_difference
from taian_factors.lib.periods import Period
from tests.scoring.factories import (
    answered,
    completed,
    duty,
    excluded,
    matter,
    moment,
    need,
    published,
    reviewed,
    worked_example,
)

GOLDEN = Path(__file__).parent / "goldens" / "2023-06.json"
JUNE = Period.parse("2023-06")
pytestmark = pytest.mark.django_db


def a_month_with_every_corner():
    """Write June 2023: the worked example, ties, an empty dimension, a redo, an ineligible matter, an exclusion."""
    worked_example("FGW")
    for code in ("SPJ", "ZJJ"):  # a tie
        answered(code)
        answered(code, on_time=False)
    for code, rating in (("GXJ", 5), ("KJJ", 2)):
        reviewed(completed(code), rating)
    asked = need()
    completed("CZJ", of=asked, ended_at=moment("2023-07-03"), end_reason="redone")
    completed("CZJ", of=asked, due="2023-07-10", done="2023-07-06", assigned_at=moment("2023-07-03"))
    completed("CZJ", of=need(ineligible_at=moment("2023-06-15")))
    excluded(assignment=answered("ZGJ", on_time=False))
    answered("ZGJ")
    duty("STJ", "late")  # nothing but a duty: no place
    due = moment("2023-06-30", "23:59:59")
    matter("SWJ", complete_due_at=due, completed_at=due)


def test_a_published_month_is_the_golden_one_byte_for_byte(office_lead):
    a_month_with_every_corner()
    run = published(JUNE, office_lead)
    output = digests.machine_output(run, digests.loaded(run))
    # The number of the run and, with it, the ids inside the hash of the inputs are those of this database.
    output |= {"run": 0, "digest": ""}
    written = json.dumps(output, ensure_ascii=False, indent=1) + "\n"
    assert written == GOLDEN.read_text(encoding="utf-8")


def test_a_published_month_is_reproduced_from_its_stored_inputs(office_lead):
    a_month_with_every_corner()
    run = published(JUNE, office_lead)
    assert first_difference(run) is None


def test_the_order_in_which_inputs_were_written_does_not_matter():
    a_month_with_every_corner()
    run = runs.compute_month(period=JUNE, at=moment("2023-07-10"))
    rows = list(CountedInput.objects.filter(run=run).order_by("-pk"))
    for row in rows:
        row.pk, row.run_id = None, run.pk + 1000
    CountedInput.objects.bulk_create(rows)
    again = facts.count_inputs(run_id=run.pk + 1000)
    assert again == facts.count_inputs(run_id=run.pk)

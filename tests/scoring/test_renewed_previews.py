"""Which run goes on with the days for appeals of the one that it replaces, and which has three of its own."""

import pytest

from requests_desk.models import Assignment, FactorRequest
from scoring import runs
from scoring.appealing import appeal, decide_appeal
from scoring.models import DutyRecord, ScoringRun
from scoring.verifying import first_difference
from taian_factors.lib.periods import Period
from tests.directory.factories import actor as department_of
from tests.scoring.factories import answered, moment, previewed, worked_example

JUNE = Period.parse("2023-06")
SIXTH, TENTH = moment("2023-07-10", "02:30:00"), moment("2023-07-14")
pytestmark = pytest.mark.django_db


def appealed(run, actor, at=SIXTH):
    missed = run.inputs.filter(organization__code="ZGJ", indicator="on_time_reply", credit=0, left_out="")
    words = {"reason": "重复", "evidence": "与另一件相同。"}
    return appeal(counted=missed.earliest("pk"), actor=actor, at=at, **words)


def test_a_run_that_differs_by_upheld_exclusions_alone_goes_on_with_the_days_of_the_first(
    office_clerk, office_lead
):
    worked_example("ZGJ")
    run = previewed(JUNE, SIXTH)
    case = appealed(run, department_of("ZGJ"))
    at = moment("2023-07-17")
    decide_appeal(appeal=case, is_upheld=True, decision="属实。", actor=office_clerk, at=at)
    again = ScoringRun.objects.in_preview().get(period="2023-06")
    assert runs.preview_until(JUNE) == moment("2023-07-13", "23:59:59")
    published = runs.publish(run=again, actor=office_lead, at=at)
    assert first_difference(published) is None


def _another_reply():
    answered("ZGJ", on_time=False)


def _ineligible():
    FactorRequest.objects.filter(assignments__organization__code="ZGJ").update(
        ineligible_at=moment("2023-07-14")
    )


def _another_judgement():
    DutyRecord.objects.filter(result="late").update(result="on_time")


@pytest.mark.parametrize("change", [_another_reply, _ineligible, _another_judgement])
def test_a_run_that_counts_otherwise_than_the_one_shown_has_three_days_of_its_own(
    change, office_clerk, office_lead
):
    worked_example("ZGJ")
    previewed(JUNE, SIXTH)
    runs.close_appeals(at=TENTH)
    change()
    run = runs.compute_month(period=JUNE, at=TENTH, actor=office_clerk)
    with pytest.raises(runs.RunError, match="尚未预公布"):
        runs.publish(run=run, actor=office_lead, at=TENTH)
    runs.preview(run=run, actor=office_clerk, at=TENTH)
    with pytest.raises(runs.RunError, match="预公布到 2023-07-19 结束"):
        runs.publish(run=run, actor=office_lead, at=moment("2023-07-19", "23:59:59"))
    assert appealed(run, department_of("ZGJ"), at=moment("2023-07-19")).run == run
    assert [runs.close_appeals(at=moment(f"2023-07-{day}")) for day in (15, 20, 21)] == [0, 1, 0]


def test_a_record_that_changed_together_with_an_upheld_appeal_opens_the_days_again(office_clerk):
    worked_example("ZGJ")
    case = appealed(previewed(JUNE, SIXTH), department_of("ZGJ"))
    answered("STJ", on_time=False)
    decide_appeal(appeal=case, is_upheld=True, decision="属实。", actor=office_clerk, at=moment("2023-07-14"))
    assert runs.preview_until(JUNE) == moment("2023-07-19", "23:59:59")


def test_a_run_that_counts_the_same_opens_no_new_days(office_clerk):
    worked_example("ZGJ")
    previewed(JUNE, SIXTH)
    Assignment.objects.filter(completed_at=moment("2023-07-01")).update(completed_at=moment("2023-07-02"))
    run = runs.compute_month(period=JUNE, at=TENTH, actor=office_clerk)
    runs.preview(run=run, actor=office_clerk, at=TENTH)
    assert runs.preview_until(JUNE) == moment("2023-07-13", "23:59:59")

"""Appeals and exclusions of a month in preview: in their days, with evidence, decided by a second person."""

import pytest
from django.db import DatabaseError, transaction

from scoring import digests, runs
from scoring.appealing import AppealError, appeal, decide_appeal, decide_exclusion, propose_exclusion
from scoring.models import ScoringRun
from tests.directory.factories import actor as department_of
from tests.scoring.factories import (
    answered,
    matter,
    moment,
    previewed,
    reviewed,
    worked_example,
)
from tests.scoring.test_publishing import JUNE, SIXTH, TENTH, miss, total

pytestmark = pytest.mark.django_db


def test_an_upheld_appeal_is_an_exclusion_and_a_new_run_and_the_old_one_stays(office_clerk, office_lead):
    worked_example("ZGJ")
    run = previewed(JUNE, SIXTH)
    before = digests.machine_output(run, digests.loaded(run))
    appellant = department_of("ZGJ")
    case = appeal(
        counted=miss(run, "ZGJ"),
        reason="重复",
        evidence="与另一件相同。",
        actor=appellant,
        at=moment("2023-07-11"),
    )
    with pytest.raises(runs.RunError, match="1 件申诉没有决定"):
        runs.publish(run=run, actor=office_lead, at=TENTH)
    decide_appeal(appeal=case, is_upheld=True, decision="属实。", actor=office_clerk, at=moment("2023-07-12"))
    with pytest.raises(runs.RunError, match="请用最新的一次"):
        runs.publish(run=run, actor=office_lead, at=TENTH)
    again = ScoringRun.objects.in_preview().get(period="2023-06")
    assert again.computed_by == office_clerk.user
    runs.publish(run=again, actor=office_lead, at=TENTH)
    assert (total(run, "ZGJ"), total(again, "ZGJ")) == ("89.51", "91.88")
    run.refresh_from_db()
    assert run.superseded_at is not None
    assert before["departments"] == digests.machine_output(run, digests.loaded(run))["departments"]


def test_an_upheld_exclusion_renews_a_month_in_preview_and_no_published_one(office_clerk, office_lead):
    worked_example("ZGJ")
    run = previewed(JUNE, SIXTH)
    words = {"reason": "重复", "evidence": "相同。", "actor": office_clerk, "at": SIXTH}
    first = propose_exclusion(counted=miss(run, "ZGJ"), **words)
    decide_exclusion(exclusion=first, is_upheld=True, decision="同意。", actor=office_lead, at=SIXTH)
    again = ScoringRun.objects.in_preview().get(period="2023-06")
    assert (again.pk > run.pk, total(again, "ZGJ")) == (True, "91.88")
    runs.publish(run=again, actor=office_lead, at=TENTH)
    second = propose_exclusion(counted=miss(again, "ZGJ", "completion"), **words)
    decide_exclusion(exclusion=second, is_upheld=True, decision="同意。", actor=office_lead, at=TENTH)
    assert ScoringRun.objects.of(JUNE).first() == again


def test_a_refused_appeal_changes_nothing(office_clerk, office_lead):
    worked_example("ZGJ")
    run = previewed(JUNE, SIXTH)
    case = appeal(
        counted=miss(run, "ZGJ"),
        reason="重复",
        evidence="相同。",
        actor=department_of("ZGJ"),
        at=moment("2023-07-11"),
    )
    decide_appeal(
        appeal=case, is_upheld=False, decision="不是同一件。", actor=office_clerk, at=moment("2023-07-12")
    )
    assert case.exclusion is None
    assert runs.publish(run=run, actor=office_lead, at=TENTH).state == "published"


def test_an_appeal_after_the_third_day_or_about_somebody_else_is_refused():
    worked_example("ZGJ")
    answered("STJ", on_time=False)
    run = previewed(JUNE, SIXTH)
    mine = department_of("ZGJ")
    with pytest.raises(AppealError, match="申诉期已于 2023-07-13 结束"):
        appeal(
            counted=miss(run, "ZGJ"), reason="重复", evidence="相同。", actor=mine, at=moment("2023-07-14")
        )
    with pytest.raises(AppealError, match="本部门"):
        appeal(
            counted=miss(run, "STJ"), reason="重复", evidence="相同。", actor=mine, at=moment("2023-07-11")
        )


def test_an_appeal_needs_a_listed_reason_and_evidence():
    worked_example("ZGJ")
    run, mine = previewed(JUNE, SIXTH), department_of("ZGJ")
    for words in ({"reason": "太忙", "evidence": "相同。"}, {"reason": "重复", "evidence": " "}):
        with pytest.raises(AppealError):
            appeal(counted=miss(run, "ZGJ"), actor=mine, at=SIXTH, **words)


def test_one_matter_is_appealed_once():
    worked_example("ZGJ")
    run, mine = previewed(JUNE, SIXTH), department_of("ZGJ")
    appeal(counted=miss(run, "ZGJ"), reason="重复", evidence="相同。", actor=mine, at=SIXTH)
    with pytest.raises(AppealError, match="已经申诉过"):
        appeal(counted=miss(run, "ZGJ"), reason="重复", evidence="相同。", actor=mine, at=SIXTH)


def test_an_exclusion_is_decided_by_a_second_person(office_clerk, office_lead):
    reviewed(matter("FGW"), 1)
    run = runs.compute_month(period=JUNE, at=SIXTH)
    proposal = propose_exclusion(
        counted=miss(run, indicator="satisfaction"),
        reason="误评或恶意评价",
        evidence="企业来电说明。",
        actor=office_clerk,
        at=SIXTH,
    )
    with pytest.raises(AppealError, match="另一人"):
        decide_exclusion(exclusion=proposal, is_upheld=True, decision="同意。", actor=office_clerk, at=SIXTH)
    decide_exclusion(exclusion=proposal, is_upheld=True, decision="同意。", actor=office_lead, at=SIXTH)
    with pytest.raises(AppealError, match="已经决定"):
        decide_exclusion(exclusion=proposal, is_upheld=False, decision="改判。", actor=office_lead, at=SIXTH)


def test_the_database_refuses_one_person_for_both_steps(office_clerk):
    assignment = answered()
    with pytest.raises(DatabaseError), transaction.atomic():
        assignment.exclusions.create(
            reason="重复",
            recorded_at=SIXTH,
            recorded_by=office_clerk.user,
            is_upheld=True,
            decided_at=SIXTH,
            decided_by=office_clerk.user,
        )

"""Each step of a month is told once to each person whom it concerns, and to nobody else."""

from collections import Counter
from datetime import timedelta

import pytest

from requests_desk.models import Delivery
from scoring import announcing, runs
from scoring.appealing import appeal, decide_appeal, decide_exclusion, propose_exclusion
from scoring.models import RunStep, ScoringRun
from taian_factors.directory.models import Membership
from taian_factors.lib.periods import Period
from tests.scoring.factories import completed, moment, previewed, reviewed, worked_example

JUNE = Period.parse("2023-06")
SIXTH = moment("2023-07-10")
WORDS = {"reason": "重复", "evidence": "与另一件为同一事项。"}
pytestmark = pytest.mark.django_db


def told(actor):
    """Return what a person was told since the last look, the oldest first, and look no more at it."""
    mine = Delivery.objects.filter(user=actor.user, channel="portal", read_at=None).order_by("pk")
    texts = [delivery.text for delivery in mine]
    mine.update(read_at=SIXTH)
    return texts


def missed(run, code="ZGJ"):
    return run.inputs.filter(organization__code=code, credit=0, left_out="").order_by("pk").first()


def test_every_step_from_the_first_run_to_the_correction_is_told_to_whom_it_concerns(
    office_clerk, office_lead, department_clerk, other_department, bank, enterprise
):
    worked_example("ZGJ")
    reviewed(completed("STJ"))
    everybody = (office_clerk, office_lead, department_clerk, other_department, bank, enterprise)

    def news(at):
        announcing.announce(at=at)
        return [told(actor) for actor in everybody]

    runs.advance(period=JUNE, at=moment("2023-07-03", "02:30:00"))
    clerk, lead, *others = news(moment("2023-07-03"))
    assert clerk == lead == [f"2023年6月第 {ScoringRun.objects.get().pk} 次计算已完成，可以核对。"]
    assert others == [[], [], [], []]

    shown = previewed(JUNE, SIXTH)
    clerk, _, mine, *others = news(SIXTH)
    assert "预公布，2023-07-13 23:59 前可以申诉" in clerk[-1]
    assert mine == [
        "2023年6月排名已预公布：本部门第 2 名，89.51 分。有异议的在 2023-07-13 23:59 前申诉，逾期视为认可。"
    ]
    assert others[1:] == [[], []]

    case = appeal(counted=missed(shown), actor=department_clerk, at=SIXTH, **WORDS)
    clerk, _, *others = news(SIXTH)
    assert "提出申诉：重复。请在 2023-07-17 23:59 前由另一人决定" in clerk[0]
    assert others == [[], [], [], []]

    decide_appeal(appeal=case, is_upheld=True, decision="属实。", actor=office_clerk, at=SIXTH)
    clerk, lead, mine, other, *others = news(SIXTH)
    assert "的申诉成立：属实。" in mine[0]
    assert (
        mine[1]
        == "2023年6月预公布的排名已按剔除决定更新：本部门第 2 名，91.88 分。申诉期仍到 2023-07-13 23:59 止。"
    )
    assert len(other) == 0 or "已按剔除决定更新" in other[0]
    assert not any("申诉成立" in text for text in clerk), "who decided knows it"
    assert any("申诉成立" in text for text in lead)
    assert others == [[], []]

    runs.close_appeals(at=moment("2023-07-13", "23:59:59"))
    assert news(SIXTH) == [[]] * 6
    for _ in range(2):
        runs.close_appeals(at=moment("2023-07-14", "00:05:00"))
    clerk, lead, mine, *_ = news(moment("2023-07-14"))
    assert clerk == lead == ["2023年6月申诉期已满，没有待决定的申诉，可以公布。"]
    assert mine == ["2023年6月申诉期已满，不再受理申诉；已提出的决定后公布。"]

    last = ScoringRun.objects.in_preview().get()
    runs.publish(run=last, actor=office_lead, at=moment("2023-07-14"))
    clerk, lead, mine, *_ = news(moment("2023-07-14"))
    assert (clerk, lead, mine) == (
        ["2023年6月排名已公布。"],
        [],
        ["2023年6月排名已公布：本部门第 2 名，91.88 分。"],
    )

    again = runs.compute_month(period=JUNE, at=moment("2023-08-01"))
    why = {"correction_reason": "漏计一件。"}
    runs.publish(run=again, actor=office_lead, at=moment("2023-08-01"), **why)
    _, _, mine, *_ = news(moment("2023-08-01"))
    assert mine == ["2023年6月排名作第 1 次更正：漏计一件。更正后本部门第 2 名，91.88 分。"]


def test_an_exclusion_is_told_to_the_office_and_its_new_run_to_the_departments(
    office_clerk, office_lead, department_clerk
):
    worked_example("ZGJ")
    found = propose_exclusion(counted=missed(previewed(JUNE, SIXTH)), actor=office_clerk, at=SIXTH, **WORDS)
    announcing.announce(at=SIXTH)
    assert "待另一人决定" in told(office_lead)[-1]
    told(department_clerk)
    decide_exclusion(exclusion=found, is_upheld=True, decision="同意。", actor=office_lead, at=SIXTH)
    announcing.announce(at=SIXTH)
    assert any("剔除" in text for text in told(office_clerk))
    assert ["已按剔除决定更新" in text for text in told(department_clerk)] == [True]


def test_nobody_is_told_twice_and_who_has_left_is_not_told(office_clerk, department_clerk, department_lead):
    worked_example("ZGJ")
    gone = Membership.objects.filter(user=department_lead.user)
    gone.update(until_on=SIXTH.date() - timedelta(days=1))
    previewed(JUNE, SIXTH)
    assert announcing.announce(at=SIXTH) == 2
    assert announcing.announce(at=SIXTH) == 0
    RunStep.objects.filter(announced_at=None).update(announced_at=SIXTH)
    counts = Counter(Delivery.objects.filter(channel="portal").values_list("user", flat=True))
    assert counts == {office_clerk.user.pk: 2, department_clerk.user.pk: 1}


def test_the_notice_leads_a_department_to_the_reasons_of_its_own_score(department_clerk, as_department_clerk):
    worked_example("ZGJ")
    previewed(JUNE, SIXTH)
    announcing.announce(at=SIXTH)
    url = Delivery.objects.get(user=department_clerk.user, channel="portal").url
    assert as_department_clerk.get(url).status_code == 200
    assert "/scoring/why/2023-06/ZGJ/" in url


def test_every_step_is_in_the_table_or_is_silent():
    assert set(announcing.NOTICES) | announcing.SILENT == set(RunStep.Verb)
    assert all(announcing.NOTICES.values())

"""Cases on the way to their decision: what the second person reads, in which order, and who may not decide."""

import re

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from scoring import appealing, arranging, runs
from scoring.models import Appeal, CountedInput, FormerDutyRecord
from scoring.steps import steps
from taian_factors.lib.periods import Period
from tests.scoring.factories import answered, duty, moment, previewed, published

JUNE = Period.parse("2023-06")
APPEALS = reverse("scoring:appeals")
pytestmark = pytest.mark.django_db


def text(response):
    return re.sub(r"\s+", " ", response.content.decode())


@pytest.fixture
def appeals(department_clerk, office_lead):
    """Three appeals of one department, the second of them decided."""
    for _ in range(2):
        answered("ZGJ", on_time=False)
    record = duty("ZGJ", "")
    arranging.judge(
        record=record, result="not_done", proof="未见收文", actor=office_lead, at=moment("2023-07-03")
    )
    run = previewed(JUNE)
    missed = CountedInput.objects.filter(run=run, credit=0).order_by("pk")
    found = [
        appealing.appeal(
            counted=each, reason="重复", evidence=f"第{n}件", actor=department_clerk, at=run.previewed_at
        )
        for n, each in enumerate(missed, start=1)
    ]
    at = moment("2023-07-11")
    appealing.decide_appeal(appeal=found[1], is_upheld=False, decision="不属实。", actor=office_lead, at=at)
    return found


def test_what_waits_for_a_decision_stands_first(appeals, as_office_clerk):
    page = text(as_office_clerk.get(APPEALS))
    assert page.index("第1件") < page.index("第3件") < page.index("第2件")


def test_the_second_person_reads_whose_record_it_is_and_how_it_stands(appeals, as_office_clerk):
    page = text(as_office_clerk.get(reverse("scoring:decide_appeal", args=[appeals[0].pk])))
    assert "泰安市自然资源和规划局，2023-06 第" in page
    assert "未达标。应于 2023-06" in page
    assert reverse("requests_desk:show", args=[appeals[0].assignment.factor_request.number]) in page


def test_what_is_decided_is_read_and_asks_nothing(appeals, as_office_clerk):
    page = text(as_office_clerk.get(reverse("scoring:decide_appeal", args=[appeals[1].pk])))
    assert "不成立。不属实。" in page
    assert "作出决定" not in page


def test_appeals_are_dated_by_the_run_that_they_are_about(appeals, office_clerk):
    run, day = appeals[0].run, "%Y-%m-%d"
    told = [(f"{step.at:{day}}", step.text) for step in steps(period=JUNE, actor=office_clerk)][-2:]
    assert told == [
        (f"{run.previewed_at:{day}}", f"对第 {run.pk} 次计算收到申诉，共 3 件"),
        ("2023-07-11", f"已决定对第 {run.pk} 次计算的申诉 1 件，成立 0 件"),
    ]


def test_a_proposed_exclusion_names_its_department(appeals, office_lead, as_office_clerk):
    counted = CountedInput.objects.filter(run=appeals[0].run, assignment=appeals[0].assignment).first()
    at = moment("2023-07-11")
    made = appealing.propose_exclusion(
        counted=counted, reason="重复", evidence="见件", actor=office_lead, at=at
    )
    assert re.search(
        r"待决定的剔除.*<h3>市自然资源和规划局 2023-06</h3>.*见件", text(as_office_clerk.get(APPEALS))
    )
    page = text(as_office_clerk.get(reverse("scoring:decide_exclusion", args=[made.pk])))
    assert "泰安市自然资源和规划局，2023-06 第" in page


def test_who_judged_a_duty_does_not_decide_the_appeal_against_it(appeals, office_lead, office_clerk):
    words = {"is_upheld": True, "decision": "属实。", "at": moment("2023-07-11")}
    with pytest.raises(appealing.AppealError, match="由您认定"):
        appealing.decide_appeal(appeal=appeals[2], actor=office_lead, **words)
    appealing.decide_appeal(appeal=appeals[2], actor=office_clerk, **words)
    assert Appeal.objects.get(pk=appeals[2].pk).is_upheld


def test_what_was_judged_and_answered_before_is_kept_and_shown(
    office_clerk, office_lead, department_clerk, as_office_lead, as_department_clerk
):
    record = duty("ZGJ", "")
    for n, said in enumerate(("已报送。", "已于 6 月 29 日报送。")):
        at = moment("2023-06-29", f"10:0{n}:00")
        arranging.answer(record=record, text=said, actor=department_clerk, at=at)
    for who, result, proof in ((office_clerk, "not_done", "未见收文"), (office_lead, "on_time", "收文登记")):
        arranging.judge(record=record, result=result, proof=proof, actor=who, at=moment("2023-07-03"))
    former = list(FormerDutyRecord.objects.filter(record=record))
    assert [(each.answer, each.result) for each in former] == [
        ("已报送。", ""),
        (former[1].answer, "not_done"),
    ]
    page = reverse("scoring:duty", args=[record.duty_id])
    seen = [text(client.get(page)) for client in (as_office_lead, as_department_clerk)]
    for said in ("认定为未落实，依据：未见收文", "）：已报送。", "依据：收文登记"):
        assert all(said in each for each in seen), said
    assert [f"由{office_clerk.user}认定" in each for each in seen] == [True, False]
    with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic():
        FormerDutyRecord.objects.update(result="on_time")


def test_a_duty_of_a_published_month_says_that_the_score_stands(office_lead, as_office_clerk):
    record = duty("ZGJ", "on_time")
    page = reverse("scoring:duty", args=[record.duty_id])
    assert "不再改变已公布的得分" not in text(as_office_clerk.get(page))
    published(JUNE, office_lead)
    assert "不再改变已公布的得分" in text(as_office_clerk.get(page))
    assert runs.preview_until(JUNE)

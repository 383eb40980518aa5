"""The end of a month: counted by night, shown, appealed, corrected by a second person, published, read."""

import pytest
from django.urls import reverse

from scoring import tasks
from scoring.models import Appeal, CountedInput, Exclusion, ScoringRun
from tests.scoring.factories import worked_example

RANKINGS = reverse("scoring:rankings")
WHY = reverse("scoring:why", args=["2023-06", "ZGJ"])
pytestmark = pytest.mark.django_db


def newest():
    return ScoringRun.objects.order_by("-pk").first()


def total(run):
    return str(run.cards.get(code="ZGJ").total)


def miss(run, indicator):
    counted = CountedInput.objects.filter(run=run, organization__code="ZGJ", indicator=indicator)
    return counted.get(credit=0, left_out="")


def test_june_2023_from_the_first_night_to_the_published_table(
    clock_at, read, as_office_clerk, as_office_lead, as_department_clerk, as_department_lead, as_bank
):
    worked_example("ZGJ")

    # Saturday 1 July is no working day; on Monday the 3rd there is a provisional run, for the office alone.
    clock_at("2023-07-01 02:30")
    tasks.compute_last_month()
    assert not ScoringRun.objects.exists()
    clock_at("2023-07-03 02:30")
    tasks.compute_last_month()
    assert "89.51" in read(as_office_clerk.get(RANKINGS))
    assert "还没有可以看的排名" in read(as_department_clerk.get(RANKINGS))

    # The sixth working day: the departments see it, with the reasons of their own score.
    clock_at("2023-07-10 02:30")
    tasks.compute_last_month()
    shown = newest()
    assert (shown.state, total(shown)) == ("preview", "89.51")
    assert "申诉期到" in read(as_department_clerk.get(RANKINGS))
    assert "30.77 × 12/13 = 28.40 分" in read(as_department_clerk.get(WHY))
    assert "还没有可以看的排名" in read(as_bank.get(RANKINGS))

    # The department appeals the late reply; its own people cannot decide, the office does.
    clock_at("2023-07-11 10:00")
    words = {"reason": "重复", "evidence": "与另一件为同一事项，已合并办理。"}
    late_reply = miss(shown, "on_time_reply")
    asked = reverse("scoring:appeal", args=[late_reply.pk])
    assert "申诉已提交" in read(as_department_clerk.post(asked, words, follow=True))
    case = Appeal.objects.get()
    decide = reverse("scoring:decide_appeal", args=[case.pk])
    upheld = {"is_upheld": "yes", "decision": "属实，剔除。"}
    assert as_department_lead.post(decide, upheld).status_code == 404
    clock_at("2023-07-12 10:00")
    assert "已重新计算，更新了预公布的排名" in read(as_office_clerk.post(decide, upheld, follow=True))
    second = newest()
    assert (second.state, total(second), total(shown)) == ("preview", "91.88", "89.51")

    # The office finds a completion that belongs to nobody: a clerk records it, a lead decides.
    late_completion = miss(second, "completion")
    exclude = reverse("scoring:exclude", args=[late_completion.pk])
    evidence = {"reason": "非本部门职责", "evidence": "职责在省级，市级无权办理。"}
    assert "待另一人决定" in read(as_office_clerk.post(exclude, evidence, follow=True))
    found = Exclusion.objects.undecided().get()
    decide = reverse("scoring:decide_exclusion", args=[found.pk])
    assert "另一人" in read(as_office_clerk.post(decide, upheld))
    assert "已决定" in read(as_office_lead.post(decide, upheld, follow=True))
    # 12 of 12 and 8 of 8, duties 3.5 of 4: 30.77 + 38.46 + 30.77 × 3.5/4.
    third = newest()
    assert (third.state, total(third)) == ("preview", "96.15")

    # Not before the three days are over, and not by a clerk.
    publish = reverse("scoring:publish", args=[third.pk])
    assert "之后才能公布" in read(as_office_lead.post(publish))
    clock_at("2023-07-14 09:00")
    assert as_office_clerk.post(publish).status_code == 403
    assert "已公布" in read(as_office_lead.post(publish, follow=True))

    # The department's lead reads why; banks and the open data see the table.
    why = read(as_department_lead.get(WHY))
    assert "96.15" in why
    assert "30.77 × 12/12 = 30.77 分" in why
    assert late_reply.assignment.factor_request.number in why
    table = read(as_bank.get(RANKINGS))
    assert "96.15" in table
    assert "91.88" not in table
    assert as_bank.get(reverse("scoring:open_json", args=["2023-06"])).status_code == 200
    # A night later the task finds nothing to do, and the runs before are still there to be read.
    clock_at("2023-07-15 02:30")
    tasks.compute_last_month()
    assert ScoringRun.objects.count() == 4
    assert "89.51" in read(as_office_clerk.get(RANKINGS, {"period": "2023-06", "run": shown.pk}))

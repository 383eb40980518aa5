"""What would have raised the place is what a recomputation with one more hit gives; the change names its month."""

import re

import pytest
from django.urls import reverse

from requests_desk.models import Assignment
from scoring import drafting, improving, runs, standings
from scoring.models import RuleVersion, Scorecard
from scoring.rulebook import Rules
from taian_factors.lib.periods import Period
from tests.scoring.factories import answered, completed, moment, published, reviewed, worked_example

JUNE, MAY = Period.parse("2023-06"), Period.parse("2023-05")
pytestmark = pytest.mark.django_db


def computed():
    run = runs.compute_month(period=JUNE, at=moment("2023-07-10"))
    cards = list(run.cards.prefetch_related("lines"))
    return next(card for card in cards if card.code == "ZGJ"), cards, Rules.from_json(run.rules)


def made_good(indicator):
    """Turn one miss of the department into a hit, in the records themselves."""
    mine = Assignment.objects.filter(organization__code="ZGJ")
    if indicator == "on_time_reply":
        late = mine.filter(reply_due_at__isnull=False).order_by("-replied_at").first()
        late.replied_at = late.reply_due_at
        late.save()
    elif indicator == "completion":
        late = mine.filter(complete_due_at__isnull=False).order_by("-completed_at").first()
        late.completed_at = moment("2023-06-30", "23:59:59")
        late.save()
    else:
        review = mine.get(review__rating=1).review
        review.rating = 3
        review.save()


@pytest.mark.parametrize("indicator", ["on_time_reply", "completion", "satisfaction"])
def test_one_more_hit_is_worth_what_a_recomputation_says(indicator):
    worked_example("ZGJ")
    reviewed(completed("ZGJ"), 1)
    reviewed(completed("ZGJ"), 5)
    answered("STJ")  # a rival with full marks
    card, cards, rules = computed()
    said = {each.name: each.sentence for each in improving.improvements(card, cards, rules)}
    names = {"on_time_reply": "按时回复率", "completion": "办结率", "satisfaction": "满意率"}
    before, after = re.search(r"总分 ([\d.]+) → ([\d.]+)", said[names[indicator]]).groups()
    made_good(indicator)
    again, _, _ = computed()
    assert (before, after) == (str(card.total), str(again.total))


def test_the_place_that_one_more_hit_would_have_brought_is_right():
    for on_time in (True, False):
        answered("ZGJ", on_time=on_time)
    for on_time in (True, True, False):
        answered("STJ", on_time=on_time)
    card, cards, rules = computed()
    (one,) = improving.improvements(card, cards, rules)
    assert "总分 50.00 → 100.00，名次第 2 → 第 1" in one.sentence


def test_it_names_the_smallest_number_of_hits_that_raises_the_place():
    for number in range(8):
        answered("ZGJ", on_time=number < 4)
        answered("STJ", on_time=number < 6)
        answered("GXJ")
    card, cards, rules = computed()
    (one,) = improving.improvements(card, cards, rules)
    # With two more it shares the second place of three, and that is a rise; all four would share the first.
    assert one.sentence == "再有 2 件按时回复：总分 50.00 → 75.00，名次第 3 → 第 2。"


def test_it_says_when_no_hit_would_have_raised_the_place_and_counts_a_late_duty_by_half():
    answered("STJ")
    worked_example("ZGJ")
    card, cards, rules = computed()
    said = [each.sentence for each in improving.improvements(card, cards, rules)]
    assert said[0].startswith("即使再有 1 件按时回复：总分 89.51 → 91.88，名次仍是第 2")
    assert "再多计 0.5 项" in said[2]
    assert "总分 89.51 → 93.36" in said[2]
    assert said[3] == "各项全部达标：总分 89.51 → 100.00，名次第 2 → 第 1。"


def test_the_change_since_last_month_names_place_and_total(office_lead, as_department_clerk):
    answered("ZGJ", due="2023-05-10", on_time=False)
    answered("STJ", due="2023-05-10")
    answered("ZGJ")
    answered("STJ", on_time=False)
    published(MAY, office_lead)
    published(JUNE, office_lead)
    page = as_department_clerk.get(reverse("scoring:why", args=["2023-06", "ZGJ"])).content.decode()
    assert "比上月（2023-05）：名次升 1 位，总分 +100.00" in page
    first = as_department_clerk.get(reverse("scoring:why", args=["2023-05", "ZGJ"])).content.decode()
    assert "比上月" not in first


def test_without_the_month_before_there_is_no_change(office_lead):
    answered("ZGJ")
    run = published(JUNE, office_lead)
    card = Scorecard.objects.get(run=run, code="ZGJ")
    assert standings.change_since_last(card, [card]) == ""


def test_a_place_in_another_comparison_group_is_no_rise_and_no_fall(office_lead, as_office_lead):
    for code, on_time in (("ZGJ", False), ("STJ", True), ("GXJ", True)):
        answered(code, due="2023-05-10", on_time=on_time)
        answered(code)
    published(MAY, office_lead)
    version = drafting.draft(
        source=RuleVersion.objects.get(name="v1"), actor=office_lead, at=moment("2023-06-08")
    )
    groups = [{"name": "另一组", "departments": ["ZGJ"]}, version.content["groups"][0]]
    content = {**version.content, "groups": groups}
    version = drafting.revise(
        version=version, name="v2", first_month="2023-06", sources="示例", content=content, actor=office_lead
    )
    drafting.put_in_force(version=version, actor=office_lead, at=moment("2023-06-08"))
    run = published(JUNE, office_lead)
    changes = {row.card.code: row.change for _, rows in standings.table(run).groups for row in rows}
    assert changes == {"ZGJ": None, "GXJ": 0, "STJ": 0}
    page = as_office_lead.get(reverse("scoring:why", args=["2023-06", "ZGJ"])).content.decode()
    assert "比上月（2023-05）：比较组不同，名次不作比较，总分 +100.00" in page

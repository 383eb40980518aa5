"""The administration: rules can be edited until they are used; runs and scores are only looked at."""

import json

import pytest
from django.test import Client
from django.urls import reverse

from scoring import runs
from scoring.models import RuleVersion
from taian_factors.lib.periods import Period
from tests.directory.factories import person
from tests.scoring.factories import V1, duty, moment, worked_example

pytestmark = pytest.mark.django_db
MODELS = ["ruleversion", "scoringrun", "scorecard", "duty", "exclusion", "appeal", "bulletin"]


@pytest.fixture
def boss():
    client = Client()
    client.force_login(person(is_staff=True, is_superuser=True))
    return client


@pytest.fixture
def june():
    worked_example()
    return runs.compute_month(period=Period.parse("2023-06"), at=moment("2023-07-10"))


@pytest.mark.parametrize("model", MODELS)
def test_every_list_opens_and_can_be_searched(boss, june, model):
    assert boss.get(reverse(f"admin:scoring_{model}_changelist"), {"q": "2023"}).status_code == 200


def test_runs_cards_and_duties_open_read_only(boss, june):
    for model, record in (("scoringrun", june), ("scorecard", june.cards.first()), ("duty", duty().duty)):
        url = reverse(f"admin:scoring_{model}_change", args=[record.pk])
        assert boss.get(url).status_code == 200
        assert boss.post(url, {}).status_code == 403
        assert (
            boss.post(reverse(f"admin:scoring_{model}_delete", args=[record.pk]), {"post": "yes"}).status_code
            == 403
        )


def test_a_used_version_is_read_only_and_an_unused_one_is_not(boss, june):
    used = RuleVersion.objects.get(name="v1")
    free = RuleVersion.objects.create(name="v2", first_month="2024-01", content=V1)
    change = "admin:scoring_ruleversion_change"
    assert boss.post(reverse(change, args=[used.pk]), {}).status_code == 403
    fields = {"name": "v2", "first_month": "2024-02", "content": json.dumps(V1), "state": "draft"}
    assert boss.post(reverse(change, args=[free.pk]), fields).status_code == 302
    free.refresh_from_db()
    assert free.first_month == "2024-02"


def test_unsound_rules_are_refused_with_a_sentence(boss):
    wrong = json.loads(json.dumps(V1))
    wrong["weights"][0]["full_marks"] = "21"
    fields = {"name": "v2", "first_month": "2024-02", "content": json.dumps(wrong), "state": "draft"}
    page = boss.post(reverse("admin:scoring_ruleversion_add"), fields)
    assert "合计应为 100，现为 101" in page.content.decode()


def test_the_action_verifies_a_run(boss, june):
    url = reverse("admin:scoring_scoringrun_changelist")
    page = boss.post(url, {"action": "verify", "_selected_action": [june.pk]}, follow=True)
    assert "逐字节一致" in page.content.decode()

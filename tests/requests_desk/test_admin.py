"""The administration: the dispatch directory is kept, the rest is looked at, actions call the verbs."""

from datetime import date, datetime, timedelta

import pytest
from django.contrib import admin
from django.urls import reverse

from requests_desk import models
from requests_desk.models import DispatchRule, FactorRequest, ListedNetwork
from taian_factors.directory.models import Division
from taian_factors.lib.clock import now
from taian_factors.lib.periods import SHANGHAI, local_day
from tests.directory import factories as directory
from tests.requests_desk import factories

REQUESTS = reverse("admin:requests_desk_factorrequest_changelist")
ADD_RULE = reverse("admin:requests_desk_dispatchrule_add")


@pytest.fixture
def keeper(office_clerk, sign_in):
    """The client of an office clerk who keeps the master data."""
    office_clerk.user.is_staff = office_clerk.user.is_superuser = True
    office_clerk.user.save()
    return sign_in(office_clerk)


def rule(**fields):
    given = {
        "factor": factories.factor("TD").pk,
        "division": Division.objects.get(code="370902").pk,
        "lead": directory.body("ZGJ").pk,
        "supports": [directory.body("SPJ").pk],
        "from_on": local_day(now()).isoformat(),
        "until_on": "",
        "reason": "试点",
    }
    return {**given, **fields}


def test_a_rule_for_a_division_is_added(keeper):
    assert keeper.post(ADD_RULE, rule()).status_code == 302
    made = DispatchRule.objects.get(division__code="370902")
    assert [s.code for s in made.supports.all()] == ["SPJ"]


def test_two_rules_never_speak_of_the_same_day(keeper):
    answer = keeper.post(ADD_RULE, rule(division=""))
    assert "请先为它填写终止日期" in answer.content.decode()
    assert DispatchRule.objects.filter(factor__code="TD").count() == 1


def test_a_rule_is_ended_and_a_new_one_begins(keeper):
    old, today = DispatchRule.objects.get(factor__code="TD"), local_day(now())
    change = reverse("admin:requests_desk_dispatchrule_change", args=[old.pk])
    kept = {"until_on": today.isoformat(), "reason": "调整"}
    assert keeper.post(change, kept).status_code == 302
    begins = (today + timedelta(1)).isoformat()
    assert keeper.post(ADD_RULE, rule(division="", from_on=begins)).status_code == 302
    assert DispatchRule.objects.filter(factor__code="TD").count() == 2


def test_what_a_rule_said_while_in_force_cannot_be_edited(keeper):
    old = DispatchRule.objects.get(factor__code="TD")
    change = reverse("admin:requests_desk_dispatchrule_change", args=[old.pk])
    keeper.post(change, rule(division="", lead=directory.body("STJ").pk, reason="改依据"))
    old.refresh_from_db()
    assert (old.lead.code, old.reason, old.from_on) == ("ZGJ", "改依据", date(2022, 7, 1))


def test_finance_is_led_by_an_institution(keeper):
    answer = keeper.post(ADD_RULE, rule(factor=factories.factor("JR").pk))
    assert "应由金融机构主办" in answer.content.decode()


def test_the_lead_does_not_support_itself(keeper):
    answer = keeper.post(ADD_RULE, rule(supports=[directory.body("ZGJ").pk]))
    assert "主办单位不能同时是协办单位" in answer.content.decode()


def test_rules_are_not_deleted(keeper):
    old = DispatchRule.objects.get(factor__code="TD")
    assert keeper.post(reverse("admin:requests_desk_dispatchrule_delete", args=[old.pk])).status_code == 403


def inspected():
    kept_here = (DispatchRule, ListedNetwork)
    return [m for m in admin.site._registry if m._meta.app_label == "requests_desk" and m not in kept_here]


@pytest.mark.parametrize("model", inspected(), ids=lambda m: m.__name__)
def test_everything_else_can_be_looked_at_and_not_touched(keeper, model):
    name = f"admin:requests_desk_{model._meta.model_name}"
    factories.consulting()
    assert keeper.get(reverse(f"{name}_changelist"), {"q": "用地"}).status_code == 200
    assert keeper.get(reverse(f"{name}_add")).status_code == 403
    one = model.objects.first()
    if one is not None:
        change = reverse(f"{name}_change", args=[one.pk])
        assert keeper.get(change).status_code == 200
        assert keeper.post(change, {}).status_code == 403
        assert keeper.post(reverse(f"{name}_delete", args=[one.pk])).status_code == 403


def test_every_record_that_one_must_look_up_is_there():
    assert {models.Filing, models.RequestEvent, models.Assignment, models.FactorRequest} <= set(inspected())


def act(client, action, *chosen):
    data = {"action": action, "_selected_action": [r.pk for r in chosen]}
    return client.post(REQUESTS, data, follow=True).content.decode()


def test_accepting_from_the_list_goes_by_the_verb(keeper):
    one, other = factories.filed(at=now()), factories.assigned(at=now())
    page = act(keeper, "accept_chosen", one, other)
    one.refresh_from_db()
    assert one.state == "accepted"
    assert one.events.filter(verb="accept", user__name="办公室经办").exists()
    assert "已受理 1 项" in page
    assert f"{other.number}：" in page


def test_writing_off_from_the_list_keeps_to_the_factor_week(keeper, monkeypatch):
    made, monday = factories.confirmed(), datetime(2023, 7, 3, 10, tzinfo=SHANGHAI)
    monkeypatch.setattr("requests_desk.admin.now", lambda: monday + timedelta(days=14))
    assert "销号只在要素保障周" in act(keeper, "write_off_chosen", made)
    monkeypatch.setattr("requests_desk.admin.now", lambda: monday)
    assert "已销号 1 项" in act(keeper, "write_off_chosen", made)
    made.refresh_from_db()
    assert made.state == "written_off"


def test_who_may_not_do_a_verb_may_not_do_it_here_either(office_auditor, sign_in):
    office_auditor.user.is_staff = office_auditor.user.is_superuser = True
    office_auditor.user.save()
    made = factories.filed(at=now())
    page = act(sign_in(office_auditor), "accept_chosen", made)
    assert "不是您的职责" in page
    assert FactorRequest.objects.get().state == "filed"


def test_somebody_without_a_body_does_nothing(db, client):
    user = directory.person(is_staff=True, is_superuser=True)
    client.force_login(user)
    assert "没有任职单位" in act(client, "accept_chosen", factories.filed(at=now()))

"""The administration: all is looked at, and actions call the verbs."""

from datetime import datetime, timedelta

import pytest
from django.contrib import admin
from django.urls import reverse

from requests_desk import models
from requests_desk.models import FactorRequest, ListedNetwork
from taian_factors.lib.clock import now
from taian_factors.lib.periods import SHANGHAI
from tests.directory import factories as directory
from tests.requests_desk import factories

REQUESTS = reverse("admin:requests_desk_factorrequest_changelist")


@pytest.fixture
def keeper(office_clerk, sign_in):
    """The client of an office clerk who keeps the master data."""
    office_clerk.user.is_staff = office_clerk.user.is_superuser = True
    office_clerk.user.save()
    return sign_in(office_clerk)


def inspected():
    return [
        m for m in admin.site._registry if m._meta.app_label == "requests_desk" and m is not ListedNetwork
    ]


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

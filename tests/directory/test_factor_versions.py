"""Other questions are a new version of a factor; what was answered before keeps its words."""

import pytest
from django.contrib import admin
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from requests_desk.models import FactorRequest
from taian_factors.directory.models import Factor, FactorVersion
from taian_factors.directory.revising import save_factor
from tests.directory import factories
from tests.requests_desk import factories as desk

pytestmark = pytest.mark.django_db


def land() -> Factor:
    return Factor.objects.get(code="TD")


def test_every_factor_has_its_first_version():
    assert set(FactorVersion.objects.values_list("factor", "version")) == {
        (f.pk, 1) for f in Factor.objects.all()
    }


def test_editing_the_questions_in_the_administration_makes_a_new_version():
    person = factories.person(is_staff=True, is_superuser=True)
    client = Client()
    client.force_login(person)
    address = reverse("admin:directory_factor_change", args=[land().pk])
    form = client.get(address).context["adminform"].form
    sent = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    inline = {"versions-TOTAL_FORMS": "0", "versions-INITIAL_FORMS": "0"}
    sent = {name: ",".join(value) if isinstance(value, list) else value for name, value in sent.items()}
    answer = client.post(address, {**sent, **inline, "fields": "用地面积,土地用途"})
    assert answer.status_code == 302, answer.context["errors"]
    assert (land().fields, land().fields_version) == (["用地面积", "土地用途"], 2)
    assert [v.fields[1] for v in land().versions.order_by("version")] == ["用地性质", "土地用途"]
    client.post(address, {**sent, **inline, "fields": "用地面积,土地用途", "reply_days": "4"})
    assert land().fields_version == 2, "another limit asks nothing new"
    assert "fields_version" in admin.site._registry[Factor].readonly_fields


def test_old_answers_read_with_the_old_words_in_their_old_order(as_office_clerk: Client, at):
    need = desk.need("TD", answers={"所需指标": "新增", "用地性质": "工业"})
    owner = factories.enterprise()
    old = desk.file(enterprise=owner, needs=[need], actor=desk.acting(owner), at=at).factor_requests.get()
    factor = land()
    factor.fields, factor.units = ["用地面积", "土地用途"], ["公顷"]
    save_factor(factor, at=at)
    page = as_office_clerk.get(reverse("requests_desk:show", args=[old.number])).content.decode()
    assert page.index("用地性质") < page.index("所需指标")
    assert "土地用途" not in page
    new = desk.file(
        enterprise=owner, needs=[desk.need("TD", unit="公顷", quantity=2)], actor=desk.acting(owner), at=at
    ).factor_requests.get()
    assert (FactorRequest.objects.get(pk=old.pk).fields_version, new.fields_version) == (1, 2)


def test_a_draft_keeps_its_answers_when_other_questions_come_between(enterprise, as_enterprise: Client, at):
    draft = desk.draft(enterprise, "TD")
    draft.draft["needs"][0]["values"] = {"answer-宗地位置": "高新区北区"}
    draft.save()
    factor = land()
    factor.fields = ["土地用途", *factor.fields]
    save_factor(factor, at=at)
    page = as_enterprise.get(reverse("requests_desk:file_needs", args=[draft.pk])).content.decode()
    field = page[
        page.index('name="need1-answer-宗地位置"') - 200 : page.index('name="need1-answer-宗地位置"') + 300
    ]
    assert 'value="高新区北区"' in field


def test_a_version_is_written_once(at):
    with pytest.raises(DatabaseError), transaction.atomic():
        FactorVersion.objects.update(since=at)
    with pytest.raises(DatabaseError), transaction.atomic():
        FactorVersion.objects.filter(factor=land()).delete()

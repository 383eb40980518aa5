"""An enterprise files in three steps; what is wrong is named at its field, and nothing that it typed is lost."""

import pytest
from django.test import Client
from django.urls import reverse

from requests_desk.models import FactorRequest, Filing
from taian_factors.directory.actors import Actor
from tests.directory import factories as directory

CONTACT = {"key": "k1", "project": "", "contact_name": "王工", "contact_phone": "13800001234", "next": "1"}
LAND = {"headline": "二期厂房用地", "quantity": "35.5", "unit": "亩", "story": "指标没有落实。"}
MONEY = {
    "headline": "设备更新融资",
    "quantity": "6,000",
    "story": "希望银行上门。",
    "answer-方式（贷款/融资租赁/担保/债券）": "融资租赁",
}


def begin(client: Client, **changes: str) -> Filing:
    """Go through step one."""
    answer = client.post(reverse("requests_desk:file"), {**CONTACT, **changes})
    assert answer.status_code == 302, answer.context["forms"].contact.errors
    return Filing.objects.latest("pk")


def needs_url(draft: Filing) -> str:
    return reverse("requests_desk:file_needs", args=[draft.pk])


def check_url(draft: Filing) -> str:
    return reverse("requests_desk:file_check", args=[draft.pk])


def typed(*needs: dict[str, str]) -> dict[str, str]:
    """Name the fields of several needs as the page does."""
    return {f"need{i}-{name}": value for i, need in enumerate(needs, 1) for name, value in need.items()}


def with_needs(client: Client, *factors: str, **changes: str) -> Filing:
    """Go through step one and pick factors; the needs are still empty."""
    draft = begin(client, **changes)
    for code in factors:
        client.post(needs_url(draft), {"add": code})
    return draft


def filled(client: Client) -> Filing:
    """Bring a draft with two needs to step three."""
    draft = with_needs(client, "TD", "JR")
    answer = client.post(needs_url(draft), {**typed(LAND, MONEY), "next": "1"})
    assert answer.url == check_url(draft)
    return draft


def test_two_needs_are_filed_in_three_steps(as_enterprise: Client, enterprise: Actor):
    draft = filled(as_enterprise)
    answer = as_enterprise.post(check_url(draft), follow=True)
    filing = Filing.objects.get()
    first, second = filing.factor_requests.order_by("pk")
    assert filing.number in answer.content.decode()
    assert (filing.enterprise, filing.typed_by, filing.typed_for) == (
        enterprise.organization,
        enterprise.user,
        enterprise.organization,
    )
    assert (filing.contact_name, filing.contact_phone) == ("王工", "13800001234")
    assert (first.headline, str(first.quantity), first.unit) == ("二期厂房用地", "35.5000", "亩")
    assert (str(second.quantity), second.unit, second.answers) == ("6000.0000", "万元", {"方式": "融资租赁"})


def test_contact_and_only_project_are_filled_in_beforehand(as_enterprise: Client, enterprise: Actor):
    project = directory.project(enterprise.organization, "示例二期")
    page = as_enterprise.get(reverse("requests_desk:file")).content.decode()
    assert enterprise.organization.profile.contact_phone in page
    assert f'<option value="{project.pk}" selected>示例二期</option>' in page


def test_adding_a_need_is_one_click_and_keeps_the_others(as_enterprise: Client):
    draft = with_needs(as_enterprise, "TD")
    answer = as_enterprise.post(needs_url(draft), {**typed(LAND), "add": "JR"})
    assert answer.url.endswith("#need2")
    page = as_enterprise.get(needs_url(draft)).content.decode()
    assert "二期厂房用地" in page
    assert "需求 2：金融服务" in page


def test_removing_a_need_keeps_the_others(as_enterprise: Client):
    draft = with_needs(as_enterprise, "TD", "JR")
    as_enterprise.post(needs_url(draft), {**typed(LAND, MONEY), "remove": "1"})
    page = as_enterprise.get(needs_url(draft)).content.decode()
    assert "需求 1：金融服务" in page
    assert "设备更新融资" in page
    assert "二期厂房用地" not in page


@pytest.mark.parametrize(
    ("wrong", "message", "shown"),
    [
        ({"quantity": "-3"}, "应大于 0", 'value="-3"'),
        ({"quantity": "很多"}, "请填数字", 'value="很多"'),
        ({"quantity": ""}, "请填写数量", "二期厂房用地"),
        ({"wished_on": "2023-02-30"}, "没有这一天", 'value="2023-02-30"'),
        ({"wished_on": "2001-01-01"}, "已经过去", 'value="2001-01-01"'),
        ({"unit": "万元"}, "“土地”的单位应为亩、平方米", "二期厂房用地"),
        ({"headline": " "}, "请用一句话说明需求", 'value="35.5"'),
        ({"headline": "长" * 81}, "请不超过 80 字", "长" * 81),
    ],
)
def test_a_mistake_is_named_at_its_field_and_on_top_and_loses_nothing(
    as_enterprise: Client, wrong: dict[str, str], message: str, shown: str
):
    draft = with_needs(as_enterprise, "TD")
    answer = as_enterprise.post(needs_url(draft), {**typed({**LAND, **wrong}), "next": "1"})
    page = answer.content.decode()
    (field,) = wrong
    assert answer.status_code == 422
    assert page.count(message) == 2, "once at the field, once on top"
    assert f'href="#id_need1-{field}"' in page
    assert shown in page
    assert "指标没有落实。" in page


def test_a_filing_without_need_is_not_sent(as_enterprise: Client):
    draft = begin(as_enterprise)
    assert as_enterprise.post(needs_url(draft), {"next": "1"}).status_code == 422
    answer = as_enterprise.post(check_url(draft))
    assert answer.status_code == 422
    assert "还没有写需求" in answer.content.decode()
    assert not FactorRequest.objects.exists()


def test_what_is_missing_is_told_before_sending(as_enterprise: Client):
    draft = with_needs(as_enterprise, "TD")
    page = as_enterprise.get(check_url(draft)).content.decode()
    assert "还不能提交，请补齐" in page
    assert f"{needs_url(draft)}#id_need1-headline" in page


@pytest.mark.parametrize("phone", ["", "12345", "电话"])
def test_a_wrong_phone_is_named(as_enterprise: Client, phone: str):
    answer = as_enterprise.post(reverse("requests_desk:file"), {**CONTACT, "contact_phone": phone})
    assert answer.status_code == 422
    assert 'href="#id_contact_phone"' in answer.content.decode()


def test_a_foreign_project_is_refused(as_enterprise: Client, stranger: Actor):
    foreign = directory.project(stranger.organization)
    answer = as_enterprise.post(reverse("requests_desk:file"), {**CONTACT, "project": str(foreign.pk)})
    assert answer.status_code == 422
    assert "所选项目不属于这家企业" in answer.content.decode()
    assert foreign.name not in answer.content.decode()


def test_a_project_is_named_once_and_found_again(as_enterprise: Client, enterprise: Actor):
    for key in ("a", "b"):
        draft = begin(as_enterprise, new_project="三期项目", key=key)
        as_enterprise.post(needs_url(draft), {"add": "TD"})
        as_enterprise.post(needs_url(draft), {**typed(LAND), "next": "1"})
        as_enterprise.post(check_url(draft))
    project = enterprise.organization.projects.get()
    assert (project.name, project.division) == ("三期项目", enterprise.organization.profile.division)
    assert Filing.objects.filter(project=project).count() == 2


def test_a_chosen_and_a_new_project_together_are_refused(as_enterprise: Client, enterprise: Actor):
    own = directory.project(enterprise.organization)
    data = {**CONTACT, "project": str(own.pk), "new_project": "三期"}
    answer = as_enterprise.post(reverse("requests_desk:file"), data)
    assert answer.status_code == 422
    assert 'href="#id_new_project"' in answer.content.decode()
    assert '<details class="more-fields" open>' in answer.content.decode()  # what is wrong can be seen


def test_sent_twice_it_is_the_same_filing(as_enterprise: Client):
    draft = filled(as_enterprise)
    as_enterprise.post(check_url(draft))
    again = as_enterprise.post(check_url(draft), follow=True)
    assert "已经提交" in again.content.decode()
    assert FactorRequest.objects.count() == 2


def test_a_factor_that_does_not_exist_adds_nothing(as_enterprise: Client):
    draft = with_needs(as_enterprise, "XX")
    draft.refresh_from_db()
    assert draft.draft["needs"] == []


def test_anonymous_is_asked_to_sign_in(client: Client, db: None):
    for name in ("file", "mine", "notices"):
        assert client.get(reverse(f"requests_desk:{name}")).status_code == 302

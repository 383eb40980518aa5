"""An enterprise files in three steps, on one device or two, and nothing that it typed is lost."""

import pytest
from django.test import Client
from django.urls import reverse

from requests_desk import drafting
from requests_desk.journal import RefusedError
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


def test_opening_the_page_writes_nothing(as_enterprise: Client):
    as_enterprise.get(reverse("requests_desk:file"))
    assert not Filing.objects.exists()


def test_what_is_typed_saves_itself_even_when_it_is_wrong(as_enterprise: Client):
    address, autosave = reverse("requests_desk:file"), {"HX-Request": "true"}
    for phone in ("13", "1380000"):
        data = {"key": "k9", "contact_name": "王工", "contact_phone": phone}
        assert as_enterprise.post(address, data, headers=autosave).status_code == 204
    draft = Filing.objects.get()
    assert draft.draft["contact"]["contact_phone"] == "1380000"
    assert draft.saved_at is not None
    assert (
        'value="1380000"'
        in as_enterprise.get(reverse("requests_desk:file_contact", args=[draft.pk])).content.decode()
    )


def test_a_draft_goes_on_where_it_was_left_on_another_device(
    as_enterprise: Client, enterprise: Actor, sign_in
):
    draft = with_needs(as_enterprise, "TD")
    as_enterprise.post(needs_url(draft), typed({"headline": "写了一半"}), headers={"HX-Request": "true"})
    phone = sign_in(enterprise)
    assert needs_url(draft) in phone.get(reverse("requests_desk:mine")).content.decode()
    page = phone.get(needs_url(draft)).content.decode()
    assert 'value="写了一半"' in page
    assert "已保存" in page


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


def test_a_first_step_sent_twice_is_one_draft(as_enterprise: Client):
    begin(as_enterprise)
    begin(as_enterprise)
    assert Filing.objects.count() == 1


def test_a_sent_filing_is_no_draft_any_more(as_enterprise: Client):
    draft = filled(as_enterprise)
    as_enterprise.post(check_url(draft))
    assert as_enterprise.get(needs_url(draft)).status_code == 404
    assert as_enterprise.post(needs_url(draft), {"add": "TD"}).status_code == 404


def test_a_draft_is_put_away_and_stays_in_the_database(as_enterprise: Client):
    draft = begin(as_enterprise)
    answer = as_enterprise.post(reverse("requests_desk:file_discard", args=[draft.pk]), follow=True)
    assert "草稿已放弃" in answer.content.decode()
    assert as_enterprise.get(needs_url(draft)).status_code == 404
    assert Filing.objects.get().is_discarded


@pytest.mark.parametrize("name", ["file_contact", "file_needs", "file_check"])
def test_nobody_else_sees_a_draft(
    as_enterprise: Client, as_stranger: Client, as_office_clerk: Client, client: Client, name: str
):
    address = reverse(f"requests_desk:{name}", args=[begin(as_enterprise).pk])
    assert as_stranger.get(address).status_code == 404
    assert as_office_clerk.get(address).status_code == 404
    assert client.get(address).status_code == 302


def test_nobody_else_puts_a_draft_away_or_sees_the_receipt(as_enterprise: Client, as_stranger: Client):
    draft = filled(as_enterprise)
    assert as_stranger.post(reverse("requests_desk:file_discard", args=[draft.pk])).status_code == 404
    as_enterprise.post(check_url(draft))
    assert as_stranger.get(reverse("requests_desk:file_receipt", args=[draft.pk])).status_code == 404
    assert as_enterprise.get(reverse("requests_desk:file_discard", args=[draft.pk])).status_code == 405


def test_a_factor_that_does_not_exist_adds_nothing(as_enterprise: Client):
    draft = with_needs(as_enterprise, "XX")
    draft.refresh_from_db()
    assert draft.draft["needs"] == []


# --- staff file for an enterprise ---


@pytest.mark.parametrize("who", ["department_clerk", "chain_team", "county_office", "office_clerk", "bank"])
def test_staff_file_for_an_enterprise_and_are_named(who: str, enterprise: Actor, sign_in, request):
    staff = request.getfixturevalue(who)
    client = sign_in(staff)
    found = client.get(reverse("requests_desk:file"), {"q": "示例电气"}).content.decode()
    address = reverse("requests_desk:file_for", args=[enterprise.organization.pk])
    assert address in found
    client.post(address, CONTACT)
    draft = Filing.objects.get()
    client.post(needs_url(draft), {"add": "TD"})
    client.post(needs_url(draft), {**typed(LAND), "next": "1"})
    client.post(check_url(draft))
    answer = client.post(check_url(draft), follow=True)
    filing = Filing.objects.get()
    assert answer.status_code == 200, (
        "a double click is answered, even where the filing is not seen afterwards"
    )
    assert filing.submitted_at is not None
    assert (filing.enterprise, filing.typed_by, filing.typed_for) == (
        enterprise.organization,
        staff.user,
        staff.organization,
    )
    assert client.get(reverse("requests_desk:file_receipt", args=[filing.pk])).status_code == 200


def test_an_enterprise_is_found_by_its_credit_code(
    as_office_clerk: Client, enterprise: Actor, stranger: Actor
):
    code = enterprise.organization.profile.credit_code
    page = as_office_clerk.get(
        reverse("requests_desk:file"), {"q": f" {code[:9].lower()} {code[9:]}"}
    ).content.decode()
    assert enterprise.organization.name in page
    assert stranger.organization.name not in page


def test_a_chain_team_does_not_find_enterprises_of_other_chains(as_chain_team: Client, stranger: Actor):
    page = as_chain_team.get(reverse("requests_desk:file"), {"q": "示例食品"}).content.decode()
    assert "没有找到这家企业" in page
    address = reverse("requests_desk:file_for", args=[stranger.organization.pk])
    assert as_chain_team.get(address).status_code == 404
    assert as_chain_team.post(address, CONTACT).status_code == 404


def test_an_enterprise_does_not_file_for_another(as_enterprise: Client, stranger: Actor):
    address = reverse("requests_desk:file_for", args=[stranger.organization.pk])
    assert as_enterprise.post(address, CONTACT).status_code == 404
    assert not Filing.objects.exists()


def test_an_auditor_files_nothing(as_office_auditor: Client, enterprise: Actor):
    assert as_office_auditor.get(reverse("requests_desk:file")).status_code == 403
    address = reverse("requests_desk:file_for", args=[enterprise.organization.pk])
    assert as_office_auditor.post(address, CONTACT).status_code == 403


def test_an_enterprise_does_not_see_what_staff_are_still_typing(
    as_department_clerk: Client, as_enterprise: Client, enterprise: Actor
):
    as_department_clerk.post(reverse("requests_desk:file_for", args=[enterprise.organization.pk]), CONTACT)
    assert as_enterprise.get(needs_url(Filing.objects.get())).status_code == 404


def test_anonymous_is_asked_to_sign_in(client: Client, db: None):
    for name in ("file", "mine", "notices"):
        assert client.get(reverse(f"requests_desk:{name}")).status_code == 302


def test_a_late_autosave_does_not_undo_a_submission(as_enterprise: Client, enterprise: Actor, at):
    draft = filled(as_enterprise)
    stale = Filing.objects.get(pk=draft.pk)
    as_enterprise.post(check_url(draft))

    with pytest.raises(RefusedError, match="已经提交"):
        drafting.save_draft(stale, enterprise=enterprise.organization, content={}, actor=enterprise, at=at)
    assert Filing.objects.get().submitted_at is not None

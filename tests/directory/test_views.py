"""One's own account, the body in use, the enterprise's profile."""

from datetime import UTC, date, datetime

import pytest
from django.test import Client

from taian_factors.directory.actors import Actor
from taian_factors.directory.models import EnterpriseProfile
from tests.directory import factories

ACCOUNT, SWITCH = "/directory/account/", "/directory/switch/"
PROFILE, EDIT = "/directory/profile/", "/directory/profile/edit/"
CODE = factories.credit_code(4713)
WRONG = CODE[:-1] + ("1" if CODE[-1] == "0" else "0")


def told(profile: EnterpriseProfile, **changes: str) -> dict[str, str]:
    """Return what the form holds, with some fields written differently."""
    given = {
        "credit_code": profile.credit_code or "",
        "division": str(profile.division_id),
        "chain": str(profile.chain_id or ""),
        "address": profile.address,
        "contact_name": profile.contact_name,
        "contact_phone": profile.contact_phone,
    }
    return {**given, **changes}


def test_account_lists_only_running_memberships(department_clerk: Actor, as_department_clerk: Client) -> None:
    user = department_clerk.user
    user.memberships.create(
        organization=factories.body("STJ"), from_on=date(2022, 7, 1), until_on=date(2022, 8, 1)
    )
    page = as_department_clerk.get(ACCOUNT).content.decode()
    assert department_clerk.organization.name in page
    assert factories.body("STJ").name not in page


def test_switching_changes_the_body_acted_for(department_clerk: Actor, as_department_clerk: Client) -> None:
    bank = factories.body("B01")
    second = department_clerk.user.memberships.create(organization=bank, from_on=date(2022, 7, 1))
    answer = as_department_clerk.post(SWITCH, {"membership": second.pk}, follow=True)
    assert answer.context["actor"].organization == bank
    assert f"现在代表{bank.name}办事" in answer.content.decode()


def test_switching_to_somebody_elses_membership_is_not_found(
    bank: Actor, as_department_clerk: Client
) -> None:
    foreign = bank.user.memberships.get()
    assert as_department_clerk.post(SWITCH, {"membership": foreign.pk}).status_code == 404


@pytest.mark.parametrize("number", ["", "x", "-1", "9" * 30, "²"])
def test_switching_to_nonsense_is_not_found(as_department_clerk: Client, number: str) -> None:
    assert as_department_clerk.post(SWITCH, {"membership": number}).status_code == 404


def test_switching_is_never_a_get(as_department_clerk: Client) -> None:
    assert as_department_clerk.get(SWITCH).status_code == 405


@pytest.mark.parametrize("address", [ACCOUNT, PROFILE, EDIT])
def test_pages_of_the_directory_ask_strangers_to_sign_in(client: Client, db: None, address: str) -> None:
    assert client.get(address).url.startswith("/accounts/login/")


@pytest.mark.parametrize("address", [PROFILE, EDIT])
def test_staff_have_no_enterprise_profile(as_office_lead: Client, address: str) -> None:
    assert as_office_lead.get(address).status_code == 404


def test_profile_shows_the_enterprise_and_its_projects(enterprise: Actor, as_enterprise: Client) -> None:
    factories.project(enterprise.organization, "示例变压器项目", is_key=True)
    page = as_enterprise.get(PROFILE).content.decode()
    assert enterprise.organization.profile.credit_code in page
    assert "示例变压器项目" in page
    assert "重点项目" in page


def test_profile_without_a_credit_code_says_so(db: None, sign_in) -> None:
    actor = factories.actor(factories.enterprise(code=None))
    assert "企业身份未核实" in sign_in(actor).get(PROFILE).content.decode()


def test_profile_costs_the_same_queries_for_one_project_and_for_ten(
    enterprise: Actor, as_enterprise: Client, django_assert_num_queries, django_assert_max_num_queries
) -> None:
    factories.project(enterprise.organization)
    with django_assert_max_num_queries(9) as few:
        as_enterprise.get(PROFILE)
    for _ in range(9):
        factories.project(enterprise.organization)
    with django_assert_num_queries(len(few)):
        as_enterprise.get(PROFILE)


def test_edit_takes_a_pasted_credit_code(db: None, sign_in) -> None:
    actor = factories.actor(factories.enterprise(code=None))
    profile = actor.organization.profile
    code = factories.credit_code(4711)
    pasted = f" {code[:8]} {code[8:].lower()}　".replace("9", "９")
    answer = sign_in(actor).post(EDIT, told(profile, credit_code=pasted))
    profile.refresh_from_db()
    assert answer.url == PROFILE
    assert profile.credit_code == code


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("credit_code", WRONG, "校验位不对"),
        ("credit_code", "12345", "应为 18 位"),
        ("contact_phone", "1234", "电话应为 11 位手机号"),
        ("division", "", "必填"),
        ("division", "999999", "选择一个有效的选项"),
    ],
)
def test_edit_refuses_bad_input_at_the_field(db: None, sign_in, field: str, value: str, words: str) -> None:
    actor = factories.actor(factories.enterprise(code=None))
    profile = actor.organization.profile
    answer = sign_in(actor).post(EDIT, told(profile, address="改过的地址", **{field: value}))
    page = answer.content.decode()
    profile.refresh_from_db()
    assert answer.status_code == 422
    assert words in page
    assert f'href="#id_{field}"' in page
    assert "改过的地址" in page
    assert profile.address == ""


def test_edit_refuses_the_credit_code_of_another_enterprise(db: None, sign_in) -> None:
    taken = factories.enterprise()
    actor = factories.actor(factories.enterprise(code=None))
    answer = sign_in(actor).post(
        EDIT, told(actor.organization.profile, credit_code=taken.profile.credit_code)
    )
    assert answer.status_code == 422
    assert "统一社会信用代码" in answer.content.decode()


def test_edit_leaves_a_known_credit_code_alone(enterprise: Actor, as_enterprise: Client) -> None:
    profile = enterprise.organization.profile
    before = profile.credit_code
    as_enterprise.post(EDIT, told(profile, credit_code=factories.credit_code(4712), address="示例路 1 号"))
    profile.refresh_from_db()
    assert (profile.credit_code, profile.address) == (before, "示例路 1 号")


@pytest.mark.parametrize(("phone", "verified"), [("13911112222", False), ("", True)])
def test_edit_of_the_contact_takes_its_verification_away(
    enterprise: Actor, as_enterprise: Client, phone: str, verified: bool
) -> None:
    profile = enterprise.organization.profile
    profile.contact_verified_at = datetime(2023, 6, 1, tzinfo=UTC)
    profile.save()
    as_enterprise.post(EDIT, told(profile, contact_phone=phone or profile.contact_phone))
    profile.refresh_from_db()
    assert bool(profile.contact_verified_at) is verified

"""Truths that the database itself keeps, and what of the directory is visible to whom."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from taian_factors.directory.models import (
    CalendarDay,
    CalendarYear,
    Factor,
    Membership,
    Organization,
    Project,
)
from taian_factors.directory.validators import clean_credit_code, validate_phone
from tests.directory import factories

pytestmark = pytest.mark.django_db


def refused(constraint, write, *args, **kwargs):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        write(*args, **kwargs)


def test_only_enterprises_go_without_a_code():
    refused(
        "only_enterprises_go_without_code", Organization.objects.create, kind="department", name="无代码局"
    )
    Organization.objects.create(kind="enterprise", name="示例企业", short="示例企业")


def test_a_county_office_has_its_division_and_a_chain_team_its_chain():
    refused(
        "county_office_has_a_division",
        Organization.objects.create,
        kind="county_office",
        code="X1",
        name="某推进办",
    )
    refused(
        "chain_team_has_a_chain", Organization.objects.create, kind="chain_team", code="X2", name="某专班"
    )


def test_only_departments_take_part_in_the_competition():
    refused("only_departments_take_part", Organization.objects.filter(code="B01").update, takes_part=True)


def test_a_reply_is_due_before_completion():
    refused("a_reply_is_due_before_completion", Factor.objects.filter(code="TD").update, reply_days=16)


def test_a_person_has_one_running_place_in_a_body():
    user, office = factories.person(), factories.body("GTB")
    factories.member(user, office)
    refused("one_running_membership", factories.member, user, office, "lead")
    Membership.objects.filter(user=user).update(until_on=date(2023, 5, 31))
    factories.member(user, office, "lead", from_on=date(2023, 6, 1))


def test_a_place_does_not_end_before_it_begins():
    refused(
        "membership_ends_after_it_begins",
        factories.member,
        factories.person(),
        factories.body("GTB"),
        until_on=date(2022, 1, 1),
    )


def test_a_day_stands_in_its_own_year():
    year = CalendarYear.objects.get(year=2026)
    refused(
        "a_day_stands_in_its_own_year",
        CalendarDay.objects.create,
        day=date(2025, 1, 1),
        year=year,
        is_working=False,
    )


@pytest.mark.parametrize(
    "typed",
    [
        "91370900MA00000019",
        " 91370900 MA00000019 ",
        "91370900ma00000019",
        "９１３７０９００ＭＡ００００００１９",
    ],
)
def test_a_credit_code_is_read_as_people_paste_it(typed):
    assert clean_credit_code(typed) == "91370900MA00000019"


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("11370900752680889H", "校验位不对"),
        ("91370900MA0000001", "18 位"),
        ("91370900MA0000001O", "18 位"),
        ("", "18 位"),
        ("统一社会信用代码", "18 位"),
    ],
)
def test_a_wrong_credit_code_is_refused_with_the_reason(typed, words):
    with pytest.raises(ValidationError, match=words):
        clean_credit_code(typed)


@pytest.mark.parametrize("code", ["11370900004341523R", "11370900752680889G", factories.credit_code(7)])
def test_real_credit_codes_and_those_of_the_factories_are_valid(code):
    assert clean_credit_code(code) == code


@pytest.mark.parametrize("phone", ["13812345678", "0538-6991234", "05386991234"])
def test_phones_of_both_kinds_are_taken(phone):
    validate_phone(phone)


@pytest.mark.parametrize("phone", ["12345", "23812345678", "138123456789", "+8613812345678"])
def test_what_is_no_phone_is_refused(phone):
    with pytest.raises(ValidationError, match="手机号"):
        validate_phone(phone)


def seen(actor):
    return set(Organization.objects.enterprises().visible_to(actor).values_list("name", flat=True))


def test_an_enterprise_sees_itself_and_the_public_bodies(enterprise, stranger):
    assert seen(enterprise) == {"示例电气有限公司"}
    assert Organization.objects.visible_to(enterprise).filter(code="FGW").exists()


def test_chain_team_and_county_office_see_their_own_enterprises(
    enterprise, stranger, chain_team, county_office
):
    assert seen(chain_team) == seen(county_office) == {"示例电气有限公司"}


def test_staff_at_counters_find_every_enterprise(enterprise, stranger, department_clerk, bank, office_clerk):
    for actor in (department_clerk, bank, office_clerk):
        assert seen(actor) == {"示例电气有限公司", "示例食品有限公司"}


def test_projects_are_seen_by_owner_chain_county_and_office(
    enterprise, stranger, chain_team, county_office, office_auditor
):
    own = factories.project(enterprise.organization)
    other = factories.project(stranger.organization)
    for actor in (enterprise, chain_team, county_office):
        assert list(Project.objects.visible_to(actor)) == [own]
    assert list(Project.objects.visible_to(stranger)) == [other]
    assert set(Project.objects.visible_to(office_auditor)) == {own, other}


def test_a_project_in_another_division_is_seen_by_that_county(enterprise, county_office):
    xintai = factories.body("TB-370982").division
    factories.project(enterprise.organization, division=xintai)
    assert not Project.objects.visible_to(county_office).exists()

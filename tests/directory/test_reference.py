"""The reference data as the migrations load it."""

from collections import Counter
from functools import partial

import pytest
from django.apps import apps

from taian_factors.directory import reference
from taian_factors.directory.models import CalendarYear, Chain, Division, Factor, Organization

pytestmark = pytest.mark.django_db
get_model = partial(apps.get_model, "directory")


def test_migrations_load_every_division_chain_factor_and_body():
    kinds = Counter(Organization.objects.values_list("kind", flat=True))
    assert (Division.objects.count(), Chain.objects.count(), Factor.objects.count()) == (11, 13, 16)
    assert kinds == {"office": 1, "department": 19, "institution": 11, "county_office": 9, "chain_team": 13}


def test_fifteen_departments_take_part_in_the_competition():
    taking_part = Organization.objects.filter(takes_part=True)
    assert taking_part.count() == 15
    assert set(taking_part.values_list("kind", flat=True)) == {"department"}


def test_every_division_but_the_city_has_the_city_above_it():
    assert list(Division.objects.filter(parent=None).values_list("code", flat=True)) == ["370900"]


def test_only_finance_is_led_by_institutions():
    assert list(Factor.objects.filter(is_finance=True).values_list("code", flat=True)) == ["JR"]


def test_loading_again_adds_nothing_and_keeps_what_the_office_has_edited():
    Organization.objects.filter(code="JRJ").update(short="市委金融办")
    before = Organization.objects.count()
    reference.load_directory(get_model)
    reference.load_calendar(get_model)
    assert Organization.objects.count() == before
    assert Organization.objects.get(code="JRJ").short == "市委金融办"


def test_loading_again_adds_what_is_missing():
    CalendarYear.objects.get(year=2026).days.all().delete()
    CalendarYear.objects.get(year=2026).delete()
    Factor.objects.filter(code="QT").update(code="XX")
    reference.load_directory(get_model)
    reference.load_calendar(get_model)
    assert CalendarYear.objects.get(year=2026).days.count() == 25
    assert Factor.objects.filter(code="QT").exists()


@pytest.mark.parametrize("model", [Organization, Factor, Chain])
def test_no_name_or_alias_stands_for_two_records(model):
    names = Counter(
        name
        for record in model.objects.all()
        for name in {record.name, getattr(record, "short", record.name), *record.aliases}
    )
    assert [name for name, times in names.items() if times > 1] == []


def test_dispatch_names_every_factor_once_and_only_known_departments():
    departments = set(Organization.objects.departments().values_list("code", flat=True))
    factors = [rule["factor"] for rule in reference.dispatch()]
    named = {code for rule in reference.dispatch() for code in (rule["lead"], *rule["supports"]) if code}
    assert sorted(factors) == sorted(Factor.objects.values_list("code", flat=True))
    assert named <= departments


def test_a_department_leads_only_factors_that_are_its_own():
    own = {row["code"]: row["factors"] for row in reference.read("reference")["departments"]}
    strange = [
        rule["factor"]
        for rule in reference.dispatch()
        if rule["lead"] and rule["factor"] not in own[rule["lead"]] and rule["factor"] != "ZF"
    ]
    assert strange == []


def test_proposals_are_marked_and_confirmed_bodies_are_not():
    proposed = reference.proposed_codes()
    assert {"C03", "ZGJ", "B01", "370900-CW"} <= proposed
    assert not {"GTB", "FGW", "SPJ", "ZJJ", "C01", "370902"} & proposed

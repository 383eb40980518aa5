"""Who is acting: the membership in use, or the first one that runs."""

from datetime import date, timedelta

import pytest

from taian_factors.directory.actors import SESSION_KEY
from taian_factors.directory.models import Membership, Organization
from taian_factors.lib.clock import now
from taian_factors.lib.periods import local_day
from tests.directory import factories

pytestmark = pytest.mark.django_db


def acting(client):
    return client.get("/directory/account/").wsgi_request.actor


def test_somebody_with_one_place_acts_for_it(as_department_lead, department_lead):
    assert acting(as_department_lead) == department_lead


def test_somebody_without_a_place_acts_for_nobody(client):
    client.force_login(factories.person())
    assert acting(client) is None


def test_a_place_that_has_ended_or_not_begun_does_not_count(client):
    today, user = local_day(now()), factories.person()
    factories.member(user, factories.body("FGW"), until_on=today - timedelta(1))
    factories.member(user, factories.body("SPJ"), from_on=today + timedelta(1))
    client.force_login(user)
    assert acting(client) is None


def test_a_place_counts_on_its_first_and_last_day(client):
    today, user = local_day(now()), factories.person()
    factories.member(user, factories.body("FGW"), from_on=today, until_on=today)
    client.force_login(user)
    assert acting(client).organization.code == "FGW"


def test_a_place_in_a_body_that_is_switched_off_does_not_count(client):
    user = factories.person()
    factories.member(user, factories.body("FGW"))
    Organization.objects.filter(code="FGW").update(is_active=False)
    client.force_login(user)
    assert acting(client) is None


def test_of_two_places_the_chosen_one_counts_until_it_ends(client):
    user = factories.person()
    factories.member(user, factories.body("FGW"))
    second = factories.member(user, factories.body("B01"), "lead")
    client.force_login(user)
    assert acting(client).organization.code == "FGW"
    session = client.session
    session[SESSION_KEY] = second.pk
    session.save()
    assert (acting(client).organization.code, acting(client).role) == ("B01", "lead")
    Membership.objects.filter(pk=second.pk).update(until_on=date(2023, 1, 1))
    assert acting(client).organization.code == "FGW"


def test_an_anonymous_visitor_acts_for_nobody(client):
    assert client.get("/accounts/login/").wsgi_request.actor is None

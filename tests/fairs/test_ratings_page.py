"""The office reads what was thought of a fair: the distribution, how many, the words; never who."""

import pytest
from django.urls import reverse

from fairs import ratings
from fairs.ratings import Opinion
from tests.fairs import factories


@pytest.fixture
def address(hall):
    return reverse("fairs:ratings", args=[hall.fair.pk])


@pytest.fixture
def rated(hall, at):
    """Two visits that said something, one of them in words."""
    visits = []
    for opinion in (Opinion(5, attitude=4), Opinion(2, organization=1, comment="排队<太久>")):
        visit = factories.served(hall.desk, hall.clerk, at=at).visit
        ratings.rate(visit=visit, opinion=opinion, at=at)
        visits.append(visit)
    return visits


def test_the_office_sees_distribution_numbers_and_words_without_names(address, rated, as_office_clerk):
    page = as_office_clerk.get(address).content.decode()
    assert "意见（1 条）" in page
    assert "排队&lt;太久&gt;" in page
    assert "样本不足：只有 2 份" in page
    assert "50.00%" in page
    assert not [visit for visit in rated if visit.enterprise.name in page or f"{visit}" in page]


def test_worse_words_stand_first(hall, rated, at):
    visit = factories.served(hall.desk, hall.clerk, at=at).visit
    ratings.rate(visit=visit, opinion=Opinion(5, comment="很好"), at=at)
    assert [comment.text for comment in ratings.comments_on(hall.fair)] == ["排队<太久>", "很好"]


def test_nobody_but_the_office_reads_it(
    address, rated, as_office_auditor, as_department_lead, as_bank, as_enterprise, as_county_office
):
    assert as_office_auditor.get(address).status_code == 200
    for client in (as_department_lead, as_bank, as_enterprise, as_county_office):
        assert client.get(address).status_code == 403


def test_a_fair_that_nobody_rated_says_so_and_the_report_leads_there(hall, address, as_office_clerk):
    assert "还没有收到测评" in as_office_clerk.get(address).content.decode()
    report = as_office_clerk.get(reverse("requests_desk:fair_report", args=[hall.fair.pk]))
    assert address in report.content.decode()


def test_the_page_costs_the_same_with_more_ratings(
    hall, address, rated, at, as_office_clerk, django_assert_num_queries
):
    as_office_clerk.get(address)
    with django_assert_num_queries(9):
        as_office_clerk.get(address)
    for _ in range(3):
        visit = factories.served(hall.desk, hall.clerk, at=at).visit
        ratings.rate(visit=visit, opinion=Opinion(4, comment="好"), at=at)
    with django_assert_num_queries(9):
        as_office_clerk.get(address)

"""What a ledger adds up to: exact to ten thousand, then it says so; apart from the rows."""

import pytest
from django.urls import reverse

from requests_desk import tallies
from requests_desk.intake import file
from taian_factors.lib.clock import now
from tests.directory import factories as directory
from tests.requests_desk import factories

TOTALS = reverse("requests_desk:ledger_totals")


@pytest.fixture
def sixty_one(db):
    owner = directory.enterprise()
    needs = [factories.need("TD", quantity=n, unit="亩") for n in range(1, 61)]
    needs.append(factories.need("ZJ", quantity=6000, unit="万元"))
    file(enterprise=owner, needs=needs, actor=factories.acting(owner), at=now())


def test_totals_count_all_pages_and_never_add_different_units(as_office_clerk, sixty_one):
    tally = as_office_clerk.get(TOTALS).context["tally"]
    assert (tally.total, tally.open, tally.red, tally.done, tally.is_more) == (61, 61, 0, 0, False)
    assert tally.quantities == [("亩", 1830), ("万元", 6000)]
    page = as_office_clerk.get(TOTALS, {"q": "无此字样"}).content.decode()
    assert "合计 0 项" in page


def test_beyond_what_a_page_counts_it_says_so(as_office_clerk, sixty_one, monkeypatch):
    monkeypatch.setattr(tallies, "MOST", 60)
    page = as_office_clerk.get(TOTALS, headers={"HX-Request": "true"}).content.decode()
    assert "合计 60+ 项" in page
    assert "亩" not in page
    assert "<html" not in page
    monkeypatch.setattr(tallies, "MOST", 61)
    assert "合计 61 项" in as_office_clerk.get(TOTALS).content.decode()


def test_totals_follow_filters_and_what_the_reader_sees(
    as_office_clerk, as_bank, as_department_clerk, sixty_one
):
    factories.assigned(at=now())
    assert as_office_clerk.get(TOTALS, {"state": "assigned"}).context["tally"].total == 1
    assert as_department_clerk.get(TOTALS).context["tally"].total == 1
    assert as_bank.get(TOTALS).context["tally"].total == 0
    assert as_office_clerk.get(TOTALS, {"state": "lost"}).status_code == 422


def test_totals_cost_the_same_for_one_and_for_many(as_office_clerk, sixty_one, django_assert_max_num_queries):
    with django_assert_max_num_queries(9):
        as_office_clerk.get(TOTALS)

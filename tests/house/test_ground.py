"""The ground itself: the reference data is there for every test, whatever ran before."""

import pytest

from taian_factors.directory.models import Organization


@pytest.mark.parametrize("time", [1, 2])
@pytest.mark.django_db(transaction=True)
def test_reference_data_is_there_after_a_test_that_empties_the_tables(time):
    assert Organization.objects.filter(code="GTB").exists()


def test_reference_data_keeps_its_ids(transactional_db):
    office = Organization.objects.get(code="GTB")
    assert office.pk == Organization.objects.order_by("pk").first().pk

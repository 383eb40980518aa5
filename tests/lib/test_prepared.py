"""A prepared look finds what its queryset would, however it is filled and by whatever thread it is asked."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext

from taian_factors.directory.models import Division, Organization
from taian_factors.lib.prepared import Prepared, any_of, slot

pytestmark = pytest.mark.django_db

OF_KIND: Prepared[Organization] = Prepared(
    lambda: (
        Organization.objects.filter(Q(kind=slot("kind")), is_active=True)
        .select_related("division")
        .order_by("pk")
    )
)
NAMED: Prepared[Organization] = Prepared(
    lambda: Organization.objects.filter(any_of("pk", "found")).only("name").order_by("-pk")
)


@pytest.mark.parametrize("kind", ["department", "institution", "county_office", "没有的"])
def test_it_finds_what_its_queryset_finds(kind: str) -> None:
    expected = (
        Organization.objects.filter(kind=kind, is_active=True).select_related("division").order_by("pk")
    )
    found = OF_KIND(kind=kind)
    assert found == list(expected)
    with CaptureQueriesContext(connection) as asked:
        assert [body.division for body in found] == [body.division for body in expected]
    assert len(asked) == 0  # what is joined has come with the look


def test_it_is_one_query_and_counts_and_gives_rows_and_the_first() -> None:
    departments = Organization.objects.filter(kind="department", is_active=True).order_by("pk")
    with CaptureQueriesContext(connection) as asked:
        assert OF_KIND.count(kind="department") == len(OF_KIND.rows(kind="department"))
        assert OF_KIND.first(kind="department") == OF_KIND(kind="department")[0]
    assert len(asked) == 4
    assert OF_KIND.count(kind="department") == departments.count()
    assert OF_KIND.first(kind="没有的") is None


def test_a_slot_takes_a_list_also_an_empty_one_and_keeps_what_was_left_out_for_later() -> None:
    some = list(Organization.objects.order_by("pk").values_list("pk", flat=True)[:3])
    found = NAMED(found=some)
    assert [body.pk for body in found] == some[::-1]
    assert found[0].get_deferred_fields()
    assert found[0].short
    assert NAMED(found=[]) == []


def test_what_is_filled_in_is_never_read_as_sql() -> None:
    assert OF_KIND(kind="department' OR '1'='1") == []
    assert OF_KIND(kind="%s %(kind)s %%") == []


def test_a_slot_that_is_left_empty_is_a_mistake() -> None:
    with pytest.raises(KeyError, match="kind"):
        OF_KIND(body="department")


@pytest.mark.django_db(transaction=True)
def test_every_thread_asks_over_its_own_connection() -> None:
    def ask(code: str) -> str:
        try:
            return DIVISION.first(code=code).name
        finally:
            connection.close()

    names = dict(Division.objects.values_list("code", "name"))
    codes = sorted(names) * 5
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(ask, codes)) == [names[code] for code in codes]


DIVISION: Prepared[Division] = Prepared(lambda: Division.objects.filter(code=slot("code")))

"""Moments come from the database as Django would give them."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from django.db import connection

from taian_factors.lib.moments import MomentLoader

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2023, 6, 13, 1, 2, 3, tzinfo=UTC),
        datetime(2023, 6, 13, 1, 2, 3, 45, tzinfo=UTC),
        datetime(2023, 6, 13, 1, 2, 3, 450_000, tzinfo=UTC),
        datetime(2023, 12, 31, 23, 59, 59, 999_999, tzinfo=timezone(timedelta(hours=8))),
        datetime(1, 1, 1, tzinfo=UTC),
        datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC),
    ],
)
def test_a_moment_comes_back_in_utc(moment: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::timestamptz, ARRAY[%s::timestamptz], NULL::timestamptz", [moment, moment])
        read, [listed], missing = cursor.fetchone()
    assert read == listed == moment
    assert (read.tzinfo, listed.tzinfo, missing) == (UTC, UTC, None)


def test_every_connection_reads_so() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        oid = cursor.description[0].type_code
        assert cursor.connection.adapters.get_loader(oid, cursor.cursor.format) is MomentLoader
        assert (
            cursor.adapters.get_loader(oid, cursor.cursor.format) is MomentLoader
        )  # Django left it in place

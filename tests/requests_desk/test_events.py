"""Events are written once: the database itself refuses the rest."""

import pytest
from django.db import Error, connection, transaction
from django.utils import timezone

from requests_desk.models import RequestEvent
from tests.requests_desk import factories

pytestmark = pytest.mark.django_db


def refused(sql: str) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    except Error:
        return True
    return False


def test_an_event_is_neither_edited_nor_deleted_even_by_sql():
    factories.filed()
    assert refused("UPDATE requests_desk_requestevent SET text = 'x'")
    assert refused("UPDATE requests_desk_requestevent SET at = now()")
    assert refused("DELETE FROM requests_desk_requestevent")


def test_an_event_is_announced_once():
    factories.filed()
    assert RequestEvent.objects.update(announced_at=timezone.now()) == 1
    assert refused("UPDATE requests_desk_requestevent SET announced_at = now()")
    assert refused("UPDATE requests_desk_requestevent SET announced_at = NULL")


def test_every_step_wrote_who_where_and_when():
    made = factories.confirmed()
    events = list(made.events.order_by("pk"))
    assert [e.verb for e in events] == ["file", "accept", "assign", "complete", "confirm"]
    assert [e.to_state for e in events] == ["filed", "accepted", "assigned", "completed", "confirmed"]
    assert [e.from_state for e in events][1:] == [e.to_state for e in events][:-1]
    assert all(e.organization_id for e in events)

"""A sign-in lasts so long after its last use; that costs a write in an hour of work, and none for what polls."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from django.test.utils import CaptureQueriesContext

from taian_factors.directory.actors import SESSION_KEY
from taian_factors.lib import clock

pytestmark = pytest.mark.django_db

PAGE = "/directory/account/"
WHOLE = timedelta(seconds=settings.SESSION_COOKIE_AGE)


def left(client):
    """How long the session still lasts."""
    return Session.objects.get(pk=client.session.session_key).expire_date - clock.now()


def age(client, by):
    """Let the session have been begun earlier."""
    Session.objects.filter(pk=client.session.session_key).update(expire_date=clock.now() + WHOLE - by)


def writes(client, **headers):
    with CaptureQueriesContext(connection) as asked:
        client.get(PAGE, headers=headers)
    return [one["sql"] for one in asked if "django_session" in one["sql"] and one["sql"].startswith("UPDATE")]


def test_who_works_stays_signed_in_and_the_cookie_lasts_as_long(as_department_clerk):
    age(as_department_clerk, by=WHOLE - timedelta(minutes=5))
    answer = as_department_clerk.get(PAGE)
    assert left(as_department_clerk) > WHOLE - timedelta(minutes=1)
    assert answer.cookies[settings.SESSION_COOKIE_NAME]["max-age"] == settings.SESSION_COOKIE_AGE


def test_in_an_hour_of_work_it_is_written_once(as_department_clerk):
    assert writes(as_department_clerk) == []
    age(as_department_clerk, by=timedelta(minutes=59))
    assert writes(as_department_clerk) == []
    age(as_department_clerk, by=timedelta(minutes=61))
    assert len(writes(as_department_clerk)) == 1
    assert writes(as_department_clerk) == []


def test_a_page_that_polls_keeps_nobody_signed_in(as_department_clerk):
    age(as_department_clerk, by=timedelta(hours=2))
    assert writes(as_department_clerk, HX_Request="true") == []
    assert left(as_department_clerk) < WHOLE - timedelta(hours=1)


def test_who_did_nothing_for_so_long_is_signed_out(as_department_clerk):
    age(as_department_clerk, by=WHOLE + timedelta(seconds=1))
    assert as_department_clerk.get(PAGE).status_code == 302


def test_moving_the_end_undoes_nothing_that_another_page_wrote(as_department_clerk):
    age(as_department_clerk, by=timedelta(hours=2))
    mine, other = as_department_clerk.session, as_department_clerk.session
    assert SESSION_KEY not in mine  # read, before the other page writes
    mine.prolong()
    other[SESSION_KEY] = 7
    other.save()
    mine.save()
    assert as_department_clerk.session[SESSION_KEY] == 7


def test_a_new_key_keeps_what_the_session_holds(as_department_clerk):
    session = as_department_clerk.session
    session[SESSION_KEY] = 7
    session.save()
    again = type(session)(session.session_key)
    assert again[SESSION_KEY] == 7
    again.cycle_key()
    again.save()
    assert type(session)(again.session_key)[SESSION_KEY] == 7

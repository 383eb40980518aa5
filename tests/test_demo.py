"""The demo city is built through the verbs, goes on from where it is, and doubles nothing."""

import os
import socket
import subprocess
import sys
from collections import Counter
from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from django.db.models import Count

from fairs.models import Fair, Ticket
from fairs.workflow import TicketState
from requests_desk.models import Assignment, FactorRequest, Filing, RequestEvent, SatisfactionReview
from requests_desk.workflow import State
from scoring import appealing
from scoring.models import REASONS, Appeal, Bulletin, CountedInput, Duty, DutyRecord, ScoringRun
from taian_factors.demo import city, people, serving
from taian_factors.demo.builder import FIRST_DAY, FIRST_MONTH, Builder
from taian_factors.demo.setup import living_since, set_up
from taian_factors.directory.models import Membership, Organization, Project, User
from taian_factors.lib.periods import SHANGHAI, Period, local_day
from tests import processes

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 18, 10, 40, 5, tzinfo=SHANGHAI)


def _tables():
    models = (Fair, Ticket, Filing, FactorRequest, Assignment, RequestEvent, SatisfactionReview)
    models += (ScoringRun, Duty, DutyRecord, Organization, Project, User, Membership)
    return {model.__name__: model.objects.count() for model in models}


def _filings_by_day():
    return Counter(local_day(at) for at in Filing.objects.submitted().values_list("submitted_at", flat=True))


def _check_chains():
    """Every request's state is where its events lead, from its birth on."""
    for factor_request in FactorRequest.objects.prefetch_related("events"):
        events = sorted(factor_request.events.all(), key=lambda event: event.pk)
        assert (events[0].verb, events[0].from_state) == ("file", "")
        assert all(before.to_state == after.from_state for before, after in pairwise(events))
        assert all(before.at <= after.at for before, after in pairwise(events))
        assert events[-1].to_state == factor_request.state
        assert not any(event.at.microsecond for event in events)


def _build(now):
    built = set_up(now=now, scale=0.15, with_history=False)
    assert built.refused == []
    return built


def test_the_present_is_alive_and_a_later_start_adds_only_what_is_missing():
    """One test, because each start takes seconds."""
    assert _build(NOW).is_new
    _check_chains()
    _check_lights(NOW)
    _check_the_fair(NOW)
    assert _months() == {"2026-01": "published", "2026-02": "preview", "2026-03": None}

    before = _tables()
    assert not _build(NOW + timedelta(hours=3)).is_new
    assert _tables() == before

    filed, filings = _filings_by_day(), set(Filing.objects.submitted().values_list("pk", flat=True))
    tomorrow = NOW + timedelta(days=1)
    assert _build(tomorrow).is_new
    after = _filings_by_day()
    assert {day: n for day, n in after.items() if day < local_day(NOW) - timedelta(20)} == {
        day: n for day, n in filed.items() if day < local_day(NOW) - timedelta(20)
    }
    assert filings < set(Filing.objects.values_list("pk", flat=True))
    assert Fair.objects.filter(held_on=local_day(NOW), is_open=False).exists()
    assert not Ticket.objects.filter(stall__fair__held_on=local_day(NOW), state__in=["waiting", "called"])
    _check_the_fair(tomorrow)
    assert _tables()["User"] == before["User"]

    _check_a_month_later(NOW + timedelta(days=33))


def _check_a_month_later(later):
    _build(later)
    assert _months() == {
        "2026-01": "published",
        "2026-02": "published",
        "2026-03": "preview",
        "2026-04": None,
    }
    assert Bulletin.objects.count() == 0
    working = [d for d in _filings_by_day() if local_day(NOW) < d < local_day(later)]
    assert len(working) > 2
    doubled = Duty.objects.values("title", "due_on").annotate(n=Count("pk")).filter(n__gt=1)
    assert not doubled.exists()
    _check_chains()
    _check_lights(later)
    _check_the_fair(later)


def _check_lights(now):
    for light in ("green", "yellow", "red", "grey"):
        assert FactorRequest.objects.showing(light, at=now).exists(), light
    living = set(FactorRequest.objects.values_list("state", flat=True))
    assert living >= set(State.values) - {"refused", "withdrawn", "written_off"}
    assert Filing.objects.drafts().count() == 2
    assert not RequestEvent.objects.filter(announced_at=None).exists()
    assert RequestEvent.objects.filter(at__gt=now).count() == 0


def _check_the_fair(now):
    fair = Fair.objects.get(held_on=local_day(now))
    tickets = Ticket.objects.filter(stall__fair=fair)
    assert set(tickets.values_list("state", flat=True)) == set(TicketState.values)
    assert fair.is_open
    assert fair.stalls.count() == 26


def _months():
    found = {}
    for period in ScoringRun.objects.values_list("period", flat=True).distinct():
        found[period] = next(
            iter(
                ScoringRun.objects.of(Period.parse(period))
                .exclude(state="draft")
                .values_list("state", flat=True)
            ),
            None,
        )
    for duty in Duty.objects.all():
        found.setdefault(Period.month_of(duty.due_on).key, None)
    return found


def test_a_set_up_that_was_broken_off_goes_on_from_where_it_was():
    living, the_city = living_since(NOW), city.build()
    people.open_accounts(list(the_city.actors))
    builder = Builder(the_city, scale=0.15)
    builder.fill_days(living.first_day, local_day(NOW))
    builder.fill_months(living, Period.month_of(local_day(NOW)), now=NOW)
    moment, run = datetime(2026, 2, 1, tzinfo=SHANGHAI), None
    while run is None:
        assert moment < NOW  # else no month would be broken off
        builder.run(moment := moment + timedelta(hours=12))
        run = ScoringRun.objects.in_preview().first()
    counted = CountedInput.objects.filter(run=run, left_out="").order_by("pk").first()
    head = the_city.head_of(counted.organization)
    appealing.appeal(counted=counted, reason=REASONS[2], evidence="记录可查。", actor=head, at=moment)
    _build(NOW)
    assert not Appeal.objects.filter(decided_at=None, run__period=living.key).exists()
    assert Fair.objects.filter(held_on=local_day(NOW)).exists()


def test_history_is_computed_published_and_reported():
    builder = Builder(city.build(), scale=0.25)
    builder.fill_days(FIRST_DAY, date(2022, 9, 30))
    builder.fill_months(FIRST_MONTH, Period(2022, 9), now=NOW, is_past=True)
    builder.run(datetime(2023, 2, 1, tzinfo=SHANGHAI))
    assert builder.refused == []
    _check_chains()
    assert _months() == {
        "2022-07": "published",
        "2022-08": "published",
        "2022-09": "published",
        "2022Q3": "published",
    }
    assert Bulletin.objects.get().issued_at is not None
    results = Counter(DutyRecord.objects.values_list("result", flat=True))
    assert set(results) == {"on_time", "late", "not_done"}
    ended = set(FactorRequest.objects.values_list("state", flat=True))
    assert ended <= {"written_off", "refused", "withdrawn"}
    verbs = set(RequestEvent.objects.values_list("verb", flat=True))
    assert verbs >= {"acknowledge", "reply", "complete", "review", "confirm", "write_off", "support_reply"}
    late = Assignment.objects.filter(replied_at__isnull=False).exclude(
        pk__in=Assignment.objects.replied_on_time().values("pk")
    )
    assert late.exists()

    before = _tables()
    again = Builder(city.build(), scale=0.25)
    again.go_on()
    again.fill_days(FIRST_DAY, date(2022, 9, 30))
    again.fill_months(FIRST_MONTH, Period(2022, 9), now=NOW, is_past=True)
    assert again.run(datetime(2023, 2, 1, tzinfo=SHANGHAI)) == 0
    assert _tables() == before


def test_the_living_present_begins_with_the_month_before_last():
    assert living_since(datetime(2026, 1, 5, 9, tzinfo=SHANGHAI)) == Period(2025, 11)


def test_every_body_has_its_people_and_only_examples_can_sign_in(django_assert_max_num_queries):
    made = city.build()
    people.open_accounts(made.actors)
    assert len(made.examples) >= 60
    for enterprise in made.examples:
        enterprise.organization.profile.full_clean()
    for enterprise in made.named.values():
        assert enterprise.organization.profile.credit_code is None
    departments = Organization.objects.filter(takes_part=True)
    assert all(city.username(body) in made.actors for body in departments)
    assert User.objects.get(username="spj").check_password(people.PASSWORD)
    with django_assert_max_num_queries(40):
        city.build()


def test_a_taken_port_is_told_in_one_sentence():
    with socket.socket() as taken:
        taken.bind((serving.HOST, 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(serving.PortTakenError, match="已被占用"):
            serving.check_port(port)


def test_when_one_process_ends_the_others_are_ended(tmp_path):
    long = [sys.executable, "-c", "import time; time.sleep(60)"]
    short = [sys.executable, "-c", "raise SystemExit(3)"]
    assert serving.run([long, short], cwd=tmp_path) == 3


def test_the_processes_end_on_request(tmp_path):
    begun = tmp_path / "begun"
    child = f"import pathlib, time; pathlib.Path({str(begun)!r}).touch(); time.sleep(60)"
    code = (
        "import sys; from pathlib import Path; from taian_factors.demo import serving; "
        f"sys.exit(serving.run([[sys.executable, '-c', {child!r}]], cwd=Path('.')))"
    )
    process = subprocess.Popen([sys.executable, "-c", code])
    processes.wait_until(begun.exists, seconds=30)
    process.terminate()
    assert process.wait(20) == 0


def test_the_clock_knows_every_task_of_the_schedule():
    code = (
        "import django; django.setup(); "
        "from taian_factors.management.commands.clock import make_scheduler; clock = make_scheduler(); "
        "print(sorted(e.task for e in clock.schedule.values() if e.task not in clock.app.tasks))"
    )
    told = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "taian_factors.settings"},
    )
    assert told.stdout.splitlines()[-1] == "[]"

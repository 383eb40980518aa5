"""What the clock does by itself: tell, remind, withdraw, resume; each once, however often it is asked."""

from datetime import datetime, timedelta

import pytest
from celery import current_app
from django.db import connections, transaction

from requests_desk import clocks, notices, tasks, timekeeping, transitions
from requests_desk.models import Assignment, Delivery, FactorRequest, RequestEvent, Suspension
from taian_factors.celery import app as celery_app
from taian_factors.directory.actors import Actor
from taian_factors.lib.clock import now
from taian_factors.lib.periods import SHANGHAI
from tests.requests_desk import factories as desk

pytestmark = pytest.mark.django_db


def june(day: int, hour: int = 9, minute: int = 30) -> datetime:
    return datetime(2023, 6, day, hour, minute, tzinfo=SHANGHAI)


def reminders(made: FactorRequest) -> list[str]:
    return list(made.events.filter(verb="remind").order_by("pk").values_list("text", flat=True))


@pytest.mark.parametrize("name", ["announce_events", "remind_due_soon", "withdraw_stale"])
def test_the_schedule_knows_the_task(name: str):
    assert celery_app.conf.beat_schedule[name]["task"] == f"requests_desk.{name}"
    assert getattr(tasks, name).name == f"requests_desk.{name}"
    assert f"requests_desk.{name}" in current_app.tasks


def test_the_tasks_read_the_clock(enterprise: Actor, office_lead: Actor):
    desk.returned(enterprise=enterprise.organization)
    assert tasks.withdraw_stale() == 1
    assert tasks.withdraw_stale() == 0
    assert tasks.announce_events() > 0
    assert tasks.announce_events() == 0
    tasks.remind_due_soon()


# Assigned on Tuesday 13 June: the reply is due on Friday 16th. 22 and 23 June were holidays, the 25th was worked.
@pytest.mark.parametrize(
    ("day", "text"),
    [
        (15, "回复下一个工作日到期"),
        (16, "回复今天到期"),
        (19, "回复已逾期 1 个工作日"),
        (26, "回复已逾期 5 个工作日"),
    ],
)
def test_a_reply_is_reminded_of_before_and_after_its_deadline(day: int, text: str):
    made = desk.assigned()
    assert timekeeping.remind(at=june(day)) == 1
    assert timekeeping.remind(at=june(day, 10)) == 0, "running twice reminds once"
    assert reminders(made) == [text]


@pytest.mark.parametrize("at", [june(14), june(20), june(22), june(17), june(16, 8), june(16, 12, 30)])
def test_other_days_and_hours_are_quiet(at: datetime):
    desk.assigned()
    assert timekeeping.remind(at=at) == 0


def test_what_is_answered_is_not_reminded_of():
    desk.replied()
    assert timekeeping.remind(at=june(16)) == 0


def test_what_is_suspended_is_not_reminded_of(department_clerk: Actor):
    made = desk.assigned()
    papers = Suspension.Cause.PAPERS
    clocks.ask_suspension(made, cause=papers, reason="等材料", actor=department_clerk, at=june(13, 15))
    clocks.decide_suspension(made, is_approved=True, actor=desk.office(), at=june(13, 16))
    assert timekeeping.remind(at=june(16)) == 0


def test_lead_and_support_are_reminded_each_of_its_own_clock(
    department_clerk: Actor, other_department: Actor, bank: Actor
):
    desk.assigned(supports=("STJ",))
    notices.announce(at=june(13))
    Delivery.objects.all().delete()
    assert timekeeping.remind(at=june(16)) == 2
    notices.announce(at=june(16))
    for actor in (department_clerk, other_department):
        assert [d.text for d in actor.user.deliveries.all()] == ["“新上项目用地”回复今天到期。"]
    assert not bank.user.deliveries.exists()


def test_the_office_is_reminded_of_its_own_clock(office_clerk: Actor, enterprise: Actor):
    desk.filed(enterprise=enterprise.organization)
    notices.announce(at=june(13))
    Delivery.objects.all().delete()
    assert timekeeping.remind(at=june(14)) == 1
    notices.announce(at=june(14))
    assert [d.text for d in office_clerk.user.deliveries.all()] == ["“新上项目用地”受理今天到期。"]
    assert not enterprise.user.deliveries.exists()


def test_an_enterprise_is_reminded_to_confirm(office_clerk: Actor, enterprise: Actor):
    made = desk.completed(enterprise=enterprise.organization)
    notices.announce(at=june(15))
    Delivery.objects.all().delete()
    day = made.confirm_due_at.astimezone(SHANGHAI).replace(hour=9, minute=30)
    assert timekeeping.remind(at=day) == 1
    notices.announce(at=day)
    assert [d.text for d in enterprise.user.deliveries.all()] == ["“新上项目用地”确认今天到期。"]
    assert not office_clerk.user.deliveries.exists()


def test_a_reminder_leaves_state_and_clocks_alone():
    made = desk.assigned()
    before = Assignment.objects.values().get(factor_request=made)
    timekeeping.remind(at=june(16))
    made.refresh_from_db()
    assert made.state == "assigned"
    assert Assignment.objects.values().get(factor_request=made) == before


# --- what runs out ---


def test_a_returned_request_is_withdrawn_when_its_time_is_over(enterprise: Actor):
    made = desk.returned(enterprise=enterprise.organization)
    due = made.completion_asked_until
    assert timekeeping.end_stale(at=due) == 0, "the last second is still in time"
    assert timekeeping.end_stale(at=due + timedelta(seconds=1)) == 1
    assert timekeeping.end_stale(at=due + timedelta(seconds=2)) == 0
    made.refresh_from_db()
    event = made.events.get(verb="withdraw")
    assert made.state == "withdrawn"
    assert (event.user, event.organization) == (None, enterprise.organization)


def test_what_was_completed_in_time_is_not_withdrawn(enterprise: Actor):
    made = desk.returned(enterprise=enterprise.organization)
    transitions.refile(made, story="补充了红线图", actor=enterprise, at=june(14))
    assert timekeeping.end_stale(at=june(14) + timedelta(days=60)) == 0


def suspended(cause: Suspension.Cause = Suspension.Cause.PAPERS) -> tuple[FactorRequest, Suspension]:
    made = desk.assigned()
    clocks.ask_suspension(made, cause=cause, reason="等材料", actor=desk.acting("ZGJ"), at=june(14))
    clocks.decide_suspension(made, is_approved=True, actor=desk.office(), at=june(14, 10))
    return made, Suspension.objects.get(assignment__factor_request=made)


def test_a_suspension_ends_at_its_longest():
    made, suspension = suspended()
    assert timekeeping.end_stale(at=suspension.ends_by) == 0
    assert timekeeping.end_stale(at=suspension.ends_by + timedelta(seconds=1)) == 1
    assert timekeeping.end_stale(at=suspension.ends_by + timedelta(seconds=2)) == 0
    suspension.refresh_from_db()
    event = made.events.get(verb="resume")
    assert suspension.closed_at is not None
    assert (event.user, event.organization.kind) == (None, "office")
    assert Assignment.objects.get(factor_request=made).reply_due_at is not None


def test_a_consultation_suspends_as_long_as_it_lasts():
    made = desk.consulting()
    assert timekeeping.end_stale(at=june(14) + timedelta(days=400)) == 0
    assert not made.events.filter(verb="resume").exists()


# --- two workers ---


@pytest.fixture
def other_worker(transactional_db: None):
    """Return a second connection to the same database."""
    second = connections.create_connection("default")
    yield second
    second.close()


def test_two_workers_tell_each_event_once(other_worker, office_lead: Actor):
    made = desk.filed()
    event = made.events.get()
    with other_worker.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("SELECT 1 FROM requests_desk_requestevent WHERE id = %s FOR NO KEY UPDATE", [event.pk])
        assert notices.announce(at=now()) == 0, "what another worker holds is left to it, without waiting"
        cursor.execute("ROLLBACK")
    assert notices.announce(at=now()) == 1
    assert Delivery.objects.filter(event=event, user=office_lead.user).count() == 1


def test_what_somebody_is_working_on_is_left_for_the_next_run(other_worker):
    made = desk.returned()
    late = made.completion_asked_until + timedelta(days=1)
    with other_worker.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("SELECT 1 FROM requests_desk_factorrequest WHERE id = %s FOR NO KEY UPDATE", [made.pk])
        assert timekeeping.end_stale(at=late) == 0
        cursor.execute("ROLLBACK")
    assert timekeeping.end_stale(at=late) == 1


def test_an_announcement_that_fails_tells_nothing_half(office_lead: Actor, at: datetime):
    desk.filed()
    with transaction.atomic():
        notices.announce(at=at)
        transaction.set_rollback(True)
    assert not Delivery.objects.exists()
    assert not RequestEvent.objects.filter(announced_at__isnull=False).exists()

"""What leaves the house: when, claimed by one, tried again, bundled; once in effect; what was told stays told."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.db import Error, connection, connections, transaction

from requests_desk import outbox
from requests_desk.models import Delivery, DeliveryAttempt, NoticeChoice
from requests_desk.notice_table import Channel, Kind, Timing
from requests_desk.notices import Telling, tell
from requests_desk.pacing import MAX_TRIES
from taian_factors.directory.actors import Actor
from taian_factors.lib.periods import SHANGHAI
from tests.gateway import Gateway, running_gateway

pytestmark = pytest.mark.django_db
SMS, WECOM, EMAIL = Channel.SMS, Channel.WECOM, Channel.EMAIL


def june(day: int, hour: int = 9, minute: int = 30) -> datetime:
    return datetime(2023, 6, day, hour, minute, tzinfo=SHANGHAI)


@pytest.fixture
def gateway(settings) -> Iterator[Gateway]:
    """A real gateway behind SMS; 企业微信 and e-mail print."""
    with running_gateway() as running:
        settings.NOTICE_GATEWAYS = {"sms": running.url, "wecom": "console:", "email": "console:"}
        yield running


def reachable(actor: Actor, phone: str = "13800005678") -> Actor:
    """Give somebody a phone, an account in 企业微信 and an e-mail address."""
    actor.user.phone, actor.user.wecom_id = phone, f"wx{actor.user.pk}"
    actor.user.email = f"user{actor.user.pk}@example.com"
    actor.user.save()
    return actor


def out(**which: object) -> list[Delivery]:
    return list(Delivery.objects.gone_out().filter(**which).order_by("pk"))


def drain(at: datetime) -> int:
    return outbox.drain(clock=lambda: at)


def say(actor: Actor, at: datetime, key: str = "test:1", **fields) -> Delivery:
    """Tell one person one thing by SMS, and return the row."""
    telling = Telling(key, **{"kind": Kind.URGENT, "text": "请到 3 号窗口", "channels": [SMS], **fields})
    tell(telling, users=[actor.user.pk], at=at)
    return Delivery.objects.get(subject_key=key)


# --- when ---


def test_in_the_quiet_hours_it_waits_and_is_not_dropped(gateway: Gateway, enterprise: Actor):
    reachable(enterprise)
    say(enterprise, june(13, 22))
    assert drain(june(13, 23)) == drain(june(14, 7, 59)) == 0
    assert drain(june(14, 8, 0)) == 1


def test_a_call_to_a_stall_goes_at_any_hour_and_not_too_late(gateway: Gateway, enterprise: Actor):
    reachable(enterprise)
    night = june(13, 22)
    say(enterprise, night, "fair:1", timing=Timing.NOW, expires_at=night + timedelta(minutes=20))
    late = say(enterprise, night, "fair:2", timing=Timing.NOW, expires_at=night + timedelta(seconds=30))
    assert drain(night + timedelta(minutes=1)) == 1
    late.refresh_from_db()
    assert (late.sent_at, late.error) == (None, "已过时，未发送")


def test_reminders_leave_in_working_hours_even_when_late(gateway: Gateway, enterprise: Actor):
    reachable(enterprise)
    say(enterprise, june(16, 16, 50), timing=Timing.WORK)
    assert drain(june(16, 17, 5)) == drain(june(17, 10)) == 0
    assert drain(june(19, 9, 0)) == 1


def test_the_daily_digest_is_one_message(gateway: Gateway, enterprise: Actor, at: datetime):
    reachable(enterprise)
    NoticeChoice.objects.create(user=enterprise.user, channel=SMS, is_daily=True, chosen_at=at)
    for number in range(5):
        say(enterprise, at, f"test:{number}", kind=Kind.PROGRESS, text=f"第 {number} 件事")
    say(enterprise, at, "urgent:1")
    assert drain(at) == 1, "what is urgent does not wait"
    assert drain(june(14, 8, 29)) == 0
    assert drain(june(14, 8, 30)) == 1
    assert drain(june(15, 8, 30)) == 0
    text = gateway.asked[-1]["text"]
    assert "每日汇总：共 5 条通知。" in text
    assert "3. 第 2 件事\n其余 2 条请登录门户查看。" in text
    assert Delivery.objects.exclude(digest=None).count() == 5


# --- once in effect ---


def test_a_failing_gateway_that_recovers_gets_it_once(gateway: Gateway, enterprise: Actor, at: datetime):
    row = say(reachable(enterprise), at)
    gateway.status = 500
    assert drain(at) == 0
    row.refresh_from_db()
    assert row.error == "网关返回 500"
    assert at < row.next_try_at < at + timedelta(minutes=1)
    assert drain(at) == 0, "it rests before the next try"
    gateway.status = 200
    assert drain(row.next_try_at) == 1
    assert drain(row.next_try_at + timedelta(days=1)) == 0
    assert gateway.taken == {str(row.key): 1}
    assert [a.outcome for a in row.attempts.order_by("pk")] == ["temporary", "sent"]


def test_what_never_gets_through_fails_in_the_end_and_can_be_sent_again(
    gateway: Gateway, office_clerk: Actor, enterprise: Actor, at: datetime
):
    row = say(reachable(enterprise), at)
    Delivery.objects.filter(pk=row.pk).update(tries=MAX_TRIES - 1)
    gateway.status = 503
    drain(at)
    row.refresh_from_db()
    assert row.failed_at == at
    gateway.status = 200
    assert outbox.send_again(failed=[row], user=office_clerk.user, at=at) == 1
    assert outbox.send_again(failed=[row], user=office_clerk.user, at=at) == 0
    assert drain(at) == 1
    assert [a.outcome for a in row.attempts.order_by("pk")] == ["temporary", "again", "sent"]
    assert row.attempts.get(outcome="again").user == office_clerk.user


def test_a_refused_message_fails_at_once(gateway: Gateway, enterprise: Actor, at: datetime):
    row = say(reachable(enterprise), at)
    gateway.status = 422
    drain(at)
    row.refresh_from_db()
    assert (row.failed_at, row.error, row.tries) == (at, "网关返回 422", 1)


def test_a_dead_channel_does_not_hold_up_the_others(gateway: Gateway, enterprise: Actor, at: datetime):
    reachable(enterprise)
    for number in range(5):
        say(enterprise, at, f"sms:{number}")
    say(enterprise, at + timedelta(seconds=1), "wecom:1", channels=[WECOM])
    gateway.status = 500
    assert drain(at + timedelta(seconds=1)) == 1
    assert len(gateway.asked) == outbox.STUMBLES


def test_a_claim_is_nobody_elses_until_its_lease_has_run_out(
    gateway: Gateway, enterprise: Actor, at: datetime
):
    row = say(reachable(enterprise), at)
    take = {"timings": [Timing.DAY], "channels": [SMS]}
    first = outbox.claim(at=at, **take)
    assert first == row
    assert outbox.claim(at=at, **take) is None
    later = first.claimed_until
    second = outbox.claim(at=later, **take)
    assert second == row
    assert row.attempts.get().outcome == "lost"
    # The first sender was only slow: its failure is not the row's any more, its success is.
    outbox.settle(first, outbox.Result(DeliveryAttempt.Outcome.PERMANENT), at=later)
    row.refresh_from_db()
    assert row.failed_at is None
    outbox.settle(first, outbox.Result(DeliveryAttempt.Outcome.SENT), at=later)
    outbox.settle(second, outbox.Result(DeliveryAttempt.Outcome.SENT), at=later + timedelta(seconds=1))
    row.refresh_from_db()
    assert row.sent_at == later


def test_a_message_of_which_every_sender_died_is_given_up(gateway: Gateway, enterprise: Actor, at: datetime):
    row = say(reachable(enterprise), at)
    Delivery.objects.filter(pk=row.pk).update(tries=MAX_TRIES, claimed_until=at)
    assert drain(at) == 0
    row.refresh_from_db()
    assert (row.failed_at, row.error, gateway.asked) == (at, "多次发送中断", [])


def test_a_run_ends_after_its_spell_and_leaves_nothing_claimed(
    gateway: Gateway, enterprise: Actor, at: datetime
):
    for number in range(5):
        say(reachable(enterprise), at, f"test:{number}")
    ticks = iter([at, at, at, at + outbox.SPELL * 2])
    assert outbox.drain(clock=lambda: next(ticks)) == 1
    assert [d.claimed_until for d in out(sent_at=None)] == [None] * 4


@pytest.mark.django_db(transaction=True)
def test_a_row_that_another_worker_is_claiming_is_skipped_without_waiting(
    gateway: Gateway, enterprise: Actor, at: datetime
):
    row = say(reachable(enterprise), at)
    other = connections.create_connection("default")
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("SELECT 1 FROM requests_desk_delivery WHERE id = %s FOR UPDATE", [row.pk])
            assert drain(at) == 0
            cursor.execute("ROLLBACK")
    finally:
        other.close()
    assert drain(at) == 1


# --- what was told stays told ---


@pytest.mark.parametrize(
    "change",
    ["text = 'x'", "address = 'x'", "key = gen_random_uuid()", "sent_at = NULL", "user_id = NULL"],
)
def test_what_was_sent_is_not_edited_even_by_sql(
    gateway: Gateway, enterprise: Actor, at: datetime, change: str
):
    say(reachable(enterprise), at)
    drain(at)
    with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE requests_desk_delivery SET {change}")


@pytest.mark.parametrize("sql", ["UPDATE {} SET error = 'x'", "DELETE FROM {}"])
def test_an_attempt_is_written_once(gateway: Gateway, enterprise: Actor, at: datetime, sql: str):
    say(reachable(enterprise), at)
    drain(at)
    with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql.format("requests_desk_deliveryattempt"))

"""The outbox: what leaves the house is claimed, sent outside of any lock, and settled; once in effect.

A claim is a lease. Nobody else takes a claimed row while it runs; a sender that was killed lets it run out, and the
next one sends with the same key, by which the gateway knows what it has already. See docs/decisions/0007.
"""

from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Q

from requests_desk.models import Delivery, DeliveryAttempt
from requests_desk.notice_table import OUTSIDE, Channel, Kind, Timing
from requests_desk.pacing import MAX_TRIES, house_hours, pause_after
from taian_factors.directory.models import CalendarYear, User
from taian_factors.lib import channels as ways

AT_MOST = 200  # messages that one run sends
SPELL = timedelta(seconds=45)  # and for how long; beat comes again each minute
STUMBLES = 3  # failures in a row after which a run leaves a channel alone
LINES = {Channel.SMS: 3}  # of a daily digest, for those who pay by length
MOST_LINES = 40

Clock = Callable[[], datetime]
Outcome = DeliveryAttempt.Outcome
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Result:
    """What came of one try."""

    outcome: Outcome
    receipt: str = ""
    error: str = ""


def drain(*, clock: Clock, at_most: int = AT_MOST) -> int:
    """Send what may leave the house now, in the order in which it is due; return how many were sent.

    One message is claimed at a time, so that a sender who dies holds up a single one. A channel that fails three
    times in a row is left alone until the next run, so that it does not hold up the others.
    """
    begun, calendar, hours = clock(), CalendarYear.objects.calendar(), house_hours()
    give_up(at=begun)
    bundle(at=begun)
    stumbled: Counter[str] = Counter()
    sent = 0
    for _ in range(at_most):
        at = clock()
        usable = [way for way in OUTSIDE if ways.is_on(way) and stumbled[way] < STUMBLES]
        if at - begun > SPELL:
            break
        row = claim(at=at, timings=hours.open_timings(at, calendar), channels=usable)
        if row is None:
            break
        result = _send(row)
        settle(row, result, at=clock())
        sent += result.outcome == Outcome.SENT
        stumbled[row.channel] = stumbled[row.channel] + 1 if result.outcome == Outcome.TEMPORARY else 0
    return sent


@transaction.atomic
def claim(*, at: datetime, timings: Collection[Timing], channels: Collection[Channel]) -> Delivery | None:
    """Take the next message for oneself until the lease runs out, or None when nothing is due.

    A row whose lease ran out was being sent when its sender died; that try is written down as lost.
    """
    due = Delivery.objects.to_send().filter(next_try_at__lte=at, timing__in=timings, channel__in=channels)
    free = due.filter(Q(claimed_until__isnull=True) | Q(claimed_until__lte=at))
    locked = free.select_for_update(of=("self",), no_key=True, skip_locked=True)
    row = locked.order_by("next_try_at", "pk").first()
    if row is None:
        return None
    if row.claimed_until is not None:
        DeliveryAttempt.objects.create(delivery=row, at=at, outcome=Outcome.LOST)
    row.claimed_until = at + _lease()
    row.tries += 1
    row.save(update_fields=["claimed_until", "tries"])
    return row


@transaction.atomic
def settle(row: Delivery, result: Result, *, at: datetime) -> None:
    """Write down what came of a try. Sent is sent, whoever holds the row by now; only its holder can fail it."""
    given = {"receipt": result.receipt[:120], "error": result.error[:200]}
    DeliveryAttempt.objects.create(delivery=row, at=at, outcome=result.outcome, **given)
    open_rows = Delivery.objects.filter(pk=row.pk, sent_at__isnull=True)
    if result.outcome == Outcome.SENT:
        open_rows.update(sent_at=at, failed_at=None, claimed_until=None, error="")
        return
    mine = open_rows.filter(failed_at__isnull=True, tries=row.tries)
    if result.outcome == Outcome.PERMANENT or row.tries >= MAX_TRIES:
        mine.update(failed_at=at, claimed_until=None, error=given["error"])
        return
    calendar = CalendarYear.objects.calendar()
    again = at + pause_after(row.tries, str(row.key))
    mine.update(
        next_try_at=house_hours().earliest(again, Timing(row.timing), calendar),
        claimed_until=None,
        error=given["error"],
    )


def give_up(*, at: datetime) -> int:
    """Give up what is no longer worth saying, as a call to a stall an hour ago, and what its senders died of."""
    free = Delivery.objects.to_send().filter(Q(claimed_until__isnull=True) | Q(claimed_until__lte=at))
    late, deadly = free.filter(expires_at__lt=at), free.filter(tries__gte=MAX_TRIES)
    return sum(
        rows.update(failed_at=at, claimed_until=None, error=error)
        for rows, error in ((late, "已过时，未发送"), (deadly, "多次发送中断"))
    )


def bundle(*, at: datetime) -> int:
    """Make one message of what waits for each person's daily digest, by channel; return how many messages."""
    waiting = Delivery.objects.to_digest(at).values_list("user_id", "channel").distinct()
    return sum(_bundle_for(user, channel, at) for user, channel in waiting.order_by("user_id", "channel"))


def send_again(*, failed: Collection[Delivery], user: User, at: datetime) -> int:
    """Put failed messages back into the outbox, on somebody's word; return how many."""
    hours, calendar = house_hours(), CalendarYear.objects.calendar()
    count = 0
    for row in failed:
        with transaction.atomic():
            still = Delivery.objects.failed().filter(pk=row.pk, sent_at__isnull=True)
            due = hours.earliest(at, Timing(row.timing), calendar)
            if still.update(failed_at=None, tries=0, next_try_at=due, expires_at=None):
                DeliveryAttempt.objects.create(delivery=row, at=at, outcome=Outcome.AGAIN, user=user)
                count += 1
    return count


def _lease() -> timedelta:
    """Longer than any try: connecting and answering have a time-out each."""
    return timedelta(seconds=60 + 2 * settings.NOTICE_TIMEOUT)


def _send(row: Delivery) -> Result:
    message = ways.Message(
        key=str(row.key),
        to=row.address,
        text=row.text,
        title=f"要素保障通知：{row.get_kind_display()}",
        url=f"{settings.PORTAL_BASE_URL}{row.url}" if row.url else "",
    )
    try:
        result = Result(Outcome.SENT, receipt=ways.way(row.channel).send(message))
    except ways.TemporaryError as error:
        result = Result(Outcome.TEMPORARY, error=str(error))
    except ways.PermanentError as error:
        result = Result(Outcome.PERMANENT, error=str(error))
    # Never the address, never the words: a log is read by others.
    log.info("notice", delivery=row.pk, channel=row.channel, outcome=result.outcome.value, error=result.error)
    return result


@transaction.atomic
def _bundle_for(user: int, channel: str, at: datetime) -> bool:
    """Bundle one person's notices, unless another worker is at it: the person's row is the lock."""
    locked = User.objects.select_for_update(no_key=True, skip_locked=True).filter(pk=user).first()
    parts = list(Delivery.objects.to_digest(at).filter(user=user, channel=channel).order_by("pk"))
    if locked is None or not parts:
        return False
    digest = Delivery.objects.create(
        subject_key=f"digest:{parts[0].pk}",
        user_id=user,
        channel=channel,
        kind=Kind.PROGRESS,
        address=parts[-1].address,
        text=_digest_text([part.text for part in parts], LINES.get(Channel(channel), MOST_LINES)),
        created_at=at,
        next_try_at=at,
    )
    Delivery.objects.filter(pk__in=[part.pk for part in parts]).update(digest=digest)
    return True


def _digest_text(texts: list[str], most: int) -> str:
    lines = [f"{place}. {text}" for place, text in enumerate(texts[:most], 1)]
    rest = [f"其余 {len(texts) - most} 条请登录门户查看。"] if len(texts) > most else []
    return "\n".join([f"每日汇总：共 {len(texts)} 条通知。", *lines, *rest])

"""What was told to whom, when, by which channel, and what came of it: for the office and the health check."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min, Prefetch, Q, QuerySet

from requests_desk.models import Delivery, DeliveryAttempt, FactorRequest
from requests_desk.notice_table import OUTSIDE, Channel
from requests_desk.telling import Line
from taian_factors.lib import channels as ways
from taian_factors.lib.masking import mask

LATE_AFTER = timedelta(minutes=15)  # that something waits although it may leave
SHOWN_OF_A_REQUEST = 30


@dataclass(frozen=True)
class Told:
    """One telling as the log shows it; addresses only so that they are recognized."""

    delivery: Delivery
    who: str
    address: str
    state: str
    tone: str
    at: datetime | None


def sent_out() -> QuerySet[Delivery]:
    """Return what was to leave the house, newest first."""
    return Delivery.objects.gone_out().select_related("user", "digest").order_by("-created_at", "-pk")


def with_history(deliveries: QuerySet[Delivery]) -> QuerySet[Delivery]:
    """Load what the page of one telling shows: its attempts, those of its digest, and its request."""
    attempts = DeliveryAttempt.objects.select_related("user").order_by("pk")
    return deliveries.select_related("event__factor_request").prefetch_related(
        Prefetch("attempts", attempts), Prefetch("digest__attempts", attempts), "parts"
    )


def told(delivery: Delivery) -> Told:
    """Say where one telling stands."""
    who = str(delivery.user) if delivery.user else "联系人（无账号）"
    carrier = delivery.digest or delivery
    return Told(delivery, who, mask(delivery.address), *_standing(delivery, carrier))


def told_of(factor_request: FactorRequest) -> list[Told]:
    """Return the newest tellings of a request, the bell included; one query."""
    rows = Delivery.objects.filter(event__factor_request=factor_request)
    return [told(d) for d in rows.select_related("user", "digest").order_by("-pk")[:SHOWN_OF_A_REQUEST]]


def history(delivery: Delivery) -> list[Line]:
    """Tell every attempt of a telling loaded ``with_history``, as lines of a timeline."""
    carrier = delivery.digest or delivery
    return [_line(attempt) for attempt in carrier.attempts.all()]


def demo_note() -> str:
    """Say which ways lead nowhere, if any does."""
    closed = [way.label for way in OUTSIDE if ways.is_demo(way)]
    return f"{ways.DEMO_WORDS}。{'、'.join(closed)}只写入发送记录和日志。" if closed else ""


def warnings(*, at: datetime) -> list[str]:
    """Return a sentence for what waits too long and for what has failed; one query."""
    due = Q(sent_at=None, failed_at=None, next_try_at__lt=at - LATE_AFTER)
    found = Delivery.objects.filter(due | Q(failed_at__isnull=False)).aggregate(
        oldest=Min("next_try_at", filter=due), failed=Count("pk", filter=Q(failed_at__isnull=False))
    )
    said = []
    if found["oldest"]:
        minutes = (at - found["oldest"]) // timedelta(minutes=1)
        said.append(f"最早一条未发出的通知已等 {minutes} 分钟，请检查后台任务和发送渠道。")
    if found["failed"]:
        said.append(f"有 {found['failed']} 条通知发送失败，请市工业推进办在发送记录中处理。")
    return said


def _standing(delivery: Delivery, carrier: Delivery) -> tuple[str, str, datetime | None]:
    if delivery.channel == Channel.PORTAL:
        return (
            ("已读", "done", delivery.read_at) if delivery.read_at else ("未读", "waits", delivery.created_at)
        )
    if carrier.sent_at:
        return ("已送达", "done", carrier.sent_at)
    if carrier.failed_at:
        return ("失败", "red", carrier.failed_at)
    if delivery.digest_at and delivery.digest is None:
        return ("等每日汇总", "waits", delivery.digest_at)
    return (
        "待重发" if carrier.tries else "待发送",
        "soon" if carrier.tries else "waits",
        carrier.next_try_at,
    )


def _line(attempt: DeliveryAttempt) -> Line:
    failed = attempt.outcome in {DeliveryAttempt.Outcome.PERMANENT, DeliveryAttempt.Outcome.TEMPORARY}
    note = attempt.error or (f"回执：{attempt.receipt}" if attempt.receipt else "")
    who = str(attempt.user) if attempt.user else "发送程序"
    return Line(attempt.at, who, attempt.get_outcome_display(), note, "red" if failed else "")

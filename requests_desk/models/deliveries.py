"""Who is told what by which channel, every attempt at it, and what a person wants to hear where."""

import re

import pgtrigger
from django.conf import settings
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q

from requests_desk.models.events import RequestEvent
from requests_desk.notice_table import Channel, Kind, Timing
from requests_desk.querysets import DeliveryQuerySet


class Delivery(models.Model):
    """One telling: a subject, a person or an address, a channel. Unique, so that it is told once in effect.

    The bell's rows are told when they are written. The others are the outbox: they wait until ``next_try_at``, or for
    the daily digest of ``digest_at``, are claimed until ``claimed_until`` by who sends them, and end sent or failed.
    ``key`` goes to the gateway with every try, so that a try repeated after a crash is recognized there.
    """

    event = models.ForeignKey(
        RequestEvent, models.PROTECT, null=True, blank=True, related_name="deliveries", verbose_name="事件"
    )
    subject_key = models.CharField("事由", max_length=80)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="deliveries",
        verbose_name="收件人",
    )
    channel = models.CharField("渠道", max_length=8, choices=Channel, default=Channel.PORTAL)
    kind = models.CharField("类别", max_length=12, choices=Kind, default=Kind.PROGRESS)
    timing = models.CharField("时段", max_length=4, choices=Timing, default=Timing.DAY)
    address = models.CharField("收件地址", max_length=254, blank=True)
    text = models.TextField("内容")
    url = models.CharField("链接", max_length=200, blank=True)
    key = models.UUIDField("发送凭证", db_default=RandomUUID(), unique=True, editable=False)
    created_at = models.DateTimeField("生成时间")
    expires_at = models.DateTimeField("失效时间", null=True, blank=True)
    digest_at = models.DateTimeField("汇总时间", null=True, blank=True)
    digest = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="parts", verbose_name="所在汇总"
    )
    next_try_at = models.DateTimeField("下次发送", null=True, blank=True)
    claimed_until = models.DateTimeField("占用至", null=True, blank=True)
    tries = models.PositiveSmallIntegerField("已试次数", default=0)
    sent_at = models.DateTimeField("送达时间", null=True, blank=True)
    failed_at = models.DateTimeField("失败时间", null=True, blank=True)
    error = models.CharField("失败原因", max_length=200, blank=True)
    read_at = models.DateTimeField("已读时间", null=True, blank=True)

    objects = DeliveryQuerySet.as_manager()

    CODE_SUBJECT = "contact:"  # subjects that begin so carry a code for the hearer's eyes only

    class Meta:
        verbose_name = verbose_name_plural = "通知"
        constraints = [
            models.UniqueConstraint(
                fields=["subject_key", "channel", "user"],
                condition=Q(user__isnull=False),
                name="told_once_per_person_and_channel",
            ),
            models.UniqueConstraint(
                fields=["subject_key", "channel", "address"],
                condition=~Q(address=""),
                name="told_once_per_address_and_channel",
            ),
            models.CheckConstraint(condition=Q(user__isnull=False) | ~Q(address=""), name="somebody_is_told"),
            models.CheckConstraint(
                condition=Q(channel=Channel.PORTAL) | ~Q(address=""), name="what_goes_out_has_an_address"
            ),
            models.CheckConstraint(
                condition=Q(sent_at__isnull=True) | Q(failed_at__isnull=True), name="sent_or_failed_not_both"
            ),
        ]
        indexes = [
            models.Index(
                fields=["user", "-id"],
                condition=Q(read_at__isnull=True, channel=Channel.PORTAL),
                name="delivery_unread",
            ),
            models.Index(
                fields=["next_try_at", "id"],
                condition=Q(sent_at__isnull=True, failed_at__isnull=True, next_try_at__isnull=False),
                name="delivery_to_send",
            ),
            models.Index(
                fields=["digest_at"],
                condition=Q(digest_at__isnull=False, digest__isnull=True),
                name="delivery_to_digest",
            ),
            models.Index(
                fields=["-created_at", "-id"], condition=~Q(channel=Channel.PORTAL), name="delivery_log"
            ),
            models.Index(fields=["-failed_at"], condition=Q(failed_at__isnull=False), name="delivery_failed"),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="what_was_told_is_never_edited",
                fields=["event", "subject_key", "user", "channel", "address", "text", "url", "key"],
            ),
            pgtrigger.Protect(
                name="what_was_sent_stays_sent",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(
                    old__sent_at__isnull=False, old__sent_at__df=pgtrigger.F("new__sent_at")
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.shown

    @property
    def shown(self) -> str:
        """The text as others than its hearer may read it: without the code that makes a contact verified."""
        return re.sub(r"验证码 \d+", "验证码 ******", self.text) if self._has_code else self.text

    @property
    def _has_code(self) -> bool:
        return self.subject_key.startswith(self.CODE_SUBJECT)


class DeliveryAttempt(models.Model):
    """One try to send, and what came of it. Written once, never changed."""

    class Outcome(models.TextChoices):
        SENT = "sent", "已送达"
        TEMPORARY = "temporary", "暂未送达"
        PERMANENT = "permanent", "不能送达"
        LOST = "lost", "发送中断"
        AGAIN = "again", "重新发送"

    delivery = models.ForeignKey(Delivery, models.PROTECT, related_name="attempts", verbose_name="通知")
    at = models.DateTimeField("时间")
    outcome = models.CharField("结果", max_length=10, choices=Outcome)
    receipt = models.CharField("回执", max_length=120, blank=True)
    error = models.CharField("原因", max_length=200, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="操作人"
    )

    class Meta:
        verbose_name = verbose_name_plural = "发送记录"
        triggers = [
            pgtrigger.Protect(
                name="attempts_are_written_once", operation=pgtrigger.Update | pgtrigger.Delete
            ),
        ]

    def __str__(self) -> str:
        return self.get_outcome_display()


class NoticeChoice(models.Model):
    """What one person wants to hear by one channel; a kind that is not in ``kinds`` follows the role's default."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="notice_choices", verbose_name="用户"
    )
    channel = models.CharField("渠道", max_length=8, choices=Channel)
    kinds = models.JSONField("类别", default=dict)
    is_daily = models.BooleanField("每日汇总", default=False)
    chosen_at = models.DateTimeField("选择时间")

    class Meta:
        verbose_name = verbose_name_plural = "通知方式"
        constraints = [
            models.UniqueConstraint(fields=["user", "channel"], name="one_choice_per_person_and_channel"),
            models.CheckConstraint(condition=~Q(channel=Channel.PORTAL), name="the_bell_is_always_on"),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_channel_display()}"

"""The plan of a fair: its day, zones, stalls and desks."""

import secrets
from datetime import time

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from fairs.querysets import DeskQuerySet, FairQuerySet, StallManager
from taian_factors.directory.models import Factor, Organization


def new_token() -> str:
    """Return an unguessable word for an address (160 bits)."""
    return secrets.token_urlsafe(20)


class Fair(models.Model):
    """A day on which enterprises and those who can help them meet under one roof."""

    class Kind(models.TextChoices):
        FAIR = "fair", "要素保障大集"
        WEEK = "week", "要素保障周集中办公"

    kind = models.CharField("类别", max_length=8, choices=Kind, default=Kind.FAIR)
    held_on = models.DateField("日期")
    name = models.CharField("名称", max_length=60)
    place = models.CharField("地点", max_length=60)
    opens_at = models.TimeField("开始时间")
    closes_at = models.TimeField("结束时间")
    token = models.CharField("大屏口令", max_length=40, unique=True, default=new_token, editable=False)
    # Hangs at the door and stands on the kiosk, nowhere else: who knows it is there. The office renews it.
    door_token = models.CharField("门口口令", max_length=40, unique=True, default=new_token, editable=False)
    last_number = models.PositiveIntegerField("已发到的号", default=0, editable=False)
    is_open = models.BooleanField("未收摊", default=True, editable=False)
    closed_at = models.DateTimeField("收摊时间", null=True, blank=True, editable=False)

    objects = FairQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "大集"
        constraints = [
            models.UniqueConstraint(fields=["held_on", "name"], name="one_fair_of_a_name_a_day"),
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opens_at")), name="a_fair_closes_after_it_opens"
            ),
            models.CheckConstraint(
                condition=Q(is_open=Q(closed_at__isnull=True)), name="a_closed_fair_knows_when"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}（{self.held_on}）"


class Change(models.Model):
    """Who changed a plan of which people know, when, and when they were told."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="操作人"
    )
    at = models.DateTimeField("时间")
    told_at = models.DateTimeField("已告知", null=True, blank=True)

    class Meta:
        abstract = True


class FairChange(Change):
    """That a fair was moved to another place or other hours: what it was before, and when that was told."""

    fair = models.ForeignKey(Fair, models.PROTECT, related_name="changes", verbose_name="大集")
    place = models.CharField("原地点", max_length=60)
    opens_at = models.TimeField("原开始时间")
    closes_at = models.TimeField("原结束时间")

    class Meta:
        verbose_name = verbose_name_plural = "大集调整"
        indexes = [
            models.Index(fields=["id"], condition=Q(told_at__isnull=True), name="fairs_change_to_tell"),
        ]
        triggers = [
            pgtrigger.Protect(name="changes_are_kept", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="a_change_is_never_edited",
                fields=["fair", "place", "opens_at", "closes_at", "user", "at"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.fair.name} {self.at:%m-%d %H:%M}"


class Zone(models.Model):
    """A part of the hall: 政策解读, 业务受理, 联合会商, 金融服务."""

    fair = models.ForeignKey(Fair, models.PROTECT, related_name="zones", verbose_name="大集")
    code = models.CharField("代码", max_length=4)
    name = models.CharField("名称", max_length=20)
    # Where its area lies in the hall, in rows from the entrance and columns from the left.
    row = models.PositiveSmallIntegerField("第几排", default=1)
    column = models.PositiveSmallIntegerField("第几列", default=1)

    class Meta:
        verbose_name = verbose_name_plural = "展区"
        constraints = [models.UniqueConstraint(fields=["fair", "code"], name="one_zone_of_a_code")]

    def __str__(self) -> str:
        return self.name


class Stall(models.Model):
    """A place in the hall that belongs to a body, has one line, and one or several desks."""

    fair = models.ForeignKey(Fair, models.PROTECT, related_name="stalls", verbose_name="大集")
    zone = models.ForeignKey(Zone, models.PROTECT, related_name="stalls", verbose_name="展区")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="stalls", verbose_name="单位")
    code = models.CharField("摊位号", max_length=8)
    position = models.CharField("位置", max_length=40, blank=True)
    handles = models.ManyToManyField(Factor, related_name="stalls", blank=True, verbose_name="办理要素")
    is_joint_table = models.BooleanField("会商桌", default=False)
    # Where it stands in its zone; a stall that nobody has placed stands behind the others.
    row = models.PositiveSmallIntegerField("第几排", null=True, blank=True)
    column = models.PositiveSmallIntegerField("第几列", null=True, blank=True)
    # Open as long as the fair, unless it says otherwise.
    opens_at = models.TimeField("开始时间", null=True, blank=True)
    closes_at = models.TimeField("结束时间", null=True, blank=True)
    staff = models.ManyToManyField(
        settings.AUTH_USER_MODEL, related_name="rostered_stalls", blank=True, verbose_name="值守人员"
    )

    removed_at = models.DateTimeField("撤下时间", null=True, blank=True, editable=False)

    objects = StallManager()

    class Meta:
        verbose_name = verbose_name_plural = "摊位"
        constraints = [
            models.UniqueConstraint(
                fields=["fair", "code"], condition=Q(removed_at__isnull=True), name="one_stall_of_a_code"
            ),
            # Deferred, so that two stalls can change places in one act.
            models.UniqueConstraint(
                fields=["zone", "row", "column"],
                name="one_stall_at_a_spot",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(
                condition=Q(row__isnull=True, column__isnull=True)
                | Q(row__isnull=False, column__isnull=False),
                name="a_spot_is_a_row_and_a_column",
            ),
            models.CheckConstraint(
                condition=Q(opens_at__isnull=True, closes_at__isnull=True)
                | Q(opens_at__isnull=False, closes_at__isnull=False, closes_at__gt=F("opens_at")),
                name="a_stall_closes_after_it_opens",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.organization}"

    @property
    def hours(self) -> tuple[time, time]:
        """From when until when it is open; its fair must be loaded."""
        if self.opens_at is None or self.closes_at is None:
            return self.fair.opens_at, self.fair.closes_at
        return self.opens_at, self.closes_at


class StaffChange(Change):
    """That somebody was put on duty at a stall or taken off, and when that was told."""

    stall = models.ForeignKey(Stall, models.PROTECT, related_name="staff_changes", verbose_name="摊位")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="值守人员"
    )
    is_on = models.BooleanField("值守")

    class Meta:
        verbose_name = verbose_name_plural = "值守调整"
        indexes = [
            models.Index(fields=["id"], condition=Q(told_at__isnull=True), name="fairs_staff_change_to_tell"),
        ]
        triggers = [
            pgtrigger.Protect(name="staff_changes_are_kept", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="a_staff_change_is_never_edited", fields=["stall", "person", "is_on", "user", "at"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stall.code} {self.person} {'值守' if self.is_on else '不再值守'}"


class Desk(models.Model):
    """A seat at a stall. Who sits there calls; a person sits at one desk at most."""

    stall = models.ForeignKey(Stall, models.PROTECT, related_name="desks", verbose_name="摊位")
    number = models.PositiveSmallIntegerField("席号")
    clerk = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="desks",
        verbose_name="在席人",
    )
    is_paused = models.BooleanField("暂停", default=False)
    pause_reason = models.CharField("暂停原因", max_length=80, blank=True, db_default="")
    # Called to a joint table: the desk goes on by itself when this ticket there ends.
    paused_for = models.ForeignKey(
        "Ticket",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="paused_desks",
        verbose_name="应邀会商的号",
    )

    objects = DeskQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "席位"
        constraints = [
            models.UniqueConstraint(fields=["stall", "number"], name="one_desk_of_a_number"),
            models.UniqueConstraint(fields=["clerk"], name="one_desk_per_clerk"),
            models.CheckConstraint(
                condition=Q(is_paused=True) | Q(pause_reason="", paused_for__isnull=True),
                name="who_is_not_paused_has_no_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stall.code}-{self.number}"

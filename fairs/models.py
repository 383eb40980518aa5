"""A fair and its queue: who stands where, who came, and every step of every ticket."""

import secrets

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from fairs.querysets import DeskQuerySet, FairQuerySet, StallQuerySet, TicketQuerySet, VisitQuerySet
from fairs.workflow import LIVE, PLACED, Outcome, TicketState, find
from taian_factors.directory.models import Factor, Organization

USER = settings.AUTH_USER_MODEL


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


class Zone(models.Model):
    """A part of the hall: 政策解读, 业务受理, 联合会商, 金融服务."""

    fair = models.ForeignKey(Fair, models.PROTECT, related_name="zones", verbose_name="大集")
    code = models.CharField("代码", max_length=4)
    name = models.CharField("名称", max_length=20)

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

    objects = StallQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "摊位"
        constraints = [models.UniqueConstraint(fields=["fair", "code"], name="one_stall_of_a_code")]

    def __str__(self) -> str:
        return f"{self.code} {self.organization}"


class Desk(models.Model):
    """A seat at a stall. Who sits there calls; a person sits at one desk at most."""

    stall = models.ForeignKey(Stall, models.PROTECT, related_name="desks", verbose_name="摊位")
    number = models.PositiveSmallIntegerField("席号")
    clerk = models.ForeignKey(
        USER,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="desks",
        verbose_name="在席人",
    )
    is_paused = models.BooleanField("暂停", default=False)

    objects = DeskQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "席位"
        constraints = [
            models.UniqueConstraint(fields=["stall", "number"], name="one_desk_of_a_number"),
            models.UniqueConstraint(fields=["clerk"], name="one_desk_per_clerk"),
        ]

    def __str__(self) -> str:
        return f"{self.stall.code}-{self.number}"


class Visit(models.Model):
    """An enterprise that checked in: one number for the whole day, and through it a place at many stalls."""

    class Channel(models.TextChoices):
        RECEPTION = "reception", "服务台"
        KIOSK = "kiosk", "自助机"
        QR = "qr", "扫码"

    fair = models.ForeignKey(Fair, models.PROTECT, related_name="visits", verbose_name="大集")
    enterprise = models.ForeignKey(Organization, models.PROTECT, related_name="visits", verbose_name="企业")
    number = models.PositiveIntegerField("号码")
    token = models.CharField("口令", max_length=40, unique=True, default=new_token, editable=False)
    checked_in_at = models.DateTimeField("签到时间")
    contact_name = models.CharField("联系人", max_length=30, blank=True)
    contact_phone = models.CharField("联系电话", max_length=20, blank=True)
    typed_by = models.ForeignKey(
        USER,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="录入人",
    )
    channel = models.CharField("签到方式", max_length=9, choices=Channel, default=Channel.RECEPTION)
    # Set by call; emptied by finish, pass over, leave, transfer and close. What is set here is at a desk.
    busy_ticket = models.OneToOneField(
        "Ticket", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="正在办理的号"
    )

    objects = VisitQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "到场企业"
        constraints = [
            models.UniqueConstraint(fields=["fair", "enterprise"], name="one_visit_per_enterprise_and_fair"),
            models.UniqueConstraint(fields=["fair", "number"], name="one_number_per_visit"),
        ]

    def __str__(self) -> str:
        return f"{self.number:03d} 号"


class Ticket(models.Model):
    """A visit's place at one stall. Only ``journal`` changes its state."""

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="tickets", verbose_name="到场企业")
    stall = models.ForeignKey(Stall, models.PROTECT, related_name="tickets", verbose_name="摊位")
    state = models.CharField("状态", max_length=8, choices=TicketState)
    desk = models.ForeignKey(
        Desk, models.PROTECT, null=True, blank=True, related_name="tickets", verbose_name="席位"
    )
    priority = models.PositiveSmallIntegerField("优先", default=0)
    priority_reason = models.CharField("优先理由", max_length=60, blank=True)
    place_at = models.DateTimeField("排队时刻")
    called_at = models.DateTimeField("叫号时间", null=True, blank=True)
    began_at = models.DateTimeField("开始时间", null=True, blank=True)
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)
    calls = models.PositiveSmallIntegerField("叫号次数", default=0)
    has_reentered = models.BooleanField("已重排过", default=False)
    outcome = models.CharField("结果", max_length=12, choices=Outcome, blank=True)
    note = models.TextField("备注", blank=True)
    moved_from = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="moved_to", verbose_name="转自"
    )

    objects = TicketQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "排队号"
        constraints = [
            models.UniqueConstraint(fields=["desk"], condition=Q(state__in=LIVE), name="one_ticket_per_desk"),
            models.UniqueConstraint(fields=["visit"], condition=Q(state__in=LIVE), name="one_desk_per_visit"),
            models.UniqueConstraint(
                fields=["visit", "stall"], condition=Q(state__in=PLACED), name="one_place_per_stall"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=LIVE) | Q(desk__isnull=False), name="who_calls_has_a_desk"
            ),
            models.CheckConstraint(
                condition=Q(state="served", outcome__in=Outcome.values)
                | (~Q(state="served") & Q(outcome="")),
                name="served_means_an_outcome",
            ),
            models.CheckConstraint(
                condition=Q(priority=0) | ~Q(priority_reason=""), name="priority_has_a_reason"
            ),
        ]
        indexes = [
            models.Index(
                "stall",
                F("priority").desc(),
                "place_at",
                "id",
                condition=Q(state="waiting"),
                name="fairs_line",
            ),
            models.Index("stall", "state", name="fairs_stall_state"),
        ]

    def __str__(self) -> str:
        return f"{self.visit} {self.stall.code}"

    @property
    def is_live(self) -> bool:
        """Is at a desk."""
        return self.state in LIVE


class TicketEvent(models.Model):
    """One step of one ticket, appended and never changed.

    Steps that touch the same stall or the same visit are numbered in the order in which they happened:
    both locks are held when the number is drawn. ``place_at`` and ``priority`` are those after the step.
    """

    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="events", verbose_name="排队号")
    fair = models.ForeignKey(Fair, models.PROTECT, related_name="events", verbose_name="大集")
    verb = models.CharField("动作", max_length=12)
    from_state = models.CharField("原状态", max_length=8, choices=TicketState, blank=True)
    to_state = models.CharField("新状态", max_length=8, choices=TicketState)
    desk = models.ForeignKey(
        Desk, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="席位"
    )
    user = models.ForeignKey(
        USER,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="操作人",
    )
    organization = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="操作单位"
    )
    at = models.DateTimeField("时间")
    place_at = models.DateTimeField("排队时刻")
    priority = models.PositiveSmallIntegerField("优先")
    note = models.CharField("备注", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "排队记录"
        indexes = [models.Index("fair", "id", name="fairs_event_of_fair")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.at:%H:%M:%S} {self.label}"

    @property
    def label(self) -> str:
        """The step in Chinese."""
        return find(self.verb).label


class DeskAction(models.Model):
    """One click at a desk: the same key a second time does nothing and is answered from here."""

    key = models.CharField("点击编号", max_length=64, unique=True)
    verb = models.CharField("动作", max_length=12)
    desk = models.ForeignKey(Desk, models.PROTECT, related_name="actions", verbose_name="席位")
    ticket = models.ForeignKey(
        Ticket, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="排队号"
    )
    user = models.ForeignKey(
        USER,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="操作人",
    )
    at = models.DateTimeField("时间")
    answer = models.JSONField("回答", null=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "席位点击"

    def __str__(self) -> str:
        return f"{self.verb} {self.key}"

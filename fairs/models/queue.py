"""The queue of a fair: who came, who stands where, and every step of every ticket."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from fairs.models.plan import Desk, Fair, Stall, new_token
from fairs.querysets import TicketQuerySet, VisitQuerySet
from fairs.workflow import LIVE, PLACED, Outcome, TicketState, find
from taian_factors.directory.models import Organization


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
        settings.AUTH_USER_MODEL,
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
        triggers = [
            pgtrigger.Trigger(
                name="a_reserved_number_is_kept_for_its_owner",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF EXISTS (
                        SELECT FROM fairs_booking
                        WHERE fair_id = NEW.fair_id
                        AND (number = NEW.number) <> (enterprise_id = NEW.enterprise_id)
                    ) THEN
                        RAISE EXCEPTION 'number % of this fair is reserved otherwise', NEW.number
                            USING ERRCODE = 'unique_violation';
                    END IF;
                    RETURN NEW;
                """,
            )
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
    # What the desk that sent the enterprise here wants the next clerk to know.
    handover_note = models.CharField("交接说明", max_length=200, blank=True, db_default="")
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


class Deed(models.Model):
    """Who did something, for whom, and when; what was done is appended and never changed."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
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
    note = models.CharField("备注", max_length=200, blank=True)

    class Meta:
        abstract = True


class TicketEvent(Deed):
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
    place_at = models.DateTimeField("排队时刻")
    priority = models.PositiveSmallIntegerField("优先")

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


class StallEvent(Deed):
    """What happened to a stall or one of its desks beside its tickets, appended and never changed.

    ``ticket`` is the place at a joint table that the desk was called to or set free from.
    """

    class Verb(models.TextChoices):
        PAUSE = "pause", "暂停叫号"
        GO_ON = "go_on", "恢复叫号"
        SUMMON = "summon", "应邀会商，暂停叫号"
        LET_GO = "let_go", "会商桌的号结束，自动恢复"
        CALL_OFF = "call_off", "不再会商"
        ROSTER = "roster", "安排值守"

    stall = models.ForeignKey(Stall, models.PROTECT, related_name="events", verbose_name="摊位")
    desk = models.ForeignKey(
        Desk, models.PROTECT, null=True, blank=True, related_name="events", verbose_name="席位"
    )
    ticket = models.ForeignKey(
        Ticket, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="会商桌的号"
    )
    verb = models.CharField("动作", max_length=12, choices=Verb)

    class Meta:
        verbose_name = verbose_name_plural = "摊位记录"
        triggers = [
            pgtrigger.Protect(name="stall_events_stay", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.at:%H:%M:%S} {self.get_verb_display()}"


class DeskAction(models.Model):
    """One click at a desk: the same key a second time does nothing and is answered from here."""

    key = models.CharField("点击编号", max_length=64, unique=True)
    verb = models.CharField("动作", max_length=12)
    desk = models.ForeignKey(Desk, models.PROTECT, related_name="actions", verbose_name="席位")
    ticket = models.ForeignKey(
        Ticket, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="排队号"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
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


class VisitPress(models.Model):
    """One press at a phone, a kiosk, the door or the reception: the same key a second time is answered from here.

    Without a stall it is the check-in, with one the ticket taken there.
    """

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="presses", verbose_name="到场企业")
    key = models.CharField("点击编号", max_length=64)
    stall = models.ForeignKey(
        Stall, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="摊位"
    )
    ticket = models.ForeignKey(
        Ticket, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="排队号"
    )
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "到场点击"
        constraints = [
            models.UniqueConstraint(
                fields=["visit", "key", "stall"], name="one_press_of_a_key", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return f"{self.visit} {self.key}"

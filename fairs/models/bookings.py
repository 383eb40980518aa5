"""What is settled before the fair: who is invited, which slots a stall offers, who has booked or waits for one."""

import secrets

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from fairs.models.plan import Fair, Stall
from fairs.querysets import BookedPlaceQuerySet, BookingQuerySet, SlotQuerySet
from taian_factors.directory.models import Organization

# Letters and digits that nobody takes for one another when they are read aloud or typed at a kiosk.
_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
CODE_LENGTH = 10


def new_code() -> str:
    """Return an unguessable word that people can type (49 bits)."""
    return "".join(secrets.choice(_LETTERS) for _ in range(CODE_LENGTH))


class Slot(models.Model):
    """A stretch of a stall's day that so many enterprises can book. The day is its fair's.

    ``taken`` counts the places that are held here; it changes under the fair's lock only.
    """

    stall = models.ForeignKey(Stall, models.PROTECT, related_name="slots", verbose_name="摊位")
    starts_at = models.TimeField("开始时间")
    ends_at = models.TimeField("结束时间")
    capacity = models.PositiveSmallIntegerField("可约家数")
    taken = models.PositiveSmallIntegerField("已约家数", default=0, editable=False)

    objects = SlotQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "预约时段"
        constraints = [
            models.UniqueConstraint(fields=["stall", "starts_at"], name="one_slot_of_a_stall_at_a_time"),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="a_slot_ends_after_it_starts"
            ),
            models.CheckConstraint(condition=Q(taken__lte=F("capacity")), name="a_slot_is_never_overbooked"),
        ]

    def __str__(self) -> str:
        return f"{self.stall.code} {self.hours}"

    @property
    def hours(self) -> str:
        """From when until when."""
        return f"{self.starts_at:%H:%M}–{self.ends_at:%H:%M}"

    @property
    def free(self) -> int:
        """How many can still book."""
        return self.capacity - self.taken

    def overlaps(self, other: "Slot") -> bool:
        """Say whether somebody would have to be at two stalls at once."""
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at


class Booking(models.Model):
    """An enterprise's reserved number at a fair, and the word by which it is known there.

    There is one for an enterprise and a fair, for ever: who cancels all and books again has the same number, and
    nobody else ever gets it. It goes live at check-in only, as the number of the visit.
    """

    fair = models.ForeignKey(Fair, models.PROTECT, related_name="bookings", verbose_name="大集")
    enterprise = models.ForeignKey(
        Organization, models.PROTECT, related_name="fair_bookings", verbose_name="企业"
    )
    number = models.PositiveIntegerField("预留号")
    code = models.CharField("预约码", max_length=12, unique=True, default=new_code, editable=False)
    contact_name = models.CharField("联系人", max_length=30, blank=True)
    contact_phone = models.CharField("联系电话", max_length=20, blank=True)
    booked_at = models.DateTimeField("预约时间")
    booked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="预约人"
    )

    objects = BookingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "大集预约"
        constraints = [
            models.UniqueConstraint(
                fields=["fair", "enterprise"], name="one_booking_per_enterprise_and_fair"
            ),
            models.UniqueConstraint(fields=["fair", "number"], name="one_reserved_number_per_booking"),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="a_reserved_number_stays", fields=["fair", "enterprise", "number", "code"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number:03d} 号（预留）"


class BookedPlace(models.Model):
    """A booking's wish for one slot: held, waiting for somebody to cancel, or given up.

    The moments are written once. The waiting list of a slot goes by ``asked_at``.
    """

    booking = models.ForeignKey(Booking, models.PROTECT, related_name="places", verbose_name="预约")
    slot = models.ForeignKey(Slot, models.PROTECT, related_name="places", verbose_name="时段")
    asked_at = models.DateTimeField("预约时刻")
    held_at = models.DateTimeField("约上时刻", null=True, blank=True)
    cancelled_at = models.DateTimeField("取消时刻", null=True, blank=True)
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="取消人",
    )
    cancel_reason = models.CharField("取消理由", max_length=200, blank=True, db_default="")
    moved_from = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="moved_to", verbose_name="改自"
    )
    was_promoted = models.BooleanField("候补转正", default=False)
    told_at = models.DateTimeField("已告知", null=True, blank=True)

    objects = BookedPlaceQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "预约的时段"
        constraints = [
            models.CheckConstraint(
                condition=Q(cancelled_at__isnull=False) | Q(cancel_reason=""),
                name="only_what_is_cancelled_says_why",
            ),
            models.UniqueConstraint(
                fields=["booking", "slot"],
                condition=Q(cancelled_at__isnull=True),
                name="one_place_of_a_booking_in_a_slot",
            ),
            models.CheckConstraint(
                condition=Q(was_promoted=False) | Q(held_at__isnull=False),
                name="who_was_promoted_holds_a_place",
            ),
            models.CheckConstraint(
                condition=Q(told_at__isnull=True) | Q(was_promoted=True), name="only_a_promotion_is_told"
            ),
        ]
        indexes = [
            models.Index(
                fields=["slot", "asked_at", "id"],
                condition=Q(held_at__isnull=True, cancelled_at__isnull=True),
                name="fairs_waiting_list",
            ),
            models.Index(
                fields=["id"],
                condition=Q(was_promoted=True, told_at__isnull=True),
                name="fairs_promotion_to_tell",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="places_are_kept", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="a_wish_is_never_edited", fields=["booking", "slot", "asked_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.slot} {self.standing}"

    @property
    def is_held(self) -> bool:
        """Has its place in the slot."""
        return self.held_at is not None and self.cancelled_at is None

    @property
    def is_waiting(self) -> bool:
        """Stands on the waiting list."""
        return self.held_at is None and self.cancelled_at is None

    @property
    def standing(self) -> str:
        """Where it stands, in a word."""
        if self.cancelled_at:
            return "已取消"
        return "已约上" if self.held_at else "候补"


class Invitation(models.Model):
    """An enterprise that the office has asked to come."""

    fair = models.ForeignKey(Fair, models.PROTECT, related_name="invitations", verbose_name="大集")
    enterprise = models.ForeignKey(
        Organization, models.PROTECT, related_name="fair_invitations", verbose_name="企业"
    )
    contact_name = models.CharField("联系人", max_length=30, blank=True)
    contact_phone = models.CharField("联系电话", max_length=20, blank=True)
    note = models.CharField("备注", max_length=100, blank=True)
    invited_at = models.DateTimeField("邀请时间")
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="录入人"
    )
    told_at = models.DateTimeField("已告知", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "邀请的企业"
        constraints = [
            models.UniqueConstraint(
                fields=["fair", "enterprise"], name="one_invitation_per_enterprise_and_fair"
            ),
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(told_at__isnull=True), name="fairs_invitation_to_tell"),
        ]

    def __str__(self) -> str:
        return f"{self.enterprise}（{self.fair.name}）"

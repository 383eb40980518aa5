"""After a bad review (差评): the office's call-back, rectification, and a second rating; and whose contact it is."""

import pgtrigger
from django.db import models
from django.db.models import Q

from requests_desk.models.requests import Filing
from requests_desk.models.reviews import SatisfactionReview


class FollowUp(models.Model):
    """What follows a review of 1 or 2. The department learns the matter only when the enterprise consents."""

    review = models.OneToOneField(
        SatisfactionReview, models.PROTECT, related_name="follow_up", verbose_name="差评"
    )
    token = models.CharField("凭证", max_length=43, unique=True)
    opened_at = models.DateTimeField("建立时间")
    call_due_at = models.DateTimeField("回访期限")
    call_warn_at = models.DateTimeField("回访临期")
    called_at = models.DateTimeField("回访时间", null=True, blank=True)
    has_consented = models.BooleanField("企业同意转部门", null=True, blank=True)
    finding = models.TextField("回访情况", blank=True)
    rectified_at = models.DateTimeField("整改反馈时间", null=True, blank=True)
    rectification = models.TextField("整改情况", blank=True)
    second_rating = models.PositiveSmallIntegerField(
        "二次评价", choices=SatisfactionReview.Rating, null=True, blank=True
    )
    second_comment = models.CharField("二次意见", max_length=500, blank=True)
    second_rated_at = models.DateTimeField("二次评价时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "差评回访"
        constraints = [
            models.CheckConstraint(
                condition=Q(called_at__isnull=True) | Q(has_consented__isnull=False),
                name="a_call_says_whether_they_consent",
            ),
            models.CheckConstraint(
                condition=Q(rectified_at__isnull=True) | Q(has_consented=True),
                name="only_with_consent_is_rectified",
            ),
            models.CheckConstraint(
                condition=Q(second_rated_at__isnull=True)
                | Q(rectified_at__isnull=False, second_rating__gte=1, second_rating__lte=5),
                name="a_second_rating_follows_rectification",
            ),
        ]
        indexes = [
            models.Index(
                fields=["call_due_at"], condition=Q(called_at__isnull=True), name="follow_up_to_call"
            )
        ]
        triggers = [
            pgtrigger.Protect(
                name="a_second_rating_is_given_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__second_rated_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.review}"


class ContactCode(models.Model):
    """A code sent to a contact whom somebody else typed: its owner enters it, and the contact is verified."""

    filing = models.OneToOneField(Filing, models.PROTECT, related_name="contact_code", verbose_name="申报")
    code = models.CharField("验证码", max_length=6)
    made_at = models.DateTimeField("生成时间")
    tries = models.PositiveSmallIntegerField("已试次数", default=0)
    confirmed_at = models.DateTimeField("核实时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "联系人核实"

    def __str__(self) -> str:
        return f"{self.filing}"

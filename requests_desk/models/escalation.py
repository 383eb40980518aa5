"""Hard matters: joint consultations (联合会商) and open calls (揭榜挂帅)."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from requests_desk.models.requests import FactorRequest
from requests_desk.querysets import OpenCallQuerySet


class JointConsultation(models.Model):
    """Several bodies at one table, over one or several requests, or over a key project before any need."""

    factor_requests = models.ManyToManyField(
        FactorRequest, related_name="consultations", verbose_name="需求", blank=True
    )
    project = models.ForeignKey(
        "directory.Project", models.PROTECT, null=True, blank=True, verbose_name="项目"
    )
    subject = models.CharField("议题", max_length=120)
    agenda = models.TextField("议程", blank=True)
    invited = models.ManyToManyField(
        "directory.Organization", related_name="+", verbose_name="参会单位", blank=True
    )
    meets_at = models.DateTimeField("会商时间", null=True, blank=True)
    convened_at = models.DateTimeField("发起时间")
    convened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, verbose_name="发起人"
    )
    minutes = models.TextField("纪要", blank=True)
    concluded_at = models.DateTimeField("形成结论时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "联合会商"

    def __str__(self) -> str:
        return self.subject


class OpenCall(models.Model):
    """A hard need put up for claims inside government, with its project's enterprise."""

    factor_request = models.ForeignKey(
        FactorRequest, models.PROTECT, related_name="open_calls", verbose_name="需求"
    )
    problem = models.TextField("难题")
    aim = models.TextField("目标", blank=True)
    claims_until_on = models.DateField("揭榜截止")
    opened_at = models.DateTimeField("发榜时间")
    closed_at = models.DateTimeField("结束时间", null=True, blank=True)
    reason = models.CharField("结果说明", max_length=300, blank=True)

    objects = OpenCallQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "揭榜挂帅"
        constraints = [
            models.UniqueConstraint(
                fields=["factor_request"], condition=Q(closed_at__isnull=True), name="one_open_call_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return self.problem[:40]


class Claim(models.Model):
    """Bodies that take a challenge on, jointly; the leader answers for it."""

    open_call = models.ForeignKey(OpenCall, models.PROTECT, related_name="claims", verbose_name="榜")
    leader = models.ForeignKey(
        "directory.Organization", models.PROTECT, related_name="+", verbose_name="牵头揭榜单位"
    )
    partners = models.ManyToManyField(
        "directory.Organization", related_name="+", verbose_name="联合单位", blank=True
    )
    plan = models.TextField("方案")
    lodged_at = models.DateTimeField("揭榜时间")
    is_chosen = models.BooleanField("中榜", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "揭榜"
        constraints = [
            models.UniqueConstraint(fields=["open_call", "leader"], name="one_claim_per_leader"),
            models.UniqueConstraint(
                fields=["open_call"], condition=Q(is_chosen=True), name="one_chosen_claim"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.leader}"

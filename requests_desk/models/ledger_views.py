"""Saved views of the ledger: a name for filters, columns and order."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from requests_desk.querysets import LedgerViewQuerySet


class LedgerView(models.Model):
    """A name for what an address of the ledger says (台账视图); retired, never deleted."""

    class Audience(models.TextChoices):
        OWN = "own", "仅自己"
        OFFICE = "office", "推进办"
        ALL = "all", "全体"

    name = models.CharField("名称", max_length=20)
    query = models.TextField("条件", blank=True)
    audience = models.CharField("共享范围", max_length=8, choices=Audience, default=Audience.OWN)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="ledger_views",
        verbose_name="保存人",
    )
    organization = models.ForeignKey(
        "directory.Organization", models.PROTECT, related_name="+", verbose_name="保存单位"
    )
    saved_at = models.DateTimeField("保存时间")
    retired_at = models.DateTimeField("停用时间", null=True, blank=True)

    objects = LedgerViewQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "台账视图"
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "organization", "name"],
                condition=Q(retired_at__isnull=True),
                name="own_views_have_different_names",
            ),
            models.UniqueConstraint(
                fields=["name"],
                condition=Q(retired_at__isnull=True) & ~Q(audience="own"),
                name="shared_views_have_different_names",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_shared(self) -> bool:
        """Seen by others than its owner."""
        return self.audience != self.Audience.OWN


class DefaultView(models.Model):
    """With which shared view the ledger opens for one kind of reader (默认视图)."""

    class Reader(models.TextChoices):
        OFFICE_CLERK = "office_clerk", "推进办经办人"
        OFFICE_LEAD = "office_lead", "推进办负责人"
        OFFICE_AUDITOR = "office_auditor", "推进办审计"
        DEPARTMENT = "department", "要素部门"
        INSTITUTION = "institution", "金融机构"
        COUNTY_OFFICE = "county_office", "县市区推进办"
        CHAIN_TEAM = "chain_team", "产业链专班"

    reader = models.CharField("读者", max_length=16, choices=Reader)
    view = models.ForeignKey(LedgerView, models.PROTECT, related_name="defaults", verbose_name="视图")
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, verbose_name="设定人")
    set_at = models.DateTimeField("设定时间")
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "默认视图"
        constraints = [
            models.UniqueConstraint(
                fields=["reader"], condition=Q(ended_at__isnull=True), name="one_default_view_per_reader"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_reader_display()}：{self.view}"

"""The sixteen factors, with their units, fields and limits."""

from collections.abc import Mapping
from typing import Any

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator
from django.db import models


class Factor(models.Model):
    """A kind of need (要素). Limits are working days and count from the next assignment on, never backwards."""

    code = models.CharField("代码", max_length=4, unique=True)
    name = models.CharField("名称", max_length=20)
    units = ArrayField(models.CharField(max_length=12), verbose_name="单位")
    fields = ArrayField(models.CharField(max_length=40), verbose_name="填报项", default=list, blank=True)
    fields_version = models.PositiveIntegerField("填报项版本", default=1)
    aliases = ArrayField(models.CharField(max_length=40), verbose_name="别名", default=list, blank=True)
    is_finance = models.BooleanField("由金融机构主办", default=False)
    reply_days = models.PositiveSmallIntegerField(
        "回复时限（工作日）", default=3, validators=[MinValueValidator(1)]
    )
    complete_days = models.PositiveSmallIntegerField(
        "办结时限（工作日）", default=15, validators=[MinValueValidator(1)]
    )
    position = models.PositiveIntegerField("排序", default=0)
    is_active = models.BooleanField("启用", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "要素"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(reply_days__lte=models.F("complete_days"), reply_days__gte=1),
                name="a_reply_is_due_before_completion",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def lead_kinds(self) -> tuple[str, ...]:
        """The kinds of bodies that may lead it: institutions lead finance, departments and county offices all else."""
        return ("institution",) if self.is_finance else ("department", "county_office")


class FactorVersion(models.Model):
    """What a factor asked from a moment on. Written once: old answers keep the words they were given to."""

    factor = models.ForeignKey(Factor, models.PROTECT, related_name="versions", verbose_name="要素")
    version = models.PositiveIntegerField("版本")
    fields = ArrayField(models.CharField(max_length=40), verbose_name="填报项", default=list)
    units = ArrayField(models.CharField(max_length=12), verbose_name="单位")
    since = models.DateTimeField("起始时间")

    class Meta:
        verbose_name = verbose_name_plural = "填报项版本"
        constraints = [
            models.UniqueConstraint(fields=["factor", "version"], name="a_version_is_written_once")
        ]
        triggers = [
            pgtrigger.Protect(name="factor_versions_are_never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="factor_versions_are_never_edited"),
        ]

    def __str__(self) -> str:
        return f"{self.factor} 第 {self.version} 版"

    def in_order(self, answers: Mapping[str, Any]) -> list[tuple[str, Any]]:
        """Return what was answered, in the order in which it was asked; a database keeps no order of keys."""
        asked = {name.partition("（")[0]: place for place, name in enumerate(self.fields)}
        given = [(label, value) for label, value in answers.items() if value]
        return sorted(given, key=lambda pair: asked.get(pair[0].partition("（")[0], len(asked)))

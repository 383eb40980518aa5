"""The office's own lists: which were stored, and what each of their rows said beside the need."""

from django.conf import settings
from django.db import models

from requests_desk.models.requests import FactorRequest, Filing


class OfficeList(models.Model):
    """A list that was stored (清单): whose file, by whom, when."""

    KINDS = (Filing.Channel.KEY_PROJECT, Filing.Channel.PROBLEM)

    kind = models.CharField("类型", max_length=12, choices=Filing.Channel)
    name = models.CharField("文件名", max_length=200)
    stored_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, verbose_name="存入人")
    stored_at = models.DateTimeField("存入时间")

    class Meta:
        verbose_name = verbose_name_plural = "清单"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["key_project", "problem"]),
                name="a_list_is_of_projects_or_problems",
            )
        ]

    def __str__(self) -> str:
        return self.name


class ListedNeed(models.Model):
    """A row of a list and the request that it became: whom it proposes, and its words that have no field.

    ``key`` says what the row is about (enterprise, project, factor, content, quantity): stored once, for ever.
    """

    office_list = models.ForeignKey(
        OfficeList, models.PROTECT, related_name="listed_needs", verbose_name="清单"
    )
    factor_request = models.OneToOneField(
        FactorRequest, models.PROTECT, related_name="listed", verbose_name="需求"
    )
    key = models.CharField("内容指纹", max_length=64, unique=True)
    sheet = models.CharField("工作表", max_length=31, blank=True)
    row = models.PositiveIntegerField("行")
    mark = models.CharField("清单编号", max_length=60, blank=True)
    filed_on = models.DateField("提出日期", null=True, blank=True)
    wish = models.CharField("时限要求原文", max_length=100, blank=True)
    remark = models.CharField("备注", max_length=500, blank=True)
    lead = models.ForeignKey(
        "directory.Organization", models.PROTECT, null=True, related_name="+", verbose_name="建议主办"
    )
    supports = models.ManyToManyField(
        "directory.Organization", related_name="+", verbose_name="建议协办", blank=True
    )

    class Meta:
        verbose_name = verbose_name_plural = "清单条目"

    def __str__(self) -> str:
        return f"{self.office_list} 第 {self.row} 行"

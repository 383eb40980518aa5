"""Bulletins (季度通报、半年小结、年终总结): composed from published months, issued once, then frozen."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from scoring.models.runs import ScoringRun
from scoring.querysets import BulletinQuerySet


class Bulletin(models.Model):
    """A text with the numbers that it was composed from; composed by one person, issued by another.

    ``sections`` is a list of {code, heading, paragraphs}; ``numbers`` is the table as it is printed.
    """

    class Kind(models.TextChoices):
        BULLETIN = "quarter", "季度通报"
        DIGEST = "half_year", "半年小结"
        ANNUAL = "year", "年终总结"

    kind = models.CharField("种类", max_length=9, choices=Kind)
    period = models.CharField("期间", max_length=7)
    run = models.ForeignKey(ScoringRun, models.PROTECT, related_name="bulletins", verbose_name="计算")
    title = models.CharField("标题", max_length=120)
    addressees = models.CharField("主送", max_length=300)
    sections = models.JSONField("正文")
    numbers = models.JSONField("数据")
    composed_at = models.DateTimeField("起草时间")
    composed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="起草人",
    )
    edited_at = models.DateTimeField("修改时间", null=True, blank=True)
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="修改人",
    )
    year = models.PositiveSmallIntegerField("年份", null=True, blank=True)
    number = models.PositiveIntegerField("序号", null=True, blank=True)
    issued_at = models.DateTimeField("印发时间", null=True, blank=True)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="签发人",
    )

    objects = BulletinQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "通报"
        constraints = [
            models.UniqueConstraint(fields=["year", "number"], name="one_document_per_number"),
            models.CheckConstraint(
                condition=Q(issued_at__isnull=True, number__isnull=True, year__isnull=True)
                | Q(issued_at__isnull=False, number__isnull=False, year__isnull=False),
                name="an_issued_bulletin_has_its_number",
            ),
            models.CheckConstraint(
                condition=Q(issued_by__isnull=True)
                | Q(composed_by__isnull=True)
                | ~Q(issued_by=F("composed_by")),
                name="a_second_person_issues",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="issued_stands",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__issued_at__isnull=False),
            ),
            pgtrigger.Protect(
                name="issued_is_kept",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Q(old__issued_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def document_number(self) -> str:
        """The 发文字号; an em dash before the bulletin is issued."""
        return f"泰工推办〔{self.year}〕{self.number}号" if self.number else "—"

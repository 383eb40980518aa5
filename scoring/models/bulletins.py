"""Bulletins (季度通报、半年小结、年终总结): composed from published months, issued once, then frozen."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Func, Q, Value

from scoring.models.runs import ScoringRun
from scoring.querysets import BulletinFileQuerySet, BulletinQuerySet

# Who wrote any version of it does not issue it, whatever a program says.
_WRITERS_DO_NOT_ISSUE = """
    IF EXISTS (
        SELECT 1 FROM scoring_bulletinversion
        WHERE bulletin_id = NEW.id AND saved_by_id = NEW.issued_by_id
    ) THEN
        RAISE EXCEPTION 'who wrote a bulletin does not issue it';
    END IF;
    RETURN NEW;
"""


class Bulletin(models.Model):
    """A text with the numbers that it was composed from; written by some, issued by another person.

    ``sections`` is a list of {code, heading, paragraphs}, those of the newest version; ``numbers`` is the tables as
    they are printed.
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
    version = models.PositiveIntegerField("版本", default=1)
    set_aside_at = models.DateTimeField("搁置时间", null=True, blank=True)
    set_aside_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="搁置人",
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
            models.UniqueConstraint(
                fields=["period"],
                condition=Q(issued_at__isnull=True, set_aside_at__isnull=True),
                name="one_draft_per_period",
                violation_error_message="这一期间已有一份草稿。",
            ),
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
            models.CheckConstraint(
                condition=Q(set_aside_at__isnull=True) | Q(issued_at__isnull=True),
                name="set_aside_is_not_issued",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="issued_stands",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__issued_at__isnull=False),
            ),
            pgtrigger.Protect(name="bulletins_are_kept", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="writers_do_not_issue",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__issued_at__isnull=True, new__issued_at__isnull=False),
                func=_WRITERS_DO_NOT_ISSUE,
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def document_number(self) -> str:
        """The 发文字号; an em dash before the bulletin is issued."""
        return f"泰工推办〔{self.year}〕{self.number}号" if self.number else "—"

    @property
    def is_draft(self) -> bool:
        """Neither issued nor set aside: words may change, and it may be issued."""
        return self.issued_at is None and self.set_aside_at is None


class BulletinVersion(models.Model):
    """The words of a bulletin as somebody saved them; kept for ever, the first as it was composed."""

    bulletin = models.ForeignKey(Bulletin, models.PROTECT, related_name="versions", verbose_name="通报")
    number = models.PositiveIntegerField("版本")
    title = models.CharField("标题", max_length=120)
    sections = models.JSONField("正文")
    saved_at = models.DateTimeField("保存时间")
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="保存人",
    )

    class Meta:
        verbose_name = verbose_name_plural = "通报版本"
        constraints = [
            models.UniqueConstraint(fields=["bulletin", "number"], name="one_version_per_number"),
        ]
        triggers = [
            pgtrigger.Protect(name="version_stands", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"第 {self.number} 版"


class BulletinFile(models.Model):
    """A bulletin as a file, made once from one version and never again: years later the same bytes come out.

    Kept in the database, so that one backup holds words, numbers and papers, and a trigger can stand over them.
    """

    class Format(models.TextChoices):
        DOCX = "docx", "Word 文件"
        PDF = "pdf", "PDF 文件"
        XLSX = "xlsx", "数据表"

    bulletin = models.ForeignKey(Bulletin, models.PROTECT, related_name="files", verbose_name="通报")
    version = models.PositiveIntegerField("版本")
    is_issued = models.BooleanField("印发件")
    format = models.CharField("格式", max_length=4, choices=Format)
    content = models.BinaryField("内容")
    sha256 = models.CharField("校验值", max_length=64)
    size = models.PositiveIntegerField("字节数")
    made_at = models.DateTimeField("生成时间")

    objects = BulletinFileQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "通报文件"
        constraints = [
            models.UniqueConstraint(
                fields=["bulletin", "version", "is_issued", "format"], name="one_file_per_version_and_format"
            ),
            models.CheckConstraint(
                condition=Q(
                    sha256=Func(Func(F("content"), function="sha256"), Value("hex"), function="encode")
                ),
                name="the_sum_is_that_of_the_bytes",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="file_stands", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.get_format_display()

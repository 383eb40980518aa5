"""Runs, scorecards, lines and counted inputs: written once, in one transaction, and never edited."""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from scoring.models.duties import DutyRecord
from scoring.models.rules import RuleVersion
from scoring.querysets import RunQuerySet, ScorecardQuerySet
from scoring.rulebook import BY_CODE, INDICATORS

INDICATOR_CHOICES = [(indicator.code, indicator.name) for indicator in INDICATORS]
_WRITTEN_ONCE = [pgtrigger.Protect(name="written_once", operation=pgtrigger.Update | pgtrigger.Delete)]


class ScoringRun(models.Model):
    """One computation of one period, with the rules, lines and inputs that it used.

    Later facts never change it. ``digest`` covers the rules, the lines and an order-free hash of the counted
    inputs. Only the steps of its life may be written afterwards: preview, publication, being superseded.
    """

    class Kind(models.TextChoices):
        MONTH = "month", "月"
        QUARTER = "quarter", "季度"
        HALF_YEAR = "half_year", "半年"
        YEAR = "year", "年"

    class State(models.TextChoices):
        DRAFT = "draft", "试算"
        PREVIEW = "preview", "预公布"
        PUBLISHED = "published", "已公布"

    period = models.CharField("期间", max_length=7)
    kind = models.CharField("期间类别", max_length=9, choices=Kind)
    rule_version = models.ForeignKey(
        RuleVersion, models.PROTECT, related_name="runs", verbose_name="细则版本"
    )
    rules = models.JSONField("所用细则")
    computed_at = models.DateTimeField("计算时间")
    computed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="计算人",
    )
    # The published runs that a longer period pools, in order; empty for a month.
    pooled = ArrayField(models.BigIntegerField(), verbose_name="合并的各月计算", default=list, blank=True)
    inputs_hash = models.CharField("计入事项校验值", max_length=64, blank=True)
    digest = models.CharField("校验值", max_length=64)
    state = models.CharField("状态", max_length=9, choices=State, default=State.DRAFT)
    previewed_at = models.DateTimeField("预公布时间", null=True, blank=True)
    previewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="预公布人",
    )
    published_at = models.DateTimeField("公布时间", null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="公布人",
    )
    superseded_at = models.DateTimeField("被替代时间", null=True, blank=True)
    correction_number = models.PositiveSmallIntegerField("更正次数", default=0)
    correction_reason = models.CharField("更正理由", max_length=300, blank=True)

    objects = RunQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "计分"
        constraints = [
            models.UniqueConstraint(
                fields=["period"],
                condition=Q(state="published", superseded_at__isnull=True),
                name="one_published_run_per_period",
            ),
            models.UniqueConstraint(
                fields=["period"],
                condition=Q(state="preview", superseded_at__isnull=True),
                name="one_run_in_preview_per_period",
            ),
            models.UniqueConstraint(
                fields=["period", "correction_number"],
                condition=Q(state="published"),
                name="corrections_are_numbered",
            ),
            models.CheckConstraint(
                condition=Q(state="published", published_at__isnull=False)
                | ~Q(state="published") & Q(published_at__isnull=True),
                name="published_has_its_moment",
            ),
            models.CheckConstraint(
                condition=Q(correction_number=0) | ~Q(correction_reason=""),
                name="a_correction_has_its_reason",
            ),
        ]
        indexes = [models.Index(fields=["period", "-id"], name="run_by_period")]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="results_stand",
                fields=[
                    *("id", "period", "kind", "rule_version", "rules", "computed_at", "computed_by"),
                    *("pooled", "inputs_hash", "digest"),
                ],
            ),
            pgtrigger.Protect(
                name="published_stands",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state="published")
                & (
                    pgtrigger.Q(new__state__df=pgtrigger.F("old__state"))
                    | pgtrigger.Q(new__published_at__df=pgtrigger.F("old__published_at"))
                    | pgtrigger.Q(new__published_by__df=pgtrigger.F("old__published_by"))
                    | pgtrigger.Q(new__previewed_at__df=pgtrigger.F("old__previewed_at"))
                    | pgtrigger.Q(new__correction_number__df=pgtrigger.F("old__correction_number"))
                    | pgtrigger.Q(new__correction_reason__df=pgtrigger.F("old__correction_reason"))
                    | pgtrigger.Q(old__superseded_at__isnull=False)
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.period} 第 {self.pk} 次计算"


class Scorecard(models.Model):
    """The result of one department in one run, with its name and place in the directory as they were then."""

    run = models.ForeignKey(ScoringRun, models.PROTECT, related_name="cards", verbose_name="计算")
    organization = models.ForeignKey(
        "directory.Organization", models.PROTECT, related_name="scorecards", verbose_name="部门"
    )
    code = models.CharField("代码", max_length=16)
    name = models.CharField("名称", max_length=100)
    short = models.CharField("简称", max_length=40)
    position = models.PositiveIntegerField("排序")
    group = models.CharField("比较组", max_length=60)
    printed_order = models.PositiveIntegerField("印出次序")
    place = models.PositiveIntegerField("名次", null=True, blank=True)
    total = models.DecimalField("总分", max_digits=5, decimal_places=2, null=True, blank=True)
    unranked = models.CharField("不排名原因", max_length=20, blank=True)
    # Each month's total beside a longer period (month → total or null), and the figures without marks.
    months = models.JSONField("各月总分", default=dict)
    beside = models.JSONField("参考指标", default=dict)

    objects = ScorecardQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "成绩单"
        constraints = [
            models.UniqueConstraint(fields=["run", "organization"], name="one_card_per_department"),
            models.UniqueConstraint(fields=["run", "printed_order"], name="one_card_per_row"),
            models.CheckConstraint(
                condition=Q(place__isnull=False, total__isnull=False, unranked="")
                | Q(place__isnull=True, total__isnull=True) & ~Q(unranked=""),
                name="a_place_or_the_reason_for_none",
            ),
        ]
        triggers = _WRITTEN_ONCE

    def __str__(self) -> str:
        return f"{self.short} {self.total or '不排名'}"


class ScoreLine(models.Model):
    """One indicator on a scorecard; ``points`` are rounded once, half up, and the total is their sum."""

    card = models.ForeignKey(Scorecard, models.PROTECT, related_name="lines", verbose_name="成绩单")
    indicator = models.CharField("指标", max_length=16, choices=INDICATOR_CHOICES)
    number = models.PositiveSmallIntegerField("次序")
    hits = models.DecimalField("达标", max_digits=12, decimal_places=1)
    population = models.PositiveIntegerField("应计")
    full_marks = models.DecimalField("满分", max_digits=5, decimal_places=2, null=True, blank=True)
    points = models.DecimalField("得分", max_digits=5, decimal_places=2, null=True, blank=True)
    flags = ArrayField(models.CharField(max_length=20), verbose_name="标记", default=list, blank=True)
    note = models.TextField("算式")

    class Meta:
        verbose_name = verbose_name_plural = "得分明细"
        constraints = [
            models.UniqueConstraint(fields=["card", "indicator"], name="one_line_per_indicator"),
            models.CheckConstraint(
                condition=Q(hits__gte=0, hits__lte=models.F("population")), name="hits_were_counted"
            ),
        ]
        triggers = _WRITTEN_ONCE

    def __str__(self) -> str:
        return f"{BY_CODE[self.indicator].name} {self.points}"


class CountedInput(models.Model):
    """One record in one population of one run, with the raw moments that its credit follows from.

    ``falls_at`` put it into the period (a deadline, a first submission, a day). ``left_out`` is empty for
    what counts. A month may hold a million, so the references carry no constraint of their own: assignments,
    reviews and duty records are never deleted, and a wrong reference is found by the digest.
    """

    class LeftOut(models.TextChoices):
        RELEASED = "released", "到期前已结束，未计入"
        INELIGIBLE = "ineligible", "已认定不符合办理条件，未计入"
        EXCLUDED = "excluded", "已剔除"

    run = models.ForeignKey(
        ScoringRun,
        models.DO_NOTHING,
        related_name="inputs",
        db_constraint=False,
        db_index=False,
        verbose_name="计算",
    )
    organization = models.ForeignKey(
        "directory.Organization",
        models.DO_NOTHING,
        related_name="+",
        db_constraint=False,
        db_index=False,
        verbose_name="部门",
    )
    indicator = models.CharField("指标", max_length=16, choices=INDICATOR_CHOICES)
    assignment = models.ForeignKey(
        "requests_desk.Assignment",
        models.DO_NOTHING,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
        verbose_name="交办",
    )
    review = models.ForeignKey(
        "requests_desk.SatisfactionReview",
        models.DO_NOTHING,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
        verbose_name="评价",
    )
    duty_record = models.ForeignKey(
        DutyRecord,
        models.DO_NOTHING,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
        verbose_name="工作",
    )
    falls_at = models.DateTimeField("计入时点")
    done_at = models.DateTimeField("完成时点", null=True)
    ended_at = models.DateTimeField("结束时点", null=True)
    end_reason = models.CharField("结束原因", max_length=12, blank=True)
    ineligible_at = models.DateTimeField("认定不符合条件", null=True)
    rating = models.PositiveSmallIntegerField("评价", null=True)
    result = models.CharField("落实结果", max_length=8, blank=True)
    left_out = models.CharField("未计入", max_length=10, choices=LeftOut, blank=True)
    reason = models.CharField("剔除理由", max_length=200, blank=True)
    credit = models.DecimalField("计分", max_digits=2, decimal_places=1)

    class Meta:
        verbose_name = verbose_name_plural = "计入事项"
        indexes = [models.Index(fields=["run", "organization"], name="input_by_run_and_department")]
        triggers = _WRITTEN_ONCE

    def __str__(self) -> str:
        return f"{BY_CODE[self.indicator].name} {self.credit}"

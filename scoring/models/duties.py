"""Work and activities that the office arranges (市工业推进委安排的工作和活动), and what became of them."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from scoring.querysets import DutyQuerySet, DutyRecordQuerySet

# What was said before is kept by the database itself, whichever way it is said anew: a form, a sheet, SQL.
_KEEP_FORMER = """
    INSERT INTO scoring_formerdutyrecord
        (record_id, result, proof, judged_at, judged_by_id, answer, answered_at)
    VALUES (OLD.id, OLD.result, OLD.proof, OLD.judged_at, OLD.judged_by_id, OLD.answer, OLD.answered_at);
    RETURN NEW;
"""
_SAID_ANEW = """
    (OLD.result <> '' AND (OLD.result, OLD.proof) IS DISTINCT FROM (NEW.result, NEW.proof)
     OR OLD.answer <> '' AND OLD.answer IS DISTINCT FROM NEW.answer)
"""


class Duty(models.Model):
    """One piece of work with a day by which it is due, laid on one, several or all departments."""

    title = models.CharField("工作或活动", max_length=120)
    due_on = models.DateField("完成期限")
    requirement = models.TextField("要求", blank=True)
    arranged_at = models.DateTimeField("安排时间")
    arranged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="安排人",
    )

    # Attendance of this fair: its duty is found by the fair, also when either was renamed.
    fair = models.OneToOneField(
        "fairs.Fair",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="attendance_duty",
        verbose_name="到场大集",
    )

    objects = DutyQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "工作安排"
        constraints = [models.UniqueConstraint(fields=["title", "due_on"], name="one_duty_per_title_and_day")]
        indexes = [models.Index(fields=["due_on"], name="duty_by_day")]

    def __str__(self) -> str:
        return self.title

    @property
    def month(self) -> str:
        """The key of the month in which it counts."""
        return f"{self.due_on:%Y-%m}"


class Said(models.Model):
    """What was said of a duty of one department: the office's judgement with its proof, the department's own answer."""

    class Result(models.TextChoices):
        ON_TIME = "on_time", "按时落实"
        LATE = "late", "逾期落实"
        NOT_DONE = "not_done", "未落实"

    result = models.CharField("落实结果", max_length=8, choices=Result, blank=True)
    proof = models.CharField("认定依据", max_length=300, blank=True)
    judged_at = models.DateTimeField("认定时间", null=True, blank=True)
    judged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="认定人",
    )
    answer = models.CharField("部门反馈", max_length=500, blank=True)
    answered_at = models.DateTimeField("反馈时间", null=True, blank=True)

    class Meta:
        abstract = True


class DutyRecord(Said):
    """A duty of one department, with what is said of it now."""

    duty = models.ForeignKey(Duty, models.PROTECT, related_name="records", verbose_name="工作")
    organization = models.ForeignKey(
        "directory.Organization", models.PROTECT, related_name="duty_records", verbose_name="部门"
    )

    objects = DutyRecordQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "工作落实情况"
        constraints = [
            models.UniqueConstraint(
                fields=["duty", "organization"], name="one_record_per_duty_and_department"
            ),
            models.CheckConstraint(
                condition=Q(result="") | Q(judged_at__isnull=False), name="a_result_has_its_moment"
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="what_was_said_is_kept",
                when=pgtrigger.After,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(_SAID_ANEW),
                func=_KEEP_FORMER,
            ),
            # A run that counted it points to it.
            pgtrigger.Protect(name="duty_records_are_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.organization} · {self.duty}"


class FormerDutyRecord(Said):
    """What a record said before it was judged or answered anew; written by the database alone, once."""

    record = models.ForeignKey(DutyRecord, models.PROTECT, related_name="former", verbose_name="工作落实情况")

    class Meta:
        verbose_name = verbose_name_plural = "此前的认定和反馈"
        triggers = [pgtrigger.Protect(name="former_stands", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.record}（此前）"

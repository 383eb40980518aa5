"""Exclusions (剔除) and appeals (申诉): a record leaves the count only by a reason and a second person."""

from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from scoring.models.duties import DutyRecord
from scoring.models.runs import ScoringRun
from scoring.querysets import AppealQuerySet, ExclusionQuerySet

if TYPE_CHECKING:
    from taian_factors.directory.models import Organization

REASONS = (
    "非本部门职责",
    "政策法规不允许",
    "需上级审批",
    "等待企业补正",
    "已诉讼或信访",
    "重复",
    "误评或恶意评价",
)


def _names_exactly_one() -> Q:
    names = ("assignment", "review", "duty_record")
    alternatives = Q()
    for named in names:
        alternatives |= Q(**{f"{name}__isnull": name != named for name in names})
    return alternatives


def _decided_once(*recorded: str) -> list[pgtrigger.Trigger]:
    """What was said stands from its first moment, a decision from its own; neither is ever deleted."""
    return [
        pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        pgtrigger.ReadOnly(
            name="what_was_said_stands",
            fields=["assignment", "review", "duty_record", "reason", "evidence", *recorded],
        ),
        pgtrigger.Protect(
            name="a_decision_stands",
            operation=pgtrigger.Update,
            condition=pgtrigger.Q(old__decided_at__isnull=False),
        ),
    ]


class AboutOneRecord(models.Model):
    """The ground of what is said against one counted record: an assignment, a review or a duty of one department."""

    assignment = models.ForeignKey(
        "requests_desk.Assignment",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="%(class)ss",
        verbose_name="交办",
    )
    review = models.ForeignKey(
        "requests_desk.SatisfactionReview",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="%(class)ss",
        verbose_name="评价",
    )
    duty_record = models.ForeignKey(
        DutyRecord, models.PROTECT, null=True, blank=True, related_name="%(class)ss", verbose_name="工作"
    )

    class Meta:
        abstract = True

    @property
    def department(self) -> "Organization":
        """The department whose record it is."""
        record = self.duty_record or self.assignment or (self.review and self.review.assignment)
        found: Organization = record.organization
        return found


class Exclusion(AboutOneRecord):
    """One assignment, one review or one duty of one department that leaves every population it stands in.

    Recorded by one person and decided by another; only an upheld one counts. Those taken over with a ledger
    of past years keep the reason as given there and name nobody.
    """

    reason = models.CharField("剔除理由", max_length=200)
    evidence = models.TextField("依据和证据", blank=True)
    recorded_at = models.DateTimeField("登记时间")
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="登记人",
    )
    is_upheld = models.BooleanField("同意剔除", null=True, blank=True)
    decided_at = models.DateTimeField("决定时间", null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="决定人",
    )
    decision = models.CharField("决定意见", max_length=300, blank=True)
    is_historic = models.BooleanField("历史数据", default=False)
    # In which run it was noticed; none for what came with a ledger of past years.
    run = models.ForeignKey(
        ScoringRun, models.PROTECT, null=True, blank=True, related_name="exclusions", verbose_name="计算"
    )

    objects = ExclusionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "剔除"
        constraints = [
            models.CheckConstraint(condition=_names_exactly_one(), name="exclusion_names_exactly_one_record"),
            models.CheckConstraint(
                condition=Q(is_upheld__isnull=True, decided_at__isnull=True)
                | Q(is_upheld__isnull=False, decided_at__isnull=False),
                name="an_exclusion_is_decided_at_a_moment",
            ),
            models.CheckConstraint(
                condition=Q(is_historic=True)
                | Q(is_upheld__isnull=True)
                | Q(recorded_by__isnull=False, decided_by__isnull=False) & ~Q(recorded_by=F("decided_by")),
                name="a_second_person_decides_an_exclusion",
            ),
            # At most one that is open or upheld per record: a join to it never doubles a row.
            *(
                models.UniqueConstraint(
                    fields=[name],
                    condition=(Q(is_upheld__isnull=True) | Q(is_upheld=True))
                    & Q(**{f"{name}__isnull": False}),
                    name=f"one_exclusion_per_{name}",
                )
                for name in ("assignment", "review", "duty_record")
            ),
        ]
        triggers = _decided_once("recorded_at", "recorded_by", "is_historic", "run")

    def __str__(self) -> str:
        return self.reason


class Appeal(AboutOneRecord):
    """A department's word against one counted matter, review (by its number) or duty of a run in preview."""

    run = models.ForeignKey(ScoringRun, models.PROTECT, related_name="appeals", verbose_name="计算")
    organization = models.ForeignKey(
        "directory.Organization", models.PROTECT, related_name="appeals", verbose_name="部门"
    )
    reason = models.CharField("申诉理由", max_length=200)
    evidence = models.TextField("情况说明和证据")
    filed_at = models.DateTimeField("提出时间")
    filed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="提出人"
    )
    decide_due_at = models.DateTimeField("决定期限")
    decided_at = models.DateTimeField("决定时间", null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="决定人",
    )
    is_upheld = models.BooleanField("申诉成立", null=True, blank=True)
    decision = models.CharField("决定意见", max_length=300, blank=True)
    exclusion = models.OneToOneField(
        Exclusion, models.PROTECT, null=True, blank=True, related_name="appeal", verbose_name="剔除"
    )

    objects = AppealQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "申诉"
        constraints = [
            models.CheckConstraint(condition=_names_exactly_one(), name="appeal_names_exactly_one_record"),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("filed_by")),
                name="nobody_decides_their_own_appeal",
            ),
            *(
                models.UniqueConstraint(
                    fields=["run", name],
                    condition=Q(**{f"{name}__isnull": False}),
                    name=f"one_appeal_per_{name}",
                )
                for name in ("assignment", "review", "duty_record")
            ),
        ]
        triggers = _decided_once("run", "organization", "filed_at", "filed_by", "decide_due_at")

    def __str__(self) -> str:
        return f"{self.organization} 申诉"

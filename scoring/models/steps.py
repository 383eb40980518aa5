"""The steps of a run's life: each written once, chained by a seal, and told to the right people."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from scoring.models.appeals import Appeal, Exclusion
from scoring.models.runs import ScoringRun
from scoring.querysets import RunStepQuerySet


class RunStep(models.Model):
    """One step: computed, shown, appealed, decided, published … It is the run's history and the outbox of its notices.

    ``seal`` covers the step, what it decided, and the seal before it; the first one covers the run's own columns. The
    database refuses every change but ``announced_at``, from empty, once.
    """

    class Verb(models.TextChoices):
        COMPUTED = "computed", "计算"
        PREVIEWED = "previewed", "预公布"
        RENEWED = "renewed", "按剔除决定更新"
        APPEALED = "appealed", "申诉"
        APPEAL_DECIDED = "appeal_decided", "决定申诉"
        PROPOSED = "proposed", "登记剔除"
        EXCLUSION_DECIDED = "exclusion_decided", "决定剔除"
        CLOSED = "closed", "申诉期满"
        PUBLISHED = "published", "公布"
        CORRECTED = "corrected", "更正"
        SUPERSEDED = "superseded", "被替代"

    run = models.ForeignKey(ScoringRun, models.PROTECT, related_name="steps", verbose_name="计算")
    verb = models.CharField("步骤", max_length=20, choices=Verb)
    at = models.DateTimeField("时间")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="操作人",
    )
    appeal = models.ForeignKey(
        Appeal, models.PROTECT, null=True, blank=True, related_name="steps", verbose_name="申诉"
    )
    exclusion = models.ForeignKey(
        Exclusion, models.PROTECT, null=True, blank=True, related_name="steps", verbose_name="剔除"
    )
    seal = models.CharField("封签", max_length=64)
    announced_at = models.DateTimeField("通知时间", null=True, blank=True)

    objects = RunStepQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "计算的步骤"
        constraints = [
            models.UniqueConstraint(
                fields=["run", "verb"],
                condition=Q(appeal__isnull=True, exclusion__isnull=True),
                name="each_step_of_a_run_once",
            ),
            models.UniqueConstraint(
                fields=["appeal", "verb"],
                condition=Q(appeal__isnull=False),
                name="each_step_of_an_appeal_once",
            ),
            models.UniqueConstraint(
                fields=["exclusion", "verb"],
                condition=Q(exclusion__isnull=False),
                name="each_step_of_an_exclusion_once",
            ),
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(announced_at__isnull=True), name="run_step_to_announce")
        ]
        triggers = [
            pgtrigger.Protect(name="steps_are_never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="steps_are_never_edited", exclude=["announced_at"]),
            pgtrigger.Protect(
                name="steps_are_announced_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__announced_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.run} {self.get_verb_display()}"

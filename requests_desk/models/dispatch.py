"""The dispatch directory (分办目录): which body leads and which support, per factor and division; and its history."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from requests_desk.querysets import DispatchRuleQuerySet


class DispatchRule(models.Model):
    """From a day until a day, a factor's requests (of one division, or of any) go to these bodies.

    What a rule says is never edited: it gets an end, or is withdrawn, and another one follows.
    """

    factor = models.ForeignKey("directory.Factor", models.PROTECT, verbose_name="要素")
    division = models.ForeignKey(
        "directory.Division", models.PROTECT, null=True, blank=True, verbose_name="县市区"
    )
    lead = models.ForeignKey("directory.Organization", models.PROTECT, related_name="+", verbose_name="主办")
    supports = models.ManyToManyField(
        "directory.Organization", related_name="+", verbose_name="协办", blank=True
    )
    from_on = models.DateField("起")
    until_on = models.DateField("止", null=True, blank=True)
    reason = models.CharField("依据", max_length=200, blank=True)
    withdrawn_at = models.DateTimeField("撤销时间", null=True, blank=True)

    objects = DispatchRuleQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "分办目录"
        constraints = [
            models.UniqueConstraint(
                fields=["factor", "division"],
                condition=Q(until_on__isnull=True, withdrawn_at__isnull=True),
                nulls_distinct=False,
                name="one_running_rule_per_factor_and_division",
            ),
            models.CheckConstraint(
                condition=Q(until_on__isnull=True) | Q(until_on__gte=F("from_on")),
                name="rule_ends_after_it_begins",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="rules_are_never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="rules_are_never_edited", exclude=["until_on", "withdrawn_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.factor} → {self.lead}"


class DirectoryEvent(models.Model):
    """One change of the dispatch directory: by whom, when and why. Written once."""

    class Verb(models.TextChoices):
        ENTER = "enter", "录入"
        END = "end", "终止"
        WITHDRAW = "withdraw", "撤销"
        RESUME = "resume", "期满恢复"

    rule = models.ForeignKey(DispatchRule, models.PROTECT, related_name="events", verbose_name="规则")
    factor = models.ForeignKey("directory.Factor", models.PROTECT, related_name="+", verbose_name="要素")
    verb = models.CharField("事件", max_length=8, choices=Verb)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, verbose_name="操作人")
    organization = models.ForeignKey(
        "directory.Organization", models.PROTECT, related_name="+", verbose_name="单位"
    )
    at = models.DateTimeField("时间")
    reason = models.CharField("理由", max_length=200)
    until_on = models.DateField("止", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "分办目录沿革"
        indexes = [models.Index(fields=["factor", "id"], name="directory_event_by_factor")]
        triggers = [
            pgtrigger.Protect(name="directory_history_is_never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="directory_history_is_never_edited"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The Chinese word for what was changed."""
        return self.get_verb_display()

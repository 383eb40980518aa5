"""Reply templates (答复模板): words for a factor and an outcome, shared by the office or kept by a body."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from requests_desk.models.assignments import Reply
from requests_desk.querysets import ReplyTemplateQuerySet


class ReplyTemplate(models.Model):
    """One version of a template. What it says is never edited: another version follows, or it is retired."""

    organization = models.ForeignKey(
        "directory.Organization", models.PROTECT, related_name="reply_templates", verbose_name="单位"
    )
    factor = models.ForeignKey(
        "directory.Factor", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="要素"
    )
    outcome = models.CharField("用于", max_length=20, choices=Reply.Outcome)
    title = models.CharField("名称", max_length=40)
    text = models.TextField("内容")
    version = models.PositiveSmallIntegerField("版本", default=1)
    follows = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="successor", verbose_name="前一版本"
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="编写人"
    )
    created_at = models.DateTimeField("编写时间")
    retired_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="停用人"
    )
    retired_at = models.DateTimeField("停用时间", null=True, blank=True)

    objects = ReplyTemplateQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "答复模板"
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "factor", "outcome", "title"],
                condition=Q(retired_at__isnull=True),
                nulls_distinct=False,
                name="one_live_template_of_a_title",
            )
        ]
        triggers = [
            pgtrigger.Protect(name="templates_are_never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="templates_are_never_edited", exclude=["retired_by", "retired_at"]),
        ]

    def __str__(self) -> str:
        return self.title

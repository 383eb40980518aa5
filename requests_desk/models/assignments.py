"""Who must do what by when: assignments, and the words to the enterprise."""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q

from requests_desk.models.dispatch import DispatchRule
from requests_desk.models.requests import IN_HAND, FactorRequest
from requests_desk.querysets import AssignmentQuerySet

# What a worklist reads of an assignment.
# fmt: off
WORKLIST = [
    "id", "factor_request", "part", "assigned_at", "acknowledge_due_at", "acknowledged_at", "reply_due_at",
    "reply_warn_at", "replied_at", "complete_due_at", "complete_warn_at",
]
# fmt: on


class Assignment(models.Model):
    """A request in the hands of one body, as lead (主办) or support (协办), with deadlines fixed when assigned."""

    class Part(models.TextChoices):
        LEAD = "lead", "主办"
        SUPPORT = "support", "协办"

    class End(models.TextChoices):
        REASSIGNED = "reassigned", "转办"
        HANDED_BACK = "handed_back", "退回"
        REDONE = "redone", "退回重办"
        WITHDRAWN = "withdrawn", "企业撤回"
        INELIGIBLE = "ineligible", "不符合条件"
        COMPLETED = "completed", "主办已办结"
        REOPENED = "reopened", "重新办理"
        AWARDED = "awarded", "揭榜确定"
        WRITTEN_OFF = "written_off", "一事一议销号"

    # These two are looked up by a constraint and an index below.
    factor_request = models.ForeignKey(
        FactorRequest, models.PROTECT, related_name="assignments", db_index=False, verbose_name="需求"
    )
    organization = models.ForeignKey(
        "directory.Organization",
        models.PROTECT,
        related_name="assignments",
        db_index=False,
        verbose_name="单位",
    )
    part = models.CharField("角色", max_length=8, choices=Part, default=Part.LEAD)
    reason = models.CharField("交办说明", max_length=300, blank=True)
    rule = models.ForeignKey(
        DispatchRule,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="assignments",
        verbose_name="所依分办规则",
    )
    assigned_at = models.DateTimeField("交办时间")
    acknowledge_due_at = models.DateTimeField("签收期限", null=True, blank=True)
    acknowledged_at = models.DateTimeField("签收时间", null=True, blank=True)
    reply_due_at = models.DateTimeField("回复期限", null=True, blank=True)
    reply_warn_at = models.DateTimeField("回复临期", null=True, blank=True)
    replied_at = models.DateTimeField("回复时间", null=True, blank=True)
    complete_due_at = models.DateTimeField("办结期限", null=True, blank=True)
    complete_warn_at = models.DateTimeField("办结临期", null=True, blank=True)
    completed_at = models.DateTimeField("办结时间", null=True, blank=True)
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)
    end_reason = models.CharField("结束原因", max_length=12, choices=End, blank=True)
    is_historic = models.BooleanField("历史数据", default=False)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "交办"
        constraints = [
            models.UniqueConstraint(
                fields=["factor_request"],
                condition=Q(part="lead", ended_at__isnull=True, is_historic=False),
                name="one_running_lead",
            ),
            models.UniqueConstraint(
                fields=["factor_request", "organization"],
                condition=Q(ended_at__isnull=True, is_historic=False),
                name="one_running_part_per_organization",
            ),
            models.UniqueConstraint(
                fields=["factor_request", "organization", "part", "assigned_at"],
                name="one_assignment_per_moment",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, end_reason="")
                | Q(ended_at__isnull=False) & ~Q(end_reason=""),
                name="an_end_has_its_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "reply_due_at"], name="assignment_by_reply_due"),
            models.Index(fields=["reply_due_at"], name="assignment_reply_due"),
            models.Index(
                fields=["complete_due_at"], condition=Q(part="lead"), name="assignment_complete_due"
            ),
            models.Index(
                fields=["organization", "complete_due_at"],
                condition=Q(ended_at__isnull=True, completed_at__isnull=True),
                name="assignment_running",
            ),
            models.Index(
                fields=["complete_due_at"],
                condition=Q(part="lead", ended_at__isnull=True, completed_at__isnull=True),
                name="assignment_backlog",
            ),
            # A worklist is put in order and counted from here alone; its rows lie far apart in the table.
            models.Index(
                fields=["organization"],
                include=WORKLIST,
                condition=(Q(replied_at__isnull=True) | Q(part="lead"))
                & Q(ended_at__isnull=True, completed_at__isnull=True, is_historic=False),
                name="assignment_worklist",
            ),
            # Rows stand in the order of their moments, so for those of a month a summary of the pages is enough.
            BrinIndex(
                fields=["assigned_at", "completed_at", "ended_at"],
                pages_per_range=32,
                autosummarize=True,
                name="assignment_moments",
            ),
        ]
        triggers = [
            # The request's own trigger looks at the clocks again.
            pgtrigger.Trigger(
                name="touch_clocks",
                when=pgtrigger.After,
                operation=pgtrigger.Insert
                | pgtrigger.UpdateOf(
                    *("part", "reply_due_at", "reply_warn_at", "replied_at"),
                    *("complete_due_at", "complete_warn_at", "ended_at"),
                ),
                condition=pgtrigger.Q(new__is_historic=False),
                func=f"""
                    UPDATE requests_desk_factorrequest SET due_at = due_at
                    WHERE id = NEW.factor_request_id AND state IN ({IN_HAND});
                    RETURN NULL;
                """,  # noqa: S608 - only our own words
            )
        ]

    def __str__(self) -> str:
        return f"{self.organization} {self.get_part_display()}"

    @property
    def is_lead(self) -> bool:
        """Holds the state of the request."""
        return self.part == self.Part.LEAD

    @property
    def is_running(self) -> bool:
        """Neither ended nor completed."""
        return self.ended_at is None and self.completed_at is None


class Reply(models.Model):
    """A written word to the enterprise; only a substantive one stops the reply clock."""

    class Outcome(models.TextChoices):
        INTERIM = "interim", "阶段性回复"
        ANSWER = "answer", "答复"
        PLAN = "plan", "已出方案"
        PROPOSE_INELIGIBLE = "propose_ineligible", "建议认定不符合条件"
        COMPLETION = "completion", "办结说明"

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="replies", verbose_name="交办")
    outcome = models.CharField("类型", max_length=20, choices=Outcome)
    text = models.TextField("内容")
    plan_on = models.DateField("方案完成日期", null=True, blank=True)
    plan_owner = models.CharField("方案责任人", max_length=30, blank=True)
    next_word_on = models.DateField("下次回复日期", null=True, blank=True)
    basis = models.CharField("依据", max_length=200, blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, verbose_name="回复人")
    replied_at = models.DateTimeField("回复时间")

    class Meta:
        verbose_name = verbose_name_plural = "回复"
        constraints = [
            models.CheckConstraint(
                condition=~Q(outcome="plan") | Q(plan_on__isnull=False) & ~Q(plan_owner=""),
                name="a_plan_has_owner_and_date",
            ),
            models.CheckConstraint(
                condition=~Q(outcome="propose_ineligible") | ~Q(basis=""), name="ineligible_names_its_basis"
            ),
        ]

    def __str__(self) -> str:
        return self.get_outcome_display()

"""The dated rows beside an assignment that are about its clocks: hand-backs, extensions, suspensions, whistles."""

from django.db import models
from django.db.models import F, Q

from requests_desk.models.assignments import Assignment


class HandBack(models.Model):
    """A department says that it is the wrong one; the office rules (部门退回)."""

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="hand_backs", verbose_name="交办")
    reason = models.CharField("理由", max_length=300)
    suggested = models.ForeignKey(
        "directory.Organization", models.PROTECT, related_name="+", verbose_name="建议单位"
    )
    proposed_at = models.DateTimeField("提出时间")
    ruling_due_at = models.DateTimeField("裁定期限")
    ruled_at = models.DateTimeField("裁定时间", null=True, blank=True)
    is_upheld = models.BooleanField("同意退回", null=True, blank=True)
    ruling = models.CharField("裁定意见", max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "退回"
        constraints = [
            models.UniqueConstraint(
                fields=["assignment"], condition=Q(ruled_at__isnull=True), name="one_open_hand_back"
            )
        ]

    def __str__(self) -> str:
        return self.reason


class Extension(models.Model):
    """More time to complete: asked before the deadline, once, at most ten working days (延期)."""

    assignment = models.OneToOneField(
        Assignment, models.PROTECT, related_name="extension", verbose_name="交办"
    )
    reason = models.CharField("理由", max_length=300)
    days = models.PositiveSmallIntegerField("工作日")
    asked_at = models.DateTimeField("申请时间")
    old_due_at = models.DateTimeField("原办结期限")
    new_due_at = models.DateTimeField("新办结期限", null=True, blank=True)
    decided_at = models.DateTimeField("审批时间", null=True, blank=True)
    is_approved = models.BooleanField("同意", null=True, blank=True)
    decision = models.CharField("审批意见", max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "延期"
        constraints = [
            models.CheckConstraint(
                condition=Q(days__gte=1, days__lte=10), name="extension_of_one_to_ten_days"
            )
        ]
        indexes = [
            models.Index(
                fields=["asked_at"], condition=Q(decided_at__isnull=True), name="extension_to_decide"
            )
        ]

    def __str__(self) -> str:
        return f"延期 {self.days} 个工作日"


class Suspension(models.Model):
    """The clock stands still while something outside the department is waited for (挂起)."""

    class Cause(models.TextChoices):
        PAPERS = "papers", "等待企业补充材料"
        PROCEDURE = "procedure", "法定程序"
        APPROVAL = "approval", "等待上级审批"
        CONSULTATION = "consultation", "联合会商"
        OPEN_CALL = "open_call", "揭榜挂帅"

    assignment = models.ForeignKey(
        Assignment, models.PROTECT, related_name="suspensions", verbose_name="交办"
    )
    cause = models.CharField("事由", max_length=12, choices=Cause)
    reason = models.CharField("说明", max_length=300, blank=True)
    asked_at = models.DateTimeField("申请时间")
    decided_at = models.DateTimeField("审批时间", null=True, blank=True)
    is_approved = models.BooleanField("同意", null=True, blank=True)
    opened_at = models.DateTimeField("开始时间", null=True, blank=True)
    ends_by = models.DateTimeField("最迟恢复", null=True, blank=True)
    reply_days_left = models.SmallIntegerField("回复剩余工作日", null=True, blank=True)
    complete_days_left = models.SmallIntegerField("办结剩余工作日", null=True, blank=True)
    closed_at = models.DateTimeField("恢复时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "挂起"
        constraints = [
            models.UniqueConstraint(
                fields=["assignment"],
                condition=Q(closed_at__isnull=True) & ~Q(is_approved=False),
                name="one_suspension_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(closed_at__gte=F("opened_at")),
                name="never_suspended_backwards",
            ),
        ]
        indexes = [
            models.Index(
                fields=["asked_at"], condition=Q(decided_at__isnull=True), name="suspension_to_decide"
            )
        ]

    def __str__(self) -> str:
        return self.get_cause_display()


class Whistle(models.Model):
    """An enterprise whistles, the lead reports in within two working hours (企业吹哨、部门报到)."""

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="whistles", verbose_name="交办")
    text = models.CharField("事由", max_length=300, blank=True)
    whistled_at = models.DateTimeField("吹哨时间")
    due_at = models.DateTimeField("报到期限")
    reported_in_at = models.DateTimeField("报到时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "吹哨报到"
        constraints = [
            models.UniqueConstraint(
                fields=["assignment"], condition=Q(reported_in_at__isnull=True), name="one_open_whistle"
            )
        ]

    def __str__(self) -> str:
        return self.text or "吹哨"

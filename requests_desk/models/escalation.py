"""Hard matters: joint consultations (联合会商) and open calls (揭榜挂帅)."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from requests_desk.models.assignments import Assignment
from requests_desk.models.requests import FactorRequest
from requests_desk.querysets import OpenCallQuerySet


class JointConsultation(models.Model):
    """Several bodies at one table, over one or several requests, or over a key project before any need.

    Asked for at a stall of a fair (现场会商) it has the place that the enterprise took at the joint table, and waits
    for the office's word: convened, or declined.
    """

    class Stage(models.TextChoices):
        ASKED = "asked", "待推进办确认"
        SITTING = "sitting", "会商中"
        CONCLUDED = "concluded", "已有结论"
        DECLINED = "declined", "不予会商"

    factor_requests = models.ManyToManyField(
        FactorRequest, related_name="consultations", verbose_name="需求", blank=True
    )
    project = models.ForeignKey(
        "directory.Project", models.PROTECT, null=True, blank=True, verbose_name="项目"
    )
    subject = models.CharField("议题", max_length=120)
    agenda = models.TextField("议程", blank=True)
    invited = models.ManyToManyField(
        "directory.Organization", related_name="+", verbose_name="参会单位", blank=True
    )
    meets_at = models.DateTimeField("会商时间", null=True, blank=True)
    ticket = models.OneToOneField(
        "fairs.Ticket",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="consultation",
        verbose_name="会商桌的号",
    )
    asked_at = models.DateTimeField("请求时间", null=True, blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="请求人",
    )
    asked_for = models.ForeignKey(
        "directory.Organization",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="请求单位",
    )
    convened_at = models.DateTimeField("发起时间", null=True, blank=True)
    convened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, verbose_name="发起人"
    )
    declined_at = models.DateTimeField("不予会商时间", null=True, blank=True)
    declined_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="不予会商经办",
    )
    decline_reason = models.CharField("不予会商理由", max_length=200, blank=True)
    minutes = models.TextField("纪要", blank=True)
    concluded_at = models.DateTimeField("形成结论时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "联合会商"
        constraints = [
            models.CheckConstraint(
                condition=Q(convened_at__isnull=False) | Q(asked_at__isnull=False, asked_for__isnull=False),
                name="a_table_is_convened_or_asked_for",
            ),
            models.CheckConstraint(
                condition=Q(declined_at__isnull=True, decline_reason="")
                | Q(declined_at__isnull=False, convened_at__isnull=True) & ~Q(decline_reason=""),
                name="a_declined_table_says_why_and_never_sat",
            ),
            models.CheckConstraint(
                condition=Q(concluded_at__isnull=True) | Q(convened_at__isnull=False),
                name="only_a_convened_table_concludes",
            ),
        ]

    def __str__(self) -> str:
        return self.subject

    @property
    def stage(self) -> str:
        """Where it stands."""
        if self.declined_at:
            return self.Stage.DECLINED
        if self.convened_at is None:
            return self.Stage.ASKED
        return self.Stage.CONCLUDED if self.concluded_at else self.Stage.SITTING

    @property
    def stage_word(self) -> str:
        """Where it stands, in a word for pages."""
        return self.Stage(self.stage).label


class ConsultationDecision(models.Model):
    """What a joint table decided: who does what by when. It became the assignment that it names."""

    consultation = models.ForeignKey(
        JointConsultation, models.PROTECT, related_name="decisions", verbose_name="联合会商"
    )
    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="decisions", verbose_name="交办")
    task = models.CharField("任务", max_length=200)
    due_on = models.DateField("完成日期")

    class Meta:
        verbose_name = verbose_name_plural = "会商决定"
        triggers = [pgtrigger.ReadOnly(name="decisions_are_never_edited")]

    def __str__(self) -> str:
        return self.task


class OpenCall(models.Model):
    """A hard need put up for claims inside government, with its project's enterprise."""

    factor_request = models.ForeignKey(
        FactorRequest, models.PROTECT, related_name="open_calls", verbose_name="需求"
    )
    problem = models.TextField("难题")
    aim = models.TextField("目标", blank=True)
    claims_until_on = models.DateField("揭榜截止")
    opened_at = models.DateTimeField("发榜时间")
    closed_at = models.DateTimeField("结束时间", null=True, blank=True)
    reason = models.CharField("结果说明", max_length=300, blank=True)
    accepted_at = models.DateTimeField("验收时间", null=True, blank=True)
    acceptance = models.TextField("验收意见", blank=True)

    objects = OpenCallQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "揭榜挂帅"
        constraints = [
            models.UniqueConstraint(
                fields=["factor_request"], condition=Q(closed_at__isnull=True), name="one_open_call_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True) | Q(closed_at__isnull=False),
                name="only_an_ended_call_is_accepted",
            ),
        ]

    def __str__(self) -> str:
        return self.problem[:40]

    @property
    def is_accepted(self) -> bool:
        """The office accepted what was done (验收), and no redo or reopening has undone it since."""
        completed_at = self.factor_request.completed_at
        return bool(self.accepted_at and completed_at and self.accepted_at >= completed_at)


class Claim(models.Model):
    """Bodies that take a challenge on, jointly; the leader answers for it."""

    open_call = models.ForeignKey(OpenCall, models.PROTECT, related_name="claims", verbose_name="榜")
    leader = models.ForeignKey(
        "directory.Organization", models.PROTECT, related_name="+", verbose_name="牵头揭榜单位"
    )
    partners = models.ManyToManyField(
        "directory.Organization", related_name="+", verbose_name="联合单位", blank=True
    )
    plan = models.TextField("方案")
    lodged_at = models.DateTimeField("揭榜时间")
    is_chosen = models.BooleanField("中榜", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "揭榜"
        constraints = [
            models.UniqueConstraint(fields=["open_call", "leader"], name="one_claim_per_leader"),
            models.UniqueConstraint(
                fields=["open_call"], condition=Q(is_chosen=True), name="one_chosen_claim"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.leader}"


class Milestone(models.Model):
    """A step of an awarded challenge with its day: said to be reached by the lead, checked by the office."""

    open_call = models.ForeignKey(OpenCall, models.PROTECT, related_name="milestones", verbose_name="榜")
    title = models.CharField("节点", max_length=120)
    due_on = models.DateField("计划完成")
    reached_at = models.DateTimeField("完成时间", null=True, blank=True)
    report = models.TextField("完成情况", blank=True)
    passed_at = models.DateTimeField("通过时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "揭榜节点"
        constraints = [
            models.UniqueConstraint(fields=["open_call", "title"], name="one_milestone_per_title"),
            models.CheckConstraint(
                condition=Q(passed_at__isnull=True) | Q(reached_at__isnull=False),
                name="only_a_reached_milestone_passes",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}（{self.due_on}）"


class UpwardEffort(models.Model):
    """One line of the log of winning support from above (对上争取): with whom, about what, what came of it."""

    class Level(models.TextChoices):
        NATIONAL = "national", "国家"
        PROVINCIAL = "provincial", "省"

    open_call = models.ForeignKey(OpenCall, models.PROTECT, related_name="efforts", verbose_name="榜")
    organization = models.ForeignKey(
        "directory.Organization", models.PROTECT, related_name="+", verbose_name="争取单位"
    )
    level = models.CharField("层级", max_length=10, choices=Level)
    counterpart = models.CharField("对口单位", max_length=60)
    sought_on = models.DateField("日期")
    matter = models.CharField("争取事项", max_length=300)
    result = models.CharField("结果", max_length=300)
    noted_at = models.DateTimeField("记录时间")

    class Meta:
        verbose_name = verbose_name_plural = "对上争取"
        triggers = [pgtrigger.ReadOnly(name="efforts_are_never_edited")]

    def __str__(self) -> str:
        return f"{self.counterpart} {self.matter}"

"""Front-line visits (一线服务): the office's people go to a project; planned, then carried out or cancelled."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from requests_desk.querysets import FrontLineVisitQuerySet


class FrontLineVisit(models.Model):
    """One visit to one enterprise, mostly about one of its projects. Only ``front_line`` changes its state."""

    class State(models.TextChoices):
        PLANNED = "planned", "待走访"
        DONE = "done", "已走访"
        CANCELLED = "cancelled", "已取消"

    enterprise = models.ForeignKey(
        "directory.Organization", models.PROTECT, related_name="front_line_visits", verbose_name="企业"
    )
    project = models.ForeignKey(
        "directory.Project",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="front_line_visits",
        verbose_name="项目",
    )
    state = models.CharField("状态", max_length=9, choices=State, default=State.PLANNED)
    planned_on = models.DateField("计划日期")
    purpose = models.CharField("走访事项", max_length=200)
    team = models.ManyToManyField(
        "directory.Organization", related_name="front_line_teams", blank=True, verbose_name="同行单位"
    )
    planned_for = models.ForeignKey(
        "directory.Organization", models.PROTECT, related_name="+", verbose_name="牵头单位"
    )
    planned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="安排人"
    )
    planned_at = models.DateTimeField("安排时间")
    over_cap_reason = models.CharField("超出次数上限的理由", max_length=200, blank=True)
    visited_on = models.DateField("走访日期", null=True, blank=True)
    people = models.CharField("参加人员", max_length=200, blank=True)
    minutes = models.TextField("走访纪要", blank=True)
    cancel_reason = models.CharField("取消原因", max_length=200, blank=True)

    objects = FrontLineVisitQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "一线服务走访"
        constraints = [
            models.CheckConstraint(
                condition=Q(state="done", visited_on__isnull=False) & ~Q(minutes="")
                | ~Q(state="done") & Q(visited_on__isnull=True, minutes=""),
                name="done_means_a_day_and_minutes",
            ),
            models.CheckConstraint(
                condition=Q(state="cancelled") & ~Q(cancel_reason="")
                | ~Q(state="cancelled") & Q(cancel_reason=""),
                name="cancelled_means_a_reason",
            ),
            # Two clicks, or two clerks of one body, plan one visit.
            models.UniqueConstraint(
                fields=["enterprise", "planned_for", "planned_on"],
                condition=Q(state="planned"),
                name="one_plan_per_body_enterprise_and_day",
            ),
        ]
        indexes = [models.Index(fields=["enterprise", "state"], name="front_line_by_enterprise")]

    def __str__(self) -> str:
        return f"{self.enterprise} {self.visited_on or self.planned_on}"

    @property
    def counts_on(self) -> str:
        """The day on which it counts as a visit."""
        return f"{self.visited_on or self.planned_on:%Y-%m-%d}"


class FrontLineEvent(models.Model):
    """One step of one front-line visit: appended, never changed."""

    class Verb(models.TextChoices):
        PLAN = "plan", "安排走访"
        MOVE = "move", "改期"
        RECORD = "record", "登记走访"
        ADD = "add", "补记"
        CANCEL = "cancel", "取消走访"
        FILE = "file", "现场登记需求"

    visit = models.ForeignKey(FrontLineVisit, models.PROTECT, related_name="events", verbose_name="走访")
    verb = models.CharField("动作", max_length=8, choices=Verb)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="操作人"
    )
    organization = models.ForeignKey(
        "directory.Organization", models.PROTECT, related_name="+", verbose_name="操作单位"
    )
    at = models.DateTimeField("时间")
    note = models.TextField("说明", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "一线服务记录"
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.get_verb_display()} {self.visit_id}"

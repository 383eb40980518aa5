"""Slow work with progress: a row that a page can poll."""

from django.conf import settings
from django.db import models

from taian_factors.directory.querysets import JobQuerySet


class Job(models.Model):
    """One piece of slow work: which Celery task, with which arguments, how far, and what came out."""

    class State(models.TextChoices):
        WAITING = "waiting", "排队中"
        RUNNING = "running", "进行中"
        DONE = "done", "已完成"
        FAILED = "failed", "失败"

    task = models.CharField("任务", max_length=80)
    label = models.CharField("名称", max_length=80)
    arguments = models.JSONField("参数", default=dict)
    state = models.CharField("状态", max_length=8, choices=State, default=State.WAITING)
    done = models.PositiveIntegerField("已处理", default=0)
    total = models.PositiveIntegerField("总数", default=0)
    result_url = models.CharField("结果", max_length=200, blank=True)
    message = models.TextField("说明", blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, verbose_name="发起人")
    created_at = models.DateTimeField("发起时间")
    finished_at = models.DateTimeField("结束时间", null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "后台任务"

    def __str__(self) -> str:
        return self.label

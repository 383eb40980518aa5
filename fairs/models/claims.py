"""What a desk did while it had no line: each step as it was claimed, and what became of it."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from fairs.models.plan import Desk
from fairs.models.queue import Ticket
from fairs.querysets import DeskClaimQuerySet


class DeskClaim(models.Model):
    """One step of a desk without a line, under the key of its click.

    ``local_at`` is the desk's own clock and never changed; ``acted_at`` the moment under which it was applied.
    """

    class Verb(models.TextChoices):
        CALL = "call", "叫号"
        RECALL = "recall", "再叫一次"
        BEGIN = "begin", "开始办理"
        NEED = "need", "登记需求"
        FINISH = "finish", "完成"
        CONSULT = "consult", "按咨询结束"
        PASS_OVER = "pass_over", "过号"

    class State(models.TextChoices):
        APPLIED = "applied", "已补记"
        CONFLICT = "conflict", "有出入"
        SETTLED = "settled", "已核定"

    class Resolution(models.TextChoices):
        SERVER = "server", "以服务器记录为准"
        APPLIED = "applied", "核定后补记"
        NOTED = "noted", "写入说明"

    key = models.CharField("点击编号", max_length=64, unique=True)
    verb = models.CharField("动作", max_length=9, choices=Verb)
    desk = models.ForeignKey(Desk, models.PROTECT, related_name="claims", verbose_name="席位")
    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="claims", verbose_name="排队号")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="操作人"
    )
    typed = models.JSONField("填写内容", default=dict, blank=True)
    local_at = models.DateTimeField("本机时间")
    received_at = models.DateTimeField("收到时间")
    acted_at = models.DateTimeField("补记时间", null=True, blank=True)
    state = models.CharField("状态", max_length=8, choices=State)
    said = models.CharField("出入", max_length=300, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="核定人",
    )
    settled_at = models.DateTimeField("核定时间", null=True, blank=True)
    resolution = models.CharField("核定结果", max_length=7, choices=Resolution, blank=True)
    note = models.CharField("说明", max_length=200, blank=True)

    objects = DeskClaimQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "离线补记"
        constraints = [
            models.CheckConstraint(
                condition=Q(state="settled", settled_at__isnull=False, settled_by__isnull=False)
                & ~Q(resolution="")
                | ~Q(state="settled") & Q(settled_at__isnull=True, settled_by__isnull=True, resolution=""),
                name="a_settled_claim_says_how",
            ),
            models.CheckConstraint(
                condition=~Q(state="conflict") | ~Q(said=""), name="a_conflict_says_what_is_wrong"
            ),
            models.CheckConstraint(
                condition=~Q(resolution="noted") | ~Q(note=""), name="a_noted_claim_has_a_note"
            ),
        ]
        indexes = [
            models.Index("desk", "id", condition=Q(state="conflict"), name="fairs_conflicts_of_desk"),
        ]
        triggers = [
            pgtrigger.Protect(name="claims_are_never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="an_ended_claim_stays",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state__in=["applied", "settled"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_verb_display()} {self.ticket}"

"""What happened, once and for all."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from requests_desk.models.assignments import Assignment
from requests_desk.models.requests import FactorRequest
from requests_desk.workflow import State, label_of

PLEAS = ("contest", "ask_reopening")  # by which an enterprise asks to have a matter looked at once more


class RequestEvent(models.Model):
    """One move or record. The database refuses every change but ``announced_at``, from empty, once."""

    factor_request = models.ForeignKey(  # looked up by the first index below
        FactorRequest, models.PROTECT, related_name="events", db_index=False, verbose_name="需求"
    )
    assignment = models.ForeignKey(
        Assignment, models.PROTECT, null=True, related_name="events", verbose_name="交办"
    )
    verb = models.CharField("事件", max_length=24)
    from_state = models.CharField("原状态", max_length=12, choices=State, blank=True)
    to_state = models.CharField("新状态", max_length=12, choices=State)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, verbose_name="操作人")
    organization = models.ForeignKey(
        "directory.Organization", models.PROTECT, related_name="+", verbose_name="单位"
    )
    at = models.DateTimeField("时间")
    text = models.TextField("说明", blank=True)
    detail = models.JSONField("详情", default=dict, blank=True)
    is_internal = models.BooleanField("仅内部可见", default=False)
    announced_at = models.DateTimeField("通知时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "事件"
        indexes = [
            models.Index(fields=["factor_request", "id"], name="event_by_request"),
            models.Index(fields=["id"], condition=Q(announced_at__isnull=True), name="event_to_announce"),
            models.Index(fields=["at"], condition=Q(verb__in=PLEAS), name="event_of_a_plea"),
        ]
        triggers = [
            pgtrigger.Protect(name="events_are_never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="events_are_never_edited", exclude=["announced_at"]),
            pgtrigger.Protect(
                name="events_are_announced_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__announced_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The Chinese word for what happened."""
        return label_of(self.verb)

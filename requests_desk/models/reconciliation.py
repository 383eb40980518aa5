"""对账销号: the factor weeks, each with the ledger as it was frozen and what the office signed line by line."""

from typing import TYPE_CHECKING, Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from requests_desk.models.requests import FactorRequest
from requests_desk.workflow import State
from taian_factors.lib.periods import Period

if TYPE_CHECKING:
    from taian_factors.directory.actors import Actor


class ReconciliationWeek(models.Model):
    """One factor week: opened once, which freezes the list; closed once, when every line is signed."""

    period = models.CharField("季度", max_length=7, unique=True)
    first_on = models.DateField("第一天")
    last_on = models.DateField("最后一天")
    opened_at = models.DateTimeField("冻结时间")
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="冻结人"
    )
    closed_at = models.DateTimeField("结束时间", null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="结束人"
    )

    class Meta:
        verbose_name = verbose_name_plural = "要素保障周对账"
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(closed_at__gte=F("opened_at")),
                name="closed_after_it_opened",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="weeks_are_never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="an_opening_stands", exclude=["closed_at", "closed_by"]),
            pgtrigger.Protect(
                name="a_closed_week_stands",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__closed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.period

    @property
    def quarter(self) -> Period:
        """The quarter that it opens."""
        return Period.parse(self.period)


class ReconciliationLineQuerySet(models.QuerySet[Any]):
    """The lines of a factor week's frozen list."""

    def unsigned(self) -> "ReconciliationLineQuerySet":
        """Of which the office has not said what becomes of them."""
        return self.filter(signed_at__isnull=True)

    def led_by(self, organization: Any) -> "ReconciliationLineQuerySet":
        """Those that a body led when the list was frozen."""
        return self.filter(organization=organization)

    def unseen(self) -> "ReconciliationLineQuerySet":
        """Handed out when the list was frozen, and not gone through by their body."""
        return self.filter(seen_at__isnull=True, organization__isnull=False)

    def visible_to(self, actor: "Actor") -> "ReconciliationLineQuerySet":
        """The office every line; other bodies those of the requests that they see; enterprises none."""
        if actor.is_enterprise:
            return self.none()
        if actor.is_office:
            return self.all()
        return self.filter(factor_request__in=FactorRequest.objects.visible_to(actor))


class ReconciliationLine(models.Model):
    """One request on the frozen list as it stood then, what was signed about it, and why it differs (``changes``)."""

    class Outcome(models.TextChoices):
        WRITTEN_OFF = "written_off", "销号"
        CARRIED_OVER = "carried_over", "结转"

    week = models.ForeignKey(
        ReconciliationWeek, models.PROTECT, related_name="lines", verbose_name="要素保障周"
    )
    factor_request = models.ForeignKey(
        FactorRequest, models.PROTECT, related_name="reconciliations", verbose_name="需求"
    )
    organization = models.ForeignKey(
        "directory.Organization", models.PROTECT, null=True, related_name="+", verbose_name="主办"
    )
    state = models.CharField("冻结时状态", max_length=12, choices=State)
    complete_due_at = models.DateTimeField("冻结时办结期限", null=True)
    is_overdue = models.BooleanField("冻结时逾期", default=False)
    seen_at = models.DateTimeField("部门核对时间", null=True, blank=True)
    seen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="部门核对人"
    )
    difference = models.CharField("单位提出的出入", max_length=300, blank=True)
    outcome = models.CharField("结论", max_length=12, choices=Outcome, blank=True)
    reason = models.CharField("说明", max_length=300, blank=True)
    signed_at = models.DateTimeField("签认时间", null=True, blank=True)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="签认人"
    )
    signed_state = models.CharField("签认时状态", max_length=12, choices=State, blank=True)
    changes = models.TextField("冻结后的变化", blank=True)

    objects = ReconciliationLineQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "对账事项"
        constraints = [
            models.UniqueConstraint(fields=["week", "factor_request"], name="one_line_per_week_and_request"),
            models.CheckConstraint(
                condition=Q(outcome="", signed_at__isnull=True, signed_state="")
                | ~Q(outcome="") & Q(signed_at__isnull=False) & ~Q(signed_state=""),
                name="a_signed_line_has_its_outcome",
            ),
            models.CheckConstraint(
                condition=Q(difference="") | Q(seen_at__isnull=False), name="who_differs_has_seen_the_line"
            ),
            models.CheckConstraint(
                condition=~Q(outcome="carried_over") | ~Q(reason=""), name="carried_over_with_a_reason"
            ),
        ]
        indexes = [models.Index(fields=["week", "organization"], name="line_by_week_and_body")]
        triggers = [
            pgtrigger.Protect(name="lines_are_never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="what_was_frozen_stands",
                fields=["week", "factor_request", "organization", "state", "complete_due_at", "is_overdue"],
            ),
            pgtrigger.Protect(
                name="what_a_body_said_stands",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__seen_at__isnull=False)
                & (
                    pgtrigger.Q(new__seen_at__df=pgtrigger.F("old__seen_at"))
                    | pgtrigger.Q(new__seen_by__df=pgtrigger.F("old__seen_by"))
                    | pgtrigger.Q(new__difference__df=pgtrigger.F("old__difference"))
                ),
            ),
            pgtrigger.Protect(
                name="what_was_signed_stands",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__signed_at__isnull=False)
                & (
                    pgtrigger.Q(new__outcome__df=pgtrigger.F("old__outcome"))
                    | pgtrigger.Q(new__reason__df=pgtrigger.F("old__reason"))
                    | pgtrigger.Q(new__signed_at__df=pgtrigger.F("old__signed_at"))
                    | pgtrigger.Q(new__signed_by__df=pgtrigger.F("old__signed_by"))
                    | pgtrigger.Q(new__signed_state__df=pgtrigger.F("old__signed_state"))
                    | pgtrigger.Q(new__changes__df=pgtrigger.F("old__changes"))
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.week_id} {self.factor_request_id}"

    @property
    def shown_state(self) -> str:
        """The state when it was signed; before that, the request's own."""
        return self.signed_state or self.factor_request.state

    @property
    def has_moved(self) -> bool:
        """It stands elsewhere than when the list was frozen."""
        return self.shown_state != self.state

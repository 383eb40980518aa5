"""What enterprises send: filings and the factor requests in them."""

from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q

from requests_desk.querysets import FactorRequestQuerySet, FilingQuerySet
from requests_desk.workflow import OPEN, RUNNING, State

if TYPE_CHECKING:
    from requests_desk.models.assignments import Assignment
    from taian_factors.directory.models import Organization

IN_HAND = ", ".join(f"'{state}'" for state in sorted(RUNNING))
# The running clocks, as ``ledger`` shows them in a row; one without a due day rests. Kept in the row, because the
# ledger looks for lights among a million of them.
_CLOCKS = f"""
    SELECT min(due) FILTER (WHERE warn IS NOT NULL), min(warn) FILTER (WHERE due IS NOT NULL),
        coalesce(bool_or(due IS NULL OR warn IS NULL), false)
    INTO NEW.due_at, NEW.warn_at, NEW.is_suspended
    FROM (
        SELECT NEW.accept_due_at, NEW.filed_at WHERE NEW.state = 'filed'
        UNION ALL SELECT NEW.assign_due_at, NEW.accepted_at WHERE NEW.state = 'accepted'
        UNION ALL SELECT NEW.completion_asked_until, NEW.completion_asked_until WHERE NEW.state = 'returned'
        UNION ALL SELECT NEW.confirm_due_at, NEW.confirm_due_at WHERE NEW.state = 'completed'
        UNION ALL SELECT reply_due_at, reply_warn_at FROM requests_desk_assignment
            WHERE factor_request_id = NEW.id AND ended_at IS NULL AND replied_at IS NULL AND NEW.state IN ({IN_HAND})
        UNION ALL SELECT complete_due_at, complete_warn_at FROM requests_desk_assignment
            WHERE factor_request_id = NEW.id AND ended_at IS NULL AND part = 'lead' AND NEW.state IN ({IN_HAND})
    ) AS clocks (due, warn);
    RETURN NEW;
"""  # noqa: S608 - only our own words


class Filing(models.Model):
    """What an enterprise sends in one go about one project (申报). A draft until ``submitted_at``.

    ``typed_for`` is the body that writes it; ``begun_for`` began it for the enterprise, which then took it over.
    """

    class Channel(models.TextChoices):
        ONLINE = "online", "网上申报"
        COUNTER = "counter", "窗口或来电"
        FAIR = "fair", "大集现场"
        VISIT = "visit", "一线服务"
        KEY_PROJECT = "key_project", "重点项目清单"
        PROBLEM = "problem", "问题清单"
        CONSULTATION = "consultation", "联合会商"

    number = models.CharField("申报编号", max_length=60, unique=True, null=True, blank=True)
    enterprise = models.ForeignKey(
        "directory.Organization", models.PROTECT, related_name="filings", verbose_name="企业"
    )
    project = models.ForeignKey(
        "directory.Project", models.PROTECT, null=True, blank=True, verbose_name="项目"
    )
    channel = models.CharField("来源", max_length=12, choices=Channel, default=Channel.ONLINE)
    contact_name = models.CharField("联系人", max_length=30, blank=True)
    contact_phone = models.CharField("联系电话", max_length=20, blank=True)
    visit = models.ForeignKey("fairs.Visit", models.PROTECT, null=True, blank=True, verbose_name="大集到访")
    front_line_visit = models.ForeignKey(
        "requests_desk.FrontLineVisit",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="filings",
        verbose_name="一线服务走访",
    )
    typed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, verbose_name="录入人")
    typed_for = models.ForeignKey(
        "directory.Organization", models.PROTECT, null=True, related_name="+", verbose_name="录入单位"
    )
    begun_for = models.ForeignKey(
        "directory.Organization",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="代为起草的单位",
    )
    draft = models.JSONField("草稿", default=dict, blank=True)
    saved_at = models.DateTimeField("保存时间", null=True, blank=True)
    submitted_at = models.DateTimeField("提交时间", null=True, blank=True)
    is_discarded = models.BooleanField("草稿已放弃", default=False)

    objects = FilingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "申报"
        indexes = [models.Index(fields=["submitted_at"], name="filing_by_moment")]
        constraints = [
            models.CheckConstraint(
                condition=Q(submitted_at__isnull=True) | Q(number__isnull=False),
                name="submitted_filing_has_a_number",
            )
        ]

    def __str__(self) -> str:
        return self.number or "草稿"

    @property
    def helper(self) -> "Organization | None":
        """The body that wrote or began it for the enterprise, if one did."""
        return self.begun_for or (self.typed_for if self.typed_for_id != self.enterprise_id else None)


class FactorRequest(models.Model):
    """One need: one factor, one quantity, one story, one state, one lead, one review (要素需求)."""

    class Answer(models.TextChoices):
        SOLVED = "solved", "已解决"
        PARTLY = "partly", "部分解决"
        UNSOLVED = "unsolved", "未解决"
        SILENT = "silent", "未答复"

    number = models.CharField("编号", max_length=60, unique=True)
    filing = models.ForeignKey(Filing, models.PROTECT, related_name="factor_requests", verbose_name="申报")
    # These four are looked up by the newest-first indexes below.
    enterprise = models.ForeignKey(
        "directory.Organization",
        models.PROTECT,
        related_name="factor_requests",
        db_index=False,
        verbose_name="企业",
    )
    division = models.ForeignKey("directory.Division", models.PROTECT, db_index=False, verbose_name="县市区")
    chain = models.ForeignKey(
        "directory.Chain", models.PROTECT, null=True, blank=True, db_index=False, verbose_name="产业链"
    )
    factor = models.ForeignKey("directory.Factor", models.PROTECT, db_index=False, verbose_name="要素")
    headline = models.CharField("标题", max_length=200)
    story = models.TextField("具体情况", blank=True)
    quantity = models.DecimalField(
        "数量", max_digits=14, decimal_places=4, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    unit = models.CharField("单位", max_length=30, blank=True)
    answers = models.JSONField("填报项", default=dict, blank=True)
    fields_version = models.PositiveIntegerField("填报项版本", default=1)
    wished_on = models.DateField("期望解决日期", null=True, blank=True)
    state = models.CharField("状态", max_length=12, choices=State, default=State.FILED)
    filed_at = models.DateTimeField("申报时间")
    accept_due_at = models.DateTimeField("受理期限", null=True, blank=True)
    accepted_at = models.DateTimeField("受理时间", null=True, blank=True)
    assign_due_at = models.DateTimeField("交办期限", null=True, blank=True)
    returned_at = models.DateTimeField("退回补正时间", null=True, blank=True)
    completion_asked_until = models.DateTimeField("补正期限", null=True, blank=True)
    completed_at = models.DateTimeField("办结时间", null=True, blank=True)
    confirm_due_at = models.DateTimeField("确认期限", null=True, blank=True)
    confirmed_at = models.DateTimeField("确认时间", null=True, blank=True)
    answer = models.CharField("企业答复", max_length=8, choices=Answer, blank=True)
    ineligible_at = models.DateTimeField("认定不符合条件时间", null=True, blank=True)
    written_off_at = models.DateTimeField("销号时间", null=True, blank=True)
    is_case_by_case = models.BooleanField("一事一议", default=False)
    # A case-by-case matter's own deadlines; they take the place of the factor's limits.
    own_reply_on = models.DateField("一事一议回复日期", null=True, blank=True)
    own_complete_on = models.DateField("一事一议办结日期", null=True, blank=True)
    turns = models.PositiveSmallIntegerField("重办和转办次数", default=0)
    is_escalated = models.BooleanField("提级督办", default=False)
    is_historic = models.BooleanField("历史数据", default=False)
    reason = models.CharField("最近一次说明", max_length=300, blank=True)
    # Written by the database alone: the first deadline of the running clocks, from when it shows yellow, and
    # whether one of them rests. Empty, empty and no once nothing runs.
    due_at = models.DateTimeField("期限", null=True, editable=False)
    warn_at = models.DateTimeField("临期自", null=True, editable=False)
    is_suspended = models.BooleanField("有挂起", default=False, db_default=False, editable=False)

    objects = FactorRequestQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "要素需求"
        constraints = [
            # What was taken over from past years is kept as it was given, however odd.
            models.CheckConstraint(
                condition=Q(quantity__isnull=True) | Q(quantity__gt=0) | Q(is_historic=True),
                name="quantity_is_positive",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["completed", "confirmed"])
                | Q(completed_at__isnull=False)
                | Q(is_historic=True),
                name="completed_has_its_moment",
            ),
            models.CheckConstraint(
                condition=Q(is_case_by_case=True)
                | Q(own_reply_on__isnull=True, own_complete_on__isnull=True),
                name="own_deadlines_are_case_by_case",
            ),
        ]
        indexes = [
            models.Index(fields=["enterprise", "-filed_at"], name="request_by_enterprise"),
            models.Index(fields=["state", "filed_at"], name="request_by_state"),
            models.Index(fields=["-filed_at", "-id"], name="request_newest_first"),
            models.Index(fields=["factor", "-filed_at", "-id"], name="request_by_factor"),
            models.Index(fields=["division", "-filed_at", "-id"], name="request_by_division"),
            models.Index(fields=["factor", "division", "-filed_at", "-id"], name="request_by_factor_there"),
            models.Index(fields=["chain", "-filed_at", "-id"], name="request_by_chain"),
            models.Index(
                fields=["-filed_at", "-id"],
                condition=Q(state__in=sorted(OPEN), is_historic=False),
                name="request_open",
            ),
            models.Index(fields=["due_at", "id"], condition=Q(due_at__isnull=False), name="request_by_due"),
            models.Index(
                fields=["-completed_at", "-id"],
                condition=Q(completed_at__isnull=False),
                name="request_by_completion",
            ),
            models.Index(
                fields=["-filed_at", "-id"],
                condition=Q(is_case_by_case=True) | Q(is_escalated=True) | Q(is_suspended=True),
                name="request_out_of_the_common",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="keep_clocks",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert
                | pgtrigger.UpdateOf(
                    *("state", "filed_at", "accept_due_at", "accepted_at", "assign_due_at"),
                    *("completion_asked_until", "confirm_due_at", "is_historic", "due_at"),
                ),
                condition=pgtrigger.Q(new__is_historic=False),
                func=_CLOCKS,
            )
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.headline}"

    @property
    def is_open(self) -> bool:
        """Not at its end."""
        return self.state in OPEN

    @property
    def running_lead(self) -> "Assignment | None":
        """The lead that holds or held it last, from prefetched assignments."""
        leads = [a for a in self.assignments.all() if a.part == "lead" and a.ended_at is None]
        return leads[0] if leads else None

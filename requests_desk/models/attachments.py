"""Papers handed in with a filing or added to a request, and who fetched them."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from requests_desk.models.events import RequestEvent
from requests_desk.models.requests import FactorRequest, Filing
from requests_desk.querysets import AttachmentQuerySet

_KEPT = ["name", "kind", "size", "digest", "stored_as", "added_by", "added_for", "added_at"]


class Attachment(models.Model):
    """One file (附件). ``need`` names a need of a draft; once that is born, ``factor_request`` does.

    With neither it belongs to the filing as a whole. ``event`` is the act that brought it to a request later on.
    Kept for good: what a draft's writer takes away is marked, and the database refuses the rest.
    """

    class Scan(models.TextChoices):
        WAITING = "waiting", "扫描中"
        CLEAN = "clean", "可下载"
        BLOCKED = "blocked", "已拦截"

    filing = models.ForeignKey(Filing, models.PROTECT, related_name="attachments", verbose_name="申报")
    need = models.CharField("草稿中的需求", max_length=8, blank=True)
    factor_request = models.ForeignKey(
        FactorRequest, models.PROTECT, null=True, related_name="attachments", verbose_name="需求"
    )
    event = models.ForeignKey(
        RequestEvent, models.PROTECT, null=True, related_name="attachments", verbose_name="事件"
    )
    name = models.CharField("文件名", max_length=120)
    kind = models.CharField("类型", max_length=4)
    size = models.PositiveIntegerField("字节数")
    digest = models.CharField("SHA-256", max_length=64)
    stored_as = models.CharField("存放名", max_length=64, unique=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, verbose_name="上传人")
    added_for = models.ForeignKey(
        "directory.Organization", models.PROTECT, related_name="+", verbose_name="上传单位"
    )
    added_at = models.DateTimeField("上传时间")
    scan = models.CharField("扫描", max_length=8, choices=Scan, default=Scan.WAITING)
    scanned_at = models.DateTimeField("扫描时间", null=True)
    finding = models.CharField("扫描结果", max_length=120, blank=True)
    removed_at = models.DateTimeField("移去时间", null=True)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "附件"
        constraints = [
            models.CheckConstraint(
                condition=Q(scan="waiting") | Q(scanned_at__isnull=False), name="judged_when_scanned"
            ),
            models.CheckConstraint(
                condition=Q(removed_at__isnull=True) | Q(factor_request__isnull=True),
                name="only_a_draft_loses_papers",
            ),
            models.CheckConstraint(
                condition=Q(need="") | Q(factor_request__isnull=True), name="a_need_becomes_its_request"
            ),
            models.UniqueConstraint(
                fields=["filing", "need", "digest"],
                condition=Q(removed_at__isnull=True, factor_request__isnull=True),
                name="a_draft_keeps_a_paper_once",
            ),
        ]
        indexes = [models.Index(fields=["id"], condition=Q(scan="waiting"), name="attachment_to_scan")]
        triggers = [
            pgtrigger.Protect(name="attachments_are_never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="attachments_stay_as_they_came", fields=_KEPT),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_ready(self) -> bool:
        """Whether it may be fetched: found clean, or not yet looked at where no scanner is set up."""
        return self.scan == self.Scan.CLEAN or (self.scan == self.Scan.WAITING and not settings.CLAMAV_URL)

    @property
    def scan_word(self) -> str:
        """How its scan stands, as a page says it."""
        return (
            "未扫描"
            if self.scan == self.Scan.WAITING and not settings.CLAMAV_URL
            else self.get_scan_display()
        )


class AttachmentDownload(models.Model):
    """One fetching of a paper: who, for which body, when. Written once."""

    attachment = models.ForeignKey(Attachment, models.PROTECT, related_name="downloads", verbose_name="附件")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, verbose_name="下载人")
    organization = models.ForeignKey(
        "directory.Organization", models.PROTECT, related_name="+", verbose_name="下载单位"
    )
    at = models.DateTimeField("下载时间")

    class Meta:
        verbose_name = verbose_name_plural = "附件下载记录"
        triggers = [
            pgtrigger.Protect(name="downloads_are_never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="downloads_are_never_edited"),
        ]

    def __str__(self) -> str:
        return f"{self.attachment_id}"

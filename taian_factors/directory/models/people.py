"""People and the bodies they act for."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import F, Q

from taian_factors.directory.models.organizations import Organization
from taian_factors.directory.querysets import MembershipQuerySet


class User(AbstractUser):
    """A person who signs in."""

    name = models.CharField("姓名", max_length=30, blank=True)
    phone = models.CharField("手机", max_length=20, blank=True)
    wecom_id = models.CharField("企业微信账号", max_length=64, blank=True)

    class Meta(AbstractUser.Meta):
        verbose_name = verbose_name_plural = "用户"

    def __str__(self) -> str:
        return self.name or self.username


class Membership(models.Model):
    """A person's place in a body, from a day until a day; people leave, memberships end, nothing is deleted."""

    class Role(models.TextChoices):
        CLERK = "clerk", "经办人"
        LEAD = "lead", "负责人"
        AUDITOR = "auditor", "审计"

    user = models.ForeignKey(User, models.PROTECT, related_name="memberships", verbose_name="用户")
    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="memberships", verbose_name="单位"
    )
    role = models.CharField("角色", max_length=8, choices=Role, default=Role.CLERK)
    from_on = models.DateField("起")
    until_on = models.DateField("止", null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "任职"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organization"],
                condition=Q(until_on__isnull=True),
                name="one_running_membership",
            ),
            models.CheckConstraint(
                condition=Q(until_on__isnull=True) | Q(until_on__gte=F("from_on")),
                name="membership_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.organization}"

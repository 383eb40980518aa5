"""What the office watches so that reviews stay honest: where one came from, and who is called back at random."""

from ipaddress import ip_network

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from requests_desk.models.assignments import Assignment
from requests_desk.models.reviews import ReviewVersion


def check_network(text: str) -> None:
    """Refuse what is no network in CIDR writing, in Chinese."""
    try:
        ip_network(text)
    except ValueError as error:
        raise ValidationError("网段应写成 10.1.2.0/24 或 2001:db8::/48。") from error


class ListedNetwork(models.Model):
    """A network from which no enterprise would review by itself: a department's, or the hall's of a fair."""

    cidr = models.CharField("网段", max_length=43, unique=True, validators=[check_network])
    organization = models.ForeignKey(
        "directory.Organization", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="单位"
    )
    fair = models.ForeignKey(
        "fairs.Fair", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="大集会场"
    )
    note = models.CharField("备注", max_length=100, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "登记网段"
        constraints = [
            models.CheckConstraint(
                condition=Q(organization__isnull=True) | Q(fair__isnull=True),
                name="a_network_is_a_body_or_a_hall",
                violation_error_message="一个网段登记给一个单位或一个会场，不能同时登记给两者。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cidr} {self.organization or self.fair or self.note}".strip()


class ReviewOrigin(models.Model):
    """Where one value of a review came from. For the office alone: it flags, and never blocks.

    Device and network are keyed hashes: equal ones can be recognized, no address can be read back.
    """

    version = models.OneToOneField(
        ReviewVersion, models.PROTECT, related_name="origin", verbose_name="评价历史"
    )
    device_hash = models.CharField("设备", max_length=64, blank=True, db_index=True)
    network_hash = models.CharField("网络", max_length=64, blank=True)
    listed = models.ForeignKey(
        ListedNetwork, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="登记网段"
    )
    is_from_listed_network = models.BooleanField("来自登记网段", default=False)
    is_staff_device = models.BooleanField("工作人员登录过的设备", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "评价来源"

    def __str__(self) -> str:
        return f"{self.version_id}"


class CallBackDraw(models.Model):
    """The lot of one completion: every one is drawn for once, a fifth of them are called back.

    The lots that lost are kept too, so that nobody can draw again until it fits.
    """

    assignment = models.OneToOneField(
        Assignment, models.PROTECT, related_name="call_back_draw", verbose_name="办结的交办"
    )
    completed_at = models.DateTimeField("办结时间", db_index=True)
    drawn_at = models.DateTimeField("抽取时间")
    is_drawn = models.BooleanField("抽中回访")

    class Meta:
        verbose_name = verbose_name_plural = "回访抽取"
        indexes = [models.Index(fields=["drawn_at"], condition=Q(is_drawn=True), name="draw_to_call_back")]

    def __str__(self) -> str:
        return f"{self.assignment_id}"

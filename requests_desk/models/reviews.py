"""One review per matter (一事一评)."""

from django.db import models
from django.db.models import Q

from requests_desk.models.assignments import Assignment
from requests_desk.models.requests import FactorRequest
from requests_desk.querysets import ReviewInvitationQuerySet, ReviewQuerySet


class ReviewInvitation(models.Model):
    """The one-time link that is sent to an enterprise after a completion."""

    factor_request = models.ForeignKey(
        FactorRequest, models.PROTECT, related_name="invitations", verbose_name="需求"
    )
    assignment = models.OneToOneField(
        Assignment, models.PROTECT, related_name="invitation", verbose_name="被评交办"
    )
    token = models.CharField("凭证", max_length=43, unique=True)
    invited_at = models.DateTimeField("邀请时间")
    open_until = models.DateTimeField("截止时间")

    objects = ReviewInvitationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "评价邀请"

    def __str__(self) -> str:
        return f"{self.factor_request_id}"

    @property
    def is_overtaken(self) -> bool:
        """Nobody used it before the matter was taken up again: the next completion has its own link."""
        completed_at = self.factor_request.completed_at
        stands = completed_at is not None and self.invited_at >= completed_at
        return not stands and not hasattr(self.assignment, "review")


class SatisfactionReview(models.Model):
    """What the enterprise thinks of one matter: the latest valid value, and when it was first given."""

    class Rating(models.IntegerChoices):
        VERY_GOOD = 5, "非常满意"
        GOOD = 4, "满意"
        FAIR = 3, "基本满意"
        BAD = 2, "不满意"
        VERY_BAD = 1, "非常不满意"

    class Solved(models.TextChoices):
        YES = "yes", "已解决"
        PARTLY = "partly", "部分解决"
        NO = "no", "未解决"

    number = models.CharField("评价编号", max_length=24, unique=True)
    factor_request = models.ForeignKey(
        FactorRequest, models.PROTECT, related_name="reviews", verbose_name="需求"
    )
    assignment = models.OneToOneField(
        Assignment, models.PROTECT, related_name="review", verbose_name="被评交办"
    )
    rating = models.PositiveSmallIntegerField("评价", choices=Rating)
    contacted = models.BooleanField("部门联系过", null=True, blank=True)
    solved = models.CharField("是否解决", max_length=6, choices=Solved, blank=True)
    comment = models.CharField("意见", max_length=500, blank=True)
    first_submitted_at = models.DateTimeField("首次提交")
    changed_at = models.DateTimeField("修改时间", null=True, blank=True)
    is_historic = models.BooleanField("历史数据", default=False)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "满意度评价"
        constraints = [
            # A ledger taken over from past years may hold one review for each of a matter's departments.
            models.UniqueConstraint(
                fields=["factor_request"], condition=Q(is_historic=False), name="one_review_per_matter"
            ),
            models.CheckConstraint(condition=Q(rating__gte=1, rating__lte=5), name="rating_from_one_to_five"),
        ]
        indexes = [models.Index(fields=["first_submitted_at"], name="review_by_moment")]

    def __str__(self) -> str:
        return self.number


class ReviewVersion(models.Model):
    """Each value that a review has had; written once."""

    review = models.ForeignKey(
        SatisfactionReview, models.PROTECT, related_name="versions", verbose_name="评价"
    )
    rating = models.PositiveSmallIntegerField("评价", choices=SatisfactionReview.Rating)
    contacted = models.BooleanField("部门联系过", null=True, blank=True)
    solved = models.CharField("是否解决", max_length=6, blank=True)
    comment = models.CharField("意见", max_length=500, blank=True)
    submitted_at = models.DateTimeField("提交时间")

    class Meta:
        verbose_name = verbose_name_plural = "评价历史"

    def __str__(self) -> str:
        return f"{self.get_rating_display()}"

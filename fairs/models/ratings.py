"""What a visit thinks of the fair as a whole (大集满意度测评): the latest value, and every value that it had."""

import pgtrigger
from django.db import models
from django.db.models import Q

from fairs.models.queue import Visit


class Level(models.IntegerChoices):
    """The five levels, as the review of a matter has them."""

    VERY_GOOD = 5, "非常满意"
    GOOD = 4, "满意"
    FAIR = 3, "基本满意"
    BAD = 2, "不满意"
    VERY_BAD = 1, "非常不满意"


# What the form asks beside the whole, in its order; not said is empty.
QUESTIONS = {
    "organization": "现场组织",
    "attitude": "服务态度",
    "efficiency": "办事效率",
    "result": "现场办理结果",
}


class _Rated(models.Model):
    rating = models.PositiveSmallIntegerField("总体", choices=Level)
    organization = models.PositiveSmallIntegerField(
        QUESTIONS["organization"], choices=Level, null=True, blank=True
    )
    attitude = models.PositiveSmallIntegerField(QUESTIONS["attitude"], choices=Level, null=True, blank=True)
    efficiency = models.PositiveSmallIntegerField(
        QUESTIONS["efficiency"], choices=Level, null=True, blank=True
    )
    result = models.PositiveSmallIntegerField(QUESTIONS["result"], choices=Level, null=True, blank=True)
    comment = models.CharField("意见", max_length=500, blank=True)

    class Meta:
        abstract = True


class FairRating(_Rated):
    """One visit's word on its fair, given with the word of its ticket; changeable once."""

    visit = models.OneToOneField(Visit, models.PROTECT, related_name="rating", verbose_name="到场企业")
    first_submitted_at = models.DateTimeField("首次提交")
    changed_at = models.DateTimeField("修改时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "大集测评"
        constraints = [
            models.CheckConstraint(
                condition=Q(rating__gte=1, rating__lte=5), name="a_fair_is_rated_from_one_to_five"
            ),
            models.CheckConstraint(
                condition=Q(changed_at__isnull=True) | Q(changed_at__gte=models.F("first_submitted_at")),
                name="a_rating_changes_after_it_was_given",
            ),
        ]

    def __str__(self) -> str:
        return self.get_rating_display()


class FairRatingVersion(_Rated):
    """Each value that a rating has had; written once."""

    given = models.ForeignKey(FairRating, models.PROTECT, related_name="versions", verbose_name="测评")
    submitted_at = models.DateTimeField("提交时间")

    class Meta:
        verbose_name = verbose_name_plural = "大集测评历史"
        triggers = [
            pgtrigger.Protect(name="ratings_are_written_once", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.get_rating_display()

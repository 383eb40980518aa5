"""What an enterprise wants to talk about at a fair, beside its booking."""

from django.db import models
from django.db.models import Q


class BookedNeed(models.Model):
    """One need that a booking names: a request, one of a draft, or only its factor."""

    booking = models.ForeignKey("fairs.Booking", models.PROTECT, related_name="needs", verbose_name="预约")
    factor = models.ForeignKey("directory.Factor", models.PROTECT, related_name="+", verbose_name="要素")
    headline = models.CharField("需求", max_length=200, blank=True)
    filing = models.ForeignKey(
        "requests_desk.Filing",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="booked_needs",
        verbose_name="申报",
    )
    factor_request = models.ForeignKey(
        "requests_desk.FactorRequest",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="booked_needs",
        verbose_name="要素需求",
    )
    added_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = verbose_name_plural = "预约的需求"
        constraints = [
            models.UniqueConstraint(
                fields=["booking", "factor_request"],
                condition=Q(factor_request__isnull=False),
                name="a_request_is_booked_once",
            ),
            models.UniqueConstraint(
                fields=["booking", "factor", "headline"],
                condition=Q(factor_request__isnull=True),
                name="a_need_in_words_is_booked_once",
            ),
            models.CheckConstraint(
                condition=Q(factor_request__isnull=True) | Q(filing__isnull=False),
                name="a_booked_request_has_its_filing",
            ),
        ]

    def __str__(self) -> str:
        return self.headline or self.factor.name

    @property
    def key(self) -> str:
        """Its name among the choices of a stall desk."""
        return f"booked-{self.pk}"

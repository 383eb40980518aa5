"""The dispatch directory (分办目录): which body leads and which support, per factor and division."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q

from requests_desk.querysets import DispatchRuleQuerySet

if TYPE_CHECKING:
    from requests_desk.models.requests import FactorRequest


class DispatchRule(models.Model):
    """From a day until a day, a factor's requests (of one division, or of any) go to these bodies."""

    factor = models.ForeignKey("directory.Factor", models.PROTECT, verbose_name="要素")
    division = models.ForeignKey(
        "directory.Division", models.PROTECT, null=True, blank=True, verbose_name="县市区"
    )
    lead = models.ForeignKey("directory.Organization", models.PROTECT, related_name="+", verbose_name="主办")
    supports = models.ManyToManyField(
        "directory.Organization", related_name="+", verbose_name="协办", blank=True
    )
    from_on = models.DateField("起")
    until_on = models.DateField("止", null=True, blank=True)
    reason = models.CharField("依据", max_length=200, blank=True)

    objects = DispatchRuleQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "分办目录"
        constraints = [
            models.UniqueConstraint(
                fields=["factor", "division"],
                condition=Q(until_on__isnull=True),
                nulls_distinct=False,
                name="one_running_rule_per_factor_and_division",
            ),
            models.CheckConstraint(
                condition=Q(until_on__isnull=True) | Q(until_on__gte=F("from_on")),
                name="rule_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.factor} → {self.lead}"

    def covers(self, factor_request: "FactorRequest") -> bool:
        """Whether it speaks of a request's factor and division; a rule without division speaks of all of them."""
        is_its_factor = self.factor_id == factor_request.factor_id
        return is_its_factor and self.division_id in (None, factor_request.division_id)

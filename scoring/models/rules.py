"""Rule versions (实施细则): how much each indicator weighs, from which month on."""

import pgtrigger
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q

from scoring.querysets import RuleVersionQuerySet
from scoring.rulebook import Rules, RulesError

_USED = """
IF EXISTS (SELECT 1 FROM scoring_scoringrun WHERE rule_version_id = OLD.id) THEN
    RAISE EXCEPTION 'a rule version that a run has used can no longer change';
END IF;
IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
RETURN NEW;
"""


class RuleVersion(models.Model):
    """Weights, curves, groups and the empty-population rule, from ``first_month`` on until the next version.

    A draft can change, or be set aside when nobody wants it; a version that a run has used cannot, not even by SQL.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "草拟"
        IN_FORCE = "in_force", "施行"
        SET_ASIDE = "aside", "已搁置"

    name = models.CharField("版本", max_length=20, unique=True)
    first_month = models.CharField(
        "自何月起",
        max_length=7,
        validators=[RegexValidator(r"^\d{4}-(0[1-9]|1[0-2])$", "月份应写成 2023-06。")],
    )
    content = models.JSONField("内容")
    sources = models.TextField("依据", blank=True)
    state = models.CharField("状态", max_length=8, choices=State, default=State.DRAFT)
    drafted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="起草人",
    )
    put_in_force_at = models.DateTimeField("施行时间", null=True, blank=True)

    objects = RuleVersionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "实施细则版本"
        constraints = [
            models.UniqueConstraint(
                fields=["first_month"], condition=Q(state="in_force"), name="one_version_begins_in_a_month"
            ),
            models.CheckConstraint(
                condition=Q(first_month__regex=r"^\d{4}-(0[1-9]|1[0-2])$"), name="first_month_is_a_month"
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="a_used_version_stands",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func=_USED,
            )
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse content that is not a sound set of rules, in words for the one who drafts it."""
        try:
            _ = self.rules
        except RulesError as error:
            raise ValidationError({"content": str(error)}) from error

    @property
    def is_set_aside(self) -> bool:
        """A draft that nobody wanted."""
        return self.state == self.State.SET_ASIDE

    @property
    def rules(self) -> Rules:
        """The content, checked; raises RulesError when a draft is not sound."""
        return Rules.from_json({**self.content, "version": self.name})

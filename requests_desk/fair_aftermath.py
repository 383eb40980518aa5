"""What is left of a fair's day: what stays open in the ledger, and what was thought of each matter. Never writes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from fairs.models import Fair
from requests_desk import ledger
from requests_desk.fair_needs import day_of
from requests_desk.ledger import Row
from requests_desk.models import Assignment, FactorRequest, Reply, SatisfactionReview
from taian_factors.directory.actors import Actor

Rating = SatisfactionReview.Rating


@dataclass(frozen=True)
class MatterReviews:
    """The reviews of the fair's needs (一事一评): those of the day, and all until now, by level from 5 down to 1."""

    of_the_day: dict[int, int]
    until_now: dict[int, int]

    @property
    def lines(self) -> list[tuple[str, int, int]]:
        """Each level in words with both numbers."""
        return [(level.label, self.of_the_day[level], self.until_now[level]) for level in Rating]

    @property
    def n(self) -> int:
        """How many were given on the day."""
        return sum(self.of_the_day.values())

    @property
    def n_until_now(self) -> int:
        """How many were given until now."""
        return sum(self.until_now.values())

    @property
    def satisfied(self) -> int:
        """How many of all are 基本满意 or better, as the competition counts."""
        return sum(number for level, number in self.until_now.items() if level >= Rating.FAIR)

    @property
    def satisfied_rate(self) -> float | None:
        """Their share; None without any review."""
        return self.satisfied / self.n_until_now if self.n_until_now else None


@dataclass(frozen=True)
class OpenMatter:
    """What stays open in the ledger: its row, its owner, and the plan with its date where one was given."""

    row: Row
    plan: Reply | None

    @property
    def owner(self) -> str:
        """Who has to act: the body whose clock runs first, else its last lead."""
        clock, lead = self.row.next_clock, self.row.last_lead
        if clock:
            return clock.who
        return lead.organization.short if lead else "市工业推进办"


def open_matters(numbers: Sequence[int], actor: Actor, *, at: datetime) -> list[OpenMatter]:
    """What is still open of a fair's needs, what is due first in front; six queries at the most."""
    needs = FactorRequest.objects.visible_to(actor).filter(pk__in=numbers).open().with_parts()
    if not actor.is_office:
        needs = needs.handled_by(actor.organization, part="lead")
    found = list(needs.order_by("due_at", "pk"))
    plans = Reply.objects.filter(
        assignment__factor_request__in=[need.pk for need in found],
        assignment__part=Assignment.Part.LEAD,
        outcome=Reply.Outcome.PLAN,
    ).select_related("assignment")
    by_need = {plan.assignment.factor_request_id: plan for plan in plans.order_by("replied_at", "pk")}
    return [OpenMatter(row, by_need.get(row.factor_request.pk)) for row in ledger.rows(found, at=at)]


def matter_reviews(fair: Fair, numbers: Sequence[int]) -> MatterReviews:
    """Count the reviews of a fair's needs, level by level; one query."""
    on_the_day = Q(first_submitted_at__range=day_of(fair))
    found = SatisfactionReview.objects.filter(factor_request__in=numbers).values("rating")
    rows = found.annotate(n=Count("pk"), today=Count("pk", filter=on_the_day))
    levels = {row["rating"]: row for row in rows}
    none = {"n": 0, "today": 0}
    return MatterReviews(
        {level.value: levels.get(level.value, none)["today"] for level in Rating},
        {level.value: levels.get(level.value, none)["n"] for level in Rating},
    )

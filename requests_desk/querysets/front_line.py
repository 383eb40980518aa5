"""Front-line visits: who sees which, and how often an enterprise was visited."""

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce

if TYPE_CHECKING:
    from taian_factors.directory.actors import Actor


class FrontLineVisitQuerySet(models.QuerySet[Any]):
    """Front-line visits."""

    def visible_to(self, actor: "Actor") -> "FrontLineVisitQuerySet":
        """The office all, an enterprise those to itself, a body those that it plans or joins.

        A chain team also those in its chain, a county office those in its division: the project's, else the seat's.
        """
        if actor.is_office:
            return self.all()
        if actor.is_enterprise:
            return self.filter(enterprise=actor.organization)
        joined = self.model.team.through.objects.filter(organization=actor.organization)
        part = Q(planned_for=actor.organization) | Q(pk__in=joined.values("frontlinevisit"))
        if actor.kind == "chain_team":
            part |= Q(project__chain=actor.organization.chain_id) | Q(
                enterprise__profile__chain=actor.organization.chain_id
            )
        if actor.kind == "county_office":
            division = actor.organization.division_id
            part |= Q(project__division=division) | Q(
                project__isnull=True, enterprise__profile__division=division
            )
        return self.filter(part)

    def standing(self) -> "FrontLineVisitQuerySet":
        """Planned or carried out."""
        return self.exclude(state="cancelled")

    def counting_in(self, year: int) -> "FrontLineVisitQuerySet":
        """Those that count for a year's cap: carried out in it, or still planned for a day of it."""
        return self.standing().alias(day=Coalesce("visited_on", "planned_on")).filter(day__year=year)

    def newest_first(self) -> "FrontLineVisitQuerySet":
        """By the day that counts, the latest first."""
        return self.alias(day=Coalesce("visited_on", "planned_on")).order_by(F("day").desc(), "-pk")

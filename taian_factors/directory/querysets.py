"""Filters that read as sentences. Related models are named by reverse relations, never imported."""

from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q, Value

from taian_factors.lib.prepared import Prepared
from taian_factors.lib.workdays import WorkCalendar

if TYPE_CHECKING:
    from taian_factors.directory.actors import Actor


class OrganizationQuerySet(models.QuerySet[Any]):
    """Bodies."""

    def active(self) -> "OrganizationQuerySet":
        """Those in use."""
        return self.filter(is_active=True)

    def departments(self) -> "OrganizationQuerySet":
        """Factor departments (要素部门)."""
        return self.filter(kind="department")

    def institutions(self) -> "OrganizationQuerySet":
        """Banks and other financial bodies."""
        return self.filter(kind="institution")

    def enterprises(self) -> "OrganizationQuerySet":
        """Enterprises."""
        return self.filter(kind="enterprise")

    def handlers(self) -> "OrganizationQuerySet":
        """Those that can hold an assignment: departments, institutions, county offices."""
        return self.filter(kind__in=["department", "institution", "county_office"])

    def visible_to(self, actor: "Actor") -> "OrganizationQuerySet":
        """Public bodies for everybody; an enterprise for itself, its chain team, its county, and staff.

        Staff of departments and institutions find any enterprise, because they file for walk-ins at a counter.
        """
        if actor.is_enterprise:
            return self.filter(~Q(kind="enterprise") | Q(pk=actor.organization.pk))
        if actor.kind == "chain_team":
            return self.filter(~Q(kind="enterprise") | Q(profile__chain=actor.organization.chain_id))
        if actor.kind == "county_office":
            return self.filter(~Q(kind="enterprise") | Q(profile__division=actor.organization.division_id))
        return self.all()


class MembershipQuerySet(models.QuerySet[Any]):
    """Places of people in bodies."""

    def running_on(self, day: date | Value) -> "MembershipQuerySet":
        """Those that have begun and have not ended on ``day``, in a body that is in use."""
        return self.filter(
            Q(until_on__isnull=True) | Q(until_on__gte=day), from_on__lte=day, organization__is_active=True
        )


class ProjectQuerySet(models.QuerySet[Any]):
    """Projects."""

    def visible_to(self, actor: "Actor") -> "ProjectQuerySet":
        """An enterprise its own, a chain team its chain, a county its division, all other staff every project."""
        if actor.is_enterprise:
            return self.filter(enterprise=actor.organization)
        if actor.kind == "chain_team":
            return self.filter(chain=actor.organization.chain_id)
        if actor.kind == "county_office":
            return self.filter(division=actor.organization.division_id)
        return self.all()


class CalendarYearQuerySet(models.QuerySet[Any]):
    """Years of the working-day calendar."""

    def calendar(self) -> WorkCalendar:
        """Load the whole calendar in one query: some two hundred rows, as plain values, because every verb asks."""
        rows = _calendar(self.model).rows()
        return WorkCalendar(
            exceptions={day: is_working for _, day, is_working in rows if day},
            years=frozenset(year for year, _, _ in rows),
        )

    def missing_for(self, today: date) -> list[int]:
        """Years that are needed and not entered: this year, and from November on the next."""
        needed = {today.year, (today + timedelta(61)).year}
        return sorted(needed - set(self.filter(year__in=needed).values_list("year", flat=True)))


class JobQuerySet(models.QuerySet[Any]):
    """Slow work."""

    def visible_to(self, actor: "Actor") -> "JobQuerySet":
        """A person's own jobs, and for the office all of them."""
        return self.all() if actor.is_office else self.filter(created_by=actor.user)


@cache
def _calendar(years: type[models.Model]) -> Prepared[Any]:
    return Prepared(lambda: years._default_manager.values_list("year", "days__day", "days__is_working"))

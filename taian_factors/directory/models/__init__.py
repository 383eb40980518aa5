"""Who is who: the nouns of every subject."""

from taian_factors.directory.models.calendar import CalendarDay, CalendarYear
from taian_factors.directory.models.factors import Factor, FactorVersion
from taian_factors.directory.models.jobs import Job
from taian_factors.directory.models.organizations import (
    Chain,
    Division,
    EnterpriseProfile,
    FormerName,
    Organization,
)
from taian_factors.directory.models.people import Membership, User
from taian_factors.directory.models.projects import Project

__all__ = [
    "CalendarDay",
    "CalendarYear",
    "Chain",
    "Division",
    "EnterpriseProfile",
    "Factor",
    "FactorVersion",
    "FormerName",
    "Job",
    "Membership",
    "Organization",
    "Project",
    "User",
]

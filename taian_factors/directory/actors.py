"""Who acts: a person, the body acted for, and the role there."""

from dataclasses import dataclass

from taian_factors.directory.models import Organization, User

# Where a session keeps the membership in use.
SESSION_KEY = "membership"


@dataclass(frozen=True)
class Actor:
    """The one who does something. ``user`` is None for the system (beat, imports, the replay's clock)."""

    user: User | None
    organization: Organization
    role: str = "clerk"

    @property
    def kind(self) -> str:
        """The kind of the body acted for."""
        return self.organization.kind

    @property
    def is_enterprise(self) -> bool:
        """Acts for an enterprise."""
        return self.kind == "enterprise"

    @property
    def is_office(self) -> bool:
        """Acts for the industry office, in whatever role."""
        return self.kind == "office"

    @property
    def is_auditor(self) -> bool:
        """Reads everything and moves nothing."""
        return self.is_office and self.role == "auditor"

    @property
    def is_office_lead(self) -> bool:
        """Leads the office: publishes, decides case by case."""
        return self.is_office and self.role == "lead"

    @property
    def is_lead(self) -> bool:
        """Leads the body acted for."""
        return self.role == "lead"

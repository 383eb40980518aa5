"""Who acts: a person, the body acted for, and the role there."""

from dataclasses import dataclass
from typing import Any, cast

from django.db.models import Value

from taian_factors.directory.models import Organization, User
from taian_factors.lib.prepared import slot

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


class _Body(Value):
    """A body of which only the kind is known: it and what looks ask of it are slots, filled by ``filling``."""

    def __init__(self, kind: str) -> None:
        super().__init__(slot("body").value)
        self.kind = kind
        self.pk, self.chain_id, self.division_id = slot("body"), slot("chain"), slot("division")


def any_actor(kind: str = "") -> Actor:
    """Return an actor for any body of a kind, for looks that are put together once (``lib.prepared``).

    Without a kind for looks that are the same whoever asks.
    """
    return Actor(None, cast(Organization, _Body(kind)))


def filling(actor: Actor) -> dict[str, Any]:
    """Return what fills the slots of a look for ``any_actor`` of this one's kind."""
    body = actor.organization
    return {"body": body.pk, "chain": body.chain_id, "division": body.division_id}

"""Who may do what with the entries of the directory."""

from taian_factors.directory.actors import Actor
from taian_factors.directory.models import EnterpriseProfile


def may_edit_profile(actor: Actor | None, profile: EnterpriseProfile) -> bool:
    """The enterprise's own people, clerk or lead; the office corrects profiles in the administration."""
    return actor is not None and actor.is_enterprise and actor.organization.pk == profile.organization_id

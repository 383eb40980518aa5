"""An enterprise that nobody knew walks in: it enters the directory, verified or not."""

from datetime import datetime

from django.db.models import QuerySet

from fairs import permissions
from fairs.locks import ForbiddenError, QueueError, verb
from taian_factors.directory.actors import Actor
from taian_factors.directory.models import Division, EnterpriseProfile, Organization
from taian_factors.directory.validators import clean_credit_code


class KnownAlreadyError(QueueError):
    """The credit code belongs to an enterprise of the directory."""


@verb
def add_walk_in(
    *,
    name: str,
    division: Division,
    actor: Actor,
    at: datetime,
    credit_code: str = "",
    contact_name: str = "",
    contact_phone: str = "",
) -> Organization:
    """Enter an enterprise into the directory; without a credit code it is unverified, as its contact always is.

    The same enterprise sent again (a line was lost, a button pressed twice) is the one that was entered.

    Raises:
        ForbiddenError: the actor is not reception.
        KnownAlreadyError: an enterprise of another name has this credit code.
        ValidationError: the credit code is none.
        BusyError: another reception is entering one of this division.
    """
    if not permissions.is_reception(actor):
        raise ForbiddenError("只有推进办服务台可以登记新企业。")
    code = clean_credit_code(credit_code) if credit_code.strip() else None
    Division.objects.select_for_update(no_key=True).get(pk=division.pk)  # who is sent twice stands in line
    there = EnterpriseProfile.objects.select_related("organization")
    known = (there.filter(credit_code=code) if code else _uncoded(there, name, division)).first()
    if known is None:
        return _entered(name, division, code, contact_name=contact_name, contact_phone=contact_phone)
    if known.organization.name != name:
        raise KnownAlreadyError(f"统一社会信用代码：已登记为“{known.organization.name}”，请直接签到。")
    return known.organization


def _uncoded(
    profiles: QuerySet[EnterpriseProfile], name: str, division: Division
) -> QuerySet[EnterpriseProfile]:
    return profiles.filter(credit_code=None, organization__name=name, division=division)


def _entered(name: str, division: Division, code: str | None, **contact: str) -> Organization:
    made = Organization.objects.create(kind=Organization.Kind.ENTERPRISE, name=name, short=name[:40])
    EnterpriseProfile.objects.create(organization=made, credit_code=code, division=division, **contact)
    return made

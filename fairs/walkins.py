"""An enterprise that nobody knew walks in: it enters the directory, verified or not."""

from datetime import datetime

from django.db import IntegrityError, transaction

from fairs import permissions
from fairs.locks import ForbiddenError, QueueError
from taian_factors.directory.actors import Actor
from taian_factors.directory.models import Division, EnterpriseProfile, Organization
from taian_factors.directory.validators import clean_credit_code


class KnownAlreadyError(QueueError):
    """The credit code belongs to an enterprise of the directory."""


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

    Raises:
        ForbiddenError: the actor is not reception.
        KnownAlreadyError: somebody with this credit code is there.
        ValidationError: the credit code is none.
    """
    if not permissions.is_reception(actor):
        raise ForbiddenError("只有推进办服务台可以登记新企业。")
    code = clean_credit_code(credit_code) if credit_code.strip() else None
    try:
        with transaction.atomic():
            made = Organization.objects.create(kind=Organization.Kind.ENTERPRISE, name=name, short=name[:40])
            EnterpriseProfile.objects.create(
                organization=made,
                credit_code=code,
                division=division,
                contact_name=contact_name,
                contact_phone=contact_phone,
            )
    except IntegrityError as error:
        known = EnterpriseProfile.objects.select_related("organization").filter(credit_code=code).first()
        if code is None or known is None:
            raise
        raise KnownAlreadyError(
            f"统一社会信用代码：已登记为“{known.organization.name}”，请直接签到。"
        ) from error
    return made

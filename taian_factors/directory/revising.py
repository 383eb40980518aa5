"""What a factor asks, version by version: answers are read as they were asked."""

from datetime import datetime

from django.db import transaction

from taian_factors.directory.models import Factor, FactorVersion


@transaction.atomic
def save_factor(factor: Factor, *, at: datetime) -> None:
    """Save a factor; other fields or units are a new version, and the old one stays to be read."""
    known = FactorVersion.objects.filter(factor=factor.pk).order_by("-version").first()
    if known and (known.fields, known.units) != (factor.fields, factor.units):
        factor.fields_version = known.version + 1
    factor.save()
    if known is None or known.version != factor.fields_version:
        FactorVersion.objects.create(
            factor=factor, version=factor.fields_version, fields=factor.fields, units=factor.units, since=at
        )

"""The clock, read at the edge only (views, tasks, commands, admin)."""

from datetime import datetime

from django.utils import timezone


def now() -> datetime:
    """Return this moment in whole seconds: a deadline is met to the second, not to the microsecond."""
    return timezone.now().replace(microsecond=0)  # noqa: TID251

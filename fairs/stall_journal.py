"""The one place that writes what happened to a stall or one of its desks beside its tickets (``StallEvent``)."""

from collections.abc import Iterable
from datetime import datetime

from fairs.models import StallEvent
from taian_factors.directory.actors import Actor


def append(events: Iterable[StallEvent], *, actor: Actor | None, at: datetime) -> None:
    """Append events with who did it, for whom, and when."""
    rows = list(events)
    for row in rows:
        row.at, row.user = at, actor.user if actor else None
        row.organization = actor.organization if actor else None
    StallEvent.objects.bulk_create(rows)

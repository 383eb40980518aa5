"""Totals in, places out: equal totals share a place (1, 1, 3), group by group."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Entrant:
    """A department that stands in the table. ``total`` is None when it has no place this period."""

    code: str
    position: int
    group: str
    total: Decimal | None


def places(entrants: Sequence[Entrant], groups: Sequence[str]) -> list[tuple[Entrant, int | None]]:
    """Return the entrants in the order in which they are printed, each with its place.

    Groups follow each other as named. Inside a group the larger total stands first; equal totals share the
    place and stand by position, then code. Those without a total come last, by position and code.
    """
    printed: list[tuple[Entrant, int | None]] = []
    for group in groups:
        ranked = [
            (entrant, entrant.total)
            for entrant in entrants
            if entrant.group == group and entrant.total is not None
        ]
        ranked.sort(key=lambda pair: (-pair[1], pair[0].position, pair[0].code))
        first_with: dict[Decimal, int] = {}
        for number, (entrant, total) in enumerate(ranked, start=1):
            printed.append((entrant, first_with.setdefault(total, number)))
    apart = sorted((e for e in entrants if e.total is None), key=lambda e: (e.position, e.code))
    return printed + [(entrant, None) for entrant in apart]

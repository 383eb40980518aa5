"""Which fair or visit a word opens; remembered by the process, so that who polls asks nothing.

A word is never given to another fair or visit, so what is remembered stays true. Unknown words are not remembered.
"""

from collections.abc import Callable
from typing import TypeVar

from fairs.models import Fair, Visit

T = TypeVar("T")
MOST = 50_000  # words that one process remembers

_fairs: dict[str, int] = {}
_visits: dict[str, tuple[int, int]] = {}


def fair_of(token: str) -> int | None:
    """Return the fair that a screen's word opens; one query the first time."""
    return _remembered(_fairs, token, Fair.objects.filter(token=token).values_list("pk", flat=True).first)


def visit_of(token: str) -> tuple[int, int] | None:
    """Return fair and visit that a phone's word opens; one query the first time."""
    return _remembered(_visits, token, Visit.objects.filter(token=token).values_list("fair_id", "pk").first)


def _remembered(known: dict[str, T], word: str, ask: Callable[[], T | None]) -> T | None:
    if word in known:
        return known[word]
    found = ask()
    if found is not None:
        if len(known) >= MOST:
            known.clear()
        known[word] = found
    return found

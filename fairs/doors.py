"""Which fair or visit a word opens; remembered by the process, so that who polls asks nothing.

A word is never given to another fair or visit, so what is remembered stays true. Unknown words are not remembered.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from django.db.models import QuerySet

from fairs.models import Fair, Visit

T = TypeVar("T")
MOST = 50_000  # words that one process remembers

_fairs: dict[str, int] = {}
_visits: dict[str, tuple[int, int]] = {}


def fair_of(token: str) -> int | None:
    """Return the fair that a screen's word opens; one query the first time."""
    return _remembered(_fairs, token, lambda: Fair.objects.filter(token=token).values_list("pk", flat=True))


def visit_of(token: str) -> tuple[int, int] | None:
    """Return fair and visit that a phone's word opens; one query the first time."""
    return _remembered(_visits, token, lambda: Visit.objects.filter(token=token).values_list("fair_id", "pk"))


def _remembered(known: dict[str, T], word: str, ask: Callable[[], "QuerySet[Any, T]"]) -> T | None:
    if word in known:
        return known[word]
    found = ask().first()
    if found is not None:
        if len(known) >= MOST:
            known.clear()
        known[word] = found
    return found

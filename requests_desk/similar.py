"""Earlier requests like the one that is being written: the same enterprise and factor, similar words."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from requests_desk.likeness import likeness, pairs
from requests_desk.models import FactorRequest

LOOKED_AT = 200  # the newest of one enterprise; bounds the work however long it has been filing
SHOWN = 3
ALIKE = 0.35
FEWEST = 4  # pairs; fewer say nothing


@dataclass(frozen=True)
class Wording:
    """What is being written: the factor's code, the line that says it, and the story."""

    factor: str
    headline: str
    story: str = ""


def like(enterprise_id: int, written: Mapping[str, Wording]) -> dict[str, Sequence[FactorRequest]]:
    """Return for each wording (by its key) the earlier requests that read like it, the most alike first; one query."""
    known = _earlier(enterprise_id, {w.factor for w in written.values() if w.headline or w.story})
    return {key: _alike(wording, known[wording.factor]) for key, wording in written.items()}


def _earlier(enterprise_id: int, factors: set[str]) -> Mapping[str, list[FactorRequest]]:
    found: dict[str, list[FactorRequest]] = defaultdict(list)
    if factors:
        rows = FactorRequest.objects.filter(enterprise=enterprise_id, factor__code__in=factors)
        for row in rows.select_related("factor").order_by("-filed_at", "-pk")[:LOOKED_AT]:
            found[row.factor.code].append(row)
    return found


def _alike(wording: Wording, earlier: Sequence[FactorRequest]) -> list[FactorRequest]:
    headline, whole = pairs(wording.headline), pairs(f"{wording.headline} {wording.story}")
    if whole.total() < FEWEST:
        return []
    measured = [
        (max(likeness(headline, pairs(r.headline)), likeness(whole, pairs(f"{r.headline} {r.story}"))), r)
        for r in earlier
    ]
    best = sorted((m for m in measured if m[0] >= ALIKE), key=lambda m: (m[0], m[1].pk), reverse=True)
    return [row for _, row in best[:SHOWN]]

"""The machine writing of a run, and the digest over it: equal facts and rules give equal bytes."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import Any

from scoring.formulas import plain
from scoring.models import Scorecard, ScoreLine, ScoringRun

Pairs = Sequence[tuple[Scorecard, Sequence[ScoreLine]]]


def machine_output(run: ScoringRun, cards: Pairs) -> dict[str, Any]:
    """Return the object that ``compute_month --json`` prints; ``cards`` stand in their printed order."""
    return {
        "period": run.period,
        "rules": run.rules["version"],
        "run": run.pk,
        "state": run.state,
        "digest": run.digest,
        "departments": [_ranked(card, lines) for card, lines in cards if card.place is not None],
        "unranked": [_unranked(card, lines) for card, lines in cards if card.place is None],
    }


def loaded(run: ScoringRun) -> Pairs:
    """Load the cards of a stored run with their lines, in printed order; two queries."""
    cards = run.cards.in_order().prefetch_related("lines")
    return [(card, sorted(card.lines.all(), key=lambda line: line.number)) for card in cards]


def digest(run: ScoringRun, cards: Pairs) -> str:
    """Return sha256 over the canonical JSON of period, rules, hash of inputs, and everything that is printed.

    The number of the run and its moments stand outside: two runs over the same facts have the same digest.
    """
    content = {
        "period": run.period,
        "rules": run.rules,
        "inputs": run.inputs_hash,
        "cards": [_whole(card, lines) for card, lines in cards],
    }
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def fold(hashes: Iterable[str]) -> str:
    """Fold several hashes, in their order, into one."""
    return hashlib.sha256("\n".join(hashes).encode()).hexdigest()


def _ranked(card: Scorecard, lines: Sequence[ScoreLine]) -> dict[str, Any]:
    return {
        "code": card.code,
        "name": card.name,
        "place": card.place,
        "total": f"{card.total:.2f}",
        "lines": [
            {
                "indicator": line.indicator,
                "hits": plain(line.hits),
                "population": line.population,
                "full_marks": f"{line.full_marks:.2f}",
                "points": f"{line.points:.2f}",
                "flags": list(line.flags),
            }
            for line in lines
        ],
    }


def _unranked(card: Scorecard, lines: Sequence[ScoreLine]) -> dict[str, Any]:
    return {
        "code": card.code,
        "name": card.name,
        "reason": card.unranked,
        "lines": [
            {"indicator": line.indicator, "hits": plain(line.hits), "population": line.population}
            for line in lines
            if line.population
        ],
    }


def _whole(card: Scorecard, lines: Sequence[ScoreLine]) -> list[Any]:
    head = [card.code, card.name, card.short, card.position, card.group, card.printed_order, card.place]
    return [
        *(*head, _text(card.total), card.unranked, card.months, card.beside),
        [
            [
                *(line.indicator, line.number, plain(line.hits), line.population),
                *(_text(line.full_marks), _text(line.points), list(line.flags), line.note),
            ]
            for line in lines
        ],
    ]


def _text(marks: Any) -> str | None:
    return None if marks is None else f"{marks:.2f}"

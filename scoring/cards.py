"""From counted facts to unsaved scorecards: one month's, or several published months pooled line by line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from scoring.formulas import Fact, Score, score
from scoring.models import Scorecard, ScoreLine, ScoringRun
from scoring.ranking import Entrant, places
from scoring.rulebook import Rules


@dataclass(frozen=True)
class Competitor:
    """A department as it goes into the computation: who it is, what was counted, what is printed beside it."""

    organization_id: int
    code: str
    name: str
    short: str
    position: int
    facts: Mapping[str, Fact]
    months: Mapping[str, str | None] = field(default_factory=dict)
    beside: Mapping[str, Any] = field(default_factory=dict)


def scorecards(run: ScoringRun, competitors: Sequence[Competitor]) -> list[tuple[Scorecard, list[ScoreLine]]]:
    """Return the unsaved cards and lines of a run, in printed order; pure arithmetic."""
    rules = Rules.from_json(run.rules)
    by_code = {competitor.code: (competitor, score(competitor.facts, rules)) for competitor in competitors}
    entrants = [
        Entrant(c.code, c.position, rules.group_of(c.code), result.total) for c, result in by_code.values()
    ]
    printed = places(entrants, [group.name for group in rules.groups])
    return [
        _card(run, number, entrant, place, *by_code[entrant.code])
        for number, (entrant, place) in enumerate(printed, start=1)
    ]


def _card(
    run: ScoringRun, number: int, entrant: Entrant, place: int | None, competitor: Competitor, result: Score
) -> tuple[Scorecard, list[ScoreLine]]:
    card = Scorecard(
        run=run,
        organization_id=competitor.organization_id,
        code=competitor.code,
        name=competitor.name,
        short=competitor.short,
        position=competitor.position,
        group=entrant.group,
        printed_order=number,
        place=place,
        total=result.total,
        unranked=result.unranked,
        months=dict(competitor.months),
        beside=dict(competitor.beside),
    )
    return card, [
        ScoreLine(
            card=card,
            indicator=line.indicator,
            number=order,
            hits=line.hits,
            population=line.population,
            full_marks=line.full_marks,
            points=line.points,
            flags=list(line.flags),
            note=line.note,
        )
        for order, line in enumerate(result.lines)
    ]


def pooled(months: Sequence[ScoringRun]) -> list[Competitor]:
    """Pool the hits and populations of published months by department; two queries."""
    cards = Scorecard.objects.filter(run__in=months).order_by("run__period").prefetch_related("lines")
    keys = {run.pk: run.period for run in months}
    pool: dict[int, list[Scorecard]] = {}
    for card in cards:
        pool.setdefault(card.organization_id, []).append(card)
    return [_pool(mine, keys) for mine in pool.values()]


def _pool(cards: Sequence[Scorecard], keys: Mapping[int, str]) -> Competitor:
    sums: dict[str, tuple[Decimal, int]] = {}
    for line in (line for card in cards for line in card.lines.all()):
        hits, population = sums.get(line.indicator, (Decimal(0), 0))
        sums[line.indicator] = (hits + line.hits, population + line.population)
    last = cards[-1]  # name and position as they were in the last month that it took part in
    return Competitor(
        organization_id=last.organization_id,
        code=last.code,
        name=last.name,
        short=last.short,
        position=last.position,
        facts={indicator: Fact(*pair) for indicator, pair in sums.items()},
        months={keys[card.run_id]: None if card.total is None else f"{card.total:.2f}" for card in cards},
        beside=_pooled_beside(cards),
    )


def _pooled_beside(cards: Sequence[Scorecard]) -> dict[str, Any]:
    pooled: dict[str, Any] = {}
    for card in cards:
        for name, figure in card.beside.items():
            if isinstance(figure, list):
                before = pooled.get(name, [0, 0])
                pooled[name] = [before[0] + figure[0], before[1] + figure[1]]
    # A backlog is a state at the end, not a flow: the last month's holds for the period.
    if "backlog" in cards[-1].beside:
        pooled["backlog"] = cards[-1].beside["backlog"]
    return pooled

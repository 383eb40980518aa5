"""What would have been: other rules on what was counted, in memory only. Nothing here writes."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from scoring.formulas import Fact, Score, score
from scoring.models import Scorecard, ScoringRun
from scoring.ranking import Entrant, places
from scoring.rulebook import Rules
from taian_factors.lib.periods import Period


@dataclass(frozen=True)
class Shift:
    """One department: its place and total as they were, and as the other rules would have them."""

    card: Scorecard
    group: str
    place: int | None
    total: Decimal | None

    @property
    def moved(self) -> int | None:
        """Places gained (negative: lost); None when it has no place on one side or stands in another group."""
        same_group = self.card.group == self.group
        if self.place is None or self.card.place is None or not same_group:
            return None
        return self.card.place - self.place

    @property
    def places_moved(self) -> int:
        """How many places, whichever way."""
        return abs(self.moved or 0)

    @property
    def gained(self) -> Decimal | None:
        """Marks gained (negative: lost)."""
        return None if self.total is None or self.card.total is None else self.total - self.card.total


@dataclass(frozen=True)
class Trial:
    """A run looked at through other rules, in the order in which it would have been printed."""

    run: ScoringRun
    period: Period
    shifts: Sequence[Shift]

    @property
    def n_moved(self) -> int:
        """How many departments would have had another place, or one for the first time, or none."""
        return sum(shift.place != shift.card.place for shift in self.shifts)


def trials(runs: Sequence[ScoringRun], rules: Rules) -> list[Trial]:
    """Recompute runs from their stored hits and populations; two queries, nothing written."""
    cards = Scorecard.objects.filter(run__in=runs).order_by("printed_order").prefetch_related("lines")
    held: dict[int, list[Scorecard]] = {run.pk: [] for run in runs}
    for card in cards:
        held[card.run_id].append(card)
    return [Trial(run, Period.parse(run.period), _shifts(held[run.pk], rules)) for run in runs]


def _shifts(cards: Sequence[Scorecard], rules: Rules) -> list[Shift]:
    results = {card.code: (card, _score(card, rules)) for card in cards}
    entrants = [
        Entrant(card.code, card.position, rules.group_of(card.code), result.total)
        for card, result in results.values()
    ]
    printed = places(entrants, [group.name for group in rules.groups])
    return [Shift(results[e.code][0], e.group, place, e.total) for e, place in printed]


def _score(card: Scorecard, rules: Rules) -> Score:
    return score({line.indicator: Fact(line.hits, line.population) for line in card.lines.all()}, rules)

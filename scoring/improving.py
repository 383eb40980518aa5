"""What would have raised the place: for each line the smallest number of further hits that does, in plain words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from scoring.formulas import Fact, plain, score
from scoring.models import Scorecard, ScoreLine
from scoring.rulebook import BY_CODE, Rules

HALF = Decimal("0.5")
_MORE = {
    "on_time_reply": "再有 {n} 件按时回复",
    "completion": "再有 {n} 件在期末前办结",
    "satisfaction": "再有 {n} 件评价满意",
    "cooperation": "工作落实再多计 {n} 项（未落实改为按时落实计 1 项，逾期改为按时计 0.5 项）",
}


@dataclass(frozen=True)
class Improvement:
    """One line with misses: what some more hits would have brought."""

    name: str
    sentence: str
    raises: bool = False


@dataclass(frozen=True)
class _Table:
    """A department among those it is compared with, and what further hits in a line would make of it."""

    card: Scorecard
    rivals: Sequence[Decimal]
    facts: Mapping[str, Fact]
    rules: Rules

    def after(self, indicator: str, more: Decimal) -> tuple[Decimal, int]:
        """Return the total and the place with so many hits more."""
        fact = self.facts[indicator]
        better = score({**self.facts, indicator: Fact(fact.hits + more, fact.population)}, self.rules)
        assert better.total is not None
        return better.total, 1 + sum(rival > better.total for rival in self.rivals)


def improvements(card: Scorecard, others: Sequence[Scorecard], rules: Rules) -> list[Improvement]:
    """Say for each line with a miss how few more hits would have raised the place, or that none would.

    Pure arithmetic over loaded cards. More hits never cost points, so the smallest number is found by halving.
    """
    if card.total is None:
        return []
    lines = sorted(card.lines.all(), key=lambda line: line.number)
    rivals = [o.total for o in others if o.total is not None and o.pk != card.pk and o.group == card.group]
    facts = {line.indicator: Fact(line.hits, line.population) for line in lines}
    table = _Table(card, rivals, facts, rules)
    missed = [line for line in lines if line.hits < line.population]
    found = [_improvement(line, table) for line in missed]
    if len(missed) > 1 and not any(each.raises for each in found):
        found.append(_altogether(table))
    return found


def _altogether(table: _Table) -> Improvement:
    """Say what full hits in every line would have brought, where no single line is enough."""
    best = score(
        {code: Fact(Decimal(f.population), f.population) for code, f in table.facts.items()}, table.rules
    )
    assert best.total is not None
    place, card = 1 + sum(rival > best.total for rival in table.rivals), table.card
    moved = f"名次第 {card.place} → 第 {place}" if place < card.place else f"名次仍是第 {place}"
    return Improvement(
        "合计", f"各项全部达标：总分 {card.total} → {best.total}，{moved}。", place < card.place
    )


def _improvement(line: ScoreLine, table: _Table) -> Improvement:
    card, missing = table.card, line.population - line.hits
    steps = [min(Decimal(n), missing) for n in range(1, int(missing + HALF) + 1)]
    low, high = 0, len(steps) - 1 if card.place > 1 else 0
    while low < high:
        middle = (low + high) // 2
        if table.after(line.indicator, steps[middle])[1] < card.place:
            high = middle
        else:
            low = middle + 1
    more = steps[low]
    total, place = table.after(line.indicator, more)
    name, words = BY_CODE[line.indicator].name, _MORE[line.indicator].format(n=plain(more))
    gained = f"总分 {card.total} → {total}"
    if place < card.place:
        return Improvement(name, f"{words}：{gained}，名次第 {card.place} → 第 {place}。", raises=True)
    even = "" if card.place == 1 else "即使"
    return Improvement(name, f"{even}{words}：{gained}，名次仍是第 {place}。")

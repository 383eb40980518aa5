"""From counted facts to explained lines: exact fractions, rounded once, half up, to two decimals.

Section numbers are those of docs/scoring.md. No binary float ever holds a rate or a mark.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from scoring.rulebook import BY_CODE, DECISIVE_DIMENSION, FULL_SCORE, Curve, Rules, Weight

ZERO = Decimal("0.00")
NO_MATTERS = "no_matters"
EMPTY_DIMENSION = "empty_dimension"
SMALL_SAMPLE = "small_sample"


@dataclass(frozen=True)
class Fact:
    """What was counted for one indicator of one department; ``hits`` may have halves."""

    hits: Decimal = Decimal(0)
    population: int = 0

    @property
    def rate(self) -> Fraction | None:
        """The exact rate, or None when there was nothing to count."""
        return Fraction(self.hits) / self.population if self.population else None


@dataclass(frozen=True)
class Line:
    """One indicator of one department. A department without a place has neither full marks nor points."""

    indicator: str
    hits: Decimal
    population: int
    full_marks: Decimal | None
    points: Decimal | None
    flags: tuple[str, ...]
    note: str


@dataclass(frozen=True)
class Score:
    """All lines of one department. ``total`` is the sum of the rounded lines; None when it has no place."""

    lines: tuple[Line, ...]
    total: Decimal | None
    unranked: str = ""


def rounded(value: Fraction) -> Decimal:
    """Round an exact, non-negative fraction half up to two decimals."""
    cents = (value * 200 + 1) // 2
    return Decimal(cents).scaleb(-2)


def plain(value: Decimal) -> str:
    """Write a decimal without trailing zeros and without an exponent: ``12``, ``3.5``, ``10``."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def percentage(rate: Fraction | None) -> str:
    """Write a rate as ``92.31%``, half up; an em dash when there is none."""
    return "—" if rate is None else f"{rounded(rate * 100)}%"


def share(curve: Curve, rate: Fraction) -> Fraction:
    """Return the share of the full marks that a rate earns (§3)."""
    if curve.kind == "proportional":
        return rate
    missing = max(Fraction(0), Fraction(curve.threshold) - rate)
    return max(Fraction(curve.floor), 1 - Fraction(curve.slope) * missing * 100)


def adjusted_marks(populations: Mapping[str, int], rules: Rules) -> dict[str, Decimal]:
    """Return each indicator's full marks after the empty ones gave theirs away (§3 a, b, d).

    They add up to exactly 100.00 as long as one indicator has a population; an empty indicator has 0.00.
    """
    kept = [weight for weight in rules.weights if populations.get(weight.indicator, 0)]
    exact = _shared_out(kept, rules)
    marks = {weight.indicator: ZERO for weight in rules.weights}
    marks |= {code: rounded(value) for code, value in exact.items()}
    if exact:
        # max() keeps the first of equals, and the weights stand in the table's order.
        largest = max(exact, key=lambda code: exact[code])
        marks[largest] += FULL_SCORE - sum(marks.values(), ZERO)
    return marks


def _shared_out(kept: list[Weight], rules: Rules) -> dict[str, Fraction]:
    dimensions: dict[str, Fraction] = {}
    for weight in rules.weights:
        dimensions[weight.dimension] = dimensions.get(weight.dimension, Fraction(0)) + Fraction(
            weight.full_marks
        )
    held: dict[str, Fraction] = {}
    for weight in kept:
        held[weight.dimension] = held.get(weight.dimension, Fraction(0)) + Fraction(weight.full_marks)
    remaining = sum((dimensions[dimension] for dimension in held), Fraction(0))
    return {
        weight.indicator: Fraction(weight.full_marks)
        * (dimensions[weight.dimension] / held[weight.dimension])  # (a) inside the dimension
        * (Fraction(FULL_SCORE) / remaining)  # (b) from dimensions that are wholly empty
        for weight in kept
    }


def why_unranked(populations: Mapping[str, int], rules: Rules) -> str:
    """Return why a department has no place this period (§3 c), or an empty string when it has one."""
    filled = {weight.dimension for weight in rules.weights if populations.get(weight.indicator, 0)}
    if DECISIVE_DIMENSION not in filled:
        return NO_MATTERS
    if rules.empty == "within_dimension" and filled != {weight.dimension for weight in rules.weights}:
        return EMPTY_DIMENSION
    return ""


def score(facts: Mapping[str, Fact], rules: Rules) -> Score:
    """Turn the facts of one department (by indicator; missing ones are empty) into its lines and total."""
    populations = {code: fact.population for code, fact in facts.items()}
    unranked = why_unranked(populations, rules)
    marks = {} if unranked else adjusted_marks(populations, rules)
    lines = tuple(
        _line(weight, facts.get(weight.indicator, Fact()), marks.get(weight.indicator), rules)
        for weight in rules.weights
    )
    total = None if unranked else sum((line.points for line in lines if line.points is not None), ZERO)
    return Score(lines, total, unranked)


def _line(weight: Weight, fact: Fact, full_marks: Decimal | None, rules: Rules) -> Line:
    rate = fact.rate
    points = None
    if full_marks is not None:
        points = ZERO if rate is None else rounded(Fraction(full_marks) * share(weight.curve, rate))
    flags = (SMALL_SAMPLE,) if 0 < fact.population <= rules.small_sample else ()
    note = _sentence(weight, fact, full_marks, points)
    return Line(weight.indicator, fact.hits, fact.population, full_marks, points, flags, note)


def _sentence(weight: Weight, fact: Fact, full_marks: Decimal | None, points: Decimal | None) -> str:
    """Tell the arithmetic of one line in one sentence."""
    rate = fact.rate
    if rate is None:
        if full_marks is None:
            return "本期没有应计入的事项。"
        return f"本期没有应计入的事项，{plain(weight.full_marks)} 分移入其他指标。"
    counted = BY_CODE[weight.indicator]
    ratio = f"{plain(fact.hits)}/{fact.population}"
    facts = (
        f"{counted.noun} {fact.population} {'项' if counted.code == 'cooperation' else '件'}，"
        f"{counted.hit_noun} {plain(fact.hits)}，{ratio} = {percentage(rate)}"
    )
    if full_marks is None or points is None:
        return f"{facts}；本期不排名，不折算分数。"
    moved = full_marks - weight.full_marks
    marks = f"满分 {full_marks}" + (f"（原 {plain(weight.full_marks)}，移入 {moved}）" if moved else "")
    return f"{facts}；{marks}；{_product(weight.curve, rate, ratio, full_marks)} = {points} 分。"


def _product(curve: Curve, rate: Fraction, ratio: str, full_marks: Decimal) -> str:
    if curve.kind == "proportional":
        return f"{full_marks} × {ratio}"
    if rate >= Fraction(curve.threshold):
        return f"达到 {percentage(Fraction(curve.threshold))}，得满分 {full_marks} × 100%"
    lost = percentage(Fraction(curve.slope))
    kept = percentage(share(curve, rate))
    return f"低于 {percentage(Fraction(curve.threshold))}，每低一个百分点减 {lost}，{full_marks} × {kept}"

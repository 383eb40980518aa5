"""Reads for the pages: the month's table, a department's history, and why a score is what it is."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from scoring.formulas import Fact, rounded
from scoring.models import Scorecard, ScoreLine, ScoringRun
from scoring.rulebook import BESIDE, BY_CODE, INDICATORS
from taian_factors.directory.actors import Actor
from taian_factors.lib.periods import Period
from taian_factors.lib.prepared import Prepared, keep, slot


@dataclass(frozen=True)
class Cell:
    """One indicator of one department as it is printed: the line and its exact rate."""

    line: ScoreLine
    name: str
    rate: Fraction | None

    @property
    def bar(self) -> str:
        """The rate as a number between 0 and 100, for the thin bar."""
        return str(rounded((self.rate or 0) * Fraction(100)))

    @property
    def is_small_sample(self) -> bool:
        """Printed with the mark 样本不足, never hidden."""
        return "small_sample" in self.line.flags


@dataclass(frozen=True)
class Row:
    """A department in the table. ``change`` is places gained since last month (negative: lost), None: not known."""

    card: Scorecard
    cells: Sequence[Cell]
    change: int | None
    months: Sequence[str | None] = field(default_factory=tuple)

    @property
    def places_moved(self) -> int:
        """How many places, whichever way."""
        return abs(self.change or 0)


@dataclass(frozen=True)
class Table:
    """A run as it is printed: per group the rows with a place, and apart those without."""

    run: ScoringRun
    period: Period
    groups: Sequence[tuple[str, Sequence[Row]]]
    unranked: Sequence[Row]
    months: Sequence[Period] = ()

    @property
    def headings(self) -> list[tuple[str, str]]:
        """The indicators with the full marks that the version gives them."""
        weights = {weight["indicator"]: weight["full_marks"] for weight in self.run.rules["weights"]}
        return [(indicator.name, weights[indicator.code]) for indicator in INDICATORS]


def run_to_show(*, actor: Actor | None, period: Period, number: str | None = None) -> ScoringRun | None:
    """Return the run that the actor sees for a period: the one asked for, else published, preview, newest draft."""
    visible = ScoringRun.objects.visible_to(actor).of(period).select_related("rule_version")
    if number:
        return visible.filter(pk=number).first() if number.isdigit() else None
    runs = list(visible)
    for state in (ScoringRun.State.PUBLISHED, ScoringRun.State.PREVIEW):
        held = [run for run in runs if run.state == state and run.superseded_at is None]
        if held:
            return held[0]
    return next(iter(runs), None)


def periods_to_show(actor: Actor | None) -> list[Period]:
    """Return the periods of which the actor sees a run, the newest first."""
    keys = ScoringRun.objects.visible_to(actor).order_by().values_list("period", flat=True).distinct()
    return sorted(
        (Period.parse(key) for key in keys), key=lambda period: (period.end_day, period.kind), reverse=True
    )


def related(period: Period, shown: Sequence[Period]) -> list[tuple[str, Period]]:
    """Return where to go from a period, of those that are shown: before, after, what holds it, what it holds."""
    known = set(shown)
    found = [("上一期", period.shifted(-1)), ("下一期", period.shifted(1))]
    if period.kind == ScoringRun.Kind.MONTH:
        found += [("", longer) for longer in _around(period)]
    else:
        found += [("", month) for month in period.months]
        found += [
            ("", each) for each in shown if len(each.months) > 1 and each != period and _touch(each, period)
        ]
    return [(word, each) for word, each in dict.fromkeys(found) if each in known]


def _touch(one: Period, other: Period) -> bool:
    return bool(set(one.months) & set(other.months))


_CARDS: Prepared[Scorecard] = Prepared(lambda: Scorecard.objects.filter(run=slot("run")).in_order())
_LINES: Prepared[ScoreLine] = Prepared(lambda: ScoreLine.objects.filter(card__run=slot("run")))
_PLACES: Prepared[Scorecard] = Prepared(
    lambda: (
        Scorecard.objects.ranked()
        .filter(run__in=ScoringRun.objects.published().filter(period=slot("period")))
        .values_list("organization", "group", "place")
    )
)


def table(run: ScoringRun) -> Table:
    """Return a run's table with the change of place since the period before; three queries."""
    period = Period.parse(run.period)
    before = {(body, group): place for body, group, place in _PLACES.rows(period=period.shifted(-1).key)}
    months = () if run.kind == ScoringRun.Kind.MONTH else tuple(period.months)
    rows = [_row(card, before, months) for card in _cards(run)]
    groups: dict[str, list[Row]] = {}
    for row in rows:
        if row.card.place is not None:
            groups.setdefault(row.card.group, []).append(row)
    return Table(run, period, list(groups.items()), [row for row in rows if row.card.place is None], months)


def _cards(run: ScoringRun) -> list[Scorecard]:
    """Return the cards of a run in their order, each with its lines; two queries."""
    cards, lines = _CARDS(run=run.pk), defaultdict(list)
    for line in _LINES(run=run.pk):
        lines[line.card_id].append(line)
    for card in cards:
        keep(card, "lines", lines[card.pk])
    return cards


def _row(card: Scorecard, before: Mapping[tuple[int, str], int], months: Sequence[Period]) -> Row:
    # Among others a place means another thing: whoever changed the comparison group is compared with nobody.
    then = before.get((card.organization_id, card.group))
    change = None if then is None or card.place is None else then - card.place
    return Row(card, cells(card), change, tuple(card.months.get(month.key) for month in months))


def cells(card: Scorecard) -> list[Cell]:
    """Return the lines of a card, in the order of the table, with exact rates."""
    lines = sorted(card.lines.all(), key=lambda line: line.number)
    return [Cell(line, BY_CODE[line.indicator].name, Fact(line.hits, line.population).rate) for line in lines]


def beside(card: Scorecard) -> list[tuple[str, Fraction | None, str]]:
    """Return the figures without marks that the run's version prints: name, rate, and the count behind it."""
    return [(BESIDE[name], *_figure(card.beside.get(name))) for name in printed_beside(card.run)]


def printed_beside(run: ScoringRun) -> list[str]:
    """Return which figures without marks the version of a run prints, in the order of the table."""
    chosen = run.rules.get("beside", list(BESIDE))
    return [name for name in BESIDE if name in chosen]


def _figure(figure: Sequence[int] | int | None) -> tuple[Fraction | None, str]:
    if isinstance(figure, int):
        return None, f"{figure} 件"
    if not figure or not figure[1]:
        return None, "—"
    return Fraction(figure[0], figure[1]), f"{figure[0]} / {figure[1]}"


def history(*, organization_id: int, until: Period, kind: str = "month", limit: int = 12) -> list[Scorecard]:
    """Return a department's published cards up to a period, the oldest first; one query."""
    published = ScoringRun.objects.published().filter(kind=kind, period__lte=until.key)
    cards = Scorecard.objects.filter(organization=organization_id, run__in=published).select_related("run")
    return list(cards.order_by("-run__period")[:limit])[::-1]


def change_since_last(card: Scorecard, history: Sequence[Scorecard]) -> str:
    """Say what became of place and total since the month before; empty where one of the two has none."""
    last = Period.parse(card.run.period).shifted(-1).key
    before = next((each for each in history if each.run.period == last), None)
    if before is None or before.place is None or card.place is None:
        return ""
    gained = before.place - card.place
    moved = f"名次升 {gained} 位" if gained > 0 else f"名次降 {-gained} 位" if gained < 0 else "名次持平"
    if before.group != card.group:
        moved = "比较组不同，名次不作比较"
    return f"比上月（{last}）：{moved}，总分 {card.total - before.total:+.2f}"


def complete_periods() -> list[Period]:
    """Return the quarters, half-years and years of which every month is published, the newest first; one query."""
    keys = ScoringRun.objects.published().months().values_list("period", flat=True)
    months = {Period.parse(key) for key in keys}
    found = {
        longer
        for month in months
        for longer in _around(month)
        if all(part in months for part in longer.months)
    }
    return sorted(found, key=lambda period: (period.end_day, -len(period.months)), reverse=True)


def _around(month: Period) -> list[Period]:
    year, first = month.year, month.first_month - 1
    return [
        Period(year, first // 3 * 3 + 1, "quarter"),
        Period(year, first // 6 * 6 + 1, "half_year"),
        Period(year, 1, "year"),
    ]

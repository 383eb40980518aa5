"""Published results as open data: departments, places, totals, lines and n. Nothing about matters or people."""

import csv
from collections.abc import Iterator
from io import StringIO
from typing import Any

from scoring.formulas import SMALL_SAMPLE, plain
from scoring.models import Scorecard, ScoreLine, ScoringRun
from scoring.rulebook import BY_CODE
from taian_factors.lib.periods import Period, local_day
from taian_factors.lib.sheets import safe_text

# Stable: a column is never renamed or moved, new ones come last (docs/scoring.md §10).
COLUMNS = (
    "period", "department", "group", "place", "total",
    "indicator", "indicator_name", "hits", "n", "full_marks", "points", "small_sample",
)  # fmt: skip


def published_run(period: Period) -> ScoringRun | None:
    """Return the run that is published for a period, with its last correction; None when there is none."""
    return ScoringRun.objects.published().of(period).first()


def published_periods() -> list[Period]:
    """Return the periods with a published run, the newest first; one query."""
    keys = ScoringRun.objects.published().order_by().values_list("period", flat=True)
    return sorted(map(Period.parse, keys), key=lambda period: (period.end_day, period.kind), reverse=True)


def as_json(run: ScoringRun) -> dict[str, Any]:
    """Return a published run as plain data; numbers with decimals are strings, as in the commands."""
    cards = list(run.cards.in_order().prefetch_related("lines"))
    return {
        "period": run.period,
        "period_name": Period.parse(run.period).label,
        "rules": run.rules["version"],
        "published_on": f"{local_day(run.published_at):%Y-%m-%d}" if run.published_at else None,
        "correction": run.correction_number,
        "departments": [_card(card) for card in cards if card.place is not None],
        "unranked": [_card(card) for card in cards if card.place is None],
    }


def _card(card: Scorecard) -> dict[str, Any]:
    return {
        "department": card.name,
        "group": card.group,
        "place": card.place,
        "total": None if card.total is None else f"{card.total:.2f}",
        "lines": [_line(line) for line in sorted(card.lines.all(), key=lambda line: line.number)],
    }


def _line(line: ScoreLine) -> dict[str, Any]:
    return {
        "indicator": line.indicator,
        "indicator_name": BY_CODE[line.indicator].name,
        "hits": plain(line.hits),
        "n": line.population,
        "full_marks": None if line.full_marks is None else f"{line.full_marks:.2f}",
        "points": None if line.points is None else f"{line.points:.2f}",
        "small_sample": SMALL_SAMPLE in line.flags,
    }


def as_csv(run: ScoringRun) -> str:
    """Return a published run as CSV with a byte order mark, one row per department and indicator."""
    target = StringIO()
    target.write("\ufeff")  # spreadsheet programs take it for UTF-8 only with the mark
    writer = csv.writer(target)
    writer.writerow(COLUMNS)
    writer.writerows(_rows(as_json(run)))
    return target.getvalue()


def _rows(data: dict[str, Any]) -> Iterator[list[Any]]:
    for card in data["departments"] + data["unranked"]:
        for line in card["lines"]:
            row = {"period": data["period"], **card, **line}
            yield [_cell(row[column]) for column in COLUMNS]


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return int(value)
    return safe_text(value) if isinstance(value, str) else value

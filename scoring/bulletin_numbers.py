"""Reads: everything that a bulletin prints as a number, written out once and kept with it."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db.models import Count

from scoring import call_backs, office_clocks, standings
from scoring.formulas import percentage, plain
from scoring.models import CountedInput, ScoringRun
from scoring.rulebook import BESIDE, INDICATORS
from taian_factors.lib.periods import Period


def numbers_of(run: ScoringRun) -> dict[str, Any]:
    """Return everything that the paper prints as numbers, already written out; eight queries."""
    table = standings.table(run)
    period = Period.parse(run.period)
    return {
        "rules": run.rules["version"],
        "run": run.pk,
        "headings": [[name, marks] for name, marks in table.headings],
        "months": [month.label for month in table.months],
        "groups": [{"name": name, "rows": [_row(row) for row in rows]} for name, rows in table.groups],
        "unranked": [_row(row) for row in table.unranked],
        "totals": _totals(table),
        "beside_names": [BESIDE[name] for name in standings.printed_beside(run)],
        "exclusions": _exclusions(run),
        "clocks": [_clock(clock) for clock in office_clocks.own_clocks(period)],
        "whistles": [list(row) for row in office_clocks.whistles(period)],
        "call_backs": _call_backs(period),
    }


def _row(row: standings.Row) -> dict[str, Any]:
    card = row.card
    return {
        "place": card.place,
        "code": card.code,
        "name": card.name,
        "short": card.short,
        "total": "—" if card.total is None else f"{card.total:.2f}",
        "lines": [_line(cell) for cell in row.cells],
        "months": ["—" if total is None else total for total in row.months],
        "backlog": card.beside.get("backlog", 0),
        "beside": [
            [name, count if rate is None else percentage(rate), count]
            for name, rate, count in standings.beside(card)
        ],
    }


def _line(cell: standings.Cell) -> dict[str, Any]:
    line = cell.line
    points, marks = line.points or Decimal(0), line.full_marks or Decimal(0)
    return {
        "name": cell.name,
        "hits": plain(line.hits),
        "population": line.population,
        "rate": percentage(cell.rate),
        "share": str(cell.rate) if cell.rate is not None else "1",
        "points": f"{points:.2f}",
        "full_marks": f"{marks:.2f}",
        "lost": f"{marks - points:.2f}",
        "small_sample": cell.is_small_sample,
    }


def _totals(table: standings.Table) -> list[dict[str, Any]]:
    rows = [row for _, group in table.groups for row in group] + list(table.unranked)
    found = []
    for number, indicator in enumerate(INDICATORS):
        lines = [row.cells[number].line for row in rows]
        hits = sum((line.hits for line in lines), Decimal(0))
        population = sum(line.population for line in lines)
        found.append(
            {
                "indicator": indicator.code,
                "name": indicator.name,
                "hits": plain(hits),
                "population": population,
                "rate": percentage(Fraction(hits) / population if population else None),
            }
        )
    return found


def _exclusions(run: ScoringRun) -> list[list[Any]]:
    """Count what was excluded in the pooled months, per department and reason."""
    left_out = CountedInput.objects.filter(run__in=run.pooled, left_out=CountedInput.LeftOut.EXCLUDED)
    records = (
        Count("assignment", distinct=True)
        + Count("review", distinct=True)
        + Count("duty_record", distinct=True)
    )
    grouped = left_out.values("organization__short", "reason").annotate(records=records)
    ordered = grouped.order_by("organization__position", "organization__code", "reason")
    return [[row["organization__short"], row["reason"], row["records"]] for row in ordered]


def _clock(clock: office_clocks.OwnClock) -> dict[str, Any]:
    return {
        "name": clock.name,
        "hits": clock.hits,
        "population": clock.population,
        "rate": percentage(clock.rate),
    }


def _call_backs(period: Period) -> dict[str, Any]:
    found = call_backs.in_all(call_backs.by_body(period))
    return {
        "drawn": found.drawn,
        "reached": found.reached,
        "mismatches": found.mismatches,
        "rate": percentage(found.mismatch_rate),
    }

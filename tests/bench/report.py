"""What was measured, as one table with verdicts; a limit that is broken fails ``make bench``."""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Figure:
    """One line of the table: a number with its unit, and the limit that it must keep (None: for information).

    ``floor`` is what the plainest page took in the same moments; 0 where nobody looked.
    """

    name: str
    value: float
    unit: str
    limit: float | None = None
    note: str = ""
    floor: float = 0

    @property
    def keeps(self) -> bool:
        """Stays within its limit."""
        return self.limit is None or self.value <= self.limit

    @property
    def verdict(self) -> str:
        """One word for the table."""
        if self.limit is None:
            return ""
        return "ok" if self.keeps else "TOO MUCH"


@dataclass
class Report:
    """All figures of a run, in the order in which they were taken."""

    figures: list[Figure] = field(default_factory=list)

    def add(
        self,
        name: str,
        value: float,
        unit: str,
        limit: float | None = None,
        note: str = "",
        floor: float = 0,
    ) -> Figure:
        """Note a figure."""
        figure = Figure(name, value, unit, limit, note, floor)
        self.figures.append(figure)
        return figure

    def lines(self) -> list[str]:
        """Return the table."""
        rows = [("what", "measured", "limit", "", "beside it")]
        for figure in self.figures:
            limit = "" if figure.limit is None else f"{figure.limit:g} {figure.unit}"
            rows.append(
                (figure.name, f"{figure.value:,.2f} {figure.unit}", limit, figure.verdict, figure.note)
            )
        widths = [max(len(row[place]) for row in rows) for place in range(4)]
        return ["  ".join(_padded(row, widths)).rstrip() for row in rows]


def _padded(row: tuple[str, ...], widths: Sequence[int]) -> list[str]:
    name, measured, limit, verdict, note = row
    first, second, third, fourth = widths
    return [name.ljust(first), measured.rjust(second), limit.rjust(third), verdict.ljust(fourth), note]


def broken(figures: Sequence[Figure]) -> list[str]:
    """Return those that do not keep their limit, in words."""
    return [f"{f.name}: {f.value:.2f} {f.unit}, at most {f.limit:g}" for f in figures if not f.keeps]


def timed(work: Callable[[], Any]) -> float:
    """Run ``work`` and return the seconds that it took."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def median(taken: Sequence[float]) -> float:
    """Return the median."""
    return statistics.median(taken)


def p95(taken: Sequence[float]) -> float:
    """Return the 95th percentile, the larger of two neighbours."""
    return sorted(taken)[min(len(taken) - 1, int(len(taken) * 0.95))]

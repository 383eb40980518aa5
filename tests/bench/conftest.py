"""What the measurements share: their size, and a clock with medians.

``BENCH_SCALE`` (a fraction, 1 by default) makes the tables smaller for a quick look.
"""

import os
import statistics
import time
from collections.abc import Callable
from typing import Any

SCALE = float(os.environ.get("BENCH_SCALE", "1"))


def scaled(number: int) -> int:
    """Return ``number`` at the chosen scale."""
    return max(1, int(number * SCALE))


def timed(work: Callable[[], Any], *, times: int) -> list[float]:
    """Run ``work`` and return the seconds that each run took, in ascending order; one run before does not count."""
    work()
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        work()
        taken.append(time.perf_counter() - started)
    return sorted(taken)


def median(taken: list[float]) -> float:
    """Return the median."""
    return statistics.median(taken)


def p95(taken: list[float]) -> float:
    """Return the 95th percentile, the larger of two neighbours."""
    return taken[min(len(taken) - 1, int(len(taken) * 0.95))]

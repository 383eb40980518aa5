"""The leader's big screen (大屏): a fair in six numbers and one chart, counted from the records, without names."""

from collections import Counter
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.core.cache import cache

from fairs.models import Fair, Ticket
from fairs.ratings import satisfaction_of
from requests_desk.fair_needs import COMPLETED, FairNeed, counted, needs_of, numbers_at

FRESH = 3  # seconds for which one count serves everybody who looks
NOTHING = "—"


@dataclass(frozen=True)
class Number:
    """One of the six, large; ``note`` says beside it what it is a part of."""

    label: str
    value: str
    unit: str
    note: str = ""


@dataclass(frozen=True)
class Hour:
    """Needs that were taken on in an hour, and how many of them were completed on the spot."""

    hour: int
    received: int
    completed: int

    @property
    def label(self) -> str:
        """The hour as the chart says it."""
        return f"{self.hour} 时"


@dataclass(frozen=True)
class BigScreen:
    """What the screen shows; ``hours`` has no gap between the first and the last."""

    numbers: tuple[Number, ...]
    hours: tuple[Hour, ...]


def big_screen(fair: Fair) -> BigScreen:
    """Return what the screen shows, counted at most three seconds ago; five queries, or none."""
    key = f"big-screen:{fair.pk}"
    found: BigScreen | None = cache.get(key)
    if found is None:
        found = count(fair)
        cache.set(key, found, timeout=FRESH)
    return found


def count(fair: Fair) -> BigScreen:
    """Count the records of a fair now; five queries."""
    filed = numbers_at(fair)
    needs = needs_of(fair, filed)
    counts, rated = counted(needs), satisfaction_of(fair)
    waiting = Ticket.objects.waiting().filter(stall__fair=fair).count()
    rate = rated.satisfied_rate
    numbers = (
        Number("到场企业", f"{fair.visits.count():,}", "家"),
        Number("正在等候", f"{waiting:,}", "个号"),
        Number("现场受理", f"{counts.received:,}", "项", _not_yet(len(filed) - counts.received)),
        Number("现场办结", f"{counts.completed:,}", "项"),
        Number("拿出方案", f"{counts.planned:,}", "项"),
        Number("大集满意率", _percent(rate), "", f"{rated.n} 家测评"),
    )
    return BigScreen(numbers, _hours(needs))


def _not_yet(filed: int) -> str:
    return f"另有 {filed} 项待受理" if filed > 0 else ""


def _percent(rate: Decimal | None) -> str:
    if rate is None:
        return NOTHING
    return f"{(rate * 100).quantize(Decimal('0.1'), ROUND_HALF_UP)}%"


def _hours(needs: list[FairNeed]) -> tuple[Hour, ...]:
    received = Counter(need.hour for need in needs)
    completed = Counter(need.hour for need in needs if need.result == COMPLETED)
    if not received:
        return ()
    return tuple(
        Hour(hour, received[hour], completed[hour]) for hour in range(min(received), max(received) + 1)
    )

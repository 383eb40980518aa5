"""What a ledger adds up to, exactly as far as a page can count: to ten thousand, then it says so."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import CharField, Count, Q, Sum, Value

from requests_desk.deadlines import Light
from requests_desk.querysets import FactorRequestQuerySet, shows
from requests_desk.workflow import OPEN, State

MOST = 10_000  # requests that a page counts
MANY = 99  # beside a view
_DONE = [State.COMPLETED, State.CONFIRMED, State.WRITTEN_OFF]


@dataclass(frozen=True)
class Tally:
    """What the rows of a ledger add up to; ``quantities`` are (unit, sum), the commonest unit first.

    ``is_more``: there are more than could be counted; the numbers hold for the first of them and are not shown.
    """

    total: int
    open: int
    red: int
    done: int
    is_more: bool
    quantities: list[tuple[str, Decimal]]


def tally(requests: FactorRequestQuerySet, *, at: datetime) -> Tally:
    """Add up a ledger, all its pages, in two queries. Quantities of different units are never added."""
    counted = requests.order_by()[: MOST + 1].aggregate(
        total=Count("pk"),
        open=Count("pk", filter=Q(state__in=OPEN, is_historic=False)),
        red=Count("pk", filter=shows(Light.RED, at=at)),
        done=Count("pk", filter=Q(state__in=_DONE)),
    )
    is_more = counted["total"] > MOST
    return Tally(
        **{**counted, "total": min(counted["total"], MOST)},
        is_more=is_more,
        quantities=[] if is_more else _quantities(requests),
    )


def _quantities(requests: FactorRequestQuerySet) -> list[tuple[str, Decimal]]:
    with_one = requests.filter(quantity__isnull=False).order_by()
    by_unit = with_one.values("unit").annotate(sum=Sum("quantity"), n=Count("pk")).order_by("-n", "unit")
    return [(row["unit"], row["sum"]) for row in by_unit]


def numbers(lists: Sequence[FactorRequestQuerySet]) -> list[int]:
    """Count each of some lists as far as ``MANY`` and one, all in one query."""
    found = [0] * len(lists)
    marked = [
        each.order_by()
        .annotate(which=Value(str(place), CharField()))
        .values_list("which", flat=True)[: MANY + 1]
        for place, each in enumerate(lists)
    ]
    if not marked:
        return found
    first, *others = marked
    for which in first.union(*others, all=True) if others else first:
        found[int(which)] += 1
    return found

"""Pages of a list, and the question "whole page or fragment?" for htmx."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest

PER_PAGE = 50
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# The moment, the id and the number of a row at which a long list was left.
Place = tuple[datetime, int, int]


def paginate(
    request: HttpRequest | int | str, rows: Any, per_page: int = PER_PAGE, *, count: int | None = None
) -> "Page[Any]":
    """Return one page of ``rows`` (a queryset in a fixed order, or a list).

    ``request`` carries ``?page=``, or is the number itself. A number that is none gives the first page, one beyond
    the end gives the last: an address that was shared yesterday still shows something. A ``count`` that is known is
    not asked for again.
    """
    number = request if isinstance(request, int | str) else request.GET.get("page", 1)
    paginator = Paginator(rows, per_page)
    if count is not None:
        paginator.count = count
    return paginator.get_page(number)


def up_to(rows: QuerySet[Any], most: int) -> int:
    """Count rows, and stop at ``most``: enough for a number that only says how busy somebody is."""
    return rows.order_by()[:most].count()


def many(count: int, most: int) -> int | str:
    """Write a number that was counted ``up_to`` the most: 99+ where there may be more."""
    return f"{most - 1:,}+" if count >= most else count


def wants_fragment(request: HttpRequest) -> bool:
    """Say whether htmx (or a polling page) asks for the fragment alone; going back asks for the whole page."""
    htmx: Any = getattr(request, "htmx", None)
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request


@dataclass(frozen=True)
class Order:
    """An order in which a long list can be walked: by one field that is never empty, then by id; needs an index."""

    field: str
    is_descending: bool = True

    def names(self, *, backwards: bool = False) -> list[str]:
        """Return what ``order_by`` wants."""
        sign = "-" if self.is_descending != backwards else ""
        return [f"{sign}{self.field}", f"{sign}pk"]


@dataclass(frozen=True)
class Stretch:
    """Some rows of a long list, with the places before and behind them; ``first`` counts from one."""

    rows: list[Any]
    first: int
    before: str | None
    after: str | None

    @property
    def last(self) -> int:
        """The number of the last row."""
        return self.first + len(self.rows) - 1


def stretch(
    request: HttpRequest,
    rows: QuerySet[Any],
    order: Order,
    per_page: int = PER_PAGE,
    *,
    load: Callable[[QuerySet[Any]], list[Any]] | None = None,
) -> Stretch:
    """Return the rows that follow (``?after=``) or precede (``?before=``) a place; without one the first rows.

    Costs the same at any depth and never counts. A place that is none shows the first rows. ``load`` makes of the
    few rows that are found what is shown of them, in their order.
    """
    backwards = "before" in request.GET and "after" not in request.GET
    place = _place(request.GET.get("before" if backwards else "after", ""))
    if place is None:
        backwards = False
    names = order.names(backwards=backwards)
    here = _beyond(rows, order, place, backwards).order_by(*names)[: per_page + 1]
    found = load(here) if load else list(here)
    has_more, found = len(found) > per_page, found[:per_page]
    if backwards:
        found.reverse()
    first = 1 if place is None else max(1, place[2] - len(found) if backwards else place[2] + 1)
    ends = [found[0], found[-1]] if found else []
    has_before, has_after = (has_more, True) if backwards else (place is not None, has_more)
    return Stretch(
        found,
        first,
        _name(ends[0], order, first) if ends and has_before else None,
        _name(ends[-1], order, first + len(found) - 1) if ends and has_after else None,
    )


def _beyond(rows: QuerySet[Any], order: Order, place: Place | None, backwards: bool) -> QuerySet[Any]:
    if place is None:
        return rows
    value, pk, _ = place
    way = "lt" if order.is_descending != backwards else "gt"
    # The first condition is one that an index serves; the second one sorts out those of the very same moment.
    return rows.filter(
        Q(**{f"{order.field}__{way}": value}) | Q(**{f"pk__{way}": pk}), **{f"{order.field}__{way}e": value}
    )


def _name(row: Any, order: Order, number: int) -> str:
    """Write the place of a row into an address: moment, id, number in the list."""
    since = getattr(row, order.field) - _EPOCH
    return f"{since // timedelta(microseconds=1)}.{row.pk}.{number}"


def _place(name: str) -> Place | None:
    parts = name.split(".")
    if len(parts) != 3 or not all(re.fullmatch(r"[0-9]{1,17}", part) for part in parts):
        return None
    since, pk, number = map(int, parts)
    return _EPOCH + timedelta(microseconds=since), pk, number

"""Pages of a list, and the question "whole page or fragment?" for htmx."""

from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest

PER_PAGE = 50


def paginate(request: HttpRequest | int | str, rows: Any, per_page: int = PER_PAGE) -> "Page[Any]":
    """Return one page of ``rows`` (a queryset in a fixed order, or a list).

    ``request`` carries ``?page=``, or is the number itself. A number that is none gives the first page, one beyond
    the end gives the last: an address that was shared yesterday still shows something.
    """
    number = request if isinstance(request, int | str) else request.GET.get("page", 1)
    return Paginator(rows, per_page).get_page(number)


def wants_fragment(request: HttpRequest) -> bool:
    """Say whether htmx (or a polling page) asks for the fragment alone; going back asks for the whole page."""
    htmx: Any = getattr(request, "htmx", None)
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request

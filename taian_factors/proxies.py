"""Whose address a request comes from, where proxies stand in front."""

from collections.abc import Callable
from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest, HttpResponse


def client_address(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Put the client's address in REMOTE_ADDR, for everybody who counts or hashes addresses.

    Each trusted proxy appends whom it heard; what stands further left may have been written by anybody.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        request.META["REMOTE_ADDR"] = believed(
            request.META["REMOTE_ADDR"],
            request.META.get("HTTP_X_FORWARDED_FOR", ""),
            proxies=settings.TRUSTED_PROXIES,
        )
        return get_response(request)

    return middleware


def believed(connection: str, forwarded: str, *, proxies: int) -> str:
    """Return the address that the outermost trusted proxy heard, or the connection's own where that says nothing."""
    heard = [part.strip() for part in forwarded.split(",")]
    if proxies < 1 or len(heard) < proxies:
        return connection
    try:
        return str(ip_address(heard[-proxies]))
    except ValueError:
        return connection

"""Answers who polls a hall screen or a phone and has seen the newest state already: 304, without a query or a session.

Two thousand phones ask every three seconds, and nearly always nothing has changed for them. This stands before all
other middleware: no session is opened, no line of log is written. Whatever it cannot answer goes the usual way.
"""

import re
from collections.abc import Callable
from functools import cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.urls import reverse

from fairs import board, doors, sharing


def unchanged(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Answer 304 where the poller's ETag names what it would be shown now."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if "HTTP_HX_REQUEST" in request.META and (found := _polled().fullmatch(request.path_info)):
            # Who is signed in makes no difference on an open page, so nobody is looked up.
            request.COOKIES.pop(settings.SESSION_COOKIE_NAME, None)
            known = request.META.get("HTTP_IF_NONE_MATCH")
            if request.method == "GET" and known and known == _tag(**found.groupdict()):
                answer = HttpResponseNotModified()
                answer["ETag"] = known
                return answer
        return get_response(request)

    return middleware


def _tag(*, screen: str | None, zone: str | None, phone: str | None) -> str | None:
    """Name what a poller would be shown now; None for an unknown word, and for a visit that has just come in."""
    if phone is not None:
        place = doors.visit_of(phone)
        if place is None:
            return None
        picture = sharing.current(place[0]).picture
        return board.phone_tag(picture, place[1]) if place[1] in picture.of_visit else None
    fair = doors.fair_of(screen or "")
    return None if fair is None else board.screen_tag(sharing.current(fair).picture, zone or "")


@cache
def _polled() -> "re.Pattern[str]":
    """The addresses that are polled, as ``fairs.urls`` has them."""
    screen = reverse("fairs:hall_screen", args=["TOKEN"]).replace("TOKEN", "(?P<screen>[^/]+)")
    phone = reverse("fairs:ticket", args=["TOKEN"]).replace("TOKEN", "(?P<phone>[^/]+)")
    return re.compile(f"{screen}(?:(?P<zone>[^/]+)/)?|{phone}")

"""Marks the devices on which staff have signed in, so that a review from one of them can be looked at."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from requests_desk import devices


def staff_device(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Leave a mark on each device of staff; an enterprise's stays unmarked."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        actor = getattr(request, "actor", None)
        if actor and not actor.is_enterprise and not devices.read(request, devices.STAFF):
            devices.leave(response, devices.STAFF, "staff")
        return response

    return middleware

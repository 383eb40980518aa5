"""Puts the actor on the request: the membership in use, or the first one that runs."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from taian_factors.directory.actors import SESSION_KEY, Actor
from taian_factors.directory.models import Membership
from taian_factors.lib.pages import wants_fragment
from taian_factors.lib.periods import local_day
from taian_factors.lib.prepared import Prepared, slot

_RUNNING: Prepared[Membership] = Prepared(
    lambda: (
        Membership.objects.running_on(slot("day"))
        .filter(user=slot("user"))
        .select_related("organization")
        .order_by("pk")
    )
)


def actor(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Set ``request.actor`` (an Actor, or None for strangers and for people without a running membership)."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.actor = _find(request) if request.user.is_authenticated else None  # type: ignore[attr-defined]
        if request.user.is_authenticated and not _is_polling(request):
            request.session.prolong()
        return get_response(request)

    return middleware


def _is_polling(request: HttpRequest) -> bool:
    """Say whether a page asks by itself: one that is left open overnight keeps nobody signed in."""
    return request.method == "GET" and wants_fragment(request)


def _find(request: HttpRequest) -> Actor | None:
    running = _RUNNING(day=local_day(timezone.now()), user=request.user.pk)
    wanted = request.session.get(SESSION_KEY)
    chosen = next((m for m in running if m.pk == wanted), None) or next(iter(running), None)
    return Actor(request.user, chosen.organization, chosen.role) if chosen else None

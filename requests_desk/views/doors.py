"""Who may come in: the first line of the office's views. Not visible is 404, visible but not allowed is 403."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from requests_desk.journal import NotAllowedError, RefusedError, WrongStateError
from requests_desk.models import FactorRequest
from requests_desk.permissions import may_run_the_desk
from taian_factors.directory.actors import Actor


def staff(request: HttpRequest) -> Actor:
    """Let in everybody who acts for a public body or an institution; enterprises have pages of their own."""
    actor: Actor | None = request.actor  # type: ignore[attr-defined]
    if actor is None or actor.is_enterprise:
        raise Http404
    return actor


def office(request: HttpRequest) -> Actor:
    """Let in the office, its auditors included."""
    actor = staff(request)
    if not actor.is_office:
        raise Http404
    return actor


def desk(request: HttpRequest) -> Actor:
    """Let in the office's clerks and leads, who act; its auditors see and may not."""
    actor = office(request)
    if not may_run_the_desk(actor):
        raise PermissionDenied
    return actor


def status_of(error: RefusedError) -> int:
    """Return the HTTP status of a refusal: 409 in a wrong state, 422 otherwise; not by this actor is a 403."""
    if isinstance(error, NotAllowedError):
        raise PermissionDenied from error
    return 409 if isinstance(error, WrongStateError) else 422


def named(actor: Actor, numbers: list[str]) -> list[FactorRequest]:
    """Return the requests of these numbers that the actor sees, with their parts; others are passed over."""
    seen = FactorRequest.objects.visible_to(actor).filter(number__in=numbers)
    return list(seen.with_parts().order_by("pk"))

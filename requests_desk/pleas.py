"""What an enterprise wants looked at once more (提出异议、申请重新办理), until the office answers. Never writes."""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, QuerySet

from requests_desk.models import FactorRequest, RequestEvent
from requests_desk.models.events import PLEAS
from taian_factors.directory.actors import Actor

ANSWERS = ("uphold", "reopen", "reconsider")


def open_plea(events: Iterable[RequestEvent]) -> RequestEvent | None:
    """Return what waits for an answer among a request's events, the oldest first; None when nothing does."""
    found = None
    for event in events:
        if event.verb in PLEAS:
            found = event
        elif event.verb in ANSWERS:
            found = None
    return found


def has_plea(factor_request: FactorRequest) -> bool:
    """Say whether something waits for an answer; one query."""
    events = factor_request.events.filter(verb__in=(*PLEAS, *ANSWERS)).order_by("pk")
    return open_plea(events) is not None


def waiting_pleas(actor: Actor) -> QuerySet[RequestEvent]:
    """Return what waits for the office's answer, the oldest first; the office sees all."""
    if not actor.is_office:
        return RequestEvent.objects.none()
    return unanswered().select_related("factor_request__enterprise").order_by("at", "pk")


def unanswered() -> QuerySet[RequestEvent]:
    """Return what was asked and has no answer yet, whoever looks."""
    later = RequestEvent.objects.filter(
        factor_request=OuterRef("factor_request"), verb__in=ANSWERS, pk__gt=OuterRef("pk")
    )
    return RequestEvent.objects.filter(verb__in=PLEAS).filter(~Exists(later))

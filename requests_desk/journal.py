"""The one way to change a request: ``begin`` locks it and asks the table, ``move`` or ``record`` saves the named
fields and writes one event.

Nothing else assigns ``state``; a house test looks for it.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from requests_desk.models import Assignment, FactorRequest, RequestEvent
from requests_desk.permissions import parties
from requests_desk.workflow import MOVES, RECORDS, STEPS, Party, State, allows
from taian_factors.directory.actors import Actor


class RefusedError(Exception):
    """A move or record that is not allowed; ``str()`` is a Chinese sentence for the person who tried.

    ``field`` names the form field that it is about, where there is one.
    """

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class WrongStateError(RefusedError):
    """The request is not (or no longer) in a state from which the verb may be done."""


class NotAllowedError(RefusedError):
    """The actor is not a party that may do the verb."""


def begin(verb: str, factor_request: FactorRequest, actor: Actor) -> Party:
    """Lock the request, bring the object up to date, and ask the table; every verb starts here.

    Returns what the actor is to the request.

    Raises:
        NotAllowedError: not by this party. WrongStateError: not from this state.
    """
    fresh = FactorRequest.objects.select_for_update(of=("self",), no_key=True)
    factor_request.refresh_from_db(from_queryset=fresh)
    found, step = parties(actor, factor_request), STEPS[verb]
    if not step.by & found:
        raise NotAllowedError(f"您不能对 {factor_request.number} 作“{step.label}”：这不是您的职责。")
    if not allows(verb, factor_request.state, found):
        now = State(factor_request.state).label
        raise WrongStateError(
            f"{factor_request.number} 现在是“{now}”，不能“{step.label}”。页面可能已过时，请刷新后再看。"
        )
    return found


def move(
    verb: str,
    factor_request: FactorRequest,
    *,
    actor: Actor,
    at: datetime,
    text: str = "",
    detail: dict[str, Any] | None = None,
    assignment: Assignment | None = None,
    **changes: Any,
) -> RequestEvent:
    """Make one move of the table, after ``begin``; ``changes`` are fields saved with the state."""
    step = MOVES[verb]
    before = factor_request.state
    assert before in step.from_states
    assert step.to is not None
    for field, value in {"state": step.to, **changes}.items():
        setattr(factor_request, field, value)
    factor_request.save(update_fields=["state", *changes])
    return _write(_event(verb, factor_request, before, actor, at, text, detail, assignment))


def record(
    verb: str,
    factor_request: FactorRequest,
    *,
    actor: Actor,
    at: datetime,
    text: str = "",
    detail: dict[str, Any] | None = None,
    assignment: Assignment | None = None,
    is_internal: bool = False,
    **changes: Any,
) -> RequestEvent:
    """Write one event that leaves the state alone: a record of the table, or one that the system makes."""
    assert verb in RECORDS or verb not in MOVES
    for field, value in changes.items():
        setattr(factor_request, field, value)
    if changes:
        factor_request.save(update_fields=list(changes))
    state = factor_request.state
    return _write(_event(verb, factor_request, state, actor, at, text, detail, assignment, is_internal))


def birth(factor_request: FactorRequest, *, actor: Actor, at: datetime, verb: str = "file") -> RequestEvent:
    """Write the first event of a request that was just created."""
    return _write(_event(verb, factor_request, "", actor, at))


def births(factor_requests: Iterable[FactorRequest], *, actor: Actor, at: datetime) -> None:
    """Write the first events of many requests that were just created, in one statement.

    They are told already: who files hundreds at once knows of them, and a notice each would bury every other one.
    """
    events = [_event("file", born, "", actor, at) for born in factor_requests]
    for event in events:
        event.announced_at = at
    RequestEvent.objects.bulk_create(events)


def _write(event: RequestEvent) -> RequestEvent:
    event.save(force_insert=True)
    return event


def _event(
    verb: str,
    factor_request: FactorRequest,
    from_state: str,
    actor: Actor,
    at: datetime,
    text: str = "",
    detail: dict[str, Any] | None = None,
    assignment: Assignment | None = None,
    is_internal: bool = False,
) -> RequestEvent:
    return RequestEvent(
        factor_request=factor_request,
        assignment=assignment,
        verb=verb,
        from_state=from_state,
        to_state=factor_request.state,
        user=actor.user,
        organization=actor.organization,
        at=at,
        text=text,
        detail=detail or {},
        is_internal=is_internal,
    )


def needed(text: str, field: str, message: str) -> str:
    """Return ``text`` without blanks around it; refuse an empty one with ``message`` at ``field``."""
    if not text.strip():
        raise RefusedError(message, field)
    return text.strip()

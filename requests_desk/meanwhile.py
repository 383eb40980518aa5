"""What others did between the drawing of a page and the sending of its form.

The one answer to concurrent edits: a form carries the newest event that its page showed; before its verb runs, the
requests are locked and asked for newer events by others. Then nothing is done: the form comes back with its words
and with what happened, and may be sent again.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import Max, Q

from requests_desk import ledger
from requests_desk.journal import WrongStateError
from requests_desk.models import FactorRequest, RequestEvent
from requests_desk.telling import Line, line
from requests_desk.workflow import State
from taian_factors.directory.actors import Actor
from taian_factors.lib.differences import Segment, compare

Seen = Mapping[int, int]  # id of a request: the newest event that the page showed
AGAIN = "您填写期间情况有变化，这次还没有提交。请看过变化再决定；您写的内容都还在，可以再提交。"
QUIET = {"remind"}  # the clock's own voice changes nothing


@dataclass(frozen=True)
class News:
    """One thing that happened meanwhile: to what, who and when, from which state to which, with which words."""

    about: str
    line: Line
    before: str = ""
    after: str = ""
    words: str = ""
    beside: list[Segment] = field(default_factory=list)


class ChangedError(WrongStateError):
    """Somebody else was quicker; ``news`` says what they did. The form may be sent again."""

    def __init__(self, news: list[News], message: str = AGAIN) -> None:
        super().__init__(message)
        self.news = news


def newest(factor_requests: Iterable[int]) -> dict[int, int]:
    """Return the newest event of each request, for a form to carry; one query."""
    asked = list(factor_requests)
    found = RequestEvent.objects.filter(factor_request__in=asked).order_by()
    return dict(found.values_list("factor_request").annotate(Max("pk")))


def check(seen: Seen, *, actor: Actor, mine: str = "") -> None:
    """Lock the requests of ``seen`` until the transaction ends; refuse when others did something to one of them.

    ``mine`` are the words that the actor was about to send; what others wrote is laid beside them.

    Raises:
        ChangedError: with the news.
    """
    locked = FactorRequest.objects.filter(pk__in=seen).order_by("pk")
    list(locked.select_for_update(of=("self",), no_key=True).values_list("pk"))
    if found := news(seen, actor=actor, mine=mine):
        raise ChangedError(found)


def news(seen: Seen, *, actor: Actor, mine: str = "") -> list[News]:
    """Return what others did to the requests after the events of ``seen``, as far as the actor may see it."""
    if not seen:
        return []
    later = Q()
    for pk, event in seen.items():
        later |= Q(factor_request=pk, pk__gt=event)
    events = ledger.readable(actor, RequestEvent.objects.filter(later)).exclude(verb__in=QUIET)
    others = events.exclude(user=actor.user) if actor.user else events
    return [_told(event, actor, mine) for event in others.select_related("factor_request")]


def _told(event: RequestEvent, actor: Actor, mine: str) -> News:
    moved = event.from_state and event.from_state != event.to_state
    before, after = (State(event.from_state).label, State(event.to_state).label) if moved else ("", "")
    beside = compare(event.text, mine) if event.text and mine else []
    about = f"{event.factor_request.number} {event.factor_request.headline}"
    return News(about, line(event, for_enterprise=actor.is_enterprise), before, after, event.text, beside)

"""What one body has to do: the next move of each matter, and by when. Never writes.

A row is a running assignment: a body stands once in a request, so nothing is added up, and the partial index of
what is in hand keeps the cost to what the body holds, however many matters the ledger has.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.db.models import (
    Case,
    Count,
    F,
    FilteredRelation,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Least

from requests_desk.deadlines import Light, days_left, light, worst
from requests_desk.models import Assignment, FactorRequest
from requests_desk.models.assignments import WORKLIST
from requests_desk.workflow import HANDLED, RUNNING, label_of
from taian_factors.directory.actors import Actor
from taian_factors.directory.models import CalendarYear, Factor, Organization
from taian_factors.lib.periods import at_local, local_day
from taian_factors.lib.prepared import Prepared, any_of, slot
from taian_factors.lib.workdays import END_OF_DAY, WorkCalendar

MANY = 100  # beside an entry of the navigation more than this is not counted
_SILENT = Q(replied_at__isnull=True)
_LEADING = Q(part=Assignment.Part.LEAD)
_NEW = _SILENT & Q(acknowledged_at__isnull=True)
# Else a joint table or an open call is waited for. They are few, so they are named instead of all the others.
_HANDLED = ~Q(
    factor_request__in=FactorRequest.objects.filter(state__in=sorted(RUNNING - HANDLED)).values("pk")
)
_WHISTLED = Q(open_whistle__isnull=False)
# which rows wait for which move
MOVES = {
    "report_in": _WHISTLED,
    "acknowledge": _NEW & ~_WHISTLED,
    "reply": _SILENT & Q(acknowledged_at__isnull=False) & ~_WHISTLED & _HANDLED,
    "complete": ~_SILENT & ~_WHISTLED & _HANDLED,
}


@dataclass(frozen=True)
class Todo:
    """One matter on a worklist: the move that is next, by when, and the light of one's own clocks.

    ``verb`` is empty while a joint table or an open call is waited for.
    """

    assignment: Assignment
    verb: str
    due_at: datetime | None
    left: int | None
    light: Light

    @property
    def factor_request(self) -> FactorRequest:
        """The matter."""
        return self.assignment.factor_request

    @property
    def what(self) -> str:
        """The move in Chinese."""
        return label_of(self.verb) if self.verb else f"等待{self.factor_request.get_state_display()[:4]}"

    @property
    def is_today(self) -> bool:
        """It must be done today."""
        return self.assignment.is_today

    @property
    def is_whistled(self) -> bool:
        """The enterprise has whistled."""
        return self.verb == "report_in"


def held(body: Organization | Value) -> QuerySet[Assignment]:
    """Return what a body holds and has not done: its leads, and its supports that have not replied."""
    mine = Assignment.objects.held_by(body).running().filter(_SILENT | _LEADING, is_historic=False)
    is_open = Q(whistles__reported_in_at__isnull=True)  # at most one of them, so that no row comes twice
    return mine.annotate(open_whistle=FilteredRelation("whistles", condition=is_open))


def tonight(at: datetime) -> datetime:
    """Return the end of the day, until which today's deadlines run."""
    return at_local(local_day(at), END_OF_DAY)


def urgent(tonight: datetime | Value) -> Q:
    """What of a worklist must be done today (今天要办): whistled, overdue, due today, or not yet acknowledged."""
    due = _SILENT & Q(reply_due_at__lte=tonight) | _LEADING & Q(complete_due_at__lte=tonight)
    return _WHISTLED | _NEW | due


def todos(actor: Actor, *, at: datetime) -> QuerySet[Assignment]:
    """Return the worklist of the actor's body: today's first, each part by what is due first, suspended ones last.

    Annotated with ``is_today`` and ``next_at``; ``read`` loads what a list shows.
    """
    next_at = Least(
        "open_whistle__due_at",
        Case(When(_NEW, then="acknowledge_due_at")),
        Case(When(_SILENT, then="reply_due_at")),
        Case(When(_LEADING, then="complete_due_at")),
    )
    is_today = Case(When(urgent(tonight(at)), then=Value(True)), default=Value(False))
    return (
        held(actor.organization)
        .annotate(
            is_today=is_today,
            next_at=next_at,
            whistle_due_at=F("open_whistle__due_at"),
        )
        .only(*WORKLIST)
        .order_by(F("is_today").desc(), F("next_at").asc(nulls_last=True), "pk")
    )


def _lights(at: datetime | Value) -> dict[Light, Q]:
    """Say of each light when one's own clocks show it or a worse one; ``_light`` says the same of a loaded row."""
    red = _SILENT & Q(reply_due_at__lt=at) | _LEADING & Q(complete_due_at__lt=at)
    red |= _NEW & Q(acknowledge_due_at__lt=at)
    yellow = _NEW & Q(acknowledge_due_at__isnull=False)  # with a limit of one working day it begins yellow
    yellow |= _SILENT & Q(reply_warn_at__lte=at) | _LEADING & Q(complete_warn_at__lte=at)
    grey = _SILENT & Q(reply_due_at__isnull=True) | _LEADING & Q(complete_due_at__isnull=True)
    return {Light.RED: red, Light.YELLOW: red | yellow, Light.GREY: red | yellow | grey}


def _own_light(at: datetime) -> Case:
    """Say which light one's own clocks show, the worst of them."""
    cases = [When(condition, then=Value(str(name))) for name, condition in _lights(at).items()]
    return Case(*cases, default=Value(str(Light.GREEN)))


def narrowed(
    found: QuerySet[Assignment],
    *,
    at: datetime,
    light: str = "",
    state: str = "",
    move: str = "",
    part: str = "",
    factor: Factor | None = None,
) -> QuerySet[Assignment]:
    """Narrow a worklist (from ``todos``) by the light of one's own clocks, by state, move, part and factor."""
    if light:
        found = found.alias(my_light=_own_light(at)).filter(my_light=light)
    asked = {"factor_request__state": state, "part": part, "factor_request__factor": factor}
    found = found.filter(**{name: value for name, value in asked.items() if value})
    return found.filter(MOVES[move]) if move else found


def figures(actor: Actor, *, at: datetime) -> dict[str, int]:
    """Count a worklist: today, red, yellow, not acknowledged, all; one query."""
    found = _FIGURES.rows(body=actor.organization.pk, at=at, tonight=tonight(at))
    today, red, yellow, unacknowledged, total = found[0] if found else (0, 0, 0, 0, 0)
    return {
        "today": today,
        "red": red,
        "yellow": yellow - red,
        "unacknowledged": unacknowledged,
        "total": total,
    }


def _figures() -> QuerySet[Any]:
    lights = _lights(slot("at"))
    counts = {
        "today": Count("pk", filter=urgent(slot("tonight"))),
        "red": Count("pk", filter=lights[Light.RED]),
        "yellow": Count("pk", filter=lights[Light.YELLOW]),
        "unacknowledged": Count("pk", filter=_NEW),
        "total": Count("pk"),
    }
    return held(slot("body")).order_by().values("organization").annotate(**counts).values_list(*counts)


_FIGURES: Prepared[Assignment] = Prepared(_figures)


def today_count(actor: Actor, *, at: datetime) -> int:
    """Count what must be done today, up to ``MANY``: the number in the left column."""
    return _urgent_ones(MANY).count(body=actor.organization.pk, tonight=tonight(at))


@cache
def _urgent_ones(most: int) -> Prepared[Assignment]:
    return Prepared(lambda: held(slot("body")).filter(urgent(slot("tonight"))).values("pk")[:most])


# What a list shows of a matter, and what says which move is next; a request has three times as much.
_SHOWN = (
    "number",
    "headline",
    "quantity",
    "unit",
    "state",
    "is_case_by_case",
    "factor__name",
    "enterprise__name",
    "enterprise__short",
)
_MATTERS: Prepared[FactorRequest] = Prepared(
    lambda: (
        FactorRequest.objects.filter(any_of("pk", "found"))
        .select_related("factor", "enterprise")
        .only(*_SHOWN)
    )
)


def read(found: Iterable[Assignment], *, at: datetime) -> list[Todo]:
    """Turn a page of ``todos`` into what a list shows; two queries, for the calendar and for the matters.

    The matters are loaded for the page alone: to put thousands in order, they are not needed.
    """
    shown, calendar = list(found), CalendarYear.objects.calendar()
    matters = {matter.pk: matter for matter in _MATTERS(found=[mine.factor_request_id for mine in shown])}
    for mine in shown:
        mine.factor_request = matters[mine.factor_request_id]
    return [_todo(mine, at, calendar) for mine in shown]


def _todo(mine: Assignment, at: datetime, calendar: WorkCalendar) -> Todo:
    verb, due_at = _next(mine)
    left = due_at and days_left(at=at, due=due_at, calendar=calendar)
    return Todo(mine, verb, due_at, left, _light(mine, at))


def _next(mine: Assignment) -> tuple[str, datetime | None]:
    """Return the verb that is next and its deadline: report in, acknowledge, reply, complete; or nothing."""
    if mine.whistle_due_at:
        return "report_in", mine.whistle_due_at
    if mine.acknowledged_at is None and mine.replied_at is None:
        return "acknowledge", mine.acknowledge_due_at
    if mine.factor_request.state not in HANDLED:
        return "", None
    if mine.replied_at is None:
        return "reply" if mine.is_lead else "support_reply", mine.reply_due_at
    return "complete", mine.complete_due_at


def _light(mine: Assignment, at: datetime) -> Light:
    lights = []
    if mine.replied_at is None and mine.acknowledged_at is None:
        # with a limit of one working day it begins yellow
        lights.append(light(at=at, due=mine.acknowledge_due_at, warn=mine.assigned_at))
    if mine.replied_at is None:
        lights.append(light(at=at, due=mine.reply_due_at, warn=mine.reply_warn_at))
    if mine.is_lead:
        lights.append(light(at=at, due=mine.complete_due_at, warn=mine.complete_warn_at))
    return worst(lights)

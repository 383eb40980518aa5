"""What one body has to do, with the next move of each matter and by when. Never writes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, Count, F, Min, Q, QuerySet, Value, When
from django.db.models.functions import Least

from requests_desk import ledger
from requests_desk.deadlines import Light, days_left, light, worst
from requests_desk.models import Assignment, FactorRequest
from requests_desk.workflow import label_of
from taian_factors.directory.actors import Actor
from taian_factors.directory.models import CalendarYear
from taian_factors.lib.workdays import WorkCalendar


@dataclass(frozen=True)
class Todo:
    """One matter on a worklist: which move is next (``what``), by when, and the light of one's own clocks."""

    factor_request: FactorRequest
    assignment: Assignment
    what: str
    due_at: datetime | None
    left: int | None
    light: Light
    is_today: bool
    is_whistled: bool


def todos(actor: Actor, *, at: datetime) -> QuerySet[FactorRequest]:
    """Return the worklist of the actor's body: today's first, each part by what is due first, suspended ones last.

    Annotated with ``is_today``, ``next_at`` and ``my_light``, the worst of one's own clocks.
    """
    mine = Q(assignments__organization=actor.organization, assignments__ended_at__isnull=True)
    silent, leading = Q(assignments__replied_at__isnull=True), Q(assignments__part=Assignment.Part.LEAD)
    stopped = silent & Q(assignments__reply_due_at__isnull=True)
    stopped |= leading & Q(assignments__complete_due_at__isnull=True)
    return (
        ledger.worklist(actor)
        .annotate(
            my_warn_at=Min("assignments__reply_warn_at", filter=mine & silent),
            my_complete_warn_at=Min("assignments__complete_warn_at", filter=mine & leading),
            my_stopped=Count("assignments", filter=mine & stopped),
            my_acknowledge_due_at=Min(
                "assignments__acknowledge_due_at",
                filter=mine & silent & Q(assignments__acknowledged_at__isnull=True),
            ),
        )
        .annotate(
            is_today=Case(When(ledger.urgent(at), then=Value(True)), default=Value(False)),
            my_light=_own_light(at),
            next_at=Least("my_whistle_due_at", "my_acknowledge_due_at", "my_due_at", "my_complete_due_at"),
        )
        .order_by(F("is_today").desc(), F("next_at").asc(nulls_last=True), "pk")
    )


def _own_light(at: datetime) -> Case:
    """Say which light one's own clocks show, the worst of them; the same as ``_light`` says of a loaded row."""
    red = Q(my_due_at__lt=at) | Q(my_complete_due_at__lt=at) | Q(my_acknowledge_due_at__lt=at)
    yellow = Q(my_warn_at__lte=at) | Q(my_complete_warn_at__lte=at) | Q(my_acknowledge_due_at__isnull=False)
    shown = [(red, Light.RED), (yellow, Light.YELLOW), (Q(my_stopped__gt=0), Light.GREY)]
    cases = [When(found, then=Value(str(name))) for found, name in shown]
    return Case(*cases, default=Value(str(Light.GREEN)))


def narrowed(found: QuerySet[FactorRequest], *, light: str = "", state: str = "") -> QuerySet[FactorRequest]:
    """Narrow a worklist (from ``todos``) by the light of one's own clocks and by state."""
    if light:
        found = found.filter(my_light=light)
    return found.filter(state=state) if state else found


def figures(found: QuerySet[FactorRequest]) -> dict[str, int]:
    """Count a worklist: today, red, yellow, not acknowledged, all; one query."""
    return found.order_by().aggregate(
        today=Count("pk", filter=Q(is_today=True)),
        red=Count("pk", filter=Q(my_light=Light.RED)),
        yellow=Count("pk", filter=Q(my_light=Light.YELLOW)),
        unacknowledged=Count("pk", filter=Q(my_acknowledged_at__isnull=True)),
        total=Count("pk"),
    )


def read(actor: Actor, found: Iterable[FactorRequest], *, at: datetime) -> list[Todo]:
    """Turn a page of ``todos`` (loaded ``with_parts``) into what a list shows; two queries for the calendar."""
    calendar = CalendarYear.objects.calendar()
    return [_todo(actor, factor_request, at, calendar) for factor_request in found]


def _todo(actor: Actor, factor_request: FactorRequest, at: datetime, calendar: WorkCalendar) -> Todo:
    mine = next(
        a
        for a in factor_request.assignments.all()
        if a.organization_id == actor.organization.pk and a.ended_at is None
    )
    verb, due_at = _next(factor_request, mine)
    left = due_at and days_left(at=at, due=due_at, calendar=calendar)
    return Todo(
        factor_request,
        mine,
        label_of(verb),
        due_at,
        left,
        _light(mine, at),
        factor_request.is_today,
        factor_request.my_whistle_due_at is not None,
    )


def _next(factor_request: FactorRequest, mine: Assignment) -> tuple[str, datetime | None]:
    """Return the verb that is next and its deadline: report in, acknowledge, reply, complete."""
    if factor_request.my_whistle_due_at:
        return "report_in", factor_request.my_whistle_due_at
    if mine.acknowledged_at is None and mine.replied_at is None:
        return "acknowledge", mine.acknowledge_due_at
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

"""What waits for the office, as its pages read it: filings to accept and hand out, matters to decide. Never writes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from typing import Any

from django.db.models import Count, Min, Prefetch, Q, QuerySet
from django.db.models.functions import Least

from requests_desk.deadlines import ACKNOWLEDGE_DAYS, Light, days_left, due_after, light, worst
from requests_desk.dispatch_directory import Handout, suggest_all
from requests_desk.ledger import Clock, Row, row
from requests_desk.models import (
    Assignment,
    Extension,
    FactorRequest,
    Filing,
    HandBack,
    ListedNeed,
    Suspension,
)
from requests_desk.pleas import unanswered
from requests_desk.querysets import AssignmentQuerySet
from requests_desk.workflow import State
from taian_factors.directory.actors import Actor
from taian_factors.directory.models import CalendarYear, Factor
from taian_factors.lib.prepared import Prepared
from taian_factors.lib.workdays import WorkCalendar

WAITING = [State.FILED, State.ACCEPTED]


@dataclass(frozen=True)
class Group:
    """A filing with its requests that wait for the office."""

    filing: Filing
    rows: list[Row]

    @property
    def light(self) -> Light:
        """The worst clock among them."""
        return worst([r.light for r in self.rows if r.light])

    @property
    def next_clock(self) -> Clock | None:
        """The clock that is due first."""
        clocks = [c for r in self.rows if (c := r.next_clock) and c.due_at]
        return min(clocks, key=lambda c: c.due_at, default=None)


def filings(actor: Actor) -> QuerySet[Filing]:
    """Return sent filings with ``to_accept``, ``to_assign`` and ``total`` counts, and ``waiting`` requests loaded."""
    filed, accepted = (Q(factor_requests__state=state) for state in WAITING)
    waiting = FactorRequest.objects.filter(state__in=WAITING).with_parts().order_by("pk")
    return (
        Filing.objects.visible_to(actor)
        .submitted()
        .annotate(
            to_accept=Count("factor_requests", filter=filed),
            to_assign=Count("factor_requests", filter=accepted),
            total=Count("factor_requests"),
            office_due_at=Least(
                Min("factor_requests__accept_due_at", filter=filed),
                Min("factor_requests__assign_due_at", filter=accepted),
            ),
        )
        .select_related("enterprise", "project", "typed_for")
        .prefetch_related(Prefetch("factor_requests", waiting, to_attr="waiting"))
    )


def inbox(actor: Actor) -> QuerySet[Filing]:
    """Return the filings of which something waits for the office, the earliest due first."""
    waits = FactorRequest.objects.filter(state__in=WAITING).values("filing")
    return filings(actor).filter(pk__in=waits).order_by("office_due_at", "submitted_at", "pk")


def groups(found: Iterable[Filing], *, at: datetime) -> list[Group]:
    """Turn filings (from ``filings``) into groups with lights; two queries for the calendar."""
    calendar = CalendarYear.objects.calendar()
    return [Group(f, [row(r, at=at, calendar=calendar) for r in f.waiting]) for f in found]


def figures(actor: Actor, *, at: datetime) -> dict[str, int]:
    """Count what waits: to accept, to hand out, overdue of both; one query."""
    red = Q(state=State.FILED, accept_due_at__lt=at) | Q(state=State.ACCEPTED, assign_due_at__lt=at)
    return (
        FactorRequest.objects.visible_to(actor)
        .filter(state__in=WAITING)
        .aggregate(
            to_accept=Count("pk", filter=Q(state=State.FILED)),
            to_assign=Count("pk", filter=Q(state=State.ACCEPTED)),
            red=Count("pk", filter=red),
        )
    )


def presets(
    factor_requests: Iterable[FactorRequest], listed: Mapping[int, ListedNeed], *, day: date
) -> dict[int, Handout]:
    """Return who would lead and support requests, by their ids: what their list proposes, else what the directory says.

    A body that a list names and that may not lead such a need (a department for finance) helps.
    """
    asked = list(factor_requests)
    ruled = suggest_all(asked, day=day)
    found = {r.pk: _proposed(r, listed.get(r.pk), ruled.get(r.pk)) for r in asked}
    return {pk: handout for pk, handout in found.items() if handout}


def _proposed(
    factor_request: FactorRequest, listed: ListedNeed | None, ruled: Handout | None
) -> Handout | None:
    if listed is None or listed.lead is None:
        return ruled
    supports = tuple(listed.supports.all())
    if listed.lead.kind in factor_request.factor.lead_kinds:
        return Handout(listed.lead, supports, "按清单建议")
    others = (body for body in (listed.lead, *supports) if ruled and body != ruled.lead)
    return replace(ruled, supports=tuple(dict.fromkeys([*ruled.supports, *others]))) if ruled else None


def count(*, most: int) -> int:
    """Count what waits for the office, which sees all: to accept, hand out, decide and answer; ``most`` of each."""
    return _waiting_ones(most).count()


@cache
def _waiting_ones(most: int) -> Prepared[Any]:
    def build() -> QuerySet[Any]:
        found = FactorRequest.objects.filter(state__in=WAITING), _undecided(), unanswered()
        needs, matters, pleas = (rows.order_by().values("pk")[:most] for rows in found)
        return needs.union(matters, pleas, all=True)

    return Prepared(build)


@dataclass(frozen=True)
class Promise:
    """The deadlines that an assignment of a factor would get now; a support has none to complete."""

    acknowledge_due_at: datetime
    reply_due_at: datetime
    complete_due_at: datetime


def promise(factor: Factor, *, at: datetime, calendar: WorkCalendar) -> Promise:
    """Return the deadlines before anything is sent, by the arithmetic that fixes them when it is."""
    return Promise(
        calendar.end_after(at, ACKNOWLEDGE_DAYS),
        due_after(at, factor.reply_days, calendar).at,
        due_after(at, factor.complete_days, calendar).at,
    )


def pending_decisions(actor: Actor) -> QuerySet[Assignment]:
    """Return the assignments on which a hand-back, an extension or a suspension waits for the office."""
    return (
        _undecided()
        .visible_to(actor)
        .select_related("factor_request__factor", "factor_request__enterprise", "organization", "extension")
        .prefetch_related("hand_backs__suggested", "suspensions")
        .order_by("assigned_at", "pk")
    )


def _undecided() -> AssignmentQuerySet:
    """Return what ``pending_decisions`` is about, each of the three asked by itself, so that an index answers it."""
    asked = (
        HandBack.objects.filter(ruled_at__isnull=True).values("assignment"),
        Extension.objects.filter(decided_at__isnull=True).values("assignment"),
        Suspension.objects.filter(decided_at__isnull=True).values("assignment"),
    )
    return Assignment.objects.filter(pk__in=asked[0].union(*asked[1:]), ended_at__isnull=True)


@dataclass(frozen=True)
class Decision:
    """Something that a lead asked for and the office has not decided; ``verb`` is the record that decides it."""

    assignment: Assignment
    verb: str
    what: str
    wish: str
    reason: str
    asked_at: datetime
    due_at: datetime | None
    light: Light
    left: int | None


def decisions(assignments: Iterable[Assignment], *, at: datetime) -> list[Decision]:
    """Turn ``pending_decisions`` into what is asked, each with its clock; two queries for the calendar.

    A hand-back is ruled on by its own deadline; an extension and a suspension before the lead's deadline runs out.
    """
    calendar = CalendarYear.objects.calendar()
    found = []
    for assignment in assignments:
        for verb, what, wish, reason, asked_at, due_at, warn_at in _asked(assignment):
            left = due_at and days_left(at=at, due=due_at, calendar=calendar)
            shown = light(at=at, due=due_at, warn=warn_at)
            found.append(Decision(assignment, verb, what, wish, reason, asked_at, due_at, shown, left))
    return found


def _asked(assignment: Assignment) -> list[tuple]:
    asked: list[tuple] = []
    for h in assignment.hand_backs.all():
        if h.ruled_at is None:
            due = (h.ruling_due_at, h.proposed_at)  # with a limit of one day it begins yellow
            wish = f"建议改由{h.suggested.short}承办"
            asked.append(("rule_hand_back", "退回", wish, h.reason, h.proposed_at, *due))
    due = (assignment.complete_due_at, assignment.complete_warn_at)
    extension = getattr(assignment, "extension", None)
    if extension and extension.decided_at is None:
        wish = f"延长 {extension.days} 个工作日"
        asked.append(("decide_extension", "延期", wish, extension.reason, extension.asked_at, *due))
    for s in assignment.suspensions.all():
        if s.decided_at is None:
            asked.append(("decide_suspension", "挂起", s.get_cause_display(), s.reason, s.asked_at, *due))
    return asked

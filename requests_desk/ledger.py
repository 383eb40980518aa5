"""What the pages read: rows with their lights, lists per audience, the timeline, what is open. Never writes."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache

from django.db.models import Count, Prefetch, Q, QuerySet

from requests_desk.deadlines import Light, days_left, light, worst
from requests_desk.models import Assignment, FactorRequest, Filing, RequestEvent
from requests_desk.querysets import shows
from requests_desk.workflow import OPEN, RUNNING, State
from taian_factors.directory.actors import Actor, any_actor
from taian_factors.directory.models import CalendarYear
from taian_factors.lib.prepared import Prepared, slot
from taian_factors.lib.workdays import WorkCalendar

# What would tell a department about its reviews, or show the office's own checks.
_OFFICE_EYES = {"review", "invite_review", "call_back", "phone", "follow_up", "rate_again"}


@dataclass(frozen=True)
class Clock:
    """One running clock: what is due, by whom, when; ``left`` in working days (None while suspended)."""

    what: str
    who: str
    due_at: datetime | None
    light: Light
    left: int | None


@dataclass(frozen=True)
class Row:
    """A request as a list shows it. ``light`` is None once it is at its end."""

    factor_request: FactorRequest
    assignments: list[Assignment]
    lead: Assignment | None
    supports: list[Assignment]
    clocks: list[Clock] = field(default_factory=list)

    @property
    def last_lead(self) -> Assignment | None:
        """The lead that holds it, or the last one that did."""
        return self.lead or max(self.leads, key=lambda a: (a.assigned_at, a.pk), default=None)

    @property
    def leads(self) -> list[Assignment]:
        """All that lead it or led it."""
        return [a for a in self.assignments if a.is_lead]

    @property
    def light(self) -> Light | None:
        """The worst running clock."""
        return worst([c.light for c in self.clocks]) if self.clocks else None

    @property
    def next_clock(self) -> Clock | None:
        """What comes next: the clock that is due first; a suspended one last."""
        running = [c for c in self.clocks if c.due_at]
        return min(running, key=lambda c: c.due_at) if running else next(iter(self.clocks), None)


def rows(factor_requests: Iterable[FactorRequest], *, at: datetime) -> list[Row]:
    """Turn requests (loaded ``with_parts``) into rows with lights; two queries for the calendar."""
    calendar = CalendarYear.objects.calendar()
    return [row(r, at=at, calendar=calendar) for r in factor_requests]


def row(
    factor_request: FactorRequest,
    *,
    at: datetime,
    calendar: WorkCalendar,
    assignments: list[Assignment] | None = None,
) -> Row:
    """Turn one request into a row; no query when its assignments are given, or loaded with it."""
    if assignments is None:
        assignments = list(factor_request.assignments.all())
    held = [a for a in assignments if a.ended_at is None]
    lead = next((a for a in held if a.is_lead), None)
    supports = [a for a in held if not a.is_lead]
    clocks = [_clock(*c, at=at, calendar=calendar) for c in _running(factor_request, lead, supports)]
    return Row(factor_request, assignments, lead, supports, clocks)


def _running(
    factor_request: FactorRequest, lead: Assignment | None, supports: list[Assignment]
) -> list[tuple[str, str, datetime | None, datetime | None]]:
    """List the clocks that run as (what, who, due, yellow from)."""
    if factor_request.is_historic:
        return []
    if factor_request.state in RUNNING:
        return [clock for a in ([lead] if lead else []) + supports for clock in _clocks_of(a)]
    enterprise = factor_request.enterprise.short
    waiting = {
        # With a limit of one working day the office's clocks begin yellow.
        State.FILED: ("受理", "市工业推进办", factor_request.accept_due_at, factor_request.filed_at),
        State.ACCEPTED: ("交办", "市工业推进办", factor_request.assign_due_at, factor_request.accepted_at),
        State.RETURNED: ("补正", enterprise, *[factor_request.completion_asked_until] * 2),
        State.COMPLETED: ("确认", enterprise, *[factor_request.confirm_due_at] * 2),
    }
    return [waiting[state] for state in waiting if state == factor_request.state]


def _clocks_of(assignment: Assignment) -> list[tuple[str, str, datetime | None, datetime | None]]:
    who, found = assignment.organization.short, []
    if assignment.replied_at is None:
        found.append(("回复", who, assignment.reply_due_at, assignment.reply_warn_at))
    if assignment.is_lead:
        found.append(("办结", who, assignment.complete_due_at, assignment.complete_warn_at))
    return found


def _clock(
    what: str, who: str, due: datetime | None, warn: datetime | None, *, at: datetime, calendar: WorkCalendar
) -> Clock:
    left = None if due is None else days_left(at=at, due=due, calendar=calendar)
    return Clock(what, who, due, light(at=at, due=due, warn=warn), left)


def filings(actor: Actor) -> QuerySet[Filing]:
    """Return sent filings, newest first, with ``total`` and ``closed`` counts of their requests (n/m)."""
    is_closed = ~Q(factor_requests__state__in=OPEN)
    return (
        Filing.objects.visible_to(actor)
        .submitted()
        .annotate(
            total=Count("factor_requests"),
            closed=Count("factor_requests", filter=is_closed),
            returned=Count("factor_requests", filter=Q(factor_requests__state=State.RETURNED)),
        )
        .select_related("enterprise", "project", "typed_for", "begun_for")
        .prefetch_related(Prefetch("factor_requests", FactorRequest.objects.with_parts().order_by("pk")))
        .order_by("-submitted_at", "-pk")
    )


def filing_state(filing: Filing) -> str:
    """Return what a filing (from ``filings``) shows: 待补正 if any is returned, 办理中 while any is open, 已办结."""
    if filing.returned:
        return "待补正"
    return "办理中" if filing.closed < filing.total else "已办结"


@cache
def _timeline(kind: str) -> Prepared[RequestEvent]:
    return Prepared(
        lambda: readable(any_actor(kind), RequestEvent.objects.filter(factor_request=slot("need")))
    )


def timeline(actor: Actor, factor_request: FactorRequest) -> list[RequestEvent]:
    """Return the events of a request that the actor may see, oldest first."""
    return _timeline(actor.kind)(need=factor_request.pk, body=actor.organization.pk)


def readable(actor: Actor, events: QuerySet[RequestEvent]) -> QuerySet[RequestEvent]:
    """Narrow events to those that the actor may see, oldest first, each with who did it.

    An enterprise sees nothing internal; a body nothing of its reviews, of the office's checks, or of what others offer
    in a claim (揭榜), which only the office compares.
    """
    events = events.select_related("organization", "user", "assignment__organization").order_by("pk")
    if actor.is_enterprise:
        return events.filter(is_internal=False)
    if actor.is_office:
        return events
    rivals = Q(verb="lodge_claim") & ~Q(organization=actor.organization.pk)
    return events.exclude(Q(verb__in=_OFFICE_EYES) | rivals)


def counts(actor: Actor, *, at: datetime) -> dict[str, int]:
    """Count what a home page and a left column show, in one query: open, red, filed, accepted, completed …"""
    seen = FactorRequest.objects.visible_to(actor)
    return seen.aggregate(
        open=Count("pk", filter=Q(state__in=OPEN)),
        red=Count("pk", filter=shows(Light.RED, at=at)),
        filed=Count("pk", filter=Q(state=State.FILED)),
        accepted=Count("pk", filter=Q(state=State.ACCEPTED)),
        returned=Count("pk", filter=Q(state=State.RETURNED)),
        completed=Count("pk", filter=Q(state=State.COMPLETED)),
        confirmed=Count("pk", filter=Q(state=State.CONFIRMED)),
        total=Count("pk"),
    )

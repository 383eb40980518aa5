"""A calendar year that is entered late moves the open deadlines that were fixed without it."""

from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from requests_desk.deadlines import warn_moment
from requests_desk.journal import record
from requests_desk.models import Assignment
from taian_factors.directory.actors import Actor
from taian_factors.directory.models import CalendarYear
from taian_factors.lib.periods import local_day
from taian_factors.lib.workdays import WorkCalendar


@transaction.atomic
def follow_calendar(year: int, *, actor: Actor, at: datetime) -> int:
    """A year was entered late: open deadlines that were fixed without it move later, never earlier (workflow §3).

    Counted again from the assignment with as many working days as the old deadline had; one event for each
    assignment that moves, and none moves twice for one year. Returns how many moved.
    """
    calendar = CalendarYear.objects.calendar()
    without = replace(calendar, years=calendar.years - {year})
    open_ones = (
        Assignment.objects.running()
        .filter(Q(reply_due_at__year__gte=year, replied_at=None) | Q(complete_due_at__year__gte=year))
        .exclude(events__verb="recalculate", events__detail__year=year)
        .select_related("factor_request")
        .select_for_update(of=("self",), no_key=True)
        .order_by("pk")
    )
    moved = 0
    for assignment in open_ones:
        changed = _follow(assignment, without, calendar)
        if changed:
            assignment.save(
                update_fields=[n for name in changed for n in (name, name.replace("due", "warn"))]
            )
            detail = {"year": year, **{name: old.isoformat() for name, old in changed.items()}}
            record(
                "recalculate",
                assignment.factor_request,
                actor=actor,
                at=at,
                detail=detail,
                assignment=assignment,
            )
            moved += 1
    return moved


def _follow(assignment: Assignment, without: WorkCalendar, calendar: WorkCalendar) -> dict[str, datetime]:
    """Move the running deadlines of an assignment to where the full calendar puts them; return the old ones."""
    changed = {}
    names = ["complete_due_at"] if assignment.replied_at else ["reply_due_at", "complete_due_at"]
    for name in names:
        old = getattr(assignment, name)
        if old is None:
            continue
        days = without.between(local_day(assignment.assigned_at), local_day(old))
        new = calendar.end_after(assignment.assigned_at, days)
        if new > old:
            changed[name] = old
            setattr(assignment, name, new)
            setattr(assignment, name.replace("due", "warn"), warn_moment(new, days, calendar))
    return changed

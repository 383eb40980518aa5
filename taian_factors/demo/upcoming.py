"""The next fair, planned from today's: slots, invitations, bookings, and a waiting list before the busy stalls."""

from datetime import datetime, time, timedelta

from fairs import inviting, planning
from fairs.models import Fair, Slot
from requests_desk import booking, proposing
from taian_factors.demo.city import City, Enterprise
from taian_factors.demo.hall import PLACE
from taian_factors.demo.present import popular
from taian_factors.lib.periods import local_day
from taian_factors.lib.workdays import WorkCalendar

NAME = "重点产业链专场大集"
AHEAD = 5  # working days
OPENS, CLOSES = time(9), time(16, 30)
MINUTES = 30
INVITED, BOOKED = 24, 9  # enterprises; three more than a slot of a busy stall takes wait for one


def announce_next(city: City, calendar: WorkCalendar, *, source: Fair, now: datetime) -> Fair | None:
    """Plan the next fair like ``source`` and let enterprises book; None when one stands ahead already."""
    today = local_day(now)
    if Fair.objects.open().filter(name=NAME, held_on__gt=today).exists():
        return None
    fair = planning.plan_fair(
        held_on=calendar.add(today, AHEAD),
        name=NAME,
        place=PLACE,
        opens_at=OPENS,
        closes_at=CLOSES,
        source=source,
        actor=city.clerk,
        at=now,
    )
    planning.offer_slots(fair=fair, minutes=MINUTES, per_desk=1, actor=city.clerk, at=now)
    for stall in fair.stalls.select_related("organization").filter(is_joint_table=False):
        stall.staff.add(city.at(stall.organization, 1).user)
    lines = [
        inviting.Line(row, name=guest.organization.name, note="重点项目" if row % 5 == 0 else "")
        for row, guest in enumerate(city.examples[:INVITED], start=2)
    ]
    inviting.invite(fair=fair, lines=lines, actor=city.clerk, at=now)
    busy = [body.pk for body in popular(city)]
    stalls = list(fair.stalls.filter(organization__in=busy).order_by("code"))
    for place, guest in enumerate(city.examples[:BOOKED]):
        # One stall at ten, where everybody wants to be, and another one later, each at a time of its own.
        first = stalls[0].slots.get(starts_at=time(10))
        later = list(stalls[1 + place % (len(stalls) - 1)].slots.filter(starts_at__gte=time(10, 30)))
        _book(fair, guest, [first, later[place % len(later)]], at=now - timedelta(minutes=60 - place))
    return fair


def _book(fair: Fair, guest: Enterprise, slots: list[Slot], *, at: datetime) -> None:
    needs = proposing.needs_of(guest.organization) or proposing.factor_needs(guest.organization)
    booking.book(
        fair=fair,
        enterprise=guest.organization,
        needs=needs[:2],
        slots=slots,
        actor=guest.owner,
        at=at,
        contact_name=guest.organization.profile.contact_name,
        contact_phone=guest.organization.profile.contact_phone,
    )

"""The fair of today, which is going on right now: stalls, visits, and a queue with tickets in every state."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from random import Random

from fairs import arrivals, queueing
from fairs.models import Desk, Fair, Stall, Ticket
from fairs.workflow import LIVE, TicketState
from taian_factors.demo import stories
from taian_factors.demo.city import City, Enterprise
from taian_factors.demo.day import Course, Errand, FairDay, Given, Guest
from taian_factors.demo.hall import NAME, fair_of, handled_by, sit_down
from taian_factors.demo.present import popular
from taian_factors.lib.periods import SHANGHAI, at_local, local_day
from taian_factors.lib.workdays import WorkCalendar

BEFORE = timedelta(minutes=80)  # what has been going on before anybody looks
GUESTS = 19


def hold(city: City, calendar: WorkCalendar, *, now: datetime) -> Fair:
    """Set up the fair of today and play it until now; whoever still waits goes on waiting."""
    today = local_day(now)
    opens, closes = hours(now)
    begins_at = max(now - BEFORE, at_local(today, opens), at_local(today))
    span = now - begins_at
    fair = fair_of(city, held_on=today, opens_at=opens, closes_at=closes)
    chance = Random(f"fair {today}")  # noqa: S311
    # One desk a stall is staffed, the others stand empty: that is how lines form, and where a visitor may sit down.
    seats = sit_down(fair, city, at=begins_at, only_first=True)
    day = FairDay(
        fair,
        city,
        chance=chance,
        plan_on=[calendar.add(today, days) for days in (3, 5, 8)],
        pace=min(1, span / BEFORE),
    )
    guests = _guests(fair, city, chance, begins_at, span)
    day.play(guests, seats, until=now)
    _complete_the_picture(fair, city, now)
    return fair


def hours(now: datetime) -> tuple[time, time]:
    """Return opening hours around now: nine to five when that is open, else from three hours ago to five from now."""
    clock = now.astimezone(SHANGHAI).time()
    if time(9, 40) <= clock <= time(16, 30):
        return time(9), time(17)
    hour = clock.hour
    return time(max(0, hour - 3)), time(min(23, hour + 5), 59 if hour + 5 >= 23 else 0)


def close_former(city: City, *, now: datetime) -> int:
    """Close the demo's fairs of former days that are still open, ending what was being served; return how many."""
    former = list(Fair.objects.open().filter(held_on__lt=local_day(now), name=NAME))
    for fair in former:
        at = at_local(fair.held_on, fair.closes_at)
        for desk in Desk.objects.filter(tickets__state=TicketState.SERVING, stall__fair=fair).select_related(
            "stall__organization", "clerk"
        ):
            seat = city.at(desk.stall.organization, desk.number)
            if seat.user == desk.clerk:
                queueing.finish(desk=desk, actor=seat, at=at, key=f"close-{desk.pk}", outcome="consulted")
        arrivals.close_day(fair=fair, at=at, actor=city.clerk)
    return len(former)


def _guests(fair: Fair, city: City, chance: Random, begins_at: datetime, span: timedelta) -> list[Guest]:
    stalls = {
        s.organization_id: s for s in fair.stalls.select_related("organization").exclude(is_joint_table=True)
    }
    favoured = [stalls[body.pk] for body in popular(city)]
    guests = []
    for enterprise in chance.sample(city.examples, GUESTS):
        chosen = {s.pk: s for s in [*chance.sample(favoured, 3), chance.choice(list(stalls.values()))]}
        comes_at = begins_at + timedelta(seconds=round(span.total_seconds() * 0.9 * chance.random()))
        guests.append(Guest(enterprise, comes_at, list(_errands(chosen.values(), enterprise, city, chance))))
    return guests


def _errands(stalls: Iterable[Stall], enterprise: Enterprise, city: City, chance: Random) -> Iterable[Errand]:
    for stall in stalls:
        factor = city.factors[chance.choice(handled_by(stall.organization))]
        given = Given(stories.tell(factor, enterprise, chance), is_settled=chance.random() < 0.6)
        course = chance.choices(list(COURSES), list(COURSES.values()))[0]
        yield Errand(stall, [given] if course is Course.SERVED and chance.random() < 0.8 else [], course)


COURSES = {Course.SERVED: 80, Course.MISSED: 8, Course.MISSED_ONCE: 4, Course.LEAVES: 8}


def _complete_the_picture(fair: Fair, city: City, now: datetime) -> None:
    """See to it that somebody is called and somebody served at this very moment."""
    for state in (TicketState.CALLED, TicketState.SERVING):
        if not Ticket.objects.filter(stall__fair=fair, state=state).exists():
            _bring_to(state, fair, city, now)


def _bring_to(state: TicketState, fair: Fair, city: City, now: datetime) -> None:
    """Call somebody at a free desk: who waits there, else an enterprise that comes in just now."""
    free = Desk.objects.filter(stall__fair=fair).exclude(clerk=None).exclude(tickets__state__in=LIVE)
    desks = list(
        free.select_related("stall__organization").exclude(stall__is_joint_table=True).order_by("pk")
    )
    waits = [desk for desk in desks if Ticket.objects.waiting_at(desk.stall).free().exists()]
    desk = (waits or desks)[0]
    if not waits:
        came = set(fair.visits.values_list("enterprise", flat=True))
        guest = next(e.organization for e in city.examples if e.organization.pk not in came)
        visit = arrivals.check_in(fair=fair, enterprise=guest, actor=city.clerk, at=now)
        arrivals.take_ticket(visit=visit, stall=desk.stall, actor=city.clerk, at=now)
    clerk, key = city.at(desk.stall.organization, desk.number), f"{fair.pk}-{desk.pk}-{state}"
    queueing.call_next(desk=desk, actor=clerk, at=now, key=key)
    if state == TicketState.SERVING:
        queueing.begin(desk=desk, actor=clerk, at=now, key=f"{key}-begin")

"""What the office does before the fair: the day, its zones, all of it from the last one, its slots, its door."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from fairs.locks import lock_fair, verb
from fairs.models import BookedPlace, Fair, FairChange, Slot, Stall, Zone, new_token
from fairs.placing import ZONES, PlanError, StallPlan, place_stall, require_planner, trim_slots
from taian_factors.directory.actors import Actor
from taian_factors.directory.models import Membership, User

SHORTEST, LONGEST = 10, 240  # minutes of a slot
NAMES = ("kind", "held_on", "name", "place", "opens_at", "closes_at")
TOLD = ("place", "opens_at", "closes_at")  # of these


@verb
def plan_fair(
    *,
    actor: Actor,
    at: datetime,
    held_on: date,
    name: str,
    place: str,
    opens_at: time,
    closes_at: time,
    kind: str = Fair.Kind.FAIR,
    fair: Fair | None = None,
    source: Fair | None = None,
) -> Fair:
    """Plan a new fair, like another one or with the four usual zones; or change the day of one not yet visited.

    Raises:
        ForbiddenError: the actor does not plan fairs.
        PlanError: the hours or the name contradict, or enterprises have booked or come already.
    """
    require_planner(actor)
    if closes_at <= opens_at:
        raise PlanError("结束时间：应晚于开始时间。", "closes_at")
    if Fair.objects.filter(held_on=held_on, name=name).exclude(pk=fair and fair.pk).exists():
        raise PlanError("名称：当天已有同名的大集。", "name")
    given = dict(zip(NAMES, (kind, held_on, name, place, opens_at, closes_at), strict=True))
    if fair is not None:
        return _replan(fair, given, actor=actor, at=at)
    fair = Fair.objects.create(**given)
    if source is None:
        Zone.objects.bulk_create(
            Zone(fair=fair, code=code, name=zone, row=n // 2 + 1, column=n % 2 + 1)
            for n, (code, zone, _) in enumerate(ZONES)
        )
    else:
        copy_stalls(fair=fair, source=source, actor=actor, at=at)
    return fair


@verb
def copy_stalls(*, fair: Fair, source: Fair, actor: Actor, at: datetime) -> int:
    """Set up the stalls of another fair here; codes that are there stay as they are.

    With them come zones, spots, bodies, factors, desks, hours, slots, and of the staff who still works there.

    Returns:
        How many stalls were copied.
    """
    require_planner(actor)
    zones = {zone.code: zone for zone in fair.zones.all()}
    for zone in source.zones.exclude(code__in=zones):
        names = {"code": zone.code, "name": zone.name, "row": zone.row, "column": zone.column}
        zones[zone.code] = Zone.objects.create(fair=fair, **names)
    there = set(fair.stalls.values_list("code", flat=True))
    taken = set(fair.stalls.values_list("zone", "row", "column"))
    stalls = source.stalls.exclude(code__in=there).filter(organization__is_active=True)
    stalls = list(
        stalls.select_related("zone", "organization")
        .prefetch_related("handles", "desks", "slots", "staff")
        .order_by("code")
    )
    staff = _still_there(stalls, fair.held_on)
    for stall in stalls:
        plan = _copied(stall, zones[stall.zone.code], taken, staff)
        _copy_slots(place_stall(fair=fair, plan=plan, actor=actor, at=at), stall)
    return len(stalls)


@verb
def offer_slots(*, fair: Fair, minutes: int, per_desk: int, actor: Actor, at: datetime) -> int:
    """Cut the day of every stall into slots that can be booked; where somebody has booked, what is there stays.

    Joint tables are not booked: they come together on the spot.

    Args:
        per_desk: how many enterprises a desk takes in one slot.

    Returns:
        How many slots there are now.

    Raises:
        PlanError: the fair is closed, or a number is out of the world.
    """
    require_planner(actor)
    if not SHORTEST <= minutes <= LONGEST:
        raise PlanError(f"每段分钟：应为 {SHORTEST} 至 {LONGEST}。", "minutes")
    if not 1 <= per_desk <= 20:
        raise PlanError("每席每段：应为 1 至 20 家。", "per_desk")
    fair = lock_fair(fair.pk)
    if not fair.is_open:
        raise PlanError("本场大集已收摊。")
    booked = set(BookedPlace.objects.filter(slot__stall__fair=fair).values_list("slot__stall", flat=True))
    stalls = fair.stalls.filter(is_joint_table=False).exclude(pk__in=booked).prefetch_related("desks")
    Slot.objects.filter(stall__in=stalls).delete()
    made = []
    for stall in stalls:
        stall.fair = fair
        capacity = per_desk * max(1, len(stall.desks.all()))
        made += [
            Slot(stall=stall, starts_at=start, ends_at=end, capacity=capacity)
            for start, end in stretches(*stall.hours, minutes)
        ]
    Slot.objects.bulk_create(made)
    return Slot.objects.of(fair).count()


@verb
def renew_door(*, fair: Fair, actor: Actor, at: datetime) -> Fair:
    """Give the door and the kiosks a new word: a poster that was photographed is worth nothing any more."""
    require_planner(actor)
    fair = lock_fair(fair.pk)
    fair.door_token = new_token()
    fair.save(update_fields=["door_token"])
    return fair


def stretches(opens: time, closes: time, minutes: int) -> list[tuple[time, time]]:
    """Cut a stretch of the day into pieces of so many minutes; a rest at the end that is too short is left.

    >>> stretches(time(9), time(10, 10), 30)[-1]
    (datetime.time(9, 30), datetime.time(10, 0))
    """
    day, step = date(2023, 1, 1), timedelta(minutes=minutes)
    start, end = datetime.combine(day, opens), datetime.combine(day, closes)
    pieces = []
    while start + step <= end:
        pieces.append((start.time(), (start + step).time()))
        start += step
    return pieces


def _replan(fair: Fair, given: dict[str, object], *, actor: Actor, at: datetime) -> Fair:
    """Change what is planned; another place or other hours are noted, to be told to those who mean to come."""
    fair = lock_fair(fair.pk)
    before = {name: getattr(fair, name) for name in TOLD}
    if fair.held_on != given["held_on"]:
        if fair.visits.exists():
            raise PlanError("日期：已有企业签到，不能改期。", "held_on")
        if BookedPlace.objects.live().filter(booking__fair=fair).exists():
            raise PlanError("日期：已有企业预约，不能改期。", "held_on")
    for name, value in given.items():
        setattr(fair, name, value)
    stalls = list(fair.stalls.all())
    for stall in stalls:
        stall.fair = fair
    trim_slots(stalls)
    # A number may be drawn meanwhile, so only what was planned is written.
    fair.save(update_fields=list(given))
    if any(given[name] != was for name, was in before.items()):
        FairChange.objects.create(fair=fair, user=actor.user, at=at, **before)
    return fair


def _still_there(stalls: Iterable[Stall], day: date) -> set[tuple[int, int]]:
    bodies = {stall.organization_id for stall in stalls}
    running = Membership.objects.running_on(day).filter(organization__in=bodies, user__is_active=True)
    return set(running.values_list("organization_id", "user_id"))


def _copied(
    stall: Stall, zone: Zone, taken: set[tuple[int, int | None, int | None]], staff: set[tuple[int, int]]
) -> StallPlan:
    is_placed = stall.row is not None and (zone.pk, stall.row, stall.column) not in taken
    hours = (stall.opens_at, stall.closes_at)
    people: list[User] = [u for u in stall.staff.all() if (stall.organization_id, u.pk) in staff]
    return StallPlan(
        zone=zone,
        organization=stall.organization,
        code=stall.code,
        desks=max(1, len(stall.desks.all())),
        position=stall.position,
        spot=(stall.row, stall.column) if is_placed else None,
        hours=hours if all(hours) else None,
        handles=list(stall.handles.all()),
        staff=people,
    )


def _copy_slots(stall: Stall, source: Stall) -> None:
    opens, closes = stall.hours
    Slot.objects.bulk_create(
        Slot(stall=stall, starts_at=slot.starts_at, ends_at=slot.ends_at, capacity=slot.capacity)
        for slot in source.slots.all()
        if opens <= slot.starts_at and slot.ends_at <= closes
    )

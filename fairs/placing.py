"""What the office does with the stalls of a plan: place, change, remove them, and lay out the floor."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time

from django.db.models import Q

from fairs import permissions, stall_journal
from fairs.locks import ForbiddenError, QueueError, lock_fair, verb
from fairs.models import BookedPlace, Desk, Fair, Slot, StaffChange, Stall, StallEvent, Zone
from taian_factors.directory.actors import Actor
from taian_factors.directory.models import Factor, Membership, Organization, User

# code, name, whether its stalls are joint tables; two in a row on the floor
ZONES = (
    ("A", "政策解读", False),
    ("B", "业务受理", False),
    ("C", "联合会商", True),
    ("D", "金融服务", False),
)
MOST_DESKS = 20
FARTHEST = 30  # rows and columns of a floor
Spot = tuple[int, int]


class PlanError(QueueError):
    """The plan contradicts itself or what has happened already; ``field`` names what is wrong."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True)
class StallPlan:
    """What is planned for a stall. No spot: it stands behind the others. No hours: those of its fair."""

    zone: Zone
    organization: Organization
    code: str
    desks: int = 1
    position: str = ""
    spot: Spot | None = None
    hours: tuple[time, time] | None = None
    handles: Iterable[Factor] = field(default_factory=tuple)
    staff: Iterable[User] = field(default_factory=tuple)


@verb
def place_stall(*, fair: Fair, plan: StallPlan, actor: Actor, at: datetime) -> Stall:
    """Put a stall of a body into a zone, with its desks. A stall of the zone 联合会商 is a joint table.

    Raises:
        ForbiddenError: the actor does not plan fairs.
        PlanError: the code or the spot is taken, the zone is another fair's, or a number is out of the world.
    """
    require_planner(actor)
    _check(fair, plan)
    stall = Stall(fair=fair, **_fields(plan))
    stall.save()
    stall.handles.set(plan.handles)
    _set_staff(stall, list(plan.staff), actor=actor, at=at)
    Desk.objects.bulk_create(Desk(stall=stall, number=number) for number in range(1, plan.desks + 1))
    return stall


@verb
def change_stall(*, stall: Stall, plan: StallPlan, actor: Actor, at: datetime) -> Stall:
    """Change what is planned for a stall; desks are added behind the last, or the last are taken away.

    Raises:
        ForbiddenError: the actor does not plan fairs.
        PlanError: as for a new stall; or somebody has booked or lined up where it would no longer be.
    """
    require_planner(actor)
    fair = lock_fair(stall.fair_id)
    stall = Stall.objects.select_for_update().get(pk=stall.pk)
    _check(fair, plan, stall)
    if stall.organization_id != plan.organization.pk and _is_used(stall):
        raise PlanError("单位：已有企业预约或取号，不能换单位。", "organization")
    for name, value in _fields(plan).items():
        setattr(stall, name, value)
    stall.fair = fair
    trim_slots([stall])
    stall.save(update_fields=list(_fields(plan)))
    stall.handles.set(plan.handles)
    _set_staff(stall, list(plan.staff), actor=actor, at=at)
    _set_desks(stall, plan.desks)
    return stall


@verb
def add_desk(*, stall: Stall, actor: Actor, at: datetime) -> Desk:
    """Give a stall one more desk, also in the middle of the day.

    Raises:
        PlanError: it has as many as a stall can have.
    """
    require_planner(actor)
    numbers = (
        Stall.objects.select_for_update(no_key=True).get(pk=stall.pk).desks.values_list("number", flat=True)
    )
    if len(numbers) >= MOST_DESKS:
        raise PlanError(f"席位数：一个摊位最多 {MOST_DESKS} 席。")
    return Desk.objects.create(stall=stall, number=max(numbers, default=0) + 1)


@verb
def name_staff(*, stall: Stall, staff: Iterable[User], actor: Actor, at: datetime) -> list[User]:
    """Name the people on duty at a stall; what its lead or the office says last counts.

    Returns:
        Those who were not named before.

    Raises:
        ForbiddenError: neither the office nor a lead of the stall's body.
        PlanError: the fair is closed, or somebody does not work in that body on the day.
    """
    if not permissions.may_staff(actor, stall):
        raise ForbiddenError("值守人员由本单位负责人或推进办安排。")
    stall = (
        Stall.objects.select_for_update(of=("self",)).select_related("fair", "organization").get(pk=stall.pk)
    )
    if not stall.fair.is_open:
        raise PlanError("本场大集已收摊，不再安排值守。")
    named = list(staff)
    _check_staff(stall.organization, named, stall.fair)
    return _set_staff(stall, named, actor=actor, at=at)


@verb
def remove_stall(*, stall: Stall, actor: Actor, at: datetime) -> None:
    """Take a stall out of the plan, as long as nobody has booked, taken a ticket or pressed a button there.

    Its row stays with what happened to it (who was named for it), and is found by nobody who asks for stalls.

    Raises:
        PlanError: it has had bookings, tickets, clicks or pauses.
    """
    require_planner(actor)
    lock_fair(stall.fair_id)
    stall = Stall.objects.select_for_update().get(pk=stall.pk)
    used = Q(actions__isnull=False) | Q(events__isnull=False)
    if BookedPlace.objects.filter(slot__stall=stall).exists():
        raise PlanError(f"{stall.code} 摊位已有企业预约过，不能撤下。")
    if stall.tickets.exists() or stall.desks.filter(used).exists():
        raise PlanError(f"{stall.code} 摊位已有人取号或用过席位，不能撤下。")
    _set_staff(stall, [], actor=actor, at=at)
    stall.slots.all().delete()
    stall.desks.all().delete()
    stall.row, stall.column, stall.removed_at = None, None, at
    stall.save(update_fields=["row", "column", "removed_at"])


def mark_told(changes: Collection[StaffChange], *, at: datetime) -> None:
    """Note that those who were put on duty or taken off have been told. The caller has locked the changes."""
    StaffChange.objects.filter(pk__in=[change.pk for change in changes]).update(told_at=at)


@verb
def lay_out(
    *, fair: Fair, zones: Mapping[int, Spot], stalls: Mapping[int, Spot | None], actor: Actor, at: datetime
) -> Fair:
    """Move zones and stalls on the floor, all at once, so that two can change places.

    Raises:
        PlanError: two stalls of a zone at one spot, or a spot out of the hall.
    """
    require_planner(actor)
    fair = lock_fair(fair.pk)
    for spot in (*zones.values(), *stalls.values()):
        _require_in_hall(spot)
    moved = {stall.pk: stall for stall in fair.stalls.select_for_update().order_by("pk")}
    taken: dict[tuple[int, Spot], str] = {}
    for stall in moved.values():
        old = (stall.row, stall.column) if stall.row and stall.column else None
        spot = stalls.get(stall.pk, old)
        stall.row, stall.column = spot or (None, None)
        there = taken.setdefault((stall.zone_id, spot), stall.code) if spot else stall.code
        if there != stall.code:
            raise PlanError(f"{stall.code}：第 {spot[0]} 排第 {spot[1]} 列已是 {there}。")
    Stall.objects.bulk_update(moved.values(), ["row", "column"])
    laid = [zone for zone in fair.zones.all() if zone.pk in zones]
    for zone in laid:
        zone.row, zone.column = zones[zone.pk]
    Zone.objects.bulk_update(laid, ["row", "column"])
    return fair


def require_planner(actor: Actor) -> None:
    """Raise ``ForbiddenError`` unless the actor plans fairs."""
    if not permissions.may_plan(actor):
        raise ForbiddenError("只有推进办可以安排大集。")


def trim_slots(stalls: Iterable[Stall]) -> None:
    """Take away the slots that lie outside their stall's hours. The caller holds the fair's lock.

    Raises:
        PlanError: an enterprise has booked one of them.
    """
    for stall in stalls:
        opens, closes = stall.hours
        outside = Slot.objects.filter(Q(starts_at__lt=opens) | Q(ends_at__gt=closes), stall=stall)
        if BookedPlace.objects.live().filter(slot__in=outside).exists():
            raise PlanError(f"时间：{stall.code} 摊位已有企业约在这段时间以外，请先与企业改约。", "opens_at")
        outside.exclude(places__isnull=False).delete()


def _check(fair: Fair, plan: StallPlan, stall: Stall | None = None) -> None:
    others = Stall.objects.filter(fair=fair).exclude(pk=stall and stall.pk)
    if plan.zone.fair_id != fair.pk:
        raise PlanError("展区：不属于这场大集。", "zone")
    if not 1 <= plan.desks <= MOST_DESKS:
        raise PlanError(f"席位数：应为 1 至 {MOST_DESKS}。", "desks")
    if others.filter(code=plan.code).exists():
        raise PlanError(f"摊位号：{plan.code} 已有了。", "code")
    if plan.hours and plan.hours[1] <= plan.hours[0]:
        raise PlanError("结束时间：应晚于开始时间。", "closes_at")
    _require_in_hall(plan.spot)
    if plan.spot and (there := others.filter(zone=plan.zone, row=plan.spot[0], column=plan.spot[1]).first()):
        raise PlanError(f"第几排、第几列：那里已是 {there.code}。", "row")
    _check_staff(plan.organization, plan.staff, fair)


def _check_staff(body: Organization, staff: Iterable[User], fair: Fair) -> None:
    asked = {person.pk: person.name for person in staff}
    if not asked:
        return
    running = Membership.objects.running_on(fair.held_on).filter(organization=body, user__in=asked)
    if strangers := asked.keys() - set(running.values_list("user_id", flat=True)):
        names = "、".join(asked[pk] for pk in sorted(strangers))
        raise PlanError(f"值守人员：{names}当天不在{body.short}任职。", "staff")


def _require_in_hall(spot: Spot | None) -> None:
    if spot and not all(1 <= step <= FARTHEST for step in spot):
        raise PlanError(f"第几排、第几列：应为 1 至 {FARTHEST}。", "row")


def _fields(plan: StallPlan) -> dict[str, object]:
    row, column = plan.spot or (None, None)
    opens, closes = plan.hours or (None, None)
    return {
        "zone": plan.zone,
        "organization": plan.organization,
        "code": plan.code,
        "position": plan.position,
        "is_joint_table": plan.zone.name in {name for _, name, is_joint in ZONES if is_joint},
        "row": row,
        "column": column,
        "opens_at": opens,
        "closes_at": closes,
    }


def _set_staff(stall: Stall, staff: list[User], *, actor: Actor, at: datetime) -> list[User]:
    """Set who is on duty, with its event if that is a change; return who is new."""
    before = set(stall.staff.all())
    if before == set(staff):
        return []
    stall.staff.set(staff)
    names = "、".join(person.name for person in staff) or "无"
    event = StallEvent(stall=stall, verb=StallEvent.Verb.ROSTER, note=names[:200])
    stall_journal.append([event], actor=actor, at=at)
    new = [person for person in staff if person not in before]
    changed = [*((person, True) for person in new), *((person, False) for person in before.difference(staff))]
    StaffChange.objects.bulk_create(
        StaffChange(stall=stall, person=person, is_on=is_on, user=actor.user, at=at)
        for person, is_on in changed
    )
    return new


def _is_used(stall: Stall) -> bool:
    return stall.tickets.exists() or BookedPlace.objects.filter(slot__stall=stall).exists()


def _set_desks(stall: Stall, wanted: int) -> None:
    desks = list(stall.desks.order_by("number"))
    last = desks[-1].number if desks else 0
    Desk.objects.bulk_create(
        Desk(stall=stall, number=last + step) for step in range(1, wanted - len(desks) + 1)
    )
    for desk in desks[wanted:]:
        if desk.clerk_id or desk.actions.exists() or desk.tickets.exists():
            raise PlanError(f"席位数：{stall.code}-{desk.number} 席有人在用或用过，不能撤。", "desks")
        desk.delete()

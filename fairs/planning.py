"""What the office does before the fair: the day, its zones, its stalls and desks."""

from datetime import date, datetime, time

from fairs import permissions
from fairs.locks import ForbiddenError, QueueError, verb
from fairs.models import Desk, Fair, Stall, Zone
from taian_factors.directory.actors import Actor
from taian_factors.directory.models import Factor, Organization

# code, name, whether its stalls are joint tables
ZONES = (
    ("A", "政策解读", False),
    ("B", "业务受理", False),
    ("C", "联合会商", True),
    ("D", "金融服务", False),
)
MOST_DESKS = 20


class PlanError(QueueError):
    """The plan contradicts itself or what has happened already."""


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
) -> Fair:
    """Plan a new fair with the four usual zones, or change the day of one that nobody has visited yet.

    Raises:
        ForbiddenError: the actor does not plan fairs.
        PlanError: the hours or the name contradict, or enterprises have come already.
    """
    _require_planner(actor)
    if closes_at <= opens_at:
        raise PlanError("结束时间：应晚于开始时间。")
    if Fair.objects.filter(held_on=held_on, name=name).exclude(pk=fair and fair.pk).exists():
        raise PlanError("名称：当天已有同名的大集。")
    if fair is not None and fair.held_on != held_on and fair.visits.exists():
        raise PlanError("日期：已有企业签到，不能改期。")
    is_new = fair is None
    fair = fair or Fair()
    fair.kind, fair.held_on, fair.name, fair.place = kind, held_on, name, place
    fair.opens_at, fair.closes_at = opens_at, closes_at
    # A number may be drawn meanwhile, so only what was planned is written.
    fair.save(update_fields=None if is_new else ["kind", "held_on", "name", "place", "opens_at", "closes_at"])
    if is_new:
        Zone.objects.bulk_create(Zone(fair=fair, code=code, name=zone) for code, zone, _ in ZONES)
    return fair


@verb
def place_stall(
    *,
    fair: Fair,
    zone: Zone,
    organization: Organization,
    code: str,
    desks: int,
    actor: Actor,
    at: datetime,
    position: str = "",
    handles: list[Factor] | None = None,
) -> Stall:
    """Put a stall of a body into a zone, with its desks. A stall of the zone 联合会商 is a joint table.

    Raises:
        ForbiddenError: the actor does not plan fairs.
        PlanError: the code is taken, the zone is another fair's, or the number of desks is out of the world.
    """
    _require_planner(actor)
    if zone.fair_id != fair.pk:
        raise PlanError("展区：不属于这场大集。")
    if not 1 <= desks <= MOST_DESKS:
        raise PlanError(f"席位数：应为 1 至 {MOST_DESKS}。")
    if Stall.objects.filter(fair=fair, code=code).exists():
        raise PlanError(f"摊位号：{code} 已有了。")
    joint = zone.name in {name for _, name, is_joint in ZONES if is_joint}
    stall = Stall.objects.create(
        fair=fair, zone=zone, organization=organization, code=code, position=position, is_joint_table=joint
    )
    stall.handles.set(handles or [])
    Desk.objects.bulk_create(Desk(stall=stall, number=number) for number in range(1, desks + 1))
    return stall


@verb
def add_desk(*, stall: Stall, actor: Actor, at: datetime) -> Desk:
    """Give a stall one more desk, also in the middle of the day.

    Raises:
        PlanError: it has as many as a stall can have.
    """
    _require_planner(actor)
    numbers = (
        Stall.objects.select_for_update(no_key=True).get(pk=stall.pk).desks.values_list("number", flat=True)
    )
    if len(numbers) >= MOST_DESKS:
        raise PlanError(f"席位数：一个摊位最多 {MOST_DESKS} 席。")
    return Desk.objects.create(stall=stall, number=max(numbers, default=0) + 1)


@verb
def remove_stall(*, stall: Stall, actor: Actor, at: datetime) -> None:
    """Take a stall out of the plan, as long as nobody has taken a ticket there.

    Raises:
        PlanError: it has had tickets or clicks.
    """
    _require_planner(actor)
    stall = Stall.objects.select_for_update().get(pk=stall.pk)
    if stall.tickets.exists() or stall.desks.filter(actions__isnull=False).exists():
        raise PlanError(f"{stall.code} 摊位已有人取号，不能撤下。")
    stall.desks.all().delete()
    stall.delete()


@verb
def copy_stalls(*, fair: Fair, source: Fair, actor: Actor, at: datetime) -> int:
    """Set up the stalls of another fair here: zones, bodies, factors, desks; codes that are there stay as they are.

    Returns:
        How many stalls were copied.
    """
    _require_planner(actor)
    zones = {zone.code: zone for zone in fair.zones.all()}
    there = set(fair.stalls.values_list("code", flat=True))
    stalls = source.stalls.exclude(code__in=there).select_related("zone", "organization").order_by("code")
    copied = [stall for stall in stalls.prefetch_related("handles", "desks") if stall.organization.is_active]
    for stall in copied:
        zone = zones.get(stall.zone.code)
        if zone is None:
            zone = zones[stall.zone.code] = Zone.objects.create(
                fair=fair, code=stall.zone.code, name=stall.zone.name
            )
        place_stall(
            fair=fair,
            zone=zone,
            organization=stall.organization,
            code=stall.code,
            position=stall.position,
            desks=max(1, len(stall.desks.all())),
            handles=list(stall.handles.all()),
            actor=actor,
            at=at,
        )
    return len(copied)


def _require_planner(actor: Actor) -> None:
    if not permissions.may_plan(actor):
        raise ForbiddenError("只有推进办可以安排大集。")

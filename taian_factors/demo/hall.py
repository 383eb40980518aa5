"""The hall of a fair: zones, stalls and desks, and who sits at them."""

from dataclasses import dataclass
from datetime import date, datetime, time

from fairs import queueing
from fairs.models import Desk, Fair, Stall, Zone
from taian_factors.demo.city import City
from taian_factors.directory import reference
from taian_factors.directory.actors import Actor
from taian_factors.directory.models import Organization

NAME = "要素保障大集"
PLACE = "市民之家"
ZONES = {"ZCJD": "政策解读", "YWSL": "业务受理", "LHHS": "联合会商", "JRFW": "金融服务"}
# On the floor, in rows from the entrance and columns from the left; five stalls stand side by side.
SPOTS = {"ZCJD": (1, 1), "YWSL": (2, 1), "LHHS": (4, 1), "JRFW": (3, 1)}
SIDE_BY_SIDE = 5
# Who mostly explains policy; the others take matters in.
EXPLAINS = {"GXJ", "CZJ", "KJJ", "JRJ", "SWJ"}
# Whose line is long gets two desks: 15 departments and 10 banks with 40 desks.
TWO_DESKS = {
    *("FGW", "SPJ", "ZJJ", "ZGJ", "STJ", "RSJ", "GDG"),
    *("B01", "B02", "B03", "B04", "B05", "B06", "B08", "B09"),
}


@dataclass
class Seat:
    """A desk and who sits at it."""

    desk: Desk
    clerk: Actor


def fair_of(city: City, *, held_on: date, opens_at: time, closes_at: time) -> Fair:
    """Set up a fair: 15 departments and 10 banks, and a joint table of the office."""
    fair = Fair.objects.create(
        held_on=held_on, name=NAME, place=PLACE, opens_at=opens_at, closes_at=closes_at
    )
    zones = {
        code: Zone.objects.create(fair=fair, code=code, name=name, row=SPOTS[code][0], column=SPOTS[code][1])
        for code, name in ZONES.items()
    }
    bodies = [b for b in city.bodies.values() if b.takes_part or _is_bank(b)]
    bodies.sort(key=lambda body: body.position)
    numbers = dict.fromkeys("ABC", 0)
    desks = []
    for body in bodies:
        row, zone = _place(body)
        numbers[row] += 1
        stall = _stall(fair, zones[zone], body, f"{row}{numbers[row]:02d}")
        stall.handles.set([city.factors[code] for code in handled_by(body)])
        desks += [Desk(stall=stall, number=n) for n in range(1, 3 if body.code in TWO_DESKS else 2)]
    office = city.clerk.organization
    table = _stall(fair, zones["LHHS"], office, "D01", is_joint_table=True)
    Desk.objects.bulk_create([*desks, Desk(stall=table, number=1)])
    return fair


def handled_by(body: Organization) -> list[str]:
    """Return the factors that a body answers for at a fair, by code; finance is led by institutions alone."""
    if body.kind == Organization.Kind.INSTITUTION:
        return ["JR"]
    (row,) = (r for r in reference.read("reference")["departments"] if r["code"] == body.code)
    return [code for code in row["factors"] if code != "JR"]


def sit_down(fair: Fair, city: City, *, at: datetime, only_first: bool = False) -> list[Seat]:
    """Have the clerks of every stall sit down at its desks, or at its first one."""
    desks = Desk.objects.filter(stall__fair=fair).select_related("stall__organization")
    if only_first:
        desks = desks.filter(number=1)
    seats = []
    for desk in desks.order_by("stall__code", "number"):
        joint = desk.stall.is_joint_table
        clerk = city.second_clerk if joint else city.at(desk.stall.organization, desk.number)
        seats.append(Seat(queueing.take_desk(desk=desk, actor=clerk, at=at), clerk))
    return seats


def _is_bank(body: Organization) -> bool:
    return body.kind == Organization.Kind.INSTITUTION and (body.code or "").startswith("B")


def _place(body: Organization) -> tuple[str, str]:
    if _is_bank(body):
        return "C", "JRFW"
    return ("A", "ZCJD") if body.code in EXPLAINS else ("B", "YWSL")


def _stall(fair: Fair, zone: Zone, body: Organization, code: str, *, is_joint_table: bool = False) -> Stall:
    side = {"A": "一楼入口左侧", "B": "一楼大厅", "C": "二楼东厅", "D": "二楼会商室"}[code[0]]
    before = int(code[1:]) - 1
    return Stall.objects.create(
        row=before // SIDE_BY_SIDE + 1,
        column=before % SIDE_BY_SIDE + 1,
        fair=fair,
        zone=zone,
        organization=body,
        code=code,
        position=f"{side} {code[1:].lstrip('0')} 号",
        is_joint_table=is_joint_table,
    )

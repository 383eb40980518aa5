"""Front-line visits of the demo city: some carried out, some to come, one cancelled, one enterprise visited enough."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from requests_desk import front_line
from requests_desk.models import FrontLineVisit
from taian_factors.demo.city import City, Enterprise
from taian_factors.directory.actors import Actor
from taian_factors.lib.periods import at_local, local_day
from taian_factors.lib.workdays import WorkCalendar

MORNING = time(9, 30)
AHEAD = timedelta(days=3)  # how long before the day a visit is planned


@dataclass(frozen=True)
class Trip:
    """A visit: to which example, how many working days from today, led by whom, about what, and what came of it."""

    example: int
    days: int
    lead: str
    purpose: str
    minutes: str = ""
    team: tuple[str, ...] = ()
    cancelled: str = ""


# lead: "chain" and "county" are the enterprise's own; else the code of a body
TRIPS = (
    Trip(0, -27, "chain", "了解技改进度", "设备已到位，企业希望加快用电增容。", ("GDG",)),
    Trip(0, -17, "ZGJ", "二期用地预审", "现场核对红线，材料齐全，下周受理。"),
    Trip(0, -9, "GTB", "回访大集需求", "三项需求均有进展，企业满意。", ("ZGJ", "GDG")),
    Trip(0, -3, "county", "协调厂区道路", "镇街已进场，月底完工。"),
    Trip(3, -21, "county", "摸排用工需求", "缺熟练工 40 人，已转人社部门。", ("RSJ",)),
    Trip(7, -15, "STJ", "排污许可变更", "一次性告知所需材料。"),
    Trip(11, -11, "FGW", "项目入库和能评", "能评报告本周补正后上会。", ("GXJ",)),
    Trip(18, -7, "chain", "产业链配套对接", "与两家链上企业达成试供意向。", ("B01",)),
    Trip(26, -2, "GTB", "重点项目要素保障", "企业提出土地、资金两项需求，由其网上申报。", ("ZGJ", "B03")),
    Trip(5, -5, "SPJ", "施工许可并联办理", cancelled="企业负责人外出，改为线上对接。"),
    Trip(9, 2, "GTB", "开工前要素保障", team=("ZGJ", "ZJJ", "GDG")),
    Trip(14, 4, "county", "企业用水用气"),
    Trip(21, 6, "chain", "新产品应用场景对接", team=("B02",)),
)


def pay_visits(city: City, calendar: WorkCalendar, *, now: datetime) -> int:
    """Plan and carry out the trips that are missing; return how many. With visits to come, nothing is missing."""
    today = local_day(now)
    if FrontLineVisit.objects.filter(planned_on__gt=today).exists():
        return 0
    for due in FrontLineVisit.objects.filter(state=FrontLineVisit.State.PLANNED):
        at = at_local(due.planned_on, MORNING) + timedelta(hours=2)
        lead = city.at(due.planned_for)
        front_line.record(due, visited_on=due.planned_on, minutes="按计划走访。", actor=lead, at=at)
    return sum(_go(trip, city, calendar, now) for trip in TRIPS)


def _go(trip: Trip, city: City, calendar: WorkCalendar, now: datetime) -> bool:
    enterprise = city.examples[trip.example % len(city.examples)]
    lead = _lead(trip, enterprise, city)
    today = local_day(now)
    day = calendar.add(today, trip.days) if trip.days > 0 else calendar.subtract(today, -trip.days)
    planned_at = min(at_local(day, MORNING) - AHEAD, now)
    try:
        visit = front_line.plan(
            enterprise=enterprise.organization,
            project=enterprise.project,
            planned_on=day,
            purpose=trip.purpose,
            team=[city.bodies[code] for code in trip.team],
            actor=lead,
            at=planned_at,
        )
    except front_line.CapReachedError:
        return False
    there = at_local(day, MORNING) + timedelta(hours=2)
    if trip.minutes:
        front_line.record(visit, visited_on=day, minutes=trip.minutes, actor=lead, at=there)
    elif trip.cancelled:
        front_line.cancel(visit, reason=trip.cancelled, actor=lead, at=planned_at + timedelta(days=1))
    return True


def _lead(trip: Trip, enterprise: Enterprise, city: City) -> Actor:
    profile = enterprise.organization.profile
    wanted = {
        "chain": f"ZB-{profile.chain.code}" if profile.chain else "GTB",
        "county": f"TB-{profile.division.code}",
    }
    body = city.bodies.get(wanted.get(trip.lead, trip.lead), city.bodies["GTB"])
    return city.clerk if body.code == "GTB" else city.at(body)

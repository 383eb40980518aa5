"""Factor weeks: the first five working days of a quarter, and how the city reconciles its ledger in them."""

from datetime import date, datetime, time
from random import Random

from requests_desk import factor_weeks, reconciled
from requests_desk.models import ReconciliationWeek
from taian_factors.demo.city import City
from taian_factors.demo.matter import Life
from taian_factors.demo.timeline import office_moment
from taian_factors.lib.periods import Period, at_local, local_day
from taian_factors.lib.workdays import WorkCalendar

MONTHS = (1, 4, 7, 10)
REASONS = (
    "手续正在办理，预计下季度办结。",
    "等待企业补充材料。",
    "已拿出方案，按计划推进。",
    "需省级审批，已上报。",
)


def reconciling(month: Period, city: City, calendar: WorkCalendar) -> Life:
    """Freeze the ledger on the first morning, let the departments go through it, sign and close on the last evening."""
    first, *_, fourth, last = week_of(month.first_day, calendar)
    yield (at := at_local(first, time(8, 30)))
    quarter = factor_weeks.quarter_of(at).key
    week = ReconciliationWeek.objects.filter(period=quarter).first() or factor_weeks.open_week(at=at)
    yield (at := at_local(fourth, time(15, 20)))
    for body in city.bodies.values():
        if body.takes_part:
            factor_weeks.see(week, actor=city.head_of(body), at=at)
    yield (at := at_local(last, time(17, 50)))
    chance = Random(f"week {quarter}")  # noqa: S311
    for row in reconciled.by_body(week.lines.unsigned()):
        reason = chance.choice(REASONS) if row["organization"] else "先交办，下季度核对。"
        factor_weeks.carry_over_rest(week, reason=reason, body=row["organization"], actor=city.clerk, at=at)
    factor_weeks.close_week(week, actor=city.lead, at=at)


def next_factor_week(at: datetime, calendar: WorkCalendar, chance: Random) -> datetime:
    """Return a moment in the factor week that comes after ``at`` (or in this one, when a day of it is left)."""
    month = Period.month_of(local_day(at))
    while True:
        if month.first_month in MONTHS:
            days = [day for day in week_of(month.first_day, calendar) if day > local_day(at)]
            if days:
                return office_moment(chance.choice(days), chance)
        month = month.shifted(1)


def week_of(first_day: date, calendar: WorkCalendar) -> list[date]:
    """Return the five days of the factor week that begins with a month."""
    return [calendar.nth_of_month(first_day, number) for number in range(1, 6)]

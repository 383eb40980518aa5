"""The day's report of a fair: by stall and by hour, needs by factor, satisfaction, what stays open. Never writes.

The office has all of it; a body its own stalls' rows, its own needs and nothing of what was thought of it. Every
number is counted from the records at the moment of reading, and ``checks`` says of each sum that it adds up.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from fairs.figures import DayFigures, Figures, check_ins, day_figures, paused_minutes
from fairs.models import Fair, Stall
from fairs.ratings import FairSatisfaction, satisfaction_of
from requests_desk.fair_aftermath import MatterReviews, OpenMatter, matter_reviews, open_matters
from requests_desk.fair_needs import FairNeed, NeedCounts, counted, day_of, needs_of, numbers_at
from requests_desk.permissions import report_of
from taian_factors.directory.actors import Actor
from taian_factors.directory.models import Factor, Organization
from taian_factors.lib.periods import chinese_day


@dataclass(frozen=True)
class StallLine:
    """A stall's day. ``stall`` is None for needs whose lead served their enterprise at no stall of its own.

    ``paused`` are the minutes in which its desks were paused, by hand or called to a joint table.
    """

    stall: Stall | None
    figures: Figures
    needs: NeedCounts
    paused: int = 0


@dataclass(frozen=True)
class HourLine:
    """An hour: the numbers taken in it, the needs given to a lead in it, and who checked in (None: not for you)."""

    hour: int
    figures: Figures
    needs: NeedCounts
    checked_in: int | None

    @property
    def label(self) -> str:
        """The hour as a clock shows it."""
        return f"{self.hour:02d}:00–{self.hour + 1:02d}:00"


@dataclass(frozen=True)
class FactorLine:
    """The needs of one factor with one kind of lead."""

    factor: Factor
    needs: NeedCounts


@dataclass(frozen=True)
class Check:
    """A sum and what it must be."""

    label: str
    left: int
    right: int

    @property
    def holds(self) -> bool:
        """Whether it adds up."""
        return self.left == self.right


@dataclass(frozen=True)
class FairReport:
    """All of it. ``is_whole`` is the office's; else it is one body's part. ``left_over`` waits for its lead."""

    fair: Fair
    at: datetime
    is_whole: bool
    visits: int
    bodies: dict[str, int]
    total: Figures
    stalls: list[StallLine]
    hours: list[HourLine]
    needs: NeedCounts
    finance: NeedCounts
    factors: list[FactorLine]
    finance_factors: list[FactorLine]
    left_over: int
    open: list[OpenMatter]
    reviews: MatterReviews | None = None
    satisfaction: FairSatisfaction | None = None
    checks: list[Check] = field(default_factory=list)

    @property
    def all_needs(self) -> NeedCounts:
        """Needs of both kinds together."""
        one, other = self.needs, self.finance
        return NeedCounts(
            one.completed + other.completed, one.planned + other.planned, one.handed + other.handed
        )

    @property
    def paused(self) -> int:
        """The minutes in which desks were paused, all of them together."""
        return sum(line.paused for line in self.stalls)

    @property
    def busiest(self) -> int:
        """The most numbers that were taken in one hour; never nought, so that bars have a length."""
        return max([1, *(line.figures.taken for line in self.hours)])

    @property
    def adds_up(self) -> bool:
        """Whether every check holds."""
        return all(check.holds for check in self.checks)

    @property
    def sentence(self) -> str:
        """The day as a bulletin says it, from these numbers."""
        opening = f"{chinese_day(self.fair.held_on)}，{self.fair.name}在{self.fair.place}举办"
        if self.is_whole:
            opening += f"，{self.bodies['departments']}个市直要素保障部门、{self.bodies['institutions']}家金融机构参加"
        came = f"到场企业{self.visits}家，取号{self.total.taken}个，办理{self.total.served}个"
        said = [_in_words("现场受理要素需求", self.needs)] if self.needs.received or self.is_whole else []
        if self.finance.received or self.is_whole:
            said.append(_in_words("受理金融需求", self.finance))
        return f"{opening}。{came}。{'；'.join(said)}。" if said else f"{opening}。{came}。"


def fair_report(fair: Fair, *, actor: Actor, at: datetime) -> FairReport:
    """Gather a fair's report as far as the actor may see it; a fixed number of queries.

    Who may see none of it has none of the stalls; the caller has looked (``permissions.may_see_report``).
    """
    stalls = list(report_of(actor, fair).select_related("organization", "zone").order_by("code"))
    is_whole = actor.is_office
    figures = day_figures(stall.pk for stall in stalls)
    paused = paused_minutes((stall.pk for stall in stalls), until=_end_of(fair, at))
    numbers = numbers_at(fair)
    needs = needs_of(fair, numbers, organization=None if is_whole else actor.organization.pk)
    arrived = check_ins(fair) if is_whole else {}
    finance = [need for need in needs if need.is_finance]
    others = [need for need in needs if not need.is_finance]
    factors = {factor.pk: factor for factor in Factor.objects.order_by("position")}
    left_over = len(numbers) - len(needs) if is_whole else 0
    report = FairReport(
        fair=fair,
        at=at,
        is_whole=is_whole,
        visits=sum(arrived.values()) if is_whole else figures.total.visits,
        bodies=_bodies(stalls),
        total=figures.total,
        stalls=_stalls(stalls, figures, needs, paused),
        hours=_hours(figures, needs, arrived if is_whole else None),
        needs=counted(others),
        finance=counted(finance),
        factors=_factors(factors, others),
        finance_factors=_factors(factors, finance),
        left_over=left_over,
        open=open_matters(numbers, actor, at=at),
        reviews=matter_reviews(fair, numbers) if is_whole else None,
        satisfaction=satisfaction_of(fair) if is_whole else None,
    )
    report.checks.extend(_checks(report))
    return report


def _in_words(what: str, needs: NeedCounts) -> str:
    said = f"{what}{needs.received}项"
    if not needs.received:
        return said
    parts = [f"现场办结{needs.completed}项", f"现场拿出解决方案{needs.planned}项"]
    if needs.handed:
        parts.append(f"转交办{needs.handed}项")
    return f"{said}，其中{'、'.join(parts)}"


def _bodies(stalls: Iterable[Stall]) -> dict[str, int]:
    bodies = {stall.organization for stall in stalls}
    kinds = Organization.Kind
    return {
        "departments": sum(body.kind == kinds.DEPARTMENT for body in bodies),
        "institutions": sum(body.kind == kinds.INSTITUTION for body in bodies),
    }


def _end_of(fair: Fair, at: datetime) -> datetime:
    """Until when a desk's pause counts: the end of the day's work, or now."""
    return min(at, fair.closed_at or day_of(fair)[1])


def _stalls(
    stalls: list[Stall], figures: DayFigures, needs: list[FairNeed], paused: dict[int, int]
) -> list[StallLine]:
    here = {stall.pk for stall in stalls}
    lines = [
        StallLine(
            stall,
            figures.by_stall.get(stall.pk, Figures()),
            counted(need for need in needs if need.stall_id == stall.pk),
            paused.get(stall.pk, 0),
        )
        for stall in stalls
    ]
    elsewhere = counted(need for need in needs if need.stall_id not in here)
    return [*lines, StallLine(None, Figures(), elsewhere)] if elsewhere.received else lines


def _hours(figures: DayFigures, needs: list[FairNeed], arrived: dict[int, int] | None) -> list[HourLine]:
    hours = {*figures.by_hour, *(need.hour for need in needs), *(arrived or {})}
    return (
        [
            HourLine(
                hour,
                figures.by_hour.get(hour, Figures()),
                counted(need for need in needs if need.hour == hour),
                None if arrived is None else arrived.get(hour, 0),
            )
            for hour in range(min(hours), max(hours) + 1)
        ]
        if hours
        else []
    )


def _factors(factors: dict[int, Factor], needs: list[FairNeed]) -> list[FactorLine]:
    there = {need.factor_id for need in needs}
    return [
        FactorLine(factor, counted(need for need in needs if need.factor_id == pk))
        for pk, factor in factors.items()
        if pk in there
    ]


def _checks(report: FairReport) -> list[Check]:
    total, needs = report.total, report.all_needs
    checks = [
        Check("各摊位取号之和 = 取号总数", sum(line.figures.taken for line in report.stalls), total.taken),
        Check("各时段取号之和 = 取号总数", sum(line.figures.taken for line in report.hours), total.taken),
        Check("等候 + 已叫号 + 办理中 + 已办理 + 过号 + 离开 = 取号总数", total.by_state, total.taken),
        Check("需求已办 + 咨询 + 转摊位 = 已办理", total.by_outcome, total.served),
        Check(
            "各摊位受理之和 = 受理总数", sum(line.needs.received for line in report.stalls), needs.received
        ),
        Check("各时段受理之和 = 受理总数", sum(line.needs.received for line in report.hours), needs.received),
        Check(
            "各要素受理之和 = 受理总数",
            sum(line.needs.received for line in [*report.factors, *report.finance_factors]),
            needs.received,
        ),
    ]
    if report.is_whole:
        arrived = sum(line.checked_in or 0 for line in report.hours)
        checks.append(Check("各时段签到之和 = 到场企业", arrived, report.visits))
    return checks

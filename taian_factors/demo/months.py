"""A month of the competition: its duties, and its way from a provisional run to publication and bulletin."""

from collections.abc import Iterator
from datetime import date, datetime, time
from random import Random

from scoring import appealing, arranging, bulletins, runs
from scoring.models import REASONS, Bulletin, CountedInput, Duty, DutyRecord, ScoringRun
from taian_factors.demo.city import City
from taian_factors.demo.habits import PUNCTUAL
from taian_factors.demo.matter import Life
from taian_factors.directory.models import Organization
from taian_factors.lib.periods import Period, at_local
from taian_factors.lib.workdays import WorkCalendar

# Title, and what is asked. The first is arranged in factor weeks only.
WEEK_DUTY = ("参加要素保障周集中办公", "安排业务骨干到产业会客厅集中办公五天。")
FAIR_DUTY = ("参加要素保障大集", "选派能当场拍板的人员到市民之家设摊。")
DUTIES = (
    ("报送重点工业项目要素需求清单", "逐项填报本领域要素需求和进展。"),
    ("参加新上重大项目联合会商", "分管负责人参会，会前提交书面意见。"),
    ("更新惠企政策汇编", "梳理本部门现行有效政策，注明文号和期限。"),
    ("开展一线服务走访", "走访不少于三个项目，形成问题清单。"),
    ("报送攻坚作战单元月度进展", "对照任务书逐项说明。"),
    ("反馈要素保障问题清单办理情况", "对未办结事项说明原因和时限。"),
)
RESULTS = DutyRecord.Result
PROOFS = {
    RESULTS.ON_TIME: "签到和报送记录：按要求落实",
    RESULTS.LATE: "签到和报送记录：晚于期限",
    RESULTS.NOT_DONE: "签到和报送记录：未见材料",
}


def duties(period: Period, city: City, calendar: WorkCalendar) -> list[Life]:
    """Return the lives of a month's two or three duties; those that are arranged already go on to their judgement."""
    arranged = list(Duty.objects.due_in(period).order_by("pk"))
    if arranged:
        open_ones = [duty for duty in arranged if duty.records.without_result().exists()]
        return [_judgement(duty, city, calendar) for duty in open_ones]
    return [_duty(row, due_on, period, city, calendar) for row, due_on in _chosen(period, calendar)]


def _chosen(period: Period, calendar: WorkCalendar) -> Iterator[tuple[tuple[str, str], date]]:
    chance = Random(f"duties {period.key}")  # noqa: S311
    if period.first_month in (1, 4, 7, 10):
        yield WEEK_DUTY, calendar.nth_of_month(period.first_day, 5)
    if period.key == "2023-06":
        yield FAIR_DUTY, date(2023, 6, 13)
    for row in chance.sample(DUTIES, 2):
        yield row, calendar.nth_of_month(period.first_day, chance.randint(8, 17))


def _duty(row: tuple[str, str], due_on: date, period: Period, city: City, calendar: WorkCalendar) -> Life:
    title, requirement = row
    first = at_local(calendar.nth_of_month(period.first_day, 1), time(9, 10))
    yield first
    departments = [b for b in city.bodies.values() if b.takes_part]
    duty = arranging.arrange(
        title=f"{title}（{period.first_month} 月）",
        due_on=due_on,
        departments=departments,
        requirement=requirement,
        actor=city.clerk,
        at=first,
    )
    yield from _judgement(duty, city, calendar)


def _judgement(duty: Duty, city: City, calendar: WorkCalendar) -> Life:
    """The day after it was due the office says what became of a duty, where it has not said so yet."""
    yield (at := at_local(calendar.add(duty.due_on, 1), time(15, 30)))
    for record in duty.records.without_result().select_related("organization").order_by("pk"):
        result = _result(record.organization, f"{duty.title} {duty.due_on}")
        arranging.judge(record=record, result=result, proof=PROOFS[result], actor=city.second_clerk, at=at)


def _result(department: Organization, duty: str) -> DutyRecord.Result:
    chance = Random(f"{department.code} {duty}").random() * 100  # noqa: S311
    punctual = PUNCTUAL.get(department.code or "", 93) - 7
    if chance < punctual:
        return RESULTS.ON_TIME
    return RESULTS.LATE if chance < punctual + (100 - punctual) * 0.7 else RESULTS.NOT_DONE


def month(period: Period, city: City, calendar: WorkCalendar, *, is_published: bool) -> Life:
    """Compute, preview, appeal, publish a month, and put out the bulletins that end with it.

    What the clock or a person has done already is not done again.

    Args:
        is_published: False leaves the month in preview.
    """
    end = period.end_day
    yield (at := _on(calendar, end, 1, time(9)))
    if not ScoringRun.objects.of(period).exists():
        runs.compute_month(period=period, at=at)
    yield (at := _on(calendar, end, 6, time(9, 30)))
    _preview(period, at)
    yield (at := _on(calendar, end, 7, time(14, 20)))
    appeal = _appeal(period, city, at)
    if appeal is not None:
        yield (at := _on(calendar, end, 8, time(16, 5)))
        is_upheld = Random(f"ruling {period.key}").random() < 0.6  # noqa: S311
        decision = "证据充分，予以剔除。" if is_upheld else "经核实，计入并无不当，维持原结果。"
        appealing.decide_appeal(appeal=appeal, is_upheld=is_upheld, decision=decision, actor=city.lead, at=at)
    if is_published:
        yield (at := _on(calendar, end, 10, time(0, 5)))
        runs.close_appeals(at=at)
        yield (at := _on(calendar, end, 10, time(10)))
        _publish(period, city, at)
        yield from _bulletins(period, city, calendar)


def _on(calendar: WorkCalendar, end: date, number: int, clock: time) -> datetime:
    return at_local(calendar.nth_of_month(end, number), clock)


def _preview(period: Period, at: datetime) -> None:
    if not ScoringRun.objects.of(period).exclude(state="draft").exists():
        runs.preview(run=runs.compute_month(period=period, at=at), actor=None, at=at)


def _publish(period: Period, city: City, at: datetime) -> None:
    run = ScoringRun.objects.of(period).first()
    if run is not None and run.state == ScoringRun.State.PREVIEW:
        runs.publish(run=run, actor=city.lead, at=at)


def _appeal(period: Period, city: City, at: datetime) -> appealing.Appeal | None:
    """In two months of three some department appeals against one late reply or completion."""
    chance = Random(f"appeal {period.key}")  # noqa: S311
    run = ScoringRun.objects.in_preview().of(period).first()
    if run is None or chance.random() > 0.66:
        return None
    if known := run.appeals.order_by("pk").first():  # a set-up that was broken off goes on from here
        return known if known.decided_at is None else None
    indicators = ("on_time_reply", "completion")
    missed = CountedInput.objects.filter(run=run, left_out="", credit=0, indicator__in=indicators)
    missed = list(missed.select_related("organization").order_by("assignment_id")[:30])
    if not missed:
        return None
    counted = chance.choice(missed)
    return appealing.appeal(
        counted=counted,
        reason=chance.choice([REASONS[2], REASONS[3]]),
        evidence="办理中须等待外部条件，已书面告知企业，过程记录可查。",
        actor=city.head_of(counted.organization),
        at=at,
    )


def _bulletins(period: Period, city: City, calendar: WorkCalendar) -> Life:
    """Put out the quarter's bulletin after its last month, and the half-year's digest after the quarter."""
    for days, longer in enumerate(_ending_with(period), start=12):
        if ScoringRun.objects.published().filter(period=longer.key).exists():
            continue
        yield (at := _on(calendar, period.end_day, days, time(10, 40)))
        published = ScoringRun.objects.published().filter(period__in=[m.key for m in longer.months])
        if published.count() == len(longer.months):
            draft = Bulletin.objects.drafts().of(longer).first()
            bulletin = draft or bulletins.compose(period=longer, actor=city.clerk, at=at)
            yield (at := _on(calendar, period.end_day, days, time(16, 15)))
            bulletins.issue(bulletin=bulletin, actor=city.lead, at=at)


def _ending_with(period: Period) -> list[Period]:
    found = []
    if period.first_month % 3 == 0:
        found.append(Period.parse(f"{period.year}Q{period.first_month // 3}"))
    if period.first_month % 6 == 0:
        found.append(Period.parse(f"{period.year}H{period.first_month // 6}"))
    return found

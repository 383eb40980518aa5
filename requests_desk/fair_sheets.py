"""A fair's report out to a workbook: the very numbers of the page, one sheet for each of its tables."""

from collections.abc import Callable, Iterator
from typing import IO, Any

from requests_desk.fair_aftermath import OpenMatter
from requests_desk.fair_report import FactorLine, FairReport
from taian_factors.lib.periods import local_day
from taian_factors.lib.sheets import Sheet, Value, write_book

Column = tuple[str, Callable[[Any], Value]]
_QUEUE: list[Column] = [
    ("取号", lambda line: line.figures.taken),
    ("取号企业", lambda line: line.figures.visits),
    ("叫过的号", lambda line: line.figures.waited),
    ("等候中位（分钟）", lambda line: line.figures.p50),
    ("等候九成（分钟）", lambda line: line.figures.p90),
    ("等候", lambda line: line.figures.waiting),
    ("已叫号", lambda line: line.figures.called),
    ("办理中", lambda line: line.figures.serving),
    ("已办理", lambda line: line.figures.served),
    ("过号", lambda line: line.figures.missed),
    ("已离开", lambda line: line.figures.left),
    ("需求已办", lambda line: line.figures.handled),
    ("咨询", lambda line: line.figures.consulted),
    ("转摊位", lambda line: line.figures.transferred),
]
_NEEDS: list[Column] = [
    ("受理需求", lambda line: line.needs.received),
    ("现场办结", lambda line: line.needs.completed),
    ("现场拿出解决方案", lambda line: line.needs.planned),
    ("转交办", lambda line: line.needs.handed),
]
_STALLS: list[Column] = [
    ("摊位", lambda line: line.stall.code if line.stall else "—"),
    ("单位", lambda line: line.stall.organization.name if line.stall else "不在本单位摊位"),
    ("展区", lambda line: line.stall.zone.name if line.stall else None),
    *_QUEUE,
    *_NEEDS,
    ("暂停（分钟）", lambda line: line.paused),
]
_HOURS: list[Column] = [
    ("时段", lambda line: line.label),
    ("签到企业", lambda line: line.checked_in),
    *_QUEUE,
    *_NEEDS,
]
_OPEN: list[Column] = [
    ("编号", lambda each: each.row.factor_request.number),
    ("需求", lambda each: each.row.factor_request.headline),
    ("企业", lambda each: each.row.factor_request.enterprise.name),
    ("要素", lambda each: each.row.factor_request.factor.name),
    ("状态", lambda each: each.row.factor_request.get_state_display()),
    ("责任单位", lambda each: each.owner),
    ("期限", lambda each: _due(each)),
    ("方案责任人", lambda each: each.plan.plan_owner if each.plan else None),
    ("方案完成日期", lambda each: each.plan.plan_on if each.plan else None),
]


def write_report(target: IO[bytes], report: FairReport) -> list[int]:
    """Write the report to ``target``; return the number of rows of each sheet."""
    return write_book(target, _sheets(report))


def _sheets(report: FairReport) -> Iterator[Sheet]:
    yield Sheet("概况", ["项目", "数值"], list(_summary(report)), [30, 60])
    yield _table("分摊位", _STALLS, report.stalls, report)
    yield _table("分时段", _HOURS, report.hours, report)
    kinds = [("部门", line) for line in report.factors] + [("金融机构", x) for x in report.finance_factors]
    yield Sheet(
        "分要素",
        ["主办", "要素", *(heading for heading, _ in _NEEDS)],
        [[kind, line.factor.name, *_cells(line)] for kind, line in kinds],
        [12, 20],
    )
    if report.reviews is not None:
        yield Sheet("满意度", ["测评", "内容", "评价", "份数"], list(_satisfaction(report)), [14, 16, 12, 8])
    yield Sheet(
        "留办事项",
        [heading for heading, _ in _OPEN],
        [[value(each) for _, value in _OPEN] for each in report.open],
        [24, 40, 30, 12, 12, 18, 18, 12, 14],
    )
    rows = [[c.label, c.left, c.right, "相符" if c.holds else "不符"] for c in report.checks]
    yield Sheet("核对", ["核对", "左边", "右边", "结果"], rows, [52, 10, 10, 10])


def _summary(report: FairReport) -> Iterator[list[Value]]:
    fair, total = report.fair, report.total
    yield ["大集", fair.name]
    yield ["日期", fair.held_on]
    yield ["统计时间", report.at]
    yield ["通报用语", report.sentence]
    yield ["到场企业", report.visits]
    yield ["取号", total.taken]
    yield ["已办理", total.served]
    yield ["过号", total.missed]
    yield ["已离开", total.left]
    yield ["等候中位（分钟）", total.p50]
    yield ["等候九成（分钟）", total.p90]
    for label, needs in (("要素需求", report.needs), ("金融需求", report.finance)):
        yield [f"{label}：受理", needs.received]
        yield [f"{label}：现场办结", needs.completed]
        yield [f"{label}：现场拿出解决方案", needs.planned]
        yield [f"{label}：转交办", needs.handed]
    if report.is_whole:
        yield ["当天尚未交办", report.left_over]
    yield ["现在仍在办", len(report.open)]


def _table(title: str, columns: list[Column], lines: list[Any], report: FairReport) -> Sheet:
    if not report.is_whole:
        columns = [column for column in columns if column[0] != "签到企业"]
    rows = [[value(line) for _, value in columns] for line in lines]
    return Sheet(title, [heading for heading, _ in columns], rows, [14, 24])


def _cells(line: FactorLine) -> list[Value]:
    return [value(line) for _, value in _NEEDS]


def _satisfaction(report: FairReport) -> Iterator[list[Value]]:
    assert report.reviews is not None
    for level, today, until_now in report.reviews.lines:
        yield ["一事一评", "当天", level, today]
        yield ["一事一评", "至今", level, until_now]
    if report.satisfaction is not None:
        for question in (report.satisfaction, *report.satisfaction.questions):
            for level, count in question.levels:
                yield ["大集测评", question.label, level, count]


def _due(each: OpenMatter) -> Value:
    clock = each.row.next_clock
    return local_day(clock.due_at) if clock and clock.due_at else None

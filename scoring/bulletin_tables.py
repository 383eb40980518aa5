"""The tables of a bulletin, from the numbers that were stored with it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from scoring.papers import Attachment, Table

SMALL = "*"  # beside a figure whose population is below five


def rankings(numbers: Mapping[str, Any]) -> Iterator[Table]:
    """Give a table per comparison group, and apart the departments without a place."""
    indicators = [f"{name}\n（{marks}分）" for name, marks in numbers["headings"]]
    for group in numbers["groups"]:
        rows = [_ranked(row) for row in group["rows"]]
        headings = ["名次", "部门", *indicators, "总分"]
        yield Table(group["name"], headings, rows, note=_note(numbers))
    if numbers["unranked"]:
        names = [name for name, _ in numbers["headings"]]
        rows = [[row["short"], *(_counted(line) for line in row["lines"])] for row in numbers["unranked"]]
        yield Table("本期无应办事项的部门", ["部门", *names], rows)


def _note(numbers: Mapping[str, Any]) -> str:
    return (
        f"注：带{SMALL}的指标样本不足5件；“—”为本期无应计事项，其分值按细则移入其他指标。"
        f"计分版本{numbers['rules']}。"
    )


def _ranked(row: Mapping[str, Any]) -> list[str]:
    points = [f"{line['points']}{_mark(line)}" if line["population"] else "—" for line in row["lines"]]
    return [str(row["place"]), row["short"], *points, row["total"]]


def _counted(line: Mapping[str, Any]) -> str:
    if not line["population"]:
        return "—"
    return f"{line['rate']}{_mark(line)}\n（{line['hits']}/{line['population']}）"


def _mark(line: Mapping[str, Any]) -> str:
    return SMALL if line["small_sample"] else ""


def attachments(numbers: Mapping[str, Any]) -> list[Attachment]:
    """Return what is printed behind the paper, every department in the order of the ranking."""
    everybody = [row for group in numbers["groups"] for row in group["rows"]] + list(numbers["unranked"])
    made = [
        ("各项指标完成情况", [_indicators(everybody)]),
        (
            "各月得分和参考指标",
            [_months(everybody, numbers["months"]), _beside(everybody, numbers["beside_names"])],
        ),
        ("剔除事项、办理时限和吹哨报到情况", [_exclusions(numbers["exclusions"]), *_clocks(numbers)]),
    ]
    return [
        Attachment(place, title, [table for table in tables if table.rows])
        for place, (title, tables) in enumerate(made, start=1)
    ]


def _indicators(rows: Sequence[Mapping[str, Any]]) -> Table:
    headings = ["部门", "指标", "达标", "应计", "比率", "满分", "得分"]
    lines = [[row["short"], *_indicator(row, line)] for row in rows for line in row["lines"]]
    return Table("各项指标完成情况", headings, lines, merged=True)


def _indicator(row: Mapping[str, Any], line: Mapping[str, Any]) -> list[str]:
    if not line["population"]:
        return [line["name"], "0", "0", "—", "—", "—"]
    points = [line["full_marks"], line["points"]] if row["place"] else ["—", "—"]
    return [line["name"], line["hits"], str(line["population"]), f"{line['rate']}{_mark(line)}", *points]


def _months(rows: Sequence[Mapping[str, Any]], months: Sequence[str]) -> Table:
    short = [month.rpartition("年")[2] for month in months]
    return Table("各月得分情况", ["部门", *short], [[row["short"], *row["months"]] for row in rows])


def _beside(rows: Sequence[Mapping[str, Any]], names: Sequence[str]) -> Table:
    cells = [[row["short"], *(_figure(*figure) for figure in row["beside"])] for row in rows]
    return Table("参考指标情况", ["部门", *names], cells)


def _figure(name: str, text: str, count: str) -> str:
    return text if text == count else f"{text}\n（{count.replace(' ', '')}）"


def _exclusions(rows: Sequence[Sequence[Any]]) -> Table:
    return Table(
        "剔除事项情况", ["部门", "剔除理由", "件数"], [[*row[:2], str(row[2])] for row in rows], merged=True
    )


def _clocks(numbers: Mapping[str, Any]) -> list[Table]:
    own = [
        [clock["name"], str(clock["population"]), str(clock["hits"]), clock["rate"]]
        for clock in numbers["clocks"]
        if clock["population"]
    ]
    late = [[short, str(due), str(due - late), str(late)] for short, due, late in numbers["whistles"]]
    return [
        Table("市工业推进办办理时限", ["环节", "应办件数", "按时件数", "比率"], own),
        Table("企业吹哨、部门报到", ["单位", "吹哨次数", "按时报到", "逾期报到"], late),
    ]

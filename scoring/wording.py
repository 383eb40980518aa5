"""The words of a bulletin, composed from its numbers alone: every sentence here can be checked against the table."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from scoring.rulebook import BY_CODE
from taian_factors.lib.periods import Period

LONGEST = 4000  # characters, by the rule of 2024-08-06 for papers on one subject
ADDRESSEES = "各县、市、区人民政府，各功能区管委会，市政府各部门、直属单位，省属以上驻泰各单位："
PAPER = {"quarter": "通报", "half_year": "小结", "year": "总结"}
SPAN = {"quarter": "本季度", "half_year": "本半年", "year": "全年"}
EXCELLENT, POOR = 3, 3
HEADINGS = {
    "basis": "",
    "overview": "总体情况",
    "ranking": "得分排名",
    "strong": "做法突出",
    "weak": "排名靠后",
    "problems": "存在问题",
    "next": "下步要求",
}
NEXT_STEPS = (
    "各部门要对照排名和各项指标逐件查找原因，对未按时回复、未按时办结的事项逐一明确责任人和完成时限，尽快补办到位。",
    "排名靠后的部门要由负责人牵头研究整改，整改情况于收文后 5 个工作日内报市工业推进办。",
    "要坚持办结以企业认可为准，主动上门对接，不得以任何方式干预企业评价。",
)


def title(period: Period) -> str:
    """Return the title of the paper for a period."""
    return f"关于{period.label}要素保障大比拼情况的{PAPER[period.kind]}"


def sections(period: Period, numbers: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the sections, each with its code, heading and paragraphs, in their order."""
    written = {
        "basis": [_basis(period, numbers)],
        "overview": _overview(period, numbers),
        "ranking": _ranking(numbers),
        "strong": _strong(numbers),
        "weak": _weak(numbers),
        "problems": _problems(numbers),
        "next": list(NEXT_STEPS),
    }
    return [{"code": code, "heading": HEADINGS[code], "paragraphs": written[code]} for code in HEADINGS]


def length(paper_title: str, parts: Sequence[Mapping[str, Any]]) -> int:
    """Count the characters of a paper as an office counts them: without blanks."""
    text = paper_title + "".join(part["heading"] + "".join(part["paragraphs"]) for part in parts)
    return len("".join(text.split()))


def _basis(period: Period, numbers: Mapping[str, Any]) -> str:
    months = "、".join(month.label for month in period.months)
    return (
        f"依据《泰安市“要素保障大比拼”实施细则》（计分版本 {numbers['rules']}），"
        f"市工业推进办按照比效果、比服务、比效率的要求，由已公布的{months}各月数据合并计算，对{period.label}各市直要素保障部门进行了综合评价，现将有关情况通报如下："
    )


def _overview(period: Period, numbers: Mapping[str, Any]) -> list[str]:
    ranked, apart = _ranked(numbers), numbers["unranked"]
    first = f"{SPAN[period.kind]}共有 {len(ranked) + len(apart)} 个部门参加，{len(ranked)} 个部门参加排名"
    first += f"，{len(apart)} 个部门无应办事项，不参加排名。" if apart else "。"
    return [
        first,
        "；".join(_sum_sentence(total) for total in numbers["totals"] if total["population"]) + "。",
    ]


def _sum_sentence(total: Mapping[str, Any]) -> str:
    indicator = BY_CODE[total["indicator"]]
    counter = "项" if indicator.code == "cooperation" else "件"
    return (
        f"{indicator.noun} {total['population']} {counter}，{indicator.hit_noun} {total['hits']}，"
        f"{indicator.name} {total['rate']}"
    )


def _ranking(numbers: Mapping[str, Any]) -> list[str]:
    found = []
    for group in numbers["groups"]:
        rows = group["rows"]
        if rows:
            leaders = "、".join(row["short"] for row in rows if row["place"] <= EXCELLENT)
            found.append(
                f"{group['name']}得分和排名见下表。前 {EXCELLENT} 名为{leaders}。得分相同的名次并列。"
            )
    if numbers["unranked"]:
        names = "、".join(row["short"] for row in numbers["unranked"])
        found.append(f"无应办事项、不参加排名的部门：{names}。")
    return found or ["本期没有参加排名的部门。"]


def _strong(numbers: Mapping[str, Any]) -> list[str]:
    found = []
    for row in _ranked(numbers):
        if row["place"] <= EXCELLENT:
            good = [f"{line['name']} {line['rate']}" for line in row["lines"] if line["rate"] == "100.00%"]
            words = f"，{'、'.join(good)}" if good else f"，{_all_rates(row)}"
            found.append(f"{row['name']}得 {row['total']} 分，居第 {row['place']} 位{words}。")
    return found or ["本期没有参加排名的部门。"]


def _weak(numbers: Mapping[str, Any]) -> list[str]:
    """Explain each low score indicator by indicator."""
    found = []
    for group in numbers["groups"]:
        rows = group["rows"]
        if len(rows) <= EXCELLENT + POOR:
            continue
        for row in rows[-POOR:]:
            lost = [_loss(line) for line in row["lines"] if Decimal(line["lost"]) > 0]
            why = "；".join(lost) if lost else "各项指标均未失分"
            found.append(f"{row['name']}得 {row['total']} 分，居第 {row['place']} 位。{why}。")
    return found or ["参加排名的部门较少，本期不作排名靠后的通报。"]


def _loss(line: Mapping[str, Any]) -> str:
    note = "（样本不足）" if line["small_sample"] else ""
    return f"{line['name']} {line['rate']}（{line['hits']}/{line['population']}）{note}，失 {line['lost']} 分"


def _all_rates(row: Mapping[str, Any]) -> str:
    return "、".join(f"{line['name']} {line['rate']}" for line in row["lines"] if line["population"])


def _problems(numbers: Mapping[str, Any]) -> list[str]:
    found = []
    for number, total in enumerate(numbers["totals"]):
        low = [
            row["short"]
            for row in _ranked(numbers)
            if Fraction(row["lines"][number]["share"]) < Fraction(4, 5)
        ]
        if low and total["population"]:
            found.append(f"{total['name']}不够高。全市平均 {total['rate']}，低于 80% 的有{'、'.join(low)}。")
    small = [row["short"] for row in _ranked(numbers) if any(line["small_sample"] for line in row["lines"])]
    if small:
        found.append(f"部分指标样本不足。{'、'.join(small)}有指标不足 5 件，其比率仅供参考。")
    backlog = sum(row["backlog"] for row in _ranked(numbers))
    if backlog:
        found.append(f"仍有积案。期末各部门主办事项逾期未结 {backlog} 件，须尽快办结。")
    return found or ["各项指标总体较好，未发现突出问题。"]


def _ranked(numbers: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [row for group in numbers["groups"] for row in group["rows"]]

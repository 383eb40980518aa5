"""The words of a bulletin, composed from its numbers alone: every sentence here can be checked against the tables.

Papers write figures without blanks around them, levels as 一、 （一） 1. （1）.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from scoring.rulebook import BY_CODE
from taian_factors.lib.periods import Period

LONGEST = 4000  # characters, by the rule of 2024-08-06 for papers on one subject
ADDRESSEES = "各县、市、区人民政府，各功能区管委会，市政府各部门、直属单位，省属以上驻泰各单位："
PAPER = {"quarter": "通报", "half_year": "小结", "year": "总结"}
SPAN = {"quarter": "本季度", "half_year": "本半年", "year": "全年"}
NUMERALS = "一二三四五六七八九"
EXCELLENT, POOR = 3, 3
LOW = Fraction(4, 5)  # a rate below this is named among the problems
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
    "逐件补办到位。各部门要对照排名和各项指标逐件查找原因，对未按时回复、未按时办结的事项逐一明确责任人和完成时限，尽快补办到位。",
    "限期整改落实。排名靠后的部门要由负责人牵头研究整改，整改情况于收文后5个工作日内报市工业推进办。",
    "坚持企业认可。办结以企业认可为准，主动上门对接，不得以任何方式干预企业评价。",
)


def title(period: Period) -> str:
    """Return the title of the paper for a period."""
    return f"关于{period.label}要素保障大比拼情况的{PAPER[period.kind]}"


def sections(period: Period, numbers: Mapping[str, Any], *, replaced: str = "") -> list[dict[str, Any]]:
    """Return the sections, each with its code, heading and paragraphs, in their order.

    ``replaced`` is the number of the issued paper in whose place this one comes.
    """
    written = {
        "basis": [
            *([f"本通报替代{replaced}，原件同时停止使用。"] if replaced else []),
            _basis(period, numbers),
        ],
        "overview": _overview(period, numbers),
        "ranking": _ranking(numbers),
        "strong": _strong(numbers),
        "weak": _weak(numbers),
        "problems": _problems(numbers),
        "next": _numbered(NEXT_STEPS),
    }
    return [{"code": code, "heading": HEADINGS[code], "paragraphs": written[code]} for code in HEADINGS]


def length(paper_title: str, parts: Sequence[Mapping[str, Any]]) -> int:
    """Count the characters of a paper as an office counts them: without blanks."""
    text = paper_title + "".join(part["heading"] + "".join(part["paragraphs"]) for part in parts)
    return len("".join(text.split()))


def numerals() -> Iterator[str]:
    """Give 一 to 九十九, as papers count."""
    for number in range(1, 100):
        tens, ones = divmod(number, 10)
        head = "" if tens == 0 else "十" if tens == 1 else f"{NUMERALS[tens - 1]}十"
        yield head + (NUMERALS[ones - 1] if ones else "")


def _numbered(sentences: Iterable[str]) -> list[str]:
    return [f"（{numeral}）{text}" for numeral, text in zip(numerals(), sentences, strict=False)]


def _basis(period: Period, numbers: Mapping[str, Any]) -> str:
    first, last = period.months[0], period.months[-1]
    return (
        f"依据《泰安市“要素保障大比拼”实施细则》（计分版本{numbers['rules']}），市工业推进办按照比效果、比服务、"
        f"比效率的要求，由已公布的{first.label}至{last.first_month}月各月数据合并计算，对{period.label}各市直要素"
        f"保障部门进行了综合评价，现将有关情况{PAPER[period.kind]}如下："
    )


def _overview(period: Period, numbers: Mapping[str, Any]) -> list[str]:
    ranked, apart = _ranked(numbers), numbers["unranked"]
    first = f"{SPAN[period.kind]}共有{len(ranked) + len(apart)}个部门参加，{len(ranked)}个部门参加排名"
    first += f"，{len(apart)}个部门无应办事项，不参加排名。" if apart else "。"
    sums = "；".join(_sum_sentence(total) for total in numbers["totals"] if total["population"])
    return [text for text in (first, f"{sums}。" if sums else "", _own_work(numbers)) if text]


def _sum_sentence(total: Mapping[str, Any]) -> str:
    indicator = BY_CODE[total["indicator"]]
    counter = "项" if indicator.code == "cooperation" else "件"
    return (
        f"{indicator.noun}{total['population']}{counter}，{indicator.hit_noun}{total['hits']}，"
        f"{indicator.name}{total['rate']}"
    )


def _own_work(numbers: Mapping[str, Any]) -> str:
    """Say how the office kept its own clocks, who reported in late, and what the call-backs found."""
    clocks = [
        f"应{clock['name']}{clock['population']}件，按时{clock['name']}{clock['hits']}件，占{clock['rate']}"
        for clock in numbers["clocks"]
        if clock["population"]
    ]
    said = f"市工业推进办{'；'.join(clocks)}。" if clocks else ""
    due, late = (sum(row[column] for row in numbers["whistles"]) for column in (1, 2))
    said += f"企业吹哨{due}次，部门逾期报到{late}次。" if due else ""
    found = numbers["call_backs"]
    if found["reached"]:
        said += f"随机回访{found['reached']}件，与办理结果不一致{found['mismatches']}件，占{found['rate']}。"
    return said


def _ranking(numbers: Mapping[str, Any]) -> list[str]:
    found = []
    for group in numbers["groups"]:
        rows = group["rows"]
        if rows:
            leaders = "、".join(row["short"] for row in rows if row["place"] <= EXCELLENT)
            found.append(f"{group['name']}得分和排名见下表。前{EXCELLENT}名为{leaders}。得分相同的名次并列。")
    if numbers["unranked"]:
        names = "、".join(row["short"] for row in numbers["unranked"])
        found.append(f"无应办事项、不参加排名的部门：{names}。")
    return found or ["本期没有参加排名的部门。"]


def _strong(numbers: Mapping[str, Any]) -> list[str]:
    """Explain the first places indicator by indicator, in a paragraph each."""
    found = [
        f"{row['name']}。得{row['total']}分，居第{row['place']}位。{'；'.join(_reached(row))}。"
        for row in _ranked(numbers)
        if row["place"] <= EXCELLENT
    ]
    return _numbered(found) or ["本期没有参加排名的部门。"]


def _weak(numbers: Mapping[str, Any]) -> list[str]:
    """Explain each low score indicator by indicator, in a line each."""
    found = []
    for group in numbers["groups"]:
        rows = group["rows"]
        if len(rows) > EXCELLENT + POOR:
            found += rows[-POOR:]
    explained = []
    for numeral, row in zip(numerals(), found, strict=False):
        explained.append(f"（{numeral}）{row['name']}。得{row['total']}分，居第{row['place']}位。")
        explained += [f"{place}.{text}。" for place, text in enumerate(_lost(row), start=1)]
    return explained or ["参加排名的部门较少，本期不作排名靠后的通报。"]


def _reached(row: Mapping[str, Any]) -> list[str]:
    return [f"{_rate(line)}，得{line['points']}分" for line in row["lines"] if line["population"]]


def _lost(row: Mapping[str, Any]) -> list[str]:
    lost = [
        f"{_rate(line)}，满分{line['full_marks']}分，失{line['lost']}分"
        for line in row["lines"]
        if Decimal(line["lost"]) > 0
    ]
    return lost or ["各项指标均未失分"]


def _rate(line: Mapping[str, Any]) -> str:
    note = "，样本不足" if line["small_sample"] else ""
    return f"{line['name']}{line['rate']}（{line['hits']}/{line['population']}{note}）"


def _problems(numbers: Mapping[str, Any]) -> list[str]:
    found = []
    for number, total in enumerate(numbers["totals"]):
        low = [row["short"] for row in _ranked(numbers) if Fraction(row["lines"][number]["share"]) < LOW]
        if low and total["population"]:
            found.append(f"{total['name']}不够高。全市平均{total['rate']}，低于80%的有{'、'.join(low)}。")
    small = [row["short"] for row in _ranked(numbers) if any(line["small_sample"] for line in row["lines"])]
    if small:
        found.append(f"部分指标样本不足。{'、'.join(small)}有指标不足5件，其比率仅供参考。")
    backlog = sum(row["backlog"] for row in _ranked(numbers))
    if backlog:
        found.append(f"仍有积案。期末各部门主办事项逾期未结{backlog}件，须尽快办结。")
    late = [row[0] for row in numbers["whistles"] if row[2]]
    if late:
        found.append(f"吹哨报到不够及时。{'、'.join(late)}有逾期报到。")
    return _numbered(found) or ["各项指标总体较好，未发现突出问题。"]


def _ranked(numbers: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [row for group in numbers["groups"] for row in group["rows"]]

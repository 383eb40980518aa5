"""Two rule versions side by side, row by row, with what differs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from scoring.formulas import percentage, plain
from scoring.rulebook import BESIDE, BY_CODE, CURVES, DIMENSIONS, EMPTY_RULES, Curve, Group, Rules


@dataclass(frozen=True)
class Difference:
    """One row of the comparison: what it is about, and what each version says in words."""

    about: str
    left: str
    right: str

    @property
    def differs(self) -> bool:
        """The versions say different things."""
        return self.left != self.right


def compare(left: Rules, right: Rules, shorts: Mapping[str, str]) -> list[Difference]:
    """Return every row in the order of the page: indicator by indicator, then the rules around them.

    ``shorts`` are the departments' short names by code; one that is not in it is shown by its code.
    """
    return [
        Difference(about, one, other)
        for (about, one), (_, other) in zip(_said(left, shorts), _said(right, shorts), strict=True)
    ]


def curve_words(curve: Curve) -> str:
    """Say a curve in one sentence."""
    if curve.kind == "proportional":
        return CURVES[curve.kind]
    return (
        f"{CURVES[curve.kind]}：达到 {percentage(Fraction(curve.threshold))} 得满分，"
        f"每低一个百分点减 {percentage(Fraction(curve.slope))}，保底 {percentage(Fraction(curve.floor))}"
    )


def group_words(group: Group, shorts: Mapping[str, str]) -> str:
    """Say who stands in a comparison group."""
    if group.departments is None:
        return f"{group.name}（其余部门）"
    return f"{group.name}（{'、'.join(shorts.get(code, code) for code in group.departments)}）"


def _said(rules: Rules, shorts: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for weight in rules.weights:
        name = f"{DIMENSIONS[weight.dimension]} · {BY_CODE[weight.indicator].name}"
        yield f"{name}：满分", f"{plain(weight.full_marks)} 分"
        yield f"{name}：曲线", curve_words(weight.curve)
    yield "空项", EMPTY_RULES[rules.empty]
    yield "样本不足", f"应计 1 至 {rules.small_sample} 件" if rules.small_sample else "不标"
    yield "比较组", "；".join(group_words(group, shorts) for group in rules.groups)
    yield "印在旁边的指标", "、".join(BESIDE[code] for code in rules.beside) or "不印"

"""What a rule version says, as plain data: weights, curves, empty populations, small samples, groups.

Code knows *how* an indicator is counted; a version only says *how much* it weighs. The source is the frame of
the regulation of 2022-07-01 (比效果、比服务、比效率，百分制); its numbers are ours and stand in the version.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

FULL_SCORE = Decimal(100)
CENT = Decimal("0.01")


class RulesError(ValueError):
    """A rule version is not sound; the message is a Chinese sentence for the one who drafts it."""


@dataclass(frozen=True)
class Indicator:
    """One thing that is counted. ``noun`` and ``hit_noun`` make the sentence of arithmetic."""

    code: str
    name: str
    dimension: str
    noun: str
    hit_noun: str


DIMENSIONS = {"effect": "效果", "service": "服务", "efficiency": "效率"}
DECISIVE_DIMENSION = "effect"  # without it a department has no place: it had nothing to do

# The order of this table is the order of lines on every page, in every file, and of ties in rounding.
INDICATORS = (
    Indicator("on_time_reply", "按时回复率", "effect", "应回复", "按时回复"),
    Indicator("completion", "办结率", "effect", "应办结", "办结"),
    Indicator("satisfaction", "满意率", "service", "评价", "满意"),
    Indicator("cooperation", "配合度", "efficiency", "应落实工作", "得分合计"),
)
BY_CODE = {indicator.code: indicator for indicator in INDICATORS}

# Printed beside the score, without marks.
BESIDE = {
    "solved": "解决率",
    "reviewed": "评价率",
    "redone": "重办率",
    "called_back": "回访核实率",
    "backlog": "积案",
    "own_intake": "自收件占比",
}

CURVES = {"proportional": "按比例", "threshold": "达标满分"}
EMPTY_RULES = {"move": "先移入同维度，再移入其他维度", "within_dimension": "只移入同维度，维度全空则不排名"}


@dataclass(frozen=True)
class Curve:
    """How a rate becomes a share of the full marks; all numbers are exact decimals.

    ``proportional``: the rate itself. ``threshold``: everything from ``threshold`` on; below it ``slope`` of
    the marks is lost per percentage point, and ``floor`` of them always stays.
    """

    kind: str = "proportional"
    threshold: Decimal = Decimal(1)
    slope: Decimal = Decimal("0.01")
    floor: Decimal = Decimal(0)

    def __post_init__(self) -> None:
        if self.kind not in CURVES:
            raise RulesError(f"没有“{self.kind}”这种计分曲线。")
        if not 0 < self.threshold <= 1:
            raise RulesError("达标线应大于 0、不大于 1。")
        if self.slope < 0:
            raise RulesError("每个百分点扣减的比例不能为负数。")
        if not 0 <= self.floor <= 1:
            raise RulesError("保底比例应在 0 和 1 之间。")

    def to_json(self) -> dict[str, str]:
        """Return the curve as it is stored; a proportional one has no numbers."""
        if self.kind == "proportional":
            return {"kind": self.kind}
        numbers = {"threshold": self.threshold, "slope": self.slope, "floor": self.floor}
        return {"kind": self.kind} | {name: str(value) for name, value in numbers.items()}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Curve":
        """Read what ``to_json`` wrote."""
        kind = str(data.get("kind", ""))
        numbers = {
            name: _decimal(data[name], name) for name in ("threshold", "slope", "floor") if name in data
        }
        return cls(kind, **numbers)


@dataclass(frozen=True)
class Weight:
    """The full marks of one indicator and its curve."""

    indicator: str
    full_marks: Decimal
    curve: Curve = field(default_factory=Curve)

    def __post_init__(self) -> None:
        if self.indicator not in BY_CODE:
            raise RulesError(f"没有“{self.indicator}”这项指标。")
        if self.full_marks <= 0:
            raise RulesError(f"{BY_CODE[self.indicator].name}的满分应大于 0；不计分的指标只印在旁边。")
        if self.full_marks != self.full_marks.quantize(CENT):
            raise RulesError(f"{BY_CODE[self.indicator].name}的满分最多两位小数。")

    @property
    def dimension(self) -> str:
        """The dimension in which this indicator stands."""
        return BY_CODE[self.indicator].dimension

    def to_json(self) -> dict[str, Any]:
        """Return the weight as it is stored."""
        return {
            "indicator": self.indicator,
            "full_marks": str(self.full_marks),
            "curve": self.curve.to_json(),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Weight":
        """Read what ``to_json`` wrote."""
        marks = _decimal(data.get("full_marks"), "full_marks")
        return cls(
            str(data.get("indicator", "")),
            marks,
            Curve.from_json(data.get("curve", {"kind": "proportional"})),
        )


@dataclass(frozen=True)
class Group:
    """Departments that are compared. ``departments`` is None for all that no other group names."""

    name: str
    departments: tuple[str, ...] | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the group as it is stored."""
        return {
            "name": self.name,
            "departments": None if self.departments is None else list(self.departments),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Group":
        """Read what ``to_json`` wrote."""
        named = data.get("departments")
        return cls(str(data.get("name", "")), None if named is None else tuple(str(code) for code in named))


@dataclass(frozen=True)
class Rules:
    """One rule version: weights in the order of the table, the empty-population rule, small samples, groups.

    Raises:
        RulesError: full marks do not add up to 100, an indicator is missing or stands twice, or the groups
            leave a department without one or with two.
    """

    version: str
    weights: tuple[Weight, ...]
    groups: tuple[Group, ...]
    empty: str = "move"
    small_sample: int = 4
    beside: tuple[str, ...] = tuple(BESIDE)

    def __post_init__(self) -> None:
        if [weight.indicator for weight in self.weights] != [indicator.code for indicator in INDICATORS]:
            raise RulesError("每项指标应当各有一个满分，并按规定的次序排列。")
        total = sum((weight.full_marks for weight in self.weights), Decimal(0))
        if total != FULL_SCORE:
            raise RulesError(f"各项满分合计应为 100，现为 {total}。")
        if self.empty not in EMPTY_RULES:
            raise RulesError(f"没有“{self.empty}”这种空项处理办法。")
        if self.small_sample < 0:
            raise RulesError("样本不足的件数不能为负数。")
        if set(self.beside) - set(BESIDE):
            raise RulesError("参考指标中有不认识的项目。")
        self._check_groups()

    def _check_groups(self) -> None:
        if sum(group.departments is None for group in self.groups) != 1:
            raise RulesError("应当恰有一个比较组收下其余全部部门。")
        named = [code for group in self.groups for code in group.departments or ()]
        if len(named) != len(set(named)):
            raise RulesError("一个部门不能同时在两个比较组。")
        names = [group.name for group in self.groups]
        if not all(names) or len(names) != len(set(names)):
            raise RulesError("比较组应当有名称，且不重名。")

    def group_of(self, code: str) -> str:
        """Return the name of the comparison group of the department with this code."""
        rest = next(group.name for group in self.groups if group.departments is None)
        return next((group.name for group in self.groups if code in (group.departments or ())), rest)

    def to_json(self) -> dict[str, Any]:
        """Return the version as it is stored, and as a run keeps it."""
        return {
            "version": self.version,
            "weights": [weight.to_json() for weight in self.weights],
            "empty": self.empty,
            "small_sample": self.small_sample,
            "groups": [group.to_json() for group in self.groups],
            "beside": list(self.beside),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Rules":
        """Read what ``to_json`` wrote; anything else is a RulesError, never a crash."""
        try:
            return cls(
                version=str(data.get("version", "")),
                weights=tuple(Weight.from_json(item) for item in _items(data, "weights")),
                groups=tuple(Group.from_json(item) for item in _items(data, "groups")),
                empty=str(data.get("empty", "move")),
                small_sample=int(data.get("small_sample", 4)),
                beside=tuple(str(code) for code in data.get("beside", tuple(BESIDE))),
            )
        except (AttributeError, TypeError, KeyError) as error:
            raise RulesError(f"细则内容的格式不对：{error}") from error


def _items(data: Mapping[str, Any], key: str) -> Sequence[Mapping[str, Any]]:
    items = data.get(key)
    if not isinstance(items, list) or not items:
        raise RulesError(f"细则内容缺少 {key}。")
    return items


def _decimal(value: Any, name: str) -> Decimal:
    # A float has already lost the exact number by the time it is read.
    if isinstance(value, float | bool):
        raise RulesError(f"{name} 应写成带引号的小数。")
    try:
        number = Decimal(str(value))
    except InvalidOperation as error:
        raise RulesError(f"{name} 不是数字：{value}") from error
    if not number.is_finite():
        raise RulesError(f"{name} 不是数字：{value}")
    return number

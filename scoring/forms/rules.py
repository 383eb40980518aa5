"""What a draft of the rules and a what-if ask for: numbers that people type, rules that the rulebook checks."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.forms.boundfield import BoundField

from scoring import facts
from scoring.forms.appeals import PlainForm
from scoring.formulas import plain
from scoring.rulebook import (
    BESIDE,
    CURVES,
    DIMENSIONS,
    EMPTY_RULES,
    INDICATORS,
    Curve,
    Group,
    Indicator,
    Rules,
    RulesError,
    Weight,
)
from taian_factors.directory.naming import names_of

# Numbers of a threshold curve: name in the rulebook, label, upper end in percent.
CURVE_NUMBERS = (
    ("threshold", "达标线（%）", 100),
    ("slope", "每低 1 点减（%）", 100),
    ("floor", "保底（%）", 100),
)
OTHERS = "其余部门"
MONTH = RegexValidator(r"^\d{4}-(0[1-9]|1[0-2])$", "月份应写成 2023-06。")


def _number(label: str, most: int, *, required: bool = False, least: str = "0") -> forms.DecimalField:
    bounds = [
        MinValueValidator(Decimal(least), f"应不小于 {least}。"),
        MaxValueValidator(Decimal(most), f"应不大于 {most}。"),
    ]
    field = forms.DecimalField(
        label=label, required=required, max_digits=7, decimal_places=4, validators=bounds
    )
    field.widget.attrs |= {"step": "any", "inputmode": "decimal"}
    return field


class WeightsForm(PlainForm):
    """Full marks and curve of each indicator, empty populations, comparison groups. Shares are typed in percent."""

    empty = forms.ChoiceField(label="空项处理", choices=list(EMPTY_RULES.items()))
    groups = forms.CharField(
        label="比较组",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=f"一行一组，写成“组名：部门、部门”；恰有一组写成“组名：{OTHERS}”。部门可写简称或代码。",
    )

    def __init__(self, *args: Any, rules: Rules, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rules = rules
        self.departments = list(facts.departments())
        self.known = names_of(self.departments)
        for weight, indicator in zip(rules.weights, INDICATORS, strict=True):
            self._add(indicator, weight)
        self.fields["empty"].initial = rules.empty
        self.fields["groups"].initial = "\n".join(self._line(group) for group in rules.groups)

    def _line(self, group: Group) -> str:
        if group.departments is None:
            return f"{group.name}：{OTHERS}"
        found = [self.known.find(code) for code in group.departments]
        shown = [d.short if d else code for d, code in zip(found, group.departments, strict=True)]
        return f"{group.name}：{'、'.join(shown)}"

    def _add(self, indicator: Indicator, weight: Weight) -> None:
        code = indicator.code
        marks = _number(f"{indicator.name}满分", 100, required=True, least="0.01")
        marks.initial = plain(weight.full_marks)
        curve = forms.ChoiceField(label="计分曲线", choices=list(CURVES.items()), initial=weight.curve.kind)
        self.fields |= {f"marks_{code}": marks, f"curve_{code}": curve}
        for name, label, most in CURVE_NUMBERS:
            # Named with its indicator: an error must say which of the four it is about.
            field = _number(f"{indicator.name}{label}", most)
            if weight.curve.kind == "threshold":
                field.initial = plain(getattr(weight.curve, name) * 100)
            self.fields[f"{name}_{code}"] = field

    def rows(self) -> Iterator[tuple[Indicator, str, list[BoundField]]]:
        """Give each indicator with the name of its dimension and its fields, for the page."""
        for indicator in INDICATORS:
            named = ("marks", "curve", *(name for name, _, _ in CURVE_NUMBERS))
            yield indicator, DIMENSIONS[indicator.dimension], [self[f"{n}_{indicator.code}"] for n in named]

    def clean_groups(self) -> tuple[Group, ...]:
        """Read the groups, one a line, and see that every department has exactly one; none typed: the version's."""
        if not self.cleaned_data["groups"].strip():
            return self.rules.groups
        lines = [line.strip() for line in self.cleaned_data["groups"].splitlines() if line.strip()]
        groups = tuple(self._group(number, line) for number, line in enumerate(lines, start=1))
        try:
            # The rulebook judges groups; the weights of the version at hand are sound.
            Rules(version="", weights=self.rules.weights, groups=groups)
        except RulesError as error:
            raise forms.ValidationError(str(error)) from error
        return groups

    def _group(self, number: int, line: str) -> Group:
        name, colon, rest = re.sub(r"[:：]", "：", line).partition("：")
        if not colon or not name.strip() or not rest.strip():
            raise forms.ValidationError(f"第 {number} 行应写成“组名：部门、部门”。")
        words = [word for word in re.split(r"[、，,；;\s]+", rest.strip()) if word]
        if words == [OTHERS]:
            return Group(name.strip())
        found = [(word, self.known.find(word)) for word in words]
        unknown = [word for word, department in found if department is None]
        if unknown:
            raise forms.ValidationError(f"第 {number} 行的“{unknown[0]}”不是参加大比拼的部门。")
        return Group(name.strip(), tuple(str(department.code) for _, department in found if department))

    def clean(self) -> dict[str, Any]:
        """Build the rules of what was typed; what the rulebook refuses is said at its field."""
        cleaned = super().clean() or self.cleaned_data
        weights = [weight for indicator in INDICATORS if (weight := self._weight(indicator.code))]
        if len(weights) == len(INDICATORS):
            total = sum((weight.full_marks for weight in weights), Decimal(0))
            if total != 100:
                self.add_error(f"marks_{INDICATORS[0].code}", f"各项满分合计应为 100，现为 {plain(total)}。")
            cleaned["weights"] = tuple(weights)
        if not self.errors:
            self._build(cleaned)
        return cleaned

    def _build(self, cleaned: dict[str, Any]) -> None:
        try:
            cleaned["rules"] = Rules(**self._parts(cleaned))
        except RulesError as error:
            self.add_error(None, str(error))

    def _parts(self, cleaned: dict[str, Any]) -> dict[str, Any]:
        """Return what the rules are made of; a what-if marks small samples as the version that it starts from."""
        return {
            "version": "试算",
            "weights": cleaned["weights"],
            "groups": cleaned["groups"],
            "empty": cleaned["empty"],
            "small_sample": self.rules.small_sample,
        }

    def _weight(self, code: str) -> Weight | None:
        marks, kind = self.cleaned_data.get(f"marks_{code}"), self.cleaned_data.get(f"curve_{code}", "")
        curve = self._curve(code, kind)
        if marks is None or curve is None:
            return None
        try:
            return Weight(code, Decimal(plain(marks)), curve)
        except RulesError as error:
            self.add_error(f"marks_{code}", str(error))
            return None

    def _curve(self, code: str, kind: str) -> Curve | None:
        if kind != "threshold":
            return Curve() if kind else None
        typed = {name: self.cleaned_data.get(f"{name}_{code}") for name, _, _ in CURVE_NUMBERS}
        for name, value in typed.items():
            if value is None and f"{name}_{code}" not in self.errors:
                self.add_error(f"{name}_{code}", "选“达标满分”时须填写。")
        if None in typed.values():
            return None
        shares = {name: Decimal(plain(value / 100)) for name, value in typed.items() if value is not None}
        if shares["threshold"] == 0:
            self.add_error(f"threshold_{code}", "达标线应大于 0。")
            return None
        return Curve(kind, **shares)


class RulesForm(WeightsForm):
    """A draft of a whole version: the numbers, the name, the first month, and what is printed beside."""

    name = forms.CharField(label="版本", max_length=20, help_text="如 v2；以后每次计算和每份通报都印上它。")
    first_month = forms.CharField(
        label="自何月起施行",
        max_length=7,
        validators=[MONTH],
        help_text="写成 2023-06，须是还没有计算过的月份。",
    )
    small_sample = forms.IntegerField(
        label="样本不足的件数",
        min_value=0,
        max_value=100,
        help_text="应计 1 件至此数的，印“样本不足”；0 为不标。",
    )
    beside = forms.MultipleChoiceField(
        label="不计分、印在旁边的指标",
        required=False,
        choices=list(BESIDE.items()),
        widget=forms.CheckboxSelectMultiple,
    )
    sources = forms.CharField(
        label="依据", required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 5})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["groups"].required = True
        self.fields["small_sample"].initial = self.rules.small_sample
        self.fields["beside"].initial = list(self.rules.beside)

    def _parts(self, cleaned: dict[str, Any]) -> dict[str, Any]:
        own = {
            "version": cleaned["name"],
            "small_sample": cleaned["small_sample"],
            # In the order of the table, whatever order the boxes were sent in.
            "beside": tuple(code for code in BESIDE if code in cleaned["beside"]),
        }
        return super()._parts(cleaned) | own

"""The form of one need of a filing: what every need says, and the questions of its factor."""

import re
import unicodedata
from datetime import date
from decimal import Decimal
from typing import Any

from crispy_forms.layout import Field
from django import forms
from django.utils.dateparse import parse_date

from requests_desk.forms.fields import laid_out
from requests_desk.intake import Need
from taian_factors.directory.models import Factor

# Fields of a factor that ask for its quantity in other words: asked once, under the factor's own word.
MEASURES = {
    "用地面积", "金额", "融资金额", "年综合能耗", "人数", "所需量", "容量", "套数", "年取水量",
}  # fmt: skip
ANSWER = "answer-"


class DayInput(forms.DateInput):
    """A day picker; it shows a day that does not exist as plain text, because a picker would hide it."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Choose the kind of field by what is in it."""
        context = super().get_context(name, value, attrs)
        if value and not _is_day(str(value)):
            context["widget"]["type"] = "text"
        return context


class AmountField(forms.DecimalField):
    """A number as people type it: 6,000 and full-width digits are understood."""

    def to_python(self, value: Any) -> Decimal | None:
        """Take thousands marks and blanks away."""
        plain = (
            re.sub(r"[,\s]", "", unicodedata.normalize("NFKC", value)) if isinstance(value, str) else value
        )
        return super().to_python(plain)


class NeedForm(forms.Form):
    """One need of step two; its fields are those of its factor."""

    headline = forms.CharField(
        label="一句话说明需求",
        max_length=80,
        help_text="写明要什么、要多少，例如：新增建设用地 30 亩；流动资金贷款 500 万元。",
        error_messages={
            "required": "请用一句话说明需求。",
            "max_length": "请不超过 80 字，现在是 %(show_value)d 字。",
        },
    )
    quantity = AmountField(
        label="数量",
        required=False,
        max_digits=14,
        decimal_places=4,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        error_messages={
            "required": "请填写数量。",
            "invalid": "请填数字，例如 35.5。",
            "max_digits": "数字太大，请核对单位。",
            "max_whole_digits": "数字太大，请核对单位。",
            "max_decimal_places": "小数请不超过 4 位。",
        },
    )
    unit = forms.ChoiceField(label="单位", required=False)
    story = forms.CharField(
        label="具体情况",
        max_length=2000,
        help_text="卡在哪里、已经找过谁、希望怎么解决。",
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "请写明具体情况，免得被退回补正。"},
    )
    wished_on = forms.DateField(
        label="期望解决日期",
        required=False,
        widget=DayInput(),
        error_messages={"invalid": "没有这一天，请按 2023-06-13 的样子填写一个存在的日期。"},
    )

    def __init__(self, *args: Any, factor: Factor, number: int, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.need_id = self.prefix.removeprefix("need")
        self.factor, self.number, self.today = factor, number, today
        units = self.fields["unit"]
        units.choices = [(unit, unit) for unit in factor.units]
        units.initial = factor.units[0]
        units.error_messages["invalid_choice"] = f"“{factor.name}”的单位应为{'、'.join(factor.units)}。"
        # What is counted in 项 is one matter unless somebody says otherwise.
        self.fields["quantity"].required = "项" not in factor.units
        self.fields["quantity"].label = next((n for n in factor.fields if n in MEASURES), "数量")
        questions = {_name(asked): _question(asked) for asked in factor.fields if asked not in MEASURES}
        self.fields.update(questions)
        answers = list(questions)
        amount = Field("quantity", template="requests_desk/enterprise/_quantity.html")
        self.order_fields(["headline", "quantity", "unit", *answers, "story", "wished_on"])
        self.helper = laid_out("headline", amount, *answers, "story", "wished_on")

    def clean_quantity(self) -> Decimal | None:
        """A quantity is more than nothing."""
        quantity = self.cleaned_data["quantity"]
        if quantity is not None and quantity <= 0:
            raise forms.ValidationError("应大于 0。")
        return quantity

    def clean_wished_on(self) -> date | None:
        """A wish is for the future."""
        wished_on = self.cleaned_data["wished_on"]
        if wished_on and wished_on < self.today:
            raise forms.ValidationError("期望解决日期已经过去。")
        return wished_on

    @property
    def need(self) -> Need:
        """The need as the desk takes it (of a valid form)."""
        given = self.cleaned_data
        return Need(
            factor=self.factor,
            headline=given["headline"],
            story=given["story"],
            quantity=given["quantity"],
            unit=(given["unit"] or self.factor.units[0]) if given["quantity"] is not None else "",
            answers={label: value for label, value in self.answers() if value},
            wished_on=given["wished_on"],
            key=self.need_id,
        )

    def answers(self) -> list[tuple[str, str]]:
        """The factor's own questions with their answers (of a valid form)."""
        fields = {name: field for name, field in self.fields.items() if name.startswith(ANSWER)}
        return [(field.label, self.cleaned_data.get(name, "")) for name, field in fields.items()]

    def facts(self) -> list[tuple[str, Any]]:
        """What a summary shows, in the form's order: (label, typed or understood value) of what was answered."""
        values = getattr(self, "cleaned_data", {})
        shown = {name: values.get(name) or self[name].value() for name in self.fields}
        if shown["quantity"]:
            unit = shown["unit"] or self.factor.units[0]
            amount = values.get("quantity") or shown["quantity"]
            shown["quantity"] = f"{amount:,f} {unit}" if isinstance(amount, Decimal) else f"{amount} {unit}"
        hidden = {"headline", "unit"}
        return [
            (self.fields[name].label, value) for name, value in shown.items() if value and name not in hidden
        ]


def _name(question: str) -> str:
    """Name a question's field by its own words: in a draft an answer stays with its question, whatever else is."""
    return ANSWER + re.sub(r"\s", "", question)


def _question(name: str) -> forms.Field:
    """A factor's own question; 方式（贷款/担保） offers what stands in the brackets."""
    found = re.fullmatch(r"(.+?)（(.+/.+)）", name)
    if not found:
        return forms.CharField(label=name, required=False, max_length=200)
    options = [("", "请选择")] + [(option, option) for option in found[2].split("/")]
    return forms.ChoiceField(label=found[1], required=False, choices=options)


def _is_day(text: str) -> bool:
    try:
        return parse_date(text) is not None
    except ValueError:
        return False

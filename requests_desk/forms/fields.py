"""Fields that many verbs ask for, each with its errors in Chinese."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms

from taian_factors.directory.models import Organization

CHOOSE_BODY = {"required": "请选择单位。", "invalid_choice": "名单里没有这个单位，请重新选择。"}


class SeenField(forms.CharField):
    """What the page showed last, carried along: the newest event of each request, as ``12:345 13:346``."""

    widget = forms.HiddenInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, label="", **kwargs)

    def prepare_value(self, value: Any) -> Any:
        """Write a dict as text."""
        return " ".join(f"{pk}:{event}" for pk, event in value.items()) if isinstance(value, dict) else value

    def to_python(self, value: Any) -> dict[int, int]:
        """Read it back; what is no pair of numbers is left out."""
        pairs = (part.partition(":") for part in (value or "").split())
        return {int(pk): int(event) for pk, _, event in pairs if pk.isdecimal() and event.isdecimal()}


def words(
    label: str, *, required: bool = True, limit: int = 300, rows: int = 3, **more: Any
) -> forms.CharField:
    """Return a field for a few sentences, at most ``limit`` characters."""
    messages = {"required": f"请填写{label}。", "max_length": f"{label}不能超过 {limit} 个字。"}
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(
        label=label, required=required, max_length=limit, widget=widget, error_messages=messages, **more
    )


def a_day(label: str, *, required: bool = True, **more: Any) -> forms.DateField:
    """Return a field for a day."""
    messages = {"required": f"请选择{label}。", "invalid": f"{label}不是有效的日期，请按 2023-06-13 填写。"}
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, widget=widget, error_messages=messages, **more)


def a_choice(label: str, choices: Any, **more: Any) -> forms.ChoiceField:
    """Return a field with one of a few choices, all of them in sight."""
    messages = {"required": f"请选择{label}。", "invalid_choice": f"请重新选择{label}。"}
    return forms.ChoiceField(
        label=label, choices=choices, widget=forms.RadioSelect, error_messages=messages, **more
    )


def yes_or_no(label: str, yes: str, no: str) -> forms.TypedChoiceField:
    """Return a field that gives True or False."""
    return forms.TypedChoiceField(
        label=label,
        choices=[("1", yes), ("0", no)],
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect,
        error_messages={"required": f"请选择{label}。", "invalid_choice": f"请重新选择{label}。"},
    )


def a_body(label: str, *, required: bool = True, **more: Any) -> forms.ModelChoiceField:
    """Return a field for one of the bodies that can hold an assignment."""
    handlers = Organization.objects.active().handlers().order_by("position", "pk")
    return forms.ModelChoiceField(
        handlers,
        label=label,
        required=required,
        error_messages=CHOOSE_BODY,
        empty_label="请选择" if required else "不变",
        **more,
    )


def bodies(label: str, **more: Any) -> forms.ModelMultipleChoiceField:
    """Return a field for any number of bodies."""
    handlers = Organization.objects.active().handlers().order_by("position", "pk")
    messages = {
        "invalid_choice": "名单里没有这个单位，请重新选择。",
        "invalid_pk_value": "请从名单中选择单位。",
    }
    widget = forms.CheckboxSelectMultiple
    return forms.ModelMultipleChoiceField(
        handlers, label=label, required=False, widget=widget, error_messages=messages, **more
    )


def laid_out(*fields: Any) -> FormHelper:
    """Return the layout of a form whose page writes the form element itself."""
    helper = FormHelper()
    helper.form_tag, helper.disable_csrf = False, True
    helper.layout = Layout(*fields)
    return helper

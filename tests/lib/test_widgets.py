"""Widgets drawn in Python are, letter by letter, what Django's own templates write."""

import re
from typing import Any

import pytest
from django import forms
from django.forms.renderers import TemplatesSetting
from django.utils.safestring import SafeString

from taian_factors.lib.widgets import Renderer

NASTY = "\"><script>alert('是')</script>&amp;"
CHOICES = [
    ("", "请选择"),
    (NASTY, NASTY),
    ("组 <一>", [(1, "一"), (2, SafeString("<b>二</b>"))]),
    (None, "无"),
    (True, "真"),
    ("last", "末"),
]
ATTRS = {"class": NASTY, "required": True, "hidden": False, "maxlength": 20, "data-n": None}
WIDGETS: list[tuple[forms.Widget, Any]] = [
    *((forms.TextInput(ATTRS), value) for value in ("", None, "桌 & 椅", NASTY, 0, 35.5, SafeString("&lt;"))),
    (forms.NumberInput(), 1234567),
    (forms.HiddenInput(), NASTY),
    (forms.DateInput(attrs={"type": "date"}), "2023-06-13"),
    (forms.EmailInput(), "a@example.com"),
    (forms.PasswordInput(), "秘密"),
    (forms.PasswordInput(render_value=True), "秘密"),
    (forms.CheckboxInput(), True),
    (forms.CheckboxInput(), False),
    *((forms.Textarea(ATTRS), value) for value in ("", None, NASTY, "一行\n两行")),
    *((forms.Select(ATTRS, CHOICES), value) for value in ("", None, NASTY, 1, "2", "没有的", True)),
    (forms.SelectMultiple({}, CHOICES), [NASTY, "2", "last"]),
    (forms.NullBooleanSelect(), True),
    (forms.Select(), "空"),
    (forms.CheckboxSelectMultiple({}, CHOICES), ["last"]),  # left to Django's templates
    (forms.RadioSelect({}, CHOICES), "last"),
    (forms.ClearableFileInput(), None),
]


@pytest.mark.parametrize(("widget", "value"), WIDGETS)
def test_a_widget_is_what_django_would_write(widget: forms.Widget, value: Any) -> None:
    attrs = {"id": "id_名"}
    drawn, written = (
        widget.render("名<", value, attrs=attrs, renderer=by()) for by in (Renderer, TemplatesSetting)
    )
    assert isinstance(drawn, SafeString)
    # Django leaves an empty line behind each option
    assert re.sub(r"\n\n+", "\n", drawn) == re.sub(r"\n\n+", "\n", written)

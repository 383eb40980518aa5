"""Draws the plain form widgets in Python: a page has hundreds of options and attributes, too many for a template each.

What comes out is what Django's own widget templates write, but for empty lines; those still draw whatever is not
listed here. Every text goes through ``conditional_escape``.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.forms.renderers import TemplatesSetting
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

Widget = Mapping[str, Any]
_FOLDER = "django/forms/widgets"


class Renderer(TemplatesSetting):
    """Django's renderer, but for the plain widgets (``FORM_RENDERER``)."""

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> SafeString:
        """Return the HTML of a widget, a field or a form."""
        draw = _DRAWN.get(template_name)
        drawn = draw(context["widget"]) if draw else super().render(template_name, context, request)
        return SafeString(drawn)


def _attrs(widget: Widget) -> str:
    return "".join(
        f" {conditional_escape(name)}" + ("" if value is True else f'="{conditional_escape(str(value))}"')
        for name, value in widget["attrs"].items()
        if value is not False
    )


def _value(widget: Widget) -> str:
    return f' value="{conditional_escape(str(widget["value"]))}"'


def _input(widget: Widget) -> str:
    value = "" if widget["value"] is None else _value(widget)
    return (
        f'<input type="{widget["type"]}" name="{conditional_escape(widget["name"])}"{value}{_attrs(widget)}>'
    )


def _textarea(widget: Widget) -> str:
    written = conditional_escape(widget["value"]) if widget["value"] else ""
    return f'<textarea name="{conditional_escape(widget["name"])}"{_attrs(widget)}>\n{written}</textarea>'


def _select(widget: Widget) -> str:
    groups = "".join(_group(name, options) for name, options, _ in widget["optgroups"])
    return f'<select name="{conditional_escape(widget["name"])}"{_attrs(widget)}>{groups}\n</select>'


def _group(name: str | None, options: list[dict[str, Any]]) -> str:
    drawn = "".join(
        f"\n  <option{_value(option)}{_attrs(option)}>{conditional_escape(option['label'])}</option>"
        for option in options
    )
    return f'\n  <optgroup label="{conditional_escape(name)}">{drawn}\n  </optgroup>' if name else drawn


_INPUTS = (
    "input", "text", "number", "hidden", "search", "tel", "email", "url", "password", "date", "datetime", "time",
    "checkbox",
)  # fmt: skip
_DRAWN: dict[str, Callable[[Widget], str]] = {
    **{f"{_FOLDER}/{name}.html": _input for name in _INPUTS},
    f"{_FOLDER}/select.html": _select,
    f"{_FOLDER}/textarea.html": _textarea,
}

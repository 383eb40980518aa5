"""Tags and filters that every template has: lights, states, durations, dates, quantities, rates."""

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from django import forms, template
from django.middleware.csrf import get_token
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString

from taian_factors.lib.periods import SHANGHAI

register = template.Library()

NOTHING = "—"

# name: word, shape, class; a light is never colour alone
LIGHTS = {
    "green": ("正常", "●", "green"),
    "yellow": ("临期", "▲", "yellow"),
    "amber": ("临期", "▲", "yellow"),
    "red": ("逾期", "■", "red"),
    "grey": ("挂起", "‖", "grey"),
    "gray": ("挂起", "‖", "grey"),
}

# How far along a state is: waits for somebody, is being worked on, is done, is over without being done.
TONES = {
    "waits": ("filed", "returned", "accepted", "waiting", "draft", "preview"),
    "works": ("assigned", "replied", "consulting", "open_call", "called", "serving", "running", "in_force"),
    "done": ("completed", "confirmed", "written_off", "served", "published", "issued"),
    "over": ("refused", "withdrawn", "ineligible", "missed", "left", "failed", "aside"),
}
_TONE_OF = {state: tone for tone, states in TONES.items() for state in states}


@register.simple_tag
def light(name: Any, word: str = "") -> SafeString:
    """Draw a light by its name (green, yellow, red, grey) with its word, or another ``word``; nothing for no light."""
    known = LIGHTS.get(str(name or ""))
    if known is None:
        return SafeString("")
    usual, shape, css = known
    return format_html(
        '<span class="light light-{}"><span aria-hidden="true">{}</span> {}</span>', css, shape, word or usual
    )


@register.simple_tag
def state_badge(subject: Any) -> SafeString:
    """Draw the state of ``subject``: a record with ``state`` and ``get_state_display``, or a member of TextChoices.

    A matter that is handled case by case says so wherever its state is shown.
    """
    state = getattr(subject, "state", subject)
    show = getattr(subject, "get_state_display", None)
    badge = '<span class="badge-state tone-{}">{}</span>'
    drawn = format_html(badge, _TONE_OF.get(str(state), "waits"), show() if show else label(state))
    if getattr(subject, "is_case_by_case", False):
        drawn += format_html(" " + badge, "waits", "一事一议")
    return drawn


@register.filter
def label(value: Any) -> str:
    """Return the Chinese label of a member of TextChoices, or the value itself."""
    return str(getattr(value, "label", value)) if value not in (None, "") else NOTHING


@register.filter
def due_label(days_left: int | None) -> str:
    """Say how many working days are left, counted before: 还剩 2 个工作日, 今天到期, 逾期 3 个工作日."""
    if days_left is None:
        return NOTHING
    if days_left == 0:
        return "今天到期"
    return f"还剩 {days_left} 个工作日" if days_left > 0 else f"逾期 {-days_left} 个工作日"


@register.filter
def dash(value: Any) -> Any:
    """Show what is not there as a dash; nought is there."""
    return NOTHING if value is None or value == "" else value


@register.filter
def moment(value: datetime | None) -> str:
    """Show a moment as Tai'an's clock does: 2023-06-13 14:05."""
    return f"{value.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if value else NOTHING


@register.filter
def day(value: date | datetime | None) -> str:
    """Show a day, or the day of a moment in Tai'an: 2023-06-13."""
    if value is None or value == "":
        return NOTHING
    return f"{value.astimezone(SHANGHAI) if isinstance(value, datetime) else value:%Y-%m-%d}"


@register.filter
def number(value: Decimal | int | None) -> str:
    """Show a number with thousands apart and without trailing noughts: 6,000 or 0.35."""
    if value is None or value == "":
        return NOTHING
    text = f"{Decimal(value):,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


@register.filter
def money(value: Decimal | int | None) -> str:
    """Show an amount that is kept in ten thousands of yuan: 6,000 万元."""
    return quantity(value, "万元")


@register.simple_tag
def quantity(value: Decimal | int | None, unit: str) -> str:
    """Show a quantity with its unit: 6,000 万元, 35.5 亩."""
    return NOTHING if value is None or value == "" else f"{number(value)} {unit}".rstrip()


@register.filter
def percent(rate: Decimal | Fraction | float | None) -> str:
    """Show a rate between 0 and 1 as 92.31%, rounded half up to two places."""
    if rate is None or rate == "":
        return NOTHING
    exact = Fraction(rate) * 100
    rounded = (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return f"{rounded}%"


@register.simple_tag(takes_context=True)
def current_nav(context: Context, *prefixes: str) -> SafeString:
    """Mark a link as the page one is on, when the page's url name starts with one of ``prefixes``."""
    match = getattr(context.get("request"), "resolver_match", None)
    here = match is not None and match.view_name.startswith(prefixes)
    return SafeString('aria-current="page"') if here else SafeString("")


@register.simple_tag(takes_context=True)
def csrf_field(context: Context) -> SafeString:
    """Write the CSRF field, also inside ``{% include … only %}``, where Django's own tag finds no token."""
    return format_html(
        '<input type="hidden" name="csrfmiddlewaretoken" value="{}">', get_token(context.request)
    )


# How a form draws a field by its widget; whatever is not listed is a line or an area to write in.
_DRAWN_AS = (
    ("box", forms.CheckboxInput),
    ("boxes", (forms.RadioSelect, forms.CheckboxSelectMultiple)),
    ("file", forms.FileInput),
    ("select", forms.Select),
)


@register.filter
def drawn_as(field: forms.BoundField) -> str:
    """Say how a field is drawn: box, boxes (one of them or several), file, select, or else line."""
    return next((name for name, widgets in _DRAWN_AS if isinstance(field.field.widget, widgets)), "line")


@register.simple_tag
def control(field: forms.BoundField, css: str) -> SafeString:
    """Draw what a field is filled in with; one that is wrong says so in its class as well."""
    own = field.field.widget.attrs.get("class")
    classes = [own, css, "is-invalid" if field.errors else ""]
    return field.as_widget(attrs={"class": " ".join(filter(None, classes))})

"""Tags that draw the ledger's cells: a page has a thousand of them, too many for a template each."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from requests_desk import searching
from requests_desk.columns import Column
from requests_desk.ledger import Row
from taian_factors.templatetags import portal

register = template.Library()

Words = Sequence[str]


@register.filter
def marked(text: str, words: Words) -> SafeString | str:
    """Mark the words that are sought in a text."""
    if not words or not text:
        return text
    parts = searching.marked(text, words)
    return format_html_join(
        "", "{}", ((format_html("<mark>{}</mark>", p) if hit else p,) for p, hit in parts)
    )


@register.simple_tag
def ledger_cells(row: Row, columns: Sequence[Column], words: Words) -> SafeString:
    """Draw the cells of one row, in the order of the columns."""
    return format_html_join("", "{}", ((_CELLS[c.kind](row, c.value(row), words),) for c in columns))


def _text(row: Row, value: Any, words: Words) -> SafeString:
    if not value:
        return SafeString("<td>—</td>")
    return format_html('<td class="clip" title="{}">{}</td>', value, marked(value, words))


def _short(row: Row, value: Any, words: Words) -> SafeString:
    return format_html("<td>{}</td>", value or portal.NOTHING)


def _code(row: Row, value: str, words: Words) -> SafeString:
    return format_html("<td>{}</td>", marked(value, words))


def _number(row: Row, value: Decimal | None, words: Words) -> SafeString:
    return format_html('<td class="num">{}</td>', portal.number(value))


def _day(row: Row, value: Any, words: Words) -> SafeString:
    return format_html("<td>{}</td>", portal.day(value))


def _moment(row: Row, value: Any, words: Words) -> SafeString:
    return format_html("<td>{}</td>", portal.moment(value))


def _light(row: Row, value: Any, words: Words) -> SafeString:
    return format_html("<td>{}</td>", portal.light(row.light) or portal.NOTHING)


def _state(row: Row, value: Any, words: Words) -> SafeString:
    return format_html("<td>{}</td>", portal.state_badge(row.factor_request))


def _link(row: Row, value: str, words: Words) -> SafeString:
    url = reverse("requests_desk:show", args=[value])
    return format_html('<td><a href="{}">{}</a></td>', url, marked(value, words))


def _headline(row: Row, value: str, words: Words) -> SafeString:
    case = SafeString('<span class="muted">（一事一议）</span>') if row.factor_request.is_case_by_case else ""
    return format_html(
        '<th scope="row" class="clip" title="{}">{}{}{}</th>',
        value,
        marked(value, words),
        case,
        _found(row, words),
    )


def _found(row: Row, words: Words) -> SafeString | str:
    """Show where in the story the words stand, when the row says none of them."""
    need = row.factor_request
    shown = searching.plain(f"{need.headline}{need.enterprise.name}{need.number}")
    if not words or any(word in shown for word in words):
        return ""
    parts = searching.marked(need.story, words)
    first = next((place for place, (_, is_hit) in enumerate(parts) if is_hit), None)
    if first is None:
        return ""
    before = parts[first - 1][0][-6:] if first else ""
    return format_html('<span class="muted">　…{}{}</span>', before, marked(parts[first][0], words))


def _due(row: Row, value: Any, words: Words) -> SafeString:
    if value is None:
        return SafeString("<td>—</td>")
    left = portal.due_label(row.next_clock.left if row.next_clock else None)
    return format_html('<td>{} <span class="muted">{}</span></td>', portal.day(value), left)


_CELLS: dict[str, Callable[[Row, Any, Words], SafeString]] = {
    "text": _text,
    "short": _short,
    "code": _code,
    "number": _number,
    "day": _day,
    "moment": _moment,
    "light": _light,
    "state": _state,
    "link": _link,
    "headline": _headline,
    "due": _due,
}

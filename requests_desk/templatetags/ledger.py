"""Tags that draw the ledger's cells: a page has a thousand of them, too many for a template each.

They are put together as plain texts, for the same reason; whatever comes from a row goes through ``escape``.
"""

from collections.abc import Callable, Sequence
from functools import cache
from html import escape

from django import template
from django.urls import reverse
from django.utils.safestring import SafeString

from requests_desk import searching
from requests_desk.columns import Column
from requests_desk.ledger import Row
from requests_desk.workflow import State
from taian_factors.templatetags import portal

register = template.Library()

Words = Sequence[str]
_NUMBER = "NUMBER"
NOTHING = f"<td>{portal.NOTHING}</td>"


@register.simple_tag
def ledger_rows(rows: Sequence[Row], columns: Sequence[Column], words: Words, may_act: bool) -> SafeString:
    """Draw the rows, in the order of the columns, with the sought words marked; who may act can choose among them."""
    cells = [(_CELLS[column.kind], column) for column in columns]
    drawn = [
        f"<tr>{_choice(row) if may_act else ''}{''.join([draw(row, column, words) for draw, column in cells])}</tr>"
        for row in rows
    ]
    return SafeString("\n".join(drawn))


def _choice(row: Row) -> str:
    number = row.factor_request.number
    box = f'<input class="form-check-input" type="checkbox" name="number" value="{number}" aria-label="选择 {number}">'
    return f"<td>{box}</td>"


def _marked(text: str, words: Words) -> str:
    if not words:
        return escape(text)
    parts = searching.marked(text, words)
    return "".join(f"<mark>{escape(part)}</mark>" if is_hit else escape(part) for part, is_hit in parts)


def _text(row: Row, column: Column, words: Words) -> str:
    value = str(column.value(row))
    return f'<td class="clip" title="{escape(value)}">{_marked(value, words)}</td>' if value else NOTHING


def _short(row: Row, column: Column, words: Words) -> str:
    value = str(column.value(row))
    return f"<td>{_marked(value, words)}</td>" if value else NOTHING


def _number(row: Row, column: Column, words: Words) -> str:
    return f'<td class="num">{portal.number(column.value(row))}</td>'


def _day(row: Row, column: Column, words: Words) -> str:
    return f"<td>{portal.day(column.value(row))}</td>"


def _moment(row: Row, column: Column, words: Words) -> str:
    return f"<td>{portal.moment(column.value(row))}</td>"


@cache
def _lit(light: str) -> str:
    return f"<td>{portal.light(light)}</td>"


def _light(row: Row, column: Column, words: Words) -> str:
    return _lit(row.light) if row.light else NOTHING


@cache
def _badge(state: str) -> str:
    return f"<td>{portal.state_badge(State(state))}</td>"


def _state(row: Row, column: Column, words: Words) -> str:
    return _badge(row.factor_request.state)


def _link(row: Row, column: Column, words: Words) -> str:
    number = row.factor_request.number
    return f'<td><a href="{_page().replace(_NUMBER, number)}">{_marked(number, words)}</a></td>'


@cache
def _page() -> str:
    """Return the address of a request's page, made once; its number is of figures and lines, and stands as it is."""
    return reverse("requests_desk:show", args=[_NUMBER])


def _headline(row: Row, column: Column, words: Words) -> str:
    value = row.factor_request.headline
    case = '<span class="muted">（一事一议）</span>' if row.factor_request.is_case_by_case else ""
    found = _found(row, words) if words else ""
    return f'<th scope="row" class="clip" title="{escape(value)}">{_marked(value, words)}{case}{found}</th>'


def _found(row: Row, words: Words) -> str:
    """Show where in the story the words stand, when the row says none of them."""
    need = row.factor_request
    shown = searching.plain(f"{need.headline}\0{need.enterprise.name}\0{need.number}")
    if any(word in shown for word in words):
        return ""
    parts = searching.marked(need.story, words)
    first = next((place for place, (_, is_hit) in enumerate(parts) if is_hit), None)
    if first is None:
        return ""
    before = parts[first - 1][0][-6:] if first else ""
    return f'<span class="muted">　…{escape(before)}<mark>{escape(parts[first][0])}</mark>…</span>'


def _due(row: Row, column: Column, words: Words) -> str:
    clock = row.next_clock
    if clock is None or clock.due_at is None:
        return NOTHING
    left = portal.due_label(clock.left)
    return f'<td>{portal.day(clock.due_at)} <span class="muted">{left}</span></td>'


_CELLS: dict[str, Callable[[Row, Column, Words], str]] = {
    "text": _text,
    "short": _short,
    "number": _number,
    "day": _day,
    "moment": _moment,
    "light": _light,
    "state": _state,
    "link": _link,
    "headline": _headline,
    "due": _due,
}

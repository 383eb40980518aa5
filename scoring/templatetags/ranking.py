"""The tag that draws a ranking's cells: sixty to a page, too many for a template each.

What is put together as plain text here are numbers and our own words; nothing of it was typed by anybody.
"""

from django import template
from django.urls import reverse
from django.utils.safestring import SafeString

from scoring.models import ScoringRun
from scoring.standings import Cell, Row, Table
from taian_factors.directory.actors import Actor
from taian_factors.templatetags import portal

register = template.Library()

NOTHING = f'<span class="muted">{portal.NOTHING}</span>'


@register.simple_tag
def month_of(table: Table, place: int) -> str:
    """Name a month of a longer period by its place, as the heading of its column does."""
    return f"{table.months[place].first_month}月"


@register.simple_tag
def ranking_cells(row: Row, run: ScoringRun, actor: Actor) -> SafeString:
    """Draw the indicators of a department; whoever may look at its matters gets a link to them."""
    is_open = actor.is_office or actor.organization.pk == row.card.organization_id
    around = reverse("scoring:why", args=[run.period, row.card.code]) if is_open else ""
    return SafeString("".join([_cell(cell, around, run.pk) for cell in row.cells]))


def _cell(cell: Cell, around: str, run_id: int) -> str:
    line = cell.line
    if not line.population:
        return f'<td data-label="{cell.name}">{NOTHING}</td>'
    rate = portal.percent(cell.rate)
    shown = f'<a href="{around}{line.indicator}/?run={run_id}">{rate}</a>' if around else rate
    points = "" if line.points is None else f"{line.points} 分"
    sample = ' <span class="sample">样本不足</span>' if cell.is_small_sample else ""
    return (
        f'<td data-label="{cell.name}"><span class="rate">{shown}'
        f' <span class="small muted">{portal.number(line.hits)}/{line.population}</span></span>'
        f'<progress class="bar" value="{cell.bar}" max="100" aria-label="{cell.name} {rate}"></progress>'
        f'<span class="small">{points}{sample}</span></td>'
    )

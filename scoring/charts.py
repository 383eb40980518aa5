"""A department's history as a drawing, made on the server; the page shows it beside a table of the same numbers."""

from collections.abc import Sequence
from typing import Any

from scoring.models import Scorecard
from taian_factors.lib import charts
from taian_factors.lib.periods import Period

# The portal's blue on white; the one line differs from nothing by colour alone.
_STYLE = charts.Style(
    background="#ffffff",
    plot_background="#ffffff",
    foreground="#2b2b2b",
    foreground_strong="#2b2b2b",
    foreground_subtle="#6b6b6b",
    colors=("#0b3d6b",),
    font_family=charts.FONT,
    label_font_size=14,
    major_label_font_size=14,
    value_font_size=14,
    value_label_font_size=14,
)
# A number stays readable where it lies on a line: it has a white rim, which pygal forbids to every text.
_RIM = "paint-order:stroke;stroke:#ffffff !important;stroke-width:5px"
# Where pygal writes a number, seen from its point, and how far above the point we write it: all in pixels.
BESIDE, BELOW, ABOVE = 14, 18, 9


def history_chart(cards: Sequence[Scorecard]) -> bytes:
    """Draw the totals month by month as SVG, the number at each point; a month without a place is a gap.

    An empty place stands before the first month, so that nothing lies on the axis, and where months are missing.
    """
    chart = charts.Line(
        style=_STYLE,
        js=(),
        width=960,
        height=320,
        show_legend=False,
        range=(0, 100),
        y_labels=[0, 20, 40, 60, 80, 100],
        print_values=True,
        print_values_position="top",
        dots_size=4,
        allow_interruptions=True,
        stroke_style={"width": 2},
        value_formatter=lambda total: "" if total is None else f"{total:.2f}",
        margin_top=24,
        margin_right=72,
        truncate_label=-1,
        no_data_text="没有已公布的月份",
    )
    places = _places(cards)
    chart.x_labels = [card.run.period if card else "" for card in places]
    chart.add("总分", [None if card is None or card.total is None else float(card.total) for card in places])
    chart.add_xml_filter(_labelled_above)
    return charts.drawn(chart)


def _places(cards: Sequence[Scorecard]) -> list[Scorecard | None]:
    places: list[Scorecard | None] = []
    due = ""
    for card in cards:
        if card.run.period != due:
            places.append(None)
        places.append(card)
        due = Period.parse(card.run.period).shifted(1).key
    return places


def _labelled_above(root: Any) -> Any:
    """Lift each number from the line to the middle above its point."""
    for text in root.iter():
        if text.get("class") == "value" and text.get("text-anchor") == "left":
            text.set("text-anchor", "middle")
            text.set("x", str(float(text.get("x")) - BESIDE))
            text.set("y", str(float(text.get("y")) - BELOW - ABOVE))
            text.set("style", _RIM)
    return root

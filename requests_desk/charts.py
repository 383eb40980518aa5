"""The drawing of the big screen, made on the server; the page shows a table of the same numbers beside it."""

from requests_desk.big_screen import Hour
from taian_factors.lib import charts

# White and the mark's yellow on the hall's blue; the two columns are told apart by their place and number as well.
_STYLE = charts.Style(
    background="#0b3d6b",
    plot_background="#0b3d6b",
    foreground="#ffffff",
    foreground_strong="#ffffff",
    foreground_subtle="#ffffff",
    colors=("#ffffff", "#ffe08a"),
    value_colors=("#ffffff", "#ffe08a"),
    font_family=charts.FONT,
    opacity="1",
    opacity_hover="1",
    label_font_size=30,
    major_label_font_size=30,
    value_font_size=30,
    legend_font_size=30,
    no_data_font_size=40,
)
WIDTH, HEIGHT = 1200, 460


def hours_chart(hours: tuple[Hour, ...]) -> bytes:
    """Draw what was taken on and completed hour by hour as SVG, each column with its number."""
    chart = charts.Bar(
        style=_STYLE,
        js=(),
        width=WIDTH,
        height=HEIGHT,
        legend_at_bottom=True,
        legend_at_bottom_columns=2,
        legend_box_size=28,
        show_y_labels=False,
        show_y_guides=False,
        print_values=True,
        print_values_position="top",
        value_formatter=lambda value: f"{value or 0:.0f}",
        margin=20,
        no_data_text="还没有受理的需求",
    )
    chart.x_labels = [hour.label for hour in hours]
    chart.add("受理", [hour.received for hour in hours])
    chart.add("其中现场办结", [hour.completed for hour in hours])
    return charts.drawn(chart)

"""A department's history as a drawing: gaps stay gaps, numbers stand above their points."""

import re
from decimal import Decimal

from scoring.charts import ABOVE, history_chart
from scoring.models import Scorecard, ScoringRun

TOTALS = ["82.82", "90.00", None, "95.00", "100.00"]


def drawn(months=("2023-01", "2023-02", "2023-03", "2023-04", "2023-05")):
    cards = [
        Scorecard(run=ScoringRun(period=month), total=total and Decimal(total))
        for month, total in zip(months, TOTALS, strict=True)
    ]
    return history_chart(cards).decode()


def lines_drawn(svg):
    """How many points each stroke of the line joins."""
    paths = re.findall(r'<path d="([^"]*)" class="line reactive', svg)
    return [len(re.findall(r"[\d.]+ [\d.]+", part)) for path in paths for part in path.split("M") if part]


def test_a_month_without_a_place_is_a_gap_and_no_line_crosses_it():
    assert lines_drawn(drawn()) == [2, 2]


def test_no_line_joins_months_between_which_others_are_missing():
    assert lines_drawn(drawn(("2022-11", "2022-12", "2023-01", "2023-02", "2023-03"))) == [2, 2]
    svg = drawn(("2022-11", "2022-12", "2023-01", "2023-02", "2026-10"))
    assert lines_drawn(svg) == [2], "the two that stand alone are dots"
    assert "2026-10" in svg


def test_no_number_lies_on_the_axis():
    svg = drawn()
    axis = float(re.search(r'<path d="M([\d.]+) [\d.]+ v[\d.]+" class="line"', svg).group(1))
    first = re.search(r'<text text-anchor="middle" x="([\d.]+)" y="[\d.]+" class="value"', svg)
    assert float(first.group(1)) - axis > 40


def test_each_number_stands_above_the_middle_of_its_point():
    dots = re.findall(r'<circle cx="([\d.]+)" cy="([\d.]+)"', drawn())
    labels = re.findall(r'<text text-anchor="middle" x="([\d.]+)" y="([\d.]+)" class="value"', drawn())
    assert len(dots) == len(labels) == 4
    for (cx, cy), (x, y) in zip(dots, labels, strict=True):
        assert abs(float(cx) - float(x)) < 3
        assert 0 < float(cy) - float(y) <= ABOVE + 3


def test_a_number_that_lies_on_a_line_has_a_rim():
    rims = re.findall(r'class="value" style="paint-order:stroke;stroke:#ffffff !important', drawn())
    assert len(rims) == 4

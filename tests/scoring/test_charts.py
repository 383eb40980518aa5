"""A department's history as a drawing: gaps stay gaps, numbers stand above their points."""

import re
from decimal import Decimal

from scoring.charts import ABOVE, history_chart
from scoring.models import Scorecard, ScoringRun

TOTALS = ["82.82", "90.00", None, "95.00", "100.00"]


def drawn():
    cards = [
        Scorecard(run=ScoringRun(period=f"2023-0{number}"), total=total and Decimal(total))
        for number, total in enumerate(TOTALS, start=1)
    ]
    return history_chart(cards).decode()


def test_a_month_without_a_place_is_a_gap_and_no_line_crosses_it():
    paths = re.findall(r'<path d="([^"]*)" class="line reactive', drawn())
    points = [len(re.findall(r"[\d.]+ [\d.]+", part)) for path in paths for part in path.split("M") if part]
    assert points == [2, 2]


def test_each_number_stands_above_the_middle_of_its_point():
    dots = re.findall(r'<circle cx="([\d.]+)" cy="([\d.]+)"', drawn())
    labels = re.findall(r'<text text-anchor="middle" x="([\d.]+)" y="([\d.]+)" class="value">', drawn())
    assert len(dots) == len(labels) == 4
    for (cx, cy), (x, y) in zip(dots, labels, strict=True):
        assert abs(float(cx) - float(x)) < 3
        assert 0 < float(cy) - float(y) <= ABOVE + 3

"""Sheets that are safe to open."""

from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO

import pytest
from openpyxl import load_workbook

from taian_factors.lib.sheets import safe_text, write_sheet


def read(headings, rows):
    target = BytesIO()
    write_sheet(target, title="台账", headings=headings, rows=rows)
    return [[cell.value for cell in row] for row in load_workbook(target).active.iter_rows()]


@pytest.mark.parametrize("text", ["=1+1", "+86", "-5", "@SUM(A1)", "\t=1", "\r=1", "  =1+1", "\n=1"])
def test_a_text_never_becomes_a_formula(text):
    assert safe_text(text).startswith("'")
    ((_,), (value,)) = read(["标题"], [[text]])
    assert value.startswith("'")


def test_ordinary_words_stay_as_they_are():
    assert safe_text("用地 35 亩 = 约 2.3 公顷") == "用地 35 亩 = 约 2.3 公顷"


def test_control_characters_do_not_break_the_sheet():
    assert safe_text("用\x00地\x1b") == "用地"


def test_values_keep_their_kind():
    moment = datetime(2023, 6, 13, 6, 5, tzinfo=UTC)
    rows = read(["a", "b", "c", "d", "e"], [[Decimal("35.5"), 3, date(2023, 6, 13), moment, None]])
    assert rows[1] == [35.5, 3, datetime(2023, 6, 13), datetime(2023, 6, 13, 14, 5), None]


def test_the_count_of_rows_is_returned_and_none_is_left_out():
    assert write_sheet(BytesIO(), title="t", headings=["a"], rows=([n] for n in range(3000))) == 3000

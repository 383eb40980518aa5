"""Amounts as people write them."""

from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taian_factors.directory import reference
from taian_factors.lib.written_amounts import Amount, BadAmountError, Units

UNITS = Units(reference.read("lists")["units"])
LAND, MONEY, ENERGY, PEOPLE = ["亩", "平方米"], ["万元"], ["吨标准煤", "万千瓦时"], ["人"]


def read(cell, targets, unit=""):
    return UNITS.convert(UNITS.read(cell, unit), targets)


@pytest.mark.parametrize(
    ("cell", "unit", "targets", "meant"),
    [
        ("120.5亩", "", LAND, "120.5 亩"), ("６０亩", "", LAND, "60 亩"), ("２．５", "亩", LAND, "2.5 亩"),
        ("1,200.5 亩", "", LAND, "1200.5 亩"), ("约50亩左右", "", LAND, "50 亩"), ("30余亩", "", LAND, "30 亩"),
        ("2公顷", "", LAND, "30 亩"), ("1.2万㎡", "", LAND, "12000 平方米"), ("一百二十亩", "", LAND, "120 亩"),
        ("8000万元", "", MONEY, "8000 万元"), (6000, "万元", MONEY, "6000 万元"), ("1.5亿元", "", MONEY, "15000 万元"),
        ("1.5亿", "万元", MONEY, "15000 万元"), ("8000万", "元", MONEY, "8000 万元"), ("5000元", "", MONEY, "0.5 万元"),
        ("三千万元人民币", "", MONEY, "3000 万元"), ("两亿元", "", MONEY, "20000 万元"),
        (8000.0, "万元", MONEY, "8000 万元"),
        ("1.2万吨标准煤", "", ENERGY, "12000 吨标准煤"), ("1.2万", "吨标煤", ENERGY, "12000 吨标准煤"),
        ("1500 万千瓦时", "", ENERGY, "1500 万千瓦时"), ("300万度", "", ENERGY, "300 万千瓦时"),
        ("五百千瓦时", "", ENERGY, "0.05 万千瓦时"), ("350人", "", PEOPLE, "350 人"), ("200名", "", PEOPLE, "200 人"),
        ("八百", "人", PEOPLE, "800 人"), ("3万立方米/年", "", ["万立方米/年"], "3 万立方米/年"),
        ("20兆伏安", "", ["千伏安"], "20000 千伏安"), ("3千米", "", ["项"], "3 千米"), ("2个", "", ["项"], "2 项"),
        (0.1 + 0.2, "亩", LAND, "0.3 亩"), ("-5", "亩", LAND, "-5 亩"), ("负五", "亩", LAND, "-5 亩"),
        ("－5", "亩", LAND, "-5 亩"), ("￥500万", "元", MONEY, "500 万元"), ("30t", "", ["吨/年"], "30 吨/年"),
        ("3（公顷）", "", LAND, "45 亩"),
    ],
)  # fmt: skip
def test_an_amount_is_read_as_it_is_meant(cell, unit, targets, meant):
    found = read(cell, targets, unit)
    assert f"{found.value.normalize():f} {found.unit}" == meant


@pytest.mark.parametrize(
    ("cell", "unit"),
    [("若干", ""), ("30-50亩", ""), ("约", ""), ("120亩", "平方米"), ("1亿5000万元", ""), ("#REF!", ""),
     ("9" * 11, "亩"),
     ("三类", ""), ("", "亩")],
)  # fmt: skip
def test_what_is_no_amount_is_refused(cell, unit):
    with pytest.raises(BadAmountError):
        read(cell, LAND, unit)


def test_a_unit_of_another_kind_stays_as_it_is_written():
    assert read("3", LAND, "千米") == Amount(Decimal(3), "千米")
    assert read("3", LAND) == Amount(Decimal(3), "")


@given(st.decimals(Decimal("0.0001"), Decimal("99999"), places=4), st.sampled_from(["亩", " 亩", "亩左右"]))
def test_a_number_with_its_unit_reads_back(value, unit):
    assert read(f"{value:f}{unit}", LAND) == Amount(value, "亩")


@given(st.integers(1, 99_999))
def test_ten_thousand_times_as_much_money_reads_the_same_by_every_scale(value):
    assert read(f"{value}万元", MONEY) == read(f"{value}0000元", MONEY) == read(f"{value}万", MONEY, "元")


@given(st.text(max_size=20), st.text(max_size=5))
def test_whatever_is_written_it_is_an_amount_or_a_refusal(cell, unit):
    with suppress(BadAmountError):
        assert read(cell, LAND, unit).value.is_finite()

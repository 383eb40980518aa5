"""How alike two texts are, counted by pairs of characters."""

import pytest

from requests_desk.likeness import likeness, pairs


@pytest.mark.parametrize(
    ("one", "other", "is_like"),
    [
        ("二期厂房新增建设用地", "二期厂房新增建设用地", True),
        ("二期厂房新增建设用地35亩", "二期厂房需要新增建设用地", True),
        ("设备更新融资六千万元", "厂区道路排水不畅", False),
        ("", "二期厂房", False),
        ("", "", False),
    ],
)
def test_texts_are_alike_when_they_share_pairs(one, other, is_like):
    assert (likeness(pairs(one), pairs(other)) > 0.35) is is_like


def test_width_case_and_punctuation_do_not_matter():
    assert likeness(pairs("ＡＢＣ，35 亩！"), pairs("abc35亩")) == 1.0
    assert likeness(pairs("用地"), pairs("用地")) == 1.0

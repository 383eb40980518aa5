"""Two texts, sentence by sentence."""

from taian_factors.lib.differences import Segment, compare


def test_what_both_say_stands_once_and_theirs_before_mine():
    theirs = "已完成踏勘。可供 36 亩。请月底前签约。"
    mine = "已完成踏勘。可供 30 亩。请月底前签约。"
    assert compare(theirs, mine) == [
        Segment("both", "已完成踏勘。"),
        Segment("theirs", "可供 36 亩。"),
        Segment("mine", "可供 30 亩。"),
        Segment("both", "请月底前签约。"),
    ]


def test_texts_with_nothing_in_common_stand_one_after_the_other():
    assert compare("不同意", "同意") == [Segment("theirs", "不同意"), Segment("mine", "同意")]


def test_what_only_one_has_is_its_own():
    assert compare("", "一句。") == [Segment("mine", "一句。")]
    assert compare("一句。\r\n", "一句。") == [Segment("both", "一句。")]

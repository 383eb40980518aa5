"""What a paper consists of: broken titles, levels, groups of rows."""

import pytest

from scoring.papers import Line, Table, broken, line_of
from scoring.wording import numerals


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("关于某事的通报", ["关于某事的通报"]),
        (
            "关于2023年第二季度要素保障大比拼情况的通报",
            ["关于2023年第二季度", "要素保障大比拼情况的通报"],
        ),
        ("关于2023年要素保障大比拼情况的总结", ["关于2023年要素保障大比拼情况的总结"]),
    ],
)
def test_a_title_is_broken_where_no_word_is_torn(title, lines):
    assert broken(title) == lines


def test_a_long_title_has_as_many_lines_as_it_needs():
    lines = broken("关于" + "要素保障大比拼" * 6 + "情况的通报")
    assert "".join(lines) == "关于" + "要素保障大比拼" * 6 + "情况的通报"
    assert len(lines) == 3
    assert not any(line.startswith(("素", "障", "比", "拼")) for line in lines)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("（一）小标题。其余。", Line(2, "（一）小标题。", "其余。")),
        ("1.一条。", Line(3, "", "1.一条。")),
        ("1.5倍是正文。", Line(0, "", "1.5倍是正文。")),
        ("（1）一款。", Line(4, "", "（1）一款。")),
        ("正文（一）在中间。", Line(0, "", "正文（一）在中间。")),
    ],
)
def test_a_paragraph_tells_its_level_by_its_beginning(text, line):
    assert line_of(text) == line
    assert line_of(text).text == text


def test_rows_with_one_first_cell_are_a_group_where_it_is_merged():
    rows = [["甲", "1"], ["甲", "2"], ["乙", "3"]]
    assert Table("表", ["a", "b"], rows, merged=True).groups == [rows[:2], rows[2:]]
    assert Table("表", ["a", "b"], rows).groups == [[row] for row in rows]


def test_chinese_numerals_go_on_after_ten():
    counted = list(numerals())
    assert "".join(counted[:11]) == "一二三四五六七八九十十一"
    assert (counted[19], counted[20], counted[98]) == ("二十", "二十一", "九十九")

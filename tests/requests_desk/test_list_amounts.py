"""Amounts, days and names as lists of other offices write them: nothing is lost, nothing is read as something else."""

from io import StringIO

import pytest
from django.core.management import call_command

from requests_desk.imports import as_json
from tests.requests_desk.test_list_layouts import said
from tests.requests_desk.workbooks import KEY_PROJECT, book, need, projects, taken

pytestmark = pytest.mark.django_db
HEADS = ("企业名称", "要素类别", "需求内容")


def test_each_factor_has_a_column_of_its_own():
    heads = (*HEADS, "用地面积（亩）", "资金需求（万元）", "用工数量（人）")
    rows = [
        ("示例甲有限公司", "土地", "工业用地", "50亩", None, None),
        ("示例甲有限公司", "资金", "贷款", None, "1.2亿", None),
        ("示例乙有限公司", "土地", "厂房", "3,000㎡", 800, None),
        ("示例乙有限公司", "用工", "招工", 20, 800, "二百"),
        ("示例丙有限公司", "资金", "贷款", None, None, None),
    ]
    found = taken(book(heads, *rows))
    amounts = [("50", "亩"), ("12000", "万元"), ("3000", "平方米"), ("200", "人"), (None, None)]
    assert said(found, "quantity", "unit") == amounts


def test_a_wrong_amount_is_told_under_the_column_that_it_stands_in():
    heads = (*HEADS, "资金需求（万元）", "用地面积（亩）")
    found = taken(book(heads, ("示例甲有限公司", "土地", "工业用地", 500, "三类")))
    assert as_json(found)["refused"][0]["column"] == "用地面积(亩)"


@pytest.mark.parametrize(
    ("heading", "cell", "meant"),
    [
        ("需求数量（亩）", "20000㎡", ("20000", "平方米")),
        ("需求数量（亩）", "2.5公顷", ("37.5", "亩")),
        ("需求数量（亩）", "5（公顷）", ("75", "亩")),
        ("需求数量（亩）", "６０", ("60", "亩")),
        ("需求数量（万元）", "1.2亿", ("12000", "万元")),
        ("需求数量（亿元）", "500万元", ("500", "万元")),
        ("需求数量（平方米）", "50亩", ("50", "亩")),
    ],
)
def test_a_cell_with_its_own_unit_is_free_of_its_heading_s(heading, cell, meant):
    factor = "资金" if "元" in heading else "土地"
    found = taken(book([*HEADS, heading], ["示例甲有限公司", factor, "一项需求", cell]))
    assert said(found, "quantity", "unit") == [meant]


def test_what_is_no_unit_is_not_taken_for_one():
    found = taken(book([*HEADS, "需求数量（亩）"], ["示例甲有限公司", "土地", "用地", "30台"]))
    assert as_json(found)["refused"][0]["problem"] == "写的是“台”，看不出是什么单位，应按“亩”计"


def test_telephones_in_wide_digits_become_ones_that_can_be_called():
    found = taken(
        projects(
            {"联系人": "张三", "联系电话": "１３８００００００１１"},
            {"需求内容": "二", "联系人": "李四（０５３８－８１２３４５６）", "联系电话": None},
        )
    )
    told = [(row.contact_name, row.contact_phone) for row in found.rows]
    assert told == [("张三", "13800000011"), ("李四", "0538-8123456")]


@pytest.mark.parametrize(
    ("cell", "lead", "supports"),
    [
        ("行政审批局牵头，住建局配合", "SPJ", ["ZJJ"]),
        ("住建局、应急局配合；审批局牵头", "SPJ", ["ZJJ", "YJJ"]),
        ("自规局、住建局等部门", "ZGJ", ["ZJJ"]),
    ],
)
def test_who_leads_may_be_said_behind_the_name(cell, lead, supports):
    assert said(taken(projects({"责任部门": cell})), "lead", "supports") == [(lead, supports)]


def test_the_city_is_a_place_and_a_foreign_district_is_not_the_city():
    found = taken(projects({"县市区": "泰安"}, {"县市区": "泰安市市中区", "需求内容": "二"}))
    assert said(found, "division") == [("370900",)]
    assert [(r.number, r.problems[0][0]) for r in found.refused] == [(3, "县市区")]


def test_a_part_of_a_day_is_no_mistake():
    found = taken(
        projects({"期望解决时间": "2023年6月20日上午"}, {"期望解决时间": "6月21日下班前", "需求内容": "二"})
    )
    assert said(found, "expected_on") == [("2023-06-20",), ("2023-06-21",)]


def test_headings_alone_are_said_to_be_alone(tmp_path):
    for rows in ([KEY_PROJECT], [KEY_PROJECT, ["合计", None, None, None, None, None, None, None, 0]]):
        assert taken(book(*rows)).emptiness == "清单里只有表头，下面没有一行需求。"
    assert taken(book(KEY_PROJECT, need(需求内容=None))).emptiness == ""
    file, told = tmp_path / "list.xlsx", StringIO()
    file.write_bytes(book(KEY_PROJECT).getvalue())
    call_command("import_requests", str(file), stdout=StringIO(), stderr=told)
    assert "只有表头" in told.getvalue()

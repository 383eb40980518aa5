"""Rows that cannot become a need are refused under their column's own heading; the same row is taken once."""

import pytest

from requests_desk.imports import as_json
from taian_factors.directory.models import EnterpriseProfile, Organization
from tests.directory import factories as directory
from tests.requests_desk.test_list_layouts import said
from tests.requests_desk.workbooks import KEY_PROJECT, book, need, projects, taken

pytestmark = pytest.mark.django_db
CODE = directory.credit_code(7101)
WRONG = CODE[:-1] + ("0" if CODE[-1] != "0" else "1")


@pytest.mark.parametrize(
    ("cells", "column", "problem"),
    [
        ({"要素类别": None}, "要素类别", "没有填写"),
        ({"要素类别": "外星要素"}, "要素类别", "没有“外星要素”这类要素"),
        ({"要素类别": "土地、资金"}, "要素类别", "“土地、资金”是几类要素，请一类一行"),
        ({"需求内容": None}, "需求内容", "没有填写"),
        ({"需求内容": "/"}, "需求内容", "没有填写"),
        ({"企业名称": None}, "企业名称", "没有填写"),
        ({"企业名称": "名" * 101}, "企业名称", "超过 100 个字"),
        ({"统一社会信用代码": WRONG}, "统一社会信用代码", "统一社会信用代码的校验位不对，请核对"),
        ({"统一社会信用代码": "3709020000"}, "统一社会信用代码", None),
        ({"县市区": "历城区"}, "县市区", "“历城区”不是本市的县市区或功能区"),
        ({"数量": -5}, "数量", "应大于 0"),
        ({"数量": 0}, "数量", "应大于 0"),
        ({"数量": "三类"}, "数量", "“三类”不是数字"),
        ({"数量": "30-50"}, "数量", "“30-50”不是一个数"),
        ({"数量": "30亩", "单位": "平方米"}, "数量", "写的是“亩”，单位列写的是“平方米”"),
        ({"期望解决时间": "2023年13月1日"}, "期望解决时间", "没有“2023年13月1日”这一天"),
        ({"期望解决时间": "2月30日"}, "期望解决时间", "没有“2月30日”这一天"),
        ({"责任部门": "不存在的部门"}, "责任部门", "没有“不存在的部门”这个部门、金融机构或县市区"),
        ({"责任部门": "自规局、不存在的部门"}, "责任部门", "没有“不存在的部门”这个部门、金融机构或县市区"),
    ],
)  # fmt: skip
def test_a_row_is_refused_under_its_column_s_own_heading(cells, column, problem):
    found = taken(projects(cells))
    (refused,) = as_json(found)["refused"]
    assert (refused["row"], refused["column"], found.rows) == (2, column, [])
    assert problem in (None, refused["problem"])


def test_a_row_with_several_problems_names_the_first_column_and_tells_all():
    found = taken(projects({"数量": -1, "统一社会信用代码": WRONG, "责任部门": "甲乙"}))
    assert as_json(found)["refused"][0]["column"] == "统一社会信用代码"
    assert found.refused[0].reason.count("；") == 2


def test_the_own_heading_is_named_also_in_another_list():
    headings = ("企业", "类别", "问题描述", "牵头单位", "完成时限")
    found = taken(book(headings, ["示例甲有限公司", "用地", None, "甲乙", "13月"]))
    assert [heading for heading, _ in found.refused[0].problems] == ["问题描述", "牵头单位", "完成时限"]


WIDE = CODE.translate({ord(c): ord(c) + 0xFEE0 for c in CODE})


@pytest.mark.parametrize("written", [CODE.lower(), f" {CODE[:8]} {CODE[8:]} ", WIDE])
def test_a_credit_code_is_brought_into_its_normal_form(written):
    assert said(taken(projects({"统一社会信用代码": written})), "credit_code") == [(CODE,)]


@pytest.mark.parametrize(
    ("cell", "codes"),
    [("住建局、应急局", ["ZJJ", "YJJ"]), ("住建局，应急局", ["ZJJ", "YJJ"]), ("住建局;应急局", ["ZJJ", "YJJ"]),
     ("住建局 应急局/供电公司", ["ZJJ", "YJJ", "GDG"]), ("市住建局和市应急局", ["ZJJ", "YJJ"]),
     ("高新区、新泰", ["370900-GX", "370982"]), ("住建局、住建局", ["ZJJ"]), ("自规局、住建局", ["ZJJ"]), ("无", [])],
)  # fmt: skip
def test_several_supports_are_parted_in_every_way_and_zones_are_supports_too(cell, codes):
    file = book([*KEY_PROJECT, "配合部门"], [*need(), cell])
    assert said(taken(file), "lead", "supports") == [("ZGJ", codes)]


def test_a_lead_s_cell_with_several_names_the_lead_first():
    found = taken(
        projects(
            {"责任部门": "自规局、住建局"}, {"责任部门": "牵头：市住建局；配合：应急局", "需求内容": "二"}
        )
    )
    assert said(found, "lead", "supports") == [("ZGJ", ["ZJJ"]), ("ZJJ", ["YJJ"])]


def test_institutions_counties_and_old_names_lead():
    leads = ["泰山融资租赁", "建行", "肥城市", "地方金融监管局", "国土资源局", None]
    found = taken(projects(*({"责任部门": lead, "需求内容": str(n)} for n, lead in enumerate(leads))))
    assert said(found, "lead") == [("F01",), ("B04",), ("370983",), ("JRJ",), ("ZGJ",), (None,)]


def test_amounts_take_their_unit_from_the_cell_the_column_the_heading_or_the_factor():
    heads = [*KEY_PROJECT]
    heads[8] = "数量（亩）"
    rows = [need(数量=3, 单位=None), need(数量="8000", 单位="平方米", 需求内容="二")]
    rows += [need(数量="2公顷", 单位=None, 需求内容="三")]
    assert said(taken(book(heads, *rows)), "quantity", "unit") == [
        ("3", "亩"),
        ("8000", "平方米"),
        ("30", "亩"),
    ]
    money = taken(
        projects(
            {"要素类别": "资金", "数量": "８，０００", "单位": None},
            {"数量": 5, "单位": None, "需求内容": "二"},
        )
    )
    assert said(money, "quantity", "unit") == [("8000", "万元"), ("5", None)]


@pytest.mark.parametrize("nothing", [None, "", "/", "—", "无", "若干", "待定"])
def test_no_amount_is_no_mistake(nothing):
    assert said(taken(projects({"数量": nothing})), "quantity", "unit") == [(None, None)]


def test_the_same_need_twice_is_reported_with_the_row_that_stays():
    rows = [
        {},
        {"序号": 2, "备注": "重复"},
        {"数量": "３０", "需求内容": " 新增 工业用地"},
        {"数量": 31},
        {"项目名称": "另一项目"},
    ]
    told = as_json(taken(projects(*rows)))
    assert told["duplicates"] == [{"row": 3, "of_row": 2}, {"row": 4, "of_row": 2}]
    assert (told["requests"], told["filings"]) == (3, 2)


def test_a_refused_row_is_nobody_s_original():
    told = as_json(taken(projects({"数量": -1}, {}, {})))
    assert told["duplicates"] == [{"row": 4, "of_row": 3}]


def test_an_enterprise_is_one_by_its_code_however_its_rows_name_it():
    rows = [{"统一社会信用代码": CODE}, {}, {"企业名称": "示例甲有限公司 ", "需求内容": "二"}]
    found = taken(projects(*rows))
    assert [row.enterprise.credit_code for row in found.rows] == [CODE, CODE]
    assert len(found.duplicates) == 1
    assert found.filings == 1


def test_the_directory_knows_an_enterprise_by_code_or_by_name():
    known = directory.enterprise("示例电气有限公司", division="370982")
    code = known.profile.credit_code
    found = taken(
        projects(
            {"企业名称": "电气公司", "统一社会信用代码": code, "县市区": None},
            {"企业名称": "示例电气有限公司", "县市区": None, "需求内容": "二"},
            {"企业名称": None, "统一社会信用代码": code, "需求内容": "三", "县市区": "肥城"},
        )
    )
    assert said(found, "enterprise", "division") == [
        ("示例电气有限公司", "370982"), ("示例电气有限公司", "370982"), ("示例电气有限公司", "370983"),
    ]  # fmt: skip
    assert found.filings == 1


def test_a_code_that_differs_from_the_directory_s_is_refused():
    known = directory.enterprise("示例电气有限公司")
    (refused,) = taken(projects({"企业名称": "示例电气有限公司", "统一社会信用代码": CODE})).refused
    assert refused.problems == (("统一社会信用代码", f"名录里这家企业的代码是 {known.profile.credit_code}"),)


def test_a_body_that_is_switched_off_is_unknown():
    Organization.objects.filter(code="ZGJ").update(is_active=False)
    assert as_json(taken(projects({})))["refused"][0]["column"] == "责任部门"


def test_reading_asks_a_fixed_number_of_questions(django_assert_num_queries):
    rows = [
        {"企业名称": f"示例第{n}有限公司", "统一社会信用代码": directory.credit_code(7200 + n)}
        for n in range(30)
    ]
    for few in (rows[:3], rows):
        with django_assert_num_queries(7):
            assert len(taken(projects(*few)).rows) == len(few)
    assert not EnterpriseProfile.objects.filter(
        credit_code__in=[row["统一社会信用代码"] for row in rows]
    ).exists()

"""Lists of every layout are understood: order, headings, titles, two-row heads, merged and continuation rows."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from openpyxl import Workbook

from requests_desk.imports import WorkbookError, as_json
from tests.directory.factories import credit_code
from tests.requests_desk.workbooks import KEY_PROJECT, PROBLEM, book, need, projects, saved, taken

pytestmark = pytest.mark.django_db
CODE = credit_code(7001)


def said(found, *names):
    """Return some fields of every row that was understood, as JSON gives them."""
    return [tuple(row[name] for name in names) for row in as_json(found)["rows"]]


def test_a_list_of_projects_is_read_with_its_title_total_and_note():
    found = taken(
        book(
            ["2023年重点工业项目要素需求清单"],
            ["填报单位：示例单位　　填报日期：2023年6月9日"],
            KEY_PROJECT,
            need(数量="120.5亩", 单位=None, 期望解决时间="三季度", 联系人="联系人甲", 联系电话=5380000001),
            ["合计", None, None, None, None, None, None, None, 120.5],
            ["注：逾期未报视为无需求。"],
            merges=["A1:O1", "A2:O2"],
        )
    )
    assert (found.kind, found.filings, [n for _, n in found.ignored]) == ("key_project", 1, [1, 2, 5, 6])
    (row,) = found.rows
    assert (row.number, row.factor.code, row.quantity, row.unit) == (4, "TD", Decimal("120.5"), "亩")
    assert (row.wished_on, row.filed_on, row.division.code) == (date(2023, 9, 30), date(2023, 6, 9), "370902")
    assert (row.contact_name, row.contact_phone) == ("联系人甲", "05380000001")


def test_a_list_of_problems_takes_its_years_from_its_other_dates():
    line = ["审批", "消防验收卡点", "示例甲有限公司", CODE, "新泰", "行政审批局", "住建局、应急局"]
    found = taken(
        book(
            ["要素保障问题清单"],
            PROBLEM,
            ["W-1", *line, "2022-05-08", "2022-05-11", "联系人子 5380000001"],
            ["W-2", "能耗指标", *line[1:-2], "发改委", "高新区", "5月9日", "5月12日", "联系人丑0538-0000002"],
            ["W-3", "用地", *line[1:-2], "自规局", None, 45056, None, None],
        )
    )
    assert found.kind == "problem"
    assert said(found, "lead", "supports", "filed_on", "expected_on") == [
        ("SPJ", ["ZJJ", "YJJ"], "2022-05-08", "2022-05-11"),
        ("FGW", ["370900-GX"], "2022-05-09", "2022-05-12"),
        ("ZGJ", [], "2023-05-10", None),
    ]
    contacts = [(row.contact_name, row.contact_phone) for row in found.rows]
    # The third row is about the same enterprise, so its blank contact is as above.
    assert contacts == [("联系人子", "05380000001"), *[("联系人丑", "0538-0000002")] * 2]


@pytest.mark.parametrize(
    "headings",
    [
        ("企业", "类别", "具体需求", "数量", "计量单位", "完成时限", "主办单位", "协办单位", "属地"),
        ("单位名称", "要素类型", "问题描述", "需求数量", "单位", "需求时间", "牵头单位", "配合部门", "区划"),
        ("涉及企业", "问题类别", "存在的问题", "数量", "单位", "要求答复时间", "建议牵头部门", "协办单位", "所在地"),
        ("企业（单位）\n名称", "要素 类别*", "需求内容（具体）", "数量", "单位", "期望办结时限", "责任单位（牵头）",
         "责任单位（配合）", "县（市、区）"),
        ("申报企业", "所属要素", "需要协调解决的问题", "需求数量（亩）", "数量单位", "希望解决时间", "建议责任部门",
         "协助部门", "所属县市区"),
    ],
    ids=["short", "other words", "problem words", "brackets", "paraphrased"],
)  # fmt: skip
def test_headings_in_other_words_and_order_mean_the_same(headings):
    cells = ["示例甲有限公司", "用地", "新增用地", "30", "亩", "6月底", "自规局", "住建局", "肥城"]
    backwards = book(["示例表"], list(headings)[::-1], cells[::-1])
    for file in (book(headings, cells), backwards):
        found = taken(file, kind="key_project")
        names = ("enterprise", "factor", "quantity", "unit", "expected_on", "lead", "supports", "division")
        assert said(found, *names) == [
            ("示例甲有限公司", "TD", "30", "亩", "2023-06-30", "ZGJ", ["ZJJ"], "370983")
        ]


def test_a_head_of_two_rows_with_groups_is_read():
    found = taken(
        book(
            ["示例工业项目要素需求汇总表"],
            [
                "序号",
                "企业基本情况",
                None,
                None,
                "项目名称",
                "要素需求",
                None,
                None,
                None,
                "办理要求",
                None,
                "备注",
            ],
            [
                None,
                "名称",
                "信用代码",
                "所属区县",
                None,
                "类别",
                "内容",
                "数量",
                "单位",
                "完成时限",
                "责任单位",
                None,
            ],
            [
                1,
                "示例甲有限公司",
                CODE,
                "宁阳",
                "示例项目",
                "用工",
                "招聘焊工",
                "350人",
                None,
                "2023年8月",
                "人社局",
                "急",
            ],
            merges=["A1:L1", "A2:A3", "B2:D2", "E2:E3", "F2:I2", "J2:K2", "L2:L3"],
        )
    )
    names = ("row", "enterprise", "credit_code", "division", "project", "factor", "quantity", "unit")
    assert said(found, *names) == [
        (4, "示例甲有限公司", CODE, "370921", "示例项目", "RC", "350", "人"),
    ]
    assert [n for _, n in found.ignored] == [1]
    assert found.rows[0].remark == "急"


def test_merged_and_blank_continuation_rows_are_as_above():
    rows = [
        need(统一社会信用代码=CODE, 联系人="联系人甲", 联系电话="13800000001"),
        [None] * 6 + ["项目审批", "环评并联审批", 1, "项", "年底", "行政审批局"],
        need(序号=2, 企业名称="示例乙有限公司", 县市区="新泰市", 项目名称="乙项目"),
        [None] * 6 + ["能耗", "能耗指标", "1.2万吨标准煤", None, "长期", "发改委"],
        [None] * 4 + ["丙项目", None, "资金", "流动资金", "1.5亿元", None, None, "财政局"],
    ]
    found = taken(book(KEY_PROJECT, *rows, merges=["A2:A3", "B2:B3", "C2:C3", "D2:D3", "E2:E3", "F2:F3"]))
    assert said(found, "row", "enterprise", "division", "project", "quantity", "unit", "expected_text") == [
        (2, "示例甲有限公司", "370902", "示例项目", "30", "亩", None),
        (3, "示例甲有限公司", "370902", "示例项目", "1", "项", None),
        (4, "示例乙有限公司", "370982", "乙项目", "30", "亩", None),
        (5, "示例乙有限公司", "370982", "乙项目", "12000", "吨标准煤", "长期"),
        (6, "示例乙有限公司", "370982", "丙项目", "15000", "万元", None),
    ]
    assert found.filings == 3
    assert found.rows[1].enterprise.credit_code == CODE
    assert found.rows[1].contact_phone == "13800000001"


def test_a_place_that_stands_once_holds_until_the_next_and_no_further_than_a_total():
    rows = [
        need(县市区="岱岳区"),
        need(县市区=None, 企业名称="示例乙有限公司"),
        ["小计", None, None, None, None, None, None, None, 60],
        need(县市区=None, 企业名称="示例丙有限公司", 统一社会信用代码=credit_code(7002, region="370983")),
        need(县市区=None, 企业名称="示例丁有限公司"),
    ]
    found = taken(book(KEY_PROJECT, *rows))
    # After the total nothing goes on: the code tells the place, and who has none is the city's.
    assert said(found, "row", "division") == [(2, "370911"), (3, "370911"), (5, "370983"), (6, "370900")]


def test_every_visible_sheet_with_a_list_is_read_and_its_rows_say_which():
    made = Workbook()
    made.active.title = "说明"
    made.active.append(["一事一行，不得合并。"])
    for name, company in (("泰山区", "示例甲有限公司"), ("岱岳区", "示例乙有限公司")):
        sheet = made.create_sheet(name)
        sheet.append(list(KEY_PROJECT))
        sheet.append(need(企业名称=company))
    hidden = made.create_sheet("旧表")
    hidden.append(list(KEY_PROJECT))
    hidden.append(need(企业名称="示例旧有限公司"))
    hidden.sheet_state = "hidden"
    told = as_json(taken(saved(made)))
    assert [(row["sheet"], row["row"], row["enterprise"]) for row in told["rows"]] == [
        ("泰山区", 2, "示例甲有限公司"),
        ("岱岳区", 2, "示例乙有限公司"),
    ]


def test_a_sheet_named_after_a_place_says_where_its_needs_are():
    heads = ("企业名称", "要素类别", "需求内容")
    rows = [heads, ("示例甲有限公司", "土地", "用地")]
    found = taken(book(["2023年要素需求清单"], 宁阳县=rows, 汇总=rows[:1]))
    assert [row.division.code for row in found.rows] == ["370921"]


@pytest.mark.parametrize(
    "heading", ["资金额度（亿元）", "融资金额（亿元）", "贷款额度(亿元)", "额度（亿元）"]
)
def test_an_amount_under_a_heading_of_its_kind_is_not_lost(heading):
    heads = ("企业名称", "要素类别", "需求内容", "总投资额（亿元）", heading)
    found = taken(book(["2023年要素需求清单"], heads, ("示例甲有限公司", "资金", "贷款", 30, 1.2)))
    assert [(row.quantity, row.unit) for row in found.rows] == [(Decimal(12000), "万元")]


def test_sections_examples_and_repeated_heads_are_no_needs():
    rows = [
        ["一、泰山区"],
        need(序号="示例"),
        need(),
        KEY_PROJECT,
        [2, None, "示例乙有限公司"],
        need(序号=3, 企业名称="示例丙有限公司"),
        ["填表人：示例", None, None, "审核人：示例"],
    ]
    found = taken(book(KEY_PROJECT, *rows))
    assert [row.number for row in found.rows] == [4, 7]
    assert [n for _, n in found.ignored] == [2, 3, 5, 6, 8]


def test_the_kind_is_guessed_from_the_title_then_from_the_headings_and_may_be_told():
    assert taken(book(["问题清单（第一批）"], KEY_PROJECT, need())).kind == "problem"
    assert taken(book(PROBLEM, ["1", "用地", "缺指标", "示例甲有限公司"])).kind == "problem"
    assert taken(projects({})).kind == "key_project"
    assert taken(projects({}), name="要素保障问题清单").kind == "problem"
    assert taken(projects({}), kind="problem").kind == "problem"


def test_true_dates_and_a_title_s_year_are_understood():
    found = taken(
        book(
            ["2021年重点项目需求清单"],
            KEY_PROJECT,
            need(期望解决时间="6月底"),
            need(期望解决时间="8月中旬", 需求内容="二"),
        )
    )
    assert said(found, "expected_on") == [("2021-06-30",), ("2021-08-20",)]
    found = taken(
        projects({"期望解决时间": datetime(2023, 8, 15)}, {"需求内容": "二", "期望解决时间": 45138})
    )
    assert said(found, "expected_on") == [("2023-08-15",), ("2023-07-31",)]


@pytest.mark.parametrize(
    "rows",
    [[["甲", "乙"], [1, 2]], [["企业名称", "数量"], ["示例甲有限公司", 3]], [[None]]],
    ids=["foreign", "no need", "empty"],
)
def test_a_sheet_without_the_columns_of_a_list_is_refused_in_a_sentence(rows):
    with pytest.raises(WorkbookError, match="没有找到清单的表头"):
        taken(book(*rows))

"""What a list hides from its sender is said: hidden rows are read, hidden sheets are not, formulas need a result."""

from zipfile import ZipFile

import pytest
from openpyxl import Workbook, load_workbook

from tests.requests_desk.workbooks import KEY_PROJECT, need, projects, saved, taken

pytestmark = pytest.mark.django_db


def altered(change):
    """Return a list of three projects after somebody changed its workbook."""
    made = load_workbook(projects({}, {"需求内容": "二期用地"}, {"需求内容": "三期用地"}))
    change(made)
    return taken(saved(made))


def test_a_plain_list_has_nothing_to_remark():
    assert altered(lambda made: None).remarks == []


def test_hidden_rows_are_read_and_named():
    def hide(made: Workbook) -> None:
        made.active.row_dimensions[3].hidden = True
        made.active.row_dimensions[90].hidden = True  # holds nothing

    found = altered(hide)
    assert [row.number for row in found.rows] == [2, 3, 4]
    assert found.remarks == ["第 3 行是隐藏行（可能筛选过），照样读取；不要的请删除这些行后再上传。"]


def test_many_hidden_rows_are_counted():
    def hide(made: Workbook) -> None:
        for number in range(5, 20):
            made.active.append(need(需求内容=f"第 {number} 块地"))
            made.active.row_dimensions[number].hidden = True

    (said,) = altered(hide).remarks
    assert "13、14 等 15 处" in said


def test_a_hidden_sheet_is_left_out_and_named():
    def add(made: Workbook) -> None:
        old = made.create_sheet("旧表")
        old.append(list(KEY_PROJECT))
        old.append(need(需求内容="旧地块"))
        old.sheet_state = "hidden"

    found = altered(add)
    assert len(found.rows) == 3
    assert found.remarks == ["工作表“旧表”是隐藏的，没有读取；需要导入的，请取消隐藏后再上传。"]


def test_a_formula_without_a_stored_result_is_named():
    def calculate(made: Workbook) -> None:
        made.active["C2"] = '=CONCATENATE("示例","甲")'

    found = altered(calculate)
    assert [row.number for row in found.refused] == [2]
    (said,) = found.remarks
    assert said.startswith("单元格 C2 是公式，文件里没有保存计算结果")


def test_a_formula_with_its_result_is_read_without_a_remark(tmp_path):
    made = load_workbook(projects({}))
    made.active["I2"] = "=15*2"
    plain, solved = saved(made), tmp_path / "solved.xlsx"
    with ZipFile(plain) as before, ZipFile(solved, "w") as after:
        for part in before.namelist():
            text = before.read(part).replace(b"<f>15*2</f><v />", b"<f>15*2</f><v>30</v>")
            after.writestr(part, text.replace(b"<f>15*2</f><v></v>", b"<f>15*2</f><v>30</v>"))
    with solved.open("rb") as file:
        found = taken(file)
    assert (found.remarks, [row.quantity for row in found.rows]) == ([], [30])

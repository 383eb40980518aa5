"""Lists as the office sends them, built cell by cell."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

from openpyxl import Workbook

from requests_desk.imports import ReadList, read_list
from tests.requests_desk.factories import START

KEY_PROJECT = (
    "序号", "县市区", "企业名称", "统一社会信用代码", "项目名称", "产业链", "要素类别", "需求内容", "数量",
    "单位", "期望解决时间", "责任部门", "联系人", "联系电话", "备注",
)  # fmt: skip
PROBLEM = (
    "编号", "问题类别", "存在的问题", "涉及企业", "社会信用代码", "所在地", "建议牵头部门", "配合部门",
    "提出时间", "要求答复时间", "联系方式",
)  # fmt: skip
Rows = Sequence[Sequence[Any]]


def book(*rows: Sequence[Any], merges: Sequence[str] = (), **more: Rows) -> BytesIO:
    """Return a workbook of these rows; ``more`` are further sheets by name."""
    made = Workbook()
    sheet = made.active
    for row in rows:
        sheet.append(list(row))
    for merged in merges:
        sheet.merge_cells(merged)
    for name, others in more.items():
        further = made.create_sheet(name)
        for row in others:
            further.append(list(row))
    return saved(made)


def saved(made: Workbook) -> BytesIO:
    """Return a workbook as a file."""
    file = BytesIO()
    made.save(file)
    file.seek(0)
    return file


def need(**cells: Any) -> list[Any]:
    """Return a row of the list of projects, good but for the cells that are given by heading."""
    good = {
        "序号": 1, "县市区": "泰山区", "企业名称": "示例甲有限公司", "项目名称": "示例项目", "要素类别": "土地",
        "需求内容": "新增工业用地", "数量": 30, "单位": "亩", "期望解决时间": "2023-09-30", "责任部门": "自规局",
    }  # fmt: skip
    return [{**good, **cells}.get(heading) for heading in KEY_PROJECT]


def projects(*rows: dict[str, Any]) -> BytesIO:
    """Return a list of projects, one row per dict of what differs from a good one."""
    return book(KEY_PROJECT, *(need(**row) for row in rows))


def taken(file: BytesIO, **options: Any) -> ReadList:
    """Read a list on the day of most tests."""
    return read_list(file, today=START.date(), **options)

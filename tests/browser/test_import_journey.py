"""The office brings in its own list: uploaded, looked at, asked once, stored; the refused rows come back."""

from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from requests_desk.models import FactorRequest
from tests.directory import factories as directory
from tests.requests_desk.workbooks import KEY_PROJECT, book, need

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Look = Callable[[Page], None]


def a_list(folder: Path) -> Path:
    """Write a list with a title, merged cells, a duplicate, a total and two mistakes."""
    rows = [
        need(统一社会信用代码=directory.credit_code(8001), 联系人="示例联系人", 联系电话="0538-0000001"),
        [None] * 6 + ["能耗", "节能审查与能耗指标", "1.2万吨标准煤", None, "三季度", "发改委"],
        need(),
        need(序号=2, 企业名称="示例乙有限公司", 数量=-5),
        need(序号=3, 企业名称="示例丙有限公司", 期望解决时间="2023年13月1日"),
        ["合计"],
    ]
    merges = ["A1:O1", "A3:A4", "B3:B4", "C3:C4", "D3:D4", "E3:E4"]
    file = folder / "重点工业项目要素需求清单.xlsx"
    file.write_bytes(book(["2023年重点工业项目要素需求清单"], KEY_PROJECT, *rows, merges=merges).getvalue())
    return file


def test_a_list_comes_in_and_its_refused_rows_go_back(
    open_page: Callable[..., Page], look: Look, tmp_path: Path, settings
):
    settings.MEDIA_ROOT = tmp_path / "files"
    page = open_page(directory.actor("GTB", name="推进办经办"))
    page.goto("/desk/inbox/")
    page.get_by_role("link", name="清单导入").click()
    look(page)
    page.get_by_role("button", name="上传并核对").click()
    expect(page.locator(".error-summary")).to_contain_text("请选择清单表格")
    page.set_input_files("input[type=file]", a_list(tmp_path))
    page.get_by_role("button", name="上传并核对").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("重点工业项目要素需求清单")
    expect(page.locator("body")).to_contain_text("数量：应大于 0")
    look(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="下载写明原因的原表").click()
    download.value.save_as(tmp_path / "退回.xlsx")
    sheet = load_workbook(tmp_path / "退回.xlsx").active
    assert sheet.cell(6, 16).value == "数量：应大于 0"
    assert not FactorRequest.objects.exists()
    page.locator("summary", has_text="存入 2 项").click()
    look(page)
    page.get_by_role("button", name="存入", exact=True).click()
    expect(page.locator("body")).to_contain_text("已存入 2 项需求（1 份申报），等待受理。")
    look(page)
    page.get_by_role("link", name="去收件受理").click()
    expect(page.locator("body")).to_contain_text("节能审查与能耗指标")
    colleague = open_page(directory.actor("GTB", "lead", name="推进办负责人"))
    colleague.goto("/desk/inbox/")
    colleague.get_by_role("link", name="受理并交办").click()
    expect(colleague.locator("body")).to_contain_text("清单所写")
    look(colleague)
    colleague.get_by_role("button", name="受理并一次交办").click()
    expect(colleague.locator("body")).to_contain_text("并联交办")
    assert set(FactorRequest.objects.values_list("state", flat=True)) == {"assigned"}

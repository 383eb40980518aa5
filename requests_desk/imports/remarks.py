"""What a list holds that its sender may not see: hidden rows and sheets, formulas that no program has worked out."""

from collections.abc import Iterable, Sequence

from taian_factors.lib.workbooks import Sheet

NAMED = 10  # rows or cells that a remark names


def remarks(sheets: Sequence[Sheet]) -> list[str]:
    """Say what was read although it is hidden, what was not read because it is, and what could not be read."""
    found = [
        f"工作表“{name}”是隐藏的，没有读取；需要导入的，请取消隐藏后再上传。" for name in _left_out(sheets)
    ]
    for sheet in sheets:
        of = f"工作表“{sheet.name}”" if len(sheets) > 1 else ""
        if hidden := sorted(sheet.hidden & sheet.rows.keys()):
            rows = _some(str(number) for number in hidden)
            found.append(f"{of}第 {rows} 行是隐藏行（可能筛选过），照样读取；不要的请删除这些行后再上传。")
        if sheet.unsolved:
            cells = _some(sheet.unsolved)
            found.append(
                f"{of}单元格 {cells} 是公式，文件里没有保存计算结果，只能当作空白；"
                "请用表格软件打开，保存一次后再上传。"
            )
    return found


def _left_out(sheets: Sequence[Sheet]) -> Sequence[str]:
    return sheets[0].hidden_sheets if sheets else ()


def _some(names: Iterable[str]) -> str:
    listed = list(names)
    more = f" 等 {len(listed)} 处" if len(listed) > NAMED else ""
    return "、".join(listed[:NAMED]) + more

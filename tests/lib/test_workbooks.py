"""What is no workbook is refused in a sentence; what is one is read without its looks."""

from datetime import datetime
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from openpyxl import Workbook

from taian_factors.lib import workbooks
from taian_factors.lib.workbooks import Block, WorkbookError, read_workbook

OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


def packed(**parts: bytes) -> bytes:
    file = BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "空的"), ("企业名称,要素".encode(), "不是 .xlsx"), (b"%PDF-1.7 ...", "PDF"), (OLD, ".xls"),
        (OLD + "EncryptedPackage".encode("utf-16-le"), "密码"), (b"PK\x03\x04" + bytes(40), "损坏"),
        (packed(word__document_xml=b"<a/>"), "不是 .xlsx"), (packed(xl__workbook_xml=b"<a"), "损坏"),
        (packed(xl__workbook_xml=bytes(workbooks.UNPACKED + 1)), "过大"),
    ],
    ids=["empty", "text", "pdf", "old", "locked", "torn", "document", "damaged", "bomb"],
)  # fmt: skip
def test_what_is_no_workbook_is_refused_in_a_sentence(content, said):
    with pytest.raises(WorkbookError, match=said):
        read_workbook(BytesIO(content))


def test_a_file_that_is_too_large_is_refused_before_it_is_unpacked(monkeypatch):
    monkeypatch.setattr(workbooks, "LARGEST", 10)
    with pytest.raises(WorkbookError, match="超过"):
        read_workbook(BytesIO(packed(xl__workbook_xml=b"<a/>")))


def test_rows_keep_their_numbers_and_merged_ranges_are_known(monkeypatch):
    made = Workbook()
    sheet = made.active
    sheet["A1"], sheet["B4"], sheet["A900"] = "题", datetime(2023, 6, 9), 3
    sheet.merge_cells("A1:C1")
    sheet.merge_cells("B4:B6")
    made.create_sheet("隐藏").sheet_state = "hidden"
    file = BytesIO()
    made.save(file)
    (found,) = read_workbook(file)
    assert {number: cells[-1] for number, cells in found.rows.items()} == {
        1: "题",
        4: datetime(2023, 6, 9),
        900: 3,
    }
    assert set(found.blocks) == {Block(1, 1, 3, 1), Block(2, 4, 2, 6)}
    monkeypatch.setattr(workbooks, "MOST_ROWS", 2)
    with pytest.raises(WorkbookError, match="超过 2 行"):
        read_workbook(file)


def test_progress_is_told_while_rows_are_read():
    made = Workbook(write_only=True)
    sheet = made.create_sheet()
    for number in range(2_500):
        sheet.append([number])
    file = BytesIO()
    made.save(file)
    heard: list[int] = []
    read_workbook(file, progress=heard.append)
    assert heard == [1000, 2000]

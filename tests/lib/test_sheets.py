"""Sheets that are safe to open."""

from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from openpyxl import Workbook, load_workbook

from taian_factors.lib import sheets
from taian_factors.lib.sheets import (
    Figure,
    Sheet,
    SheetError,
    figure,
    read_rows,
    safe_text,
    write_book,
    write_sheet,
)


def read(headings, rows):
    target = BytesIO()
    write_sheet(target, title="台账", headings=headings, rows=rows)
    return [[cell.value for cell in row] for row in load_workbook(target).active.iter_rows()]


@pytest.mark.parametrize("text", ["=1+1", "+86", "-5", "@SUM(A1)", "\t=1", "\r=1", "  =1+1", "\n=1"])
def test_a_text_never_becomes_a_formula(text):
    assert safe_text(text).startswith("'")
    ((_,), (value,)) = read(["标题"], [[text]])
    assert value.startswith("'")


def test_ordinary_words_stay_as_they_are():
    assert safe_text("用地 35 亩 = 约 2.3 公顷") == "用地 35 亩 = 约 2.3 公顷"


def test_control_characters_do_not_break_the_sheet():
    assert safe_text("用\x00地\x1b") == "用地"


def test_values_keep_their_kind():
    moment = datetime(2023, 6, 13, 6, 5, tzinfo=UTC)
    rows = read(["a", "b", "c", "d", "e"], [[Decimal("35.5"), 3, date(2023, 6, 13), moment, None]])
    assert rows[1] == [35.5, 3, datetime(2023, 6, 13), datetime(2023, 6, 13, 14, 5), None]


def test_the_count_of_rows_is_returned_and_none_is_left_out():
    assert write_sheet(BytesIO(), title="t", headings=["a"], rows=([n] for n in range(3000))) == 3000


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", Figure(Decimal(12), "0")),
        ("18.46", Figure(Decimal("18.46"), "0.00")),
        ("92.31%", Figure(Decimal("0.9231"), "0.00%")),
        ("92.31%*", Figure(Decimal("0.9231"), '0.00%"*"')),
        ("—", "—"),
        ("12/13", "12/13"),
        ("=1+1", "=1+1"),
    ],
)
def test_a_printed_figure_becomes_a_number_that_looks_the_same(text, value):
    assert figure(text) == value


def test_a_book_has_its_sheets_in_their_order():
    target = BytesIO()
    sheets = [Sheet("一", ["a"], [[1], [2]]), Sheet("二", ["b"], [[figure("92.31%")]])]
    assert write_book(target, sheets) == [2, 1]
    book = load_workbook(target)
    assert book.sheetnames == ["一", "二"]
    assert (book["二"]["A2"].value, book["二"]["A2"].number_format) == (0.9231, "0.00%")


def test_a_sheet_is_printed_as_wide_as_the_page_with_its_headings_on_every_page():
    target = BytesIO()
    write_book(target, [Sheet("一", ["a"] * 12, [[1] * 12], widths=[18] * 12)])
    sheet = load_workbook(target).active
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight, sheet.print_title_rows) == (
        1,
        0,
        "$1:$1",
    )


# --- rows in ------------------------------------------------------------------------------------------------


def workbook(*rows):
    book, target = Workbook(), BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(target)
    target.seek(0)
    return target


def test_rows_come_with_their_line_numbers_and_without_empty_ones():
    source = workbook(["部门", "期限"], [], [" 市发改委 ", date(2023, 6, 30)], [3.0, 2.5])
    assert read_rows(source, name="工作.XLSX") == [
        (1, ["部门", "期限"]),
        (3, ["市发改委", "2023-06-30"]),
        (4, ["3", "2.5"]),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_is_read_in_the_encodings_of_offices(encoding):
    source = BytesIO('部门,说明\n市发改委,"一行\n两行"\n'.encode(encoding))
    assert read_rows(source, name="a.csv") == [(1, ["部门", "说明"]), (2, ["市发改委", "一行\n两行"])]


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (b"x", "a.xls", "XLSX 或 CSV"),
        (b"x", "a", "XLSX 或 CSV"),
        (b"not a zip", "a.xlsx", "已损坏"),
        (b"\xff\xff\xff", "a.csv", "编码"),
        (b"x" * (5 * 1024 * 1024 + 1), "a.csv", "5 MB"),
        (b"x\n" * 5001, "a.csv", "5000 行"),
    ],
)
def test_what_is_no_sheet_is_refused_in_words(data, name, said):
    with pytest.raises(SheetError, match=said):
        read_rows(BytesIO(data), name=name)


def test_a_zip_that_is_no_workbook_is_refused():
    target = BytesIO()
    with ZipFile(target, "w") as packed:
        packed.writestr("a.txt", "x")
    target.seek(0)
    with pytest.raises(SheetError, match="已损坏"):
        read_rows(target, name="a.xlsx")


def test_a_workbook_that_grows_without_measure_is_not_unpacked():
    target = BytesIO()
    with ZipFile(target, "w", ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", b"0" * (51 * 1024 * 1024))
    target.seek(0)
    with pytest.raises(SheetError, match="过大"):
        read_rows(target, name="a.xlsx")


def test_what_one_sheet_cannot_hold_goes_on_in_the_next(monkeypatch) -> None:
    monkeypatch.setattr(sheets, "DEEPEST", 2)
    target = BytesIO()
    assert sheets.write_sheet(target, title="台账", headings=["数"], rows=([n] for n in range(5))) == 5
    book = load_workbook(target)
    assert book.sheetnames == ["台账", "台账 2", "台账 3"]
    found = [[row[0].value for row in sheet.iter_rows()] for sheet in book]
    assert found == [["数", 0, 1], ["数", 2, 3], ["数", 4]]

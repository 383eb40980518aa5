"""``import_requests``: reads and tells; writes only when told to store."""

import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from openpyxl import load_workbook
from openpyxl.styles import Font

from requests_desk.models import FactorRequest, OfficeList
from taian_factors.directory.models import Organization, Project
from tests.requests_desk.workbooks import KEY_PROJECT, book, need, projects, saved

pytestmark = pytest.mark.django_db


@pytest.fixture
def written(tmp_path):
    """Return a function that writes a workbook to a file."""

    def write(file, name="清单.xlsx"):
        (tmp_path / name).write_bytes(file.getvalue())
        return tmp_path / name

    return write


def run(file, *options):
    out = StringIO()
    call_command("import_requests", file, *options, stdout=out, stderr=StringIO())
    return out.getvalue()


@pytest.mark.parametrize(
    "options", [("--json",), ("--json", "--dry-run"), ("--json", "--dry-run", "--store")]
)
def test_nothing_is_written_unless_it_is_to_be_stored(written, options):
    told = json.loads(run(written(projects({}, {"数量": -1})), *options))
    assert told["list"] == "key_project"
    assert (told["requests"], told["filings"], told["duplicates"], told["ignored_rows"]) == (1, 1, [], [])
    assert told["refused"] == [{"row": 3, "column": "数量", "problem": "应大于 0"}]
    expected = {
        "row": 2,
        "factor": "TD",
        "quantity": "30",
        "unit": "亩",
        "expected_on": "2023-09-30",
        "lead": "ZGJ",
    }
    assert expected.items() <= told["rows"][0].items()
    assert {"supports", "division", "enterprise", "filed_on"} <= told["rows"][0].keys()
    assert "stored" not in told
    assert not FactorRequest.objects.exists()
    assert not Project.objects.exists()
    assert not Organization.objects.enterprises().exists()


def test_storing_files_and_a_second_time_nothing(written):
    file = written(projects({}, {"需求内容": "二"}))
    assert json.loads(run(file, "--store", "--json"))["stored"] == {"requests": 2, "filings": 1, "known": 0}
    assert json.loads(run(file, "--store", "--json"))["stored"] == {"requests": 0, "filings": 0, "known": 2}
    assert (FactorRequest.objects.count(), OfficeList.objects.get().name) == (2, "清单.xlsx")
    assert FactorRequest.objects.first().filing.typed_by is None


def test_a_person_reads_counts_reasons_and_duplicates(written):
    said = run(written(projects({}, {}, {"数量": 0})))
    assert "可入库需求 1" in said
    assert "第 4 行　数量：应大于 0" in said
    assert "第 3 行　与第 2 行重复" in said
    assert "没有写入" in said
    assert "已存入 1 项需求" in run(written(projects({})), "--store")


def test_the_kind_may_be_told(written):
    assert json.loads(run(written(projects({})), "--list", "problem", "--json"))["list"] == "problem"
    run(written(projects({})), "--list", "problem", "--store")
    assert FactorRequest.objects.get().filing.channel == "problem"


@pytest.mark.parametrize("content", [b"", b"text", b"%PDF-1.4"])
def test_what_is_no_workbook_ends_with_one_sentence(tmp_path, content):
    file = tmp_path / "清单.xlsx"
    file.write_bytes(content)
    with pytest.raises(CommandError, match=r"。$"):
        run(file)


def test_a_file_that_is_not_there_is_said(tmp_path):
    with pytest.raises(CommandError, match="没有这个文件"):
        run(tmp_path / "没有.xlsx")


def test_refused_rows_come_back_in_the_same_workbook_with_their_reasons(written, tmp_path):
    made = load_workbook(
        book(
            ["示例清单"],
            KEY_PROJECT,
            need(),
            need(序号=2, 数量=-1),
            need(序号=3, 责任部门="甲乙"),
            merges=["A1:O1"],
        )
    )
    made.active["C3"].font = Font(bold=True, color="FFC00000")
    made.active.column_dimensions["C"].width = 33
    made.create_sheet("说明")["A1"] = "一事一行"
    out = tmp_path / "退回.xlsx"
    run(written(saved(made)), "--refused", str(out))
    back = load_workbook(out)
    sheet = back["Sheet"]
    assert [sheet.cell(row, 16).value for row in range(1, 6)] == [
        None, "未入库原因", None, "数量：应大于 0", "责任部门：没有“甲乙”这个部门、金融机构或县市区",
    ]  # fmt: skip
    assert (sheet["C3"].font.b, sheet.column_dimensions["C"].width) == (True, 33)
    assert [str(merged) for merged in sheet.merged_cells.ranges] == ["A1:O1"]
    assert back["说明"]["A1"].value == "一事一行"
    # Mended and sent again, the reasons are written anew in the same column, and nothing is taken for a heading.
    sheet["I4"] = 5
    again = tmp_path / "再退回.xlsx"
    run(written(saved(back), "改.xlsx"), "--refused", str(again))
    sheet = load_workbook(again)["Sheet"]
    assert [sheet.cell(row, 16).value for row in (2, 4)] == ["未入库原因", None]
    assert sheet.max_column == 16

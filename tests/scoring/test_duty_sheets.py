"""Duties from a sheet and from the ledger: looked at first, whole or nothing, never twice."""

import re
from datetime import date
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import Workbook

from requests_desk.models import Delivery
from scoring import arranging, duty_sheets
from scoring.arranging import DutyError
from scoring.models import Duty, DutyRecord
from taian_factors.directory.models import Organization
from taian_factors.lib.periods import Period
from tests.scoring.factories import duty, moment, published, worked_example

AT = moment("2023-07-05", "10:00:00")  # a Wednesday in the factor week of July
IMPORT, STORE = reverse("scoring:import_duties"), reverse("scoring:store_duties")
OVERDUE = reverse("scoring:overdue_duties")
HEAD = ["部门", "工作或活动", "完成期限", "落实结果", "认定依据"]
GOOD = [
    ["市发改委", "参加要素保障大集", "2023-06-13", "按时落实", "签到表"],
    ["住建局", "报送季度小结", "2023年6月30日", "", ""],
]
pytestmark = pytest.mark.django_db


def text(response):
    return re.sub(r"\s+", " ", response.content.decode())


def sheet(rows, head=HEAD, before=()):
    book = Workbook()
    for row in [*before, head, *rows]:
        book.active.append(row)
    target = BytesIO()
    book.save(target)
    return SimpleUploadedFile("工作.xlsx", target.getvalue())


def upload(client, rows, **more):
    return client.post(IMPORT, {"sheet": sheet(rows, **more)})


def stored(client, looked_at):
    return client.post(STORE, {"sheet": looked_at.context["token"]}, follow=True)


def problems(response):
    return [(p.row, p.column) for p in response.context["checked"].problems]


# --- a sheet ------------------------------------------------------------------------------------------------


def test_a_sheet_is_looked_at_first_and_stored_when_asked(as_office_clerk):
    looked_at = upload(as_office_clerk, GOOD)
    assert (looked_at.status_code, Duty.objects.count()) == (200, 0)
    assert "新存 2 条" in text(looked_at)
    assert "已存入 2 条" in text(stored(as_office_clerk, looked_at))
    records = {r.organization.code: r for r in DutyRecord.objects.select_related("duty", "organization")}
    assert (records["FGW"].result, records["FGW"].proof) == ("on_time", "签到表")
    assert records["FGW"].judged_at is not None
    assert (records["ZJJ"].result, records["ZJJ"].duty.due_on) == ("", date(2023, 6, 30))


def test_what_is_wrong_is_told_row_by_row(as_office_clerk):
    again = [*GOOD[0][:3], "逾期落实", "签到表"]
    found = problems(upload(as_office_clerk, [GOOD[0], again, ["火星局", "示例", "2023-06-30", "", ""]]))
    assert [row for row, _ in found] == [3, 4]


def test_the_same_sheet_twice_stores_nothing_twice(as_office_clerk):
    looked_at = upload(as_office_clerk, GOOD)
    stored(as_office_clerk, looked_at)
    assert "没有重复登记" in text(stored(as_office_clerk, looked_at))
    again = upload(as_office_clerk, GOOD)
    assert "新存 0 条，其余已在平台上" in text(again)
    stored(as_office_clerk, again)
    assert (Duty.objects.count(), DutyRecord.objects.count()) == (2, 2)


def test_headings_are_found_below_a_title_and_in_any_order(as_office_clerk):
    rows = [["2023/6/13", "参加大集", "市发改委、生态环境局，FGW"]]
    looked_at = upload(
        as_office_clerk, rows, head=["完成 时限", "工作内容", "责任单位"], before=[["六月工作表"], []]
    )
    stored(as_office_clerk, looked_at)
    assert {r.organization.code for r in DutyRecord.objects.select_related("organization")} == {"FGW", "STJ"}


def test_all_departments_can_be_named_at_once(as_office_clerk):
    stored(as_office_clerk, upload(as_office_clerk, [["全部部门", "参加大集", date(2023, 6, 13)]]))
    n = Organization.objects.departments().filter(takes_part=True).count()
    assert DutyRecord.objects.count() == n > 10


@pytest.mark.parametrize(
    "day",
    [
        *(
            "2023-06-30",
            "2023/6/30",
            "2023.6.30",
            "2023年6月30日",
            "2023 年 6 月 30 日",
            "20230630",
            "2023年6月底",
        ),
        date(2023, 6, 30),
    ],
)
def test_a_day_is_read_as_people_write_it(day, as_office_clerk):
    (item,) = upload(as_office_clerk, [["FGW", "示例", day]]).context["checked"].items
    assert item.due_on == date(2023, 6, 30)


@pytest.mark.parametrize(
    ("row", "column", "said"),
    [
        (["火星局", "示例", "2023-06-30"], "部门", "“火星局”不是参加大比拼的部门"),
        (["", "示例", "2023-06-30"], "部门", "没有填写"),
        (["市商务局", "示例", "2023-06-30"], "部门", "不是参加"),
        (["FGW", "", "2023-06-30"], "工作或活动", "没有填写"),
        (["FGW", "长" * 121, "2023-06-30"], "工作或活动", "超过 120"),
        (["FGW", "示例", ""], "完成期限", "没有填写"),
        (["FGW", "示例", "六月底"], "完成期限", "没有写年份"),
        (["FGW", "示例", "长期"], "完成期限", "“长期”不是日期"),
        (["FGW", "示例", "6月30日"], "完成期限", "没有写年份"),
        (["FGW", "示例", "2023-06-31"], "完成期限", "没有“2023-06-31”这一天"),
        (["FGW", "示例", "2023-06-30", "优秀", "表"], "落实结果", "应为按时落实"),
        (["FGW", "示例", "2023-06-30", "按时落实"], "认定依据", "须写明依据"),
        (["FGW", "示例", "2023-06-30", "", "签到表"], "落实结果", "却没有落实结果"),
    ],
)
def test_a_bad_row_is_named_by_row_and_column_and_nothing_is_stored(row, column, said, as_office_clerk):
    response = upload(as_office_clerk, [GOOD[0], row])
    assert (response.status_code, problems(response)) == (422, [(3, column)])
    assert said in text(response)
    assert "没有存入任何一行" in text(response)
    assert response.context["token"] == ""


def test_rows_that_contradict_each_other_or_a_judgement_are_refused(as_office_clerk):
    other = [*GOOD[0][:3], "逾期落实", "现场记录"]
    assert problems(upload(as_office_clerk, [GOOD[0], other])) == [(3, "部门")]
    stored(as_office_clerk, upload(as_office_clerk, GOOD))
    response = upload(as_office_clerk, [other])
    assert problems(response) == [(2, "落实结果")]
    assert "已认定为“按时落实”" in text(response)


def test_a_duty_that_waits_for_its_result_gets_it_from_a_later_sheet(as_office_clerk):
    stored(as_office_clerk, upload(as_office_clerk, GOOD))
    later = [["市住建局", "报送季度小结", "2023-06-30", "逾期", "收文登记"]]
    stored(as_office_clerk, upload(as_office_clerk, later))
    record = DutyRecord.objects.get(organization__code="ZJJ")
    assert (record.result, record.proof, record.judged_at is not None) == ("late", "收文登记", True)
    assert DutyRecord.objects.count() == 2


def test_a_published_month_is_named(as_office_clerk, office_lead):
    worked_example("ZGJ")
    published(Period.parse("2023-06"), office_lead)
    assert "2023-06 已公布" in text(upload(as_office_clerk, GOOD))


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (SimpleUploadedFile("a.pdf", b"%PDF"), "XLSX 或 CSV"),
        (SimpleUploadedFile("a.xlsx", b"nonsense"), "已损坏"),
        (SimpleUploadedFile("a.csv", "甲,乙\n1,2".encode()), "没有找到表头"),
        (SimpleUploadedFile("a.csv", "部门,工作或活动,完成期限".encode()), "1 至 500 行"),
    ],
)
def test_a_file_that_is_no_such_sheet_is_said_at_its_field(file, said, as_office_clerk):
    file.seek(0)
    response = as_office_clerk.post(IMPORT, {"sheet": file})
    assert response.status_code == 422
    assert said in "".join(response.context["form"].errors["sheet"])
    assert as_office_clerk.post(IMPORT).status_code in {200, 422}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_a_csv_is_read_in_either_encoding(encoding, as_office_clerk):
    body = "\n".join(",".join(row) for row in [HEAD, *GOOD]).encode(encoding)
    response = as_office_clerk.post(IMPORT, {"sheet": SimpleUploadedFile("工作.csv", body)})
    assert len(response.context["checked"].items) == 2


def test_what_was_not_looked_at_is_not_stored(as_office_clerk):
    response = as_office_clerk.post(STORE, {"sheet": "forged"}, follow=True)
    assert "请重新上传" in text(response)
    assert Duty.objects.count() == 0


def test_store_checks_again(office_clerk, department_clerk):
    bad = [(2, dict(zip(HEAD, ["火星局", "示例", "2023-06-30", "", ""], strict=True)))]
    with pytest.raises(DutyError, match="没有存入任何一行"):
        duty_sheets.store(rows=bad, actor=office_clerk, at=AT)
    with pytest.raises(DutyError, match="只有"):
        duty_sheets.store(rows=[], actor=department_clerk, at=AT)


def test_a_long_sheet_costs_as_many_statements_as_a_short_one(office_clerk):
    counts = []
    for n in (3, 60):
        rows = [
            (i, dict(zip(HEAD, ["FGW", f"工作{n}-{i}", "2023-06-30", "按时", "表"], strict=True)))
            for i in range(n)
        ]
        with CaptureQueriesContext(connection) as captured:
            duty_sheets.store(rows=rows, actor=office_clerk, at=AT)
        counts.append(len(captured))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("url", [IMPORT, reverse("scoring:duty_template"), OVERDUE])
@pytest.mark.parametrize(
    ("who", "status"), [("office_clerk", 200), ("department_lead", 404), ("enterprise", 404)]
)
def test_only_the_office_comes_in(url, who, status, request):
    assert request.getfixturevalue(f"as_{who}").get(url).status_code == status


def test_an_auditor_looks_and_arranges_nothing(as_office_auditor):
    assert as_office_auditor.get(OVERDUE).status_code == 200
    assert as_office_auditor.get(IMPORT).status_code == 403
    url = reverse("scoring:arrange_overdue", args=["ZGJ"])
    assert as_office_auditor.post(url, {"ZGJ-due_on": "2099-01-01"}).status_code == 403


def test_the_template_can_be_taken_as_it_is(as_office_clerk):
    body = b"".join(as_office_clerk.get(reverse("scoring:duty_template")).streaming_content)
    response = as_office_clerk.post(IMPORT, {"sheet": SimpleUploadedFile("工作.xlsx", body)})
    assert (response.status_code, problems(response)) == (200, [])


# --- the department's own word ------------------------------------------------------------------------------


def test_proof_and_credit_stand_beside_the_departments_own_answer(
    as_department_clerk, as_other_department, office_clerk, department_clerk
):
    record = duty("ZGJ", "")
    arranging.answer(record=record, text="已派人参加", actor=department_clerk, at=AT)
    arranging.judge(record=record, result="late", proof="现场记录", actor=office_clerk, at=AT)
    url = reverse("scoring:duty", args=[record.duty_id])
    page = text(as_department_clerk.get(url))
    assert "已派人参加" in page
    assert "现场记录" in page
    assert "计 0.5 分" in page
    assert as_other_department.get(url).status_code == 404


def told(person):
    return list(Delivery.objects.at_the_bell().filter(user=person).values_list("text", flat=True))


def test_departments_are_told_of_what_a_sheet_lays_on_them_once(office_clerk, department_clerk):
    name = department_clerk.organization.short
    rows = [(2, dict(zip(HEAD, [name, "报送名单", "2023-06-30", "", ""], strict=True)))]
    duty_sheets.store(rows=rows, actor=office_clerk, at=AT)
    duty_sheets.store(rows=rows, actor=office_clerk, at=AT)
    assert told(department_clerk.user) == ["市工业推进办安排了工作“报送名单”，请在 2023-06-30 前落实。"]
    assert told(office_clerk.user) == []


def test_what_a_sheet_brings_with_its_result_is_no_news(office_clerk, department_clerk):
    name = department_clerk.organization.short
    rows = [(2, dict(zip(HEAD, [name, "参加例会", "2023-06-20", "按时", "签到表"], strict=True)))]
    duty_sheets.store(rows=rows, actor=office_clerk, at=AT)
    assert told(department_clerk.user) == []


def test_several_duties_for_everybody_are_one_notice(office_clerk, department_clerk):
    names = ["报送名单", "报送总结"]
    rows = [
        (place, dict(zip(HEAD, ["全部", title, "2023-06-30", "", ""], strict=True)))
        for place, title in enumerate(names, start=2)
    ]
    duty_sheets.store(rows=rows, actor=office_clerk, at=AT)
    assert told(department_clerk.user) == ["市工业推进办新安排了 2 项工作，请查看本部门的任务和期限。"]

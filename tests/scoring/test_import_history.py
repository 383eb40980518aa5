"""Taking over past years: all or nothing, twice is once, every problem with its file, line and column."""

import json
from pathlib import Path

import pytest
from django.core.management import call_command

from requests_desk.models import (
    Assignment,
    FactorRequest,
    Filing,
    RequestEvent,
    SatisfactionReview,
    SearchText,
)
from requests_desk.tasks import write_search_texts
from scoring.imports import History, import_history
from scoring.models import DutyRecord, Exclusion
from taian_factors.directory.models import EnterpriseProfile, Job
from tests.directory.factories import credit_code
from tests.requests_desk.factories import START, office

pytestmark = pytest.mark.django_db
USCC = credit_code(900001)

GOOD = {
    "enterprises.csv": ["uscc,name,division,chain", f"{USCC},示例历史企业有限公司,370902,C01"],
    "requests.csv": [
        "number,filed_at,enterprise_uscc,factor,list,headline,quantity,unit,ineligible_at",
        f"H1,2022-08-01T09:00:00+08:00,{USCC},TD,online,用地,12.5,亩,",
        f'H2,2022-08-01T09:00:00+08:00,{USCC},SP,problem,"审批，两行\n标题",,,',
        f"H3,2022-08-01T01:00:00Z,{USCC},TD,fair,用地,-3,自带单位,2022-08-05T09:00:00+08:00",
        f"H4,2022-08-01T09:00:00+08:00,{USCC},TD,visit,用地,,,",
    ],
    "assignments.csv": [
        "request_number,department,role,assigned_at,reply_due_at,replied_at,complete_due_at,completed_at,"
        "ended_at,end_reason",
        "H1,ZGJ,lead,2022-08-01T10:00:00+08:00,2022-08-04T23:59:59+08:00,2022-08-02T10:00:00+08:00,"
        "2022-08-22T23:59:59+08:00,2022-08-03T10:00:00+08:00,2022-08-04T10:00:00+08:00,redone",
        "H1,ZGJ,lead,2022-08-04T10:00:00+08:00,2022-08-09T23:59:59+08:00,2022-08-05T10:00:00+08:00,"
        "2022-08-11T23:59:59+08:00,2022-08-05T10:00:00+08:00,,",
        "H1,SPJ,support,2022-08-01T10:00:00+08:00,2022-08-04T23:59:59+08:00,,,,,",
        "H2,SPJ,lead,2022-08-01T10:00:00+08:00,2022-08-04T23:59:59+08:00,2022-08-02T10:00:00+08:00,"
        "2022-08-22T23:59:59+08:00,,,",
        "H3,ZGJ,lead,2022-08-01T10:00:00+08:00,2022-08-04T23:59:59+08:00,,2022-08-22T23:59:59+08:00,,,",
        "H4,ZGJ,lead,2022-08-01T10:00:00+08:00,,,,,,",
    ],
    "reviews.csv": [
        "request_number,department,rating,contacted,solved,submitted_at,excluded_reason",
        "H1,ZGJ,1,yes,no,2022-08-10T10:00:00+08:00,误评或恶意评价",
        "H2,SPJ,5,,,2022-08-10T10:00:00+08:00,",
    ],
    "duties.csv": [
        "department,title,due_on,result",
        "ZGJ,报送清单,2022-08-10,late",
        "SPJ,报送清单,2022-08-10,on_time",
    ],
}


def write(folder: Path, **changed: list[str] | None) -> Path:
    """Write the good files, some of them changed (None: left out)."""
    for name, lines in {**GOOD, **{f"{k}.csv": v for k, v in changed.items()}}.items():
        if lines is not None:
            (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def take(folder: Path) -> History:
    return import_history(folder, actor=office(), at=START)


def test_a_ledger_is_taken_over_with_its_states_and_one_event_each(tmp_path):
    found = take(write(tmp_path))
    assert found.errors == []
    assert found.stored == {"enterprises": 1, "requests": 4, "assignments": 6, "reviews": 2, "duties": 2}
    states = dict(FactorRequest.objects.values_list("number", "state"))
    assert states == {"H1": "confirmed", "H2": "replied", "H3": "ineligible", "H4": "assigned"}
    assert set(RequestEvent.objects.values_list("verb", "announced_at")) == {("imported", START)}
    odd = FactorRequest.objects.get(number="H3")
    assert (str(odd.quantity), odd.unit, odd.is_historic) == ("-3.0000", "自带单位", True)
    assert FactorRequest.objects.get(number="H2").headline == "审批，两行\n标题"
    review = SatisfactionReview.objects.get(rating=1)
    assert review.assignment.end_reason == ""  # the second lead of ZGJ had begun when it was reviewed
    assert Exclusion.objects.get().review == review
    assert Filing.objects.get(number="H2").channel == "problem"


def test_the_same_files_twice_store_nothing_twice(tmp_path):
    write(tmp_path)
    take(tmp_path)
    again = take(tmp_path)
    assert again.errors == []
    assert set(again.stored.values()) == {0}
    assert (Assignment.objects.count(), DutyRecord.objects.count(), EnterpriseProfile.objects.count()) == (
        6,
        2,
        1,
    )


def test_a_row_that_stands_twice_alike_is_stored_once(tmp_path):
    lines = GOOD["assignments.csv"]
    found = take(write(tmp_path, assignments=[*lines, lines[3]]))
    assert found.errors == []
    assert found.stored["assignments"] == 6


BAD = [
    ("enterprises", 1, f"{USCC[:-1]}*,名,370902,C01", "uscc"),
    ("enterprises", 1, f"{USCC},名,999999,C01", "division"),
    ("enterprises", 1, f"{USCC},,370902,C01", "name"),
    ("requests", 1, f"H1,2022-08-01 09:00,{USCC},TD,online,用地,,,", "filed_at"),
    ("requests", 1, f"H1,2022-02-30T09:00:00+08:00,{USCC},TD,online,用地,,,", "filed_at"),
    ("requests", 1, f"H1,2022-08-01T09:00:00+08:00,{USCC},XX,online,用地,,,", "factor"),
    ("requests", 1, f"H1,2022-08-01T09:00:00+08:00,{USCC},TD,mail,用地,,,", "list"),
    ("requests", 1, f"H1,2022-08-01T09:00:00+08:00,{USCC},TD,online,用地,十亩,,", "quantity"),
    (
        "requests",
        1,
        f"H1,2022-08-01T09:00:00+08:00,{credit_code(900002)},TD,online,用地,,,",
        "enterprise_uscc",
    ),
    ("requests", 2, f"H1,2022-08-01T09:00:00+08:00,{USCC},SP,online,审批,,,", "number"),
    ("assignments", 3, "H9,SPJ,support,2022-08-01T10:00:00+08:00,,,,,,", "request_number"),
    ("assignments", 3, "H1,XXX,support,2022-08-01T10:00:00+08:00,,,,,,", "department"),
    ("assignments", 3, "H1,SPJ,helper,2022-08-01T10:00:00+08:00,,,,,,", "role"),
    (
        "assignments",
        3,
        "H1,SPJ,support,2022-08-01T10:00:00+08:00,,,,,2022-08-02T10:00:00+08:00,",
        "end_reason",
    ),
    ("assignments", 3, "H1,SPJ,support,2022-08-01T10:00:00+08:00,,,,,,redone", "ended_at"),
    ("reviews", 1, "H1,ZGJ,6,yes,no,2022-08-10T10:00:00+08:00,", "rating"),
    ("reviews", 1, "H1,ZGJ,5,maybe,no,2022-08-10T10:00:00+08:00,", "contacted"),
    ("reviews", 1, "H1,SPJ,5,yes,no,2022-08-10T10:00:00+08:00,", "request_number"),
    ("duties", 1, "ZGJ,报送清单,2022-08-32,late", "due_on"),
    ("duties", 2, "ZGJ,报送清单,2022-08-10,on_time", "department"),
]


@pytest.mark.parametrize(
    ("file", "line", "row", "column"), BAD, ids=[f"{b[0]}-{b[3]}-{i}" for i, b in enumerate(BAD)]
)
def test_a_bad_row_stops_everything_and_is_named(tmp_path, file: str, line: int, row: str, column: str):
    lines = [*GOOD[f"{file}.csv"]]
    lines[line] = row
    found = take(write(tmp_path, **{file: lines}))
    assert (f"{file}.csv", column) in {(p.file, p.column) for p in found.errors}
    named = next(p for p in found.errors if (p.file, p.column) == (f"{file}.csv", column))
    # H2's headline stands on two lines, so lines of requests.csv after it are one further on.
    assert named.line == line + 1
    assert found.stored == {}
    assert not FactorRequest.objects.exists()
    assert not EnterpriseProfile.objects.filter(credit_code=USCC).exists()


def test_files_that_are_no_files_of_this_kind_are_said_in_a_sentence(tmp_path):
    found = take(write(tmp_path, duties=None, reviews=["request_number,rating", "H1,5"]))
    said = {(p.file, p.line, p.problem) for p in found.errors}
    assert ("duties.csv", 0, "缺少这个文件") in said
    assert ("reviews.csv", 1, "缺少这一列") in said
    (tmp_path / "duties.csv").write_bytes(b"department,title,due_on,result\nZGJ,\xb1\xa8,2022-08-10,late\n")
    assert ("duties.csv", 0, "不是 UTF-8 编码") in {
        (p.file, p.line, p.problem) for p in take(tmp_path).errors
    }


def test_a_file_that_cannot_be_read_is_said_alone_and_not_by_every_row_that_names_it(tmp_path):
    folder = write(tmp_path)
    good = (folder / "requests.csv").read_bytes()
    for data, line, said in (
        (good + b'H9,"x\n\n', good.count(b"\n") + 1, "引号"),
        (good + "要素".encode("gb18030"), 0, "不是 UTF-8 编码"),
        (good.replace(b"headline", b"head", 1), 1, "缺少这一列"),
    ):
        (folder / "requests.csv").write_bytes(data)
        errors = take(folder).errors
        assert [(each.file, each.line) for each in errors] == [("requests.csv", line)], errors
        assert said in errors[0].problem


WRONG = [  # a bad row, and the row that names it: which file and line, which line of the bad one
    ("assignments", 4, "H2,XXX,lead,2022-08-01T10:00:00+08:00,,,,,,", "reviews.csv", 3, 5),
    ("assignments", 4, "H2,SPJ,lead,2022-08-01T10:00:00+08:00,,,,", "reviews.csv", 3, 5),
    ("assignments", 4, "H2,SPJ,chief,2022-08-01T10:00:00+08:00,,,,,,", "reviews.csv", 3, 5),
    ("requests", 4, f"H4,2022-08-01T09:00:00+08:00,{USCC},TD,visit,用,地,,,", "assignments.csv", 7, 6),
    ("enterprises", 1, f"{USCC},示例,历史,370902,C01", "requests.csv", 2, 2),
]


@pytest.mark.parametrize(("file", "line", "row", "name", "number", "because"), WRONG)
def test_what_follows_from_a_bad_row_is_no_second_error(tmp_path, file, line, row, name, number, because):
    lines = [*GOOD[f"{file}.csv"]]
    lines[line] = row
    found = take(write(tmp_path, **{file: lines}))
    assert {p.file for p in found.errors} == {f"{file}.csv"}
    assert found.error_count == 1
    told = next(p for p in found.warnings if (p.file, p.line) == (name, number))
    assert f"随 {file}.csv 第 {because} 行的错误而来" in told.problem


def test_a_missing_row_beside_a_bad_one_is_an_error_of_its_own(tmp_path):
    lines = [*GOOD["assignments.csv"]]
    lines[3] = "H1,XXX,support,2022-08-01T10:00:00+08:00,,,,,,"
    reviews = [*GOOD["reviews.csv"], "H1,SPJ,5,,,2022-08-10T10:00:00+08:00,"]
    found = take(write(tmp_path, assignments=lines, reviews=reviews))
    assert [(p.file, p.line) for p in found.errors] == [("assignments.csv", 4), ("reviews.csv", 4)]


def test_unlikely_moments_are_warnings_apart_from_errors(tmp_path):
    lines = [*GOOD["assignments.csv"]]
    lines[4] = lines[4].replace("2022-08-02T10:00:00", "2022-07-02T10:00:00")
    found = take(write(tmp_path, assignments=lines))
    assert found.errors == []
    assert [(p.file, p.line, p.column) for p in found.warnings] == [("assignments.csv", 5, "replied_at")]


def test_a_changed_row_of_a_matter_that_is_there_already_is_refused(tmp_path):
    take(write(tmp_path))
    lines = [line.replace("用地,12.5", "用地,13") for line in GOOD["requests.csv"]]
    found = take(write(tmp_path, requests=lines))
    assert [(p.file, p.line, p.column) for p in found.errors] == [("requests.csv", 2, "number")]


def test_what_was_taken_over_shows_no_light_and_takes_no_verb(tmp_path):
    take(write(tmp_path))
    assert not FactorRequest.objects.open().exists()
    assert not FactorRequest.objects.showing("red", at=START).exists()


def test_the_command_leaves_with_status_one_and_a_report(tmp_path, capsys):
    with pytest.raises(SystemExit) as left:
        call_command("import_history", str(write(tmp_path, duties=None)), "--json")
    assert left.value.code == 1
    report = json.loads(capsys.readouterr().out)
    assert report["errors"] == [{"file": "duties.csv", "line": 0, "column": "", "problem": "缺少这个文件"}]
    write(tmp_path)
    call_command("import_history", str(tmp_path))
    assert "requests 4" in capsys.readouterr().out


def test_what_was_stored_becomes_searchable_by_a_job_that_the_clock_takes_up(tmp_path):
    take(write(tmp_path))
    assert not SearchText.objects.exists()
    job = Job.objects.get(task="requests_desk.write_search_texts")
    write_search_texts(job_id=job.pk)
    assert SearchText.objects.count() == FactorRequest.objects.count()
    job.refresh_from_db()
    assert (job.state, job.done) == ("done", FactorRequest.objects.count())
    take(write(tmp_path))
    assert Job.objects.count() == 1, "nothing new was stored, so nothing is to be done"

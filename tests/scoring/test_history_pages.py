"""History in, as a page: five CSV files, all or nothing, with progress, and a report that can be taken away."""

import pytest
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from requests_desk.models import FactorRequest
from scoring import history_jobs
from scoring.forms import history as forms
from scoring.tasks import import_history
from taian_factors.directory.models import Job
from tests.directory.factories import credit_code

PAGE = reverse("scoring:history")
USCC = credit_code(900101)
FILES = {
    "enterprises": f"uscc,name,division,chain\n{USCC},示例历史有限公司,370902,C01\n",
    "requests": (
        "number,filed_at,enterprise_uscc,factor,list,headline,quantity,unit,ineligible_at\n"
        f"LS0001,2023-05-04T09:00:00+08:00,{USCC},TD,online,用地指标,,,\n"
    ),
    "assignments": (
        "request_number,department,role,assigned_at,reply_due_at,replied_at,complete_due_at,completed_at,ended_at,"
        "end_reason\n"
        "LS0001,ZGJ,lead,2023-05-05T09:00:00+08:00,2023-05-10T23:59:59+08:00,2023-05-04T09:00:00+08:00,,,,\n"
    ),
    "reviews": "request_number,department,rating,contacted,solved,submitted_at,excluded_reason\n",
    "duties": "department,title,due_on,result\nZGJ,示例例会,2023-05-31,on_time\n",
}
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def uploads(**changed):
    texts = {**FILES, **changed}
    return {
        name: SimpleUploadedFile(f"随便叫什么{name}.csv", text.encode() if isinstance(text, str) else text)
        for name, text in texts.items()
    }


def sent(client, capture, **changed):
    """Upload, let the task run, and return the job's page."""
    with capture(execute=True):
        answer = client.post(PAGE, uploads(**changed))
    assert answer.status_code == 302
    return client.get(answer.url), answer.url


def test_five_good_files_are_stored_and_the_page_says_how_much(
    as_office_clerk, django_capture_on_commit_callbacks
):
    page, _ = sent(as_office_clerk, django_capture_on_commit_callbacks)
    job = Job.objects.get(task=history_jobs.HISTORY_TASK)
    assert job.state == "done", job.message
    assert "要素需求 1 条" in page.content.decode()
    assert FactorRequest.objects.get(number="LS0001").is_historic
    # The uploaded files are gone, the report stays.
    assert default_storage.listdir(job.arguments["folder"])[1] == ["report.json"]


def test_warnings_stand_apart_from_errors_and_stop_nothing(
    as_office_clerk, django_capture_on_commit_callbacks
):
    page, url = sent(as_office_clerk, django_capture_on_commit_callbacks)
    assert "回复早于交办" in page.content.decode()
    rows = as_office_clerk.get(f"{url}problems/").content.decode("utf-8-sig").splitlines()
    assert rows == ["类别,文件,行,列,问题", "提醒,assignments.csv,2,replied_at,回复早于交办"]


def test_one_bad_row_and_nothing_is_stored(as_office_clerk, django_capture_on_commit_callbacks):
    bad = {"duties": "department,title,due_on,result\nXXX,例会,2023-05-31,on_time\n"}
    page, url = sent(as_office_clerk, django_capture_on_commit_callbacks, **bad)
    text = page.content.decode()
    assert "没有导入任何内容" in text
    assert "duties.csv" in text
    assert not FactorRequest.objects.exists()
    first = as_office_clerk.get(f"{url}problems/").content.decode("utf-8-sig").splitlines()[1]
    assert first.startswith("错误,duties.csv,2,department,")


def test_the_same_files_twice_store_nothing_twice(as_office_clerk, django_capture_on_commit_callbacks):
    for expected in ("要素需求 1 条", "要素需求 0 条"):
        page, _ = sent(as_office_clerk, django_capture_on_commit_callbacks)
        assert expected in page.content.decode()


def test_a_missing_file_is_named_at_its_field(as_office_clerk):
    files = uploads()
    del files["reviews"]
    answer = as_office_clerk.post(PAGE, files)
    assert (answer.status_code, "请选择评价文件 reviews.csv" in answer.content.decode()) == (422, True)
    assert not Job.objects.exists()


@pytest.mark.parametrize("content", [b"PK\x03\x04zip", b"%PDF-1.7", b"a\x00b", b"\xd0\xcf\x11\xe0xls"])
def test_another_kind_of_file_is_refused(as_office_clerk, content):
    answer = as_office_clerk.post(PAGE, uploads(duties=content))
    assert (answer.status_code, "duties.csv：只接受" in answer.content.decode()) == (422, True)


def test_another_ending_is_refused(as_office_clerk):
    files = uploads() | {"duties": SimpleUploadedFile("duties.xlsx", b"a,b\n")}
    assert as_office_clerk.post(PAGE, files).status_code == 422


def test_a_file_that_is_too_large_is_refused(as_office_clerk, monkeypatch):
    monkeypatch.setattr(forms, "LARGEST", 10)
    answer = as_office_clerk.post(PAGE, uploads())
    assert (answer.status_code, "请按年份分次导入" in answer.content.decode()) == (422, True)


def test_an_import_that_breaks_says_so(office_clerk):
    asked = {"folder": "../elsewhere", "organization": office_clerk.organization.pk, "role": "clerk"}
    job = Job.objects.create(
        task=history_jobs.HISTORY_TASK, arguments=asked, created_at="2023-06-13T09:00+08:00"
    )
    with pytest.raises(SuspiciousFileOperation):
        import_history(job_id=job.pk)
    job.refresh_from_db()
    assert (job.state, "没有导入任何内容" in job.message) == ("failed", True)


def test_the_fragment_alone_is_polled(as_office_clerk, django_capture_on_commit_callbacks):
    _, url = sent(as_office_clerk, django_capture_on_commit_callbacks)
    assert "<html" not in as_office_clerk.get(url, headers={"HX-Request": "true"}).content.decode()


def test_only_the_office_comes_in_and_an_auditor_moves_nothing(
    as_office_lead, as_office_auditor, as_department_lead, as_bank, as_enterprise
):
    job = Job.objects.create(
        task=history_jobs.HISTORY_TASK, arguments={"folder": "imports/x"}, created_at="2023-06-13T09:00+08:00"
    )
    urls = [
        PAGE,
        *(reverse(f"scoring:{name}", args=[job.pk]) for name in ("history_job", "history_problems")),
    ]
    for url in urls:
        assert as_office_lead.get(url).status_code == 200
        assert as_office_auditor.get(url).status_code == 403
        for client in (as_department_lead, as_bank, as_enterprise):
            assert client.get(url).status_code == 404

"""The ledger as a sheet: exactly what is shown, every row of it, safe to open."""

from io import BytesIO

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from requests_desk import columns, exports, tasks
from requests_desk.intake import file
from requests_desk.models import FactorRequest
from requests_desk.views import ledger_export
from taian_factors.directory.models import Job
from taian_factors.lib.clock import now
from tests.directory import factories as directory
from tests.requests_desk import factories

EXPORT = reverse("requests_desk:export")
USUAL = [column for column in columns.LEDGER if column.is_usual]


def sheet_of(answer):
    content = b"".join(answer.streaming_content)
    return [[cell.value for cell in row] for row in load_workbook(BytesIO(content)).active.iter_rows()]


@pytest.fixture(autouse=True)
def _own_files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def test_the_sheet_holds_what_the_page_shows_in_the_same_order(as_office_clerk):
    for code in ("TD", "ZJ", "NY"):
        factories.filed(code, at=now())
    rows = sheet_of(as_office_clerk.get(EXPORT))
    page = as_office_clerk.get(reverse("requests_desk:ledger"))
    assert rows[0] == [column.heading for column in USUAL]
    assert [row[0] for row in rows[1:]] == [row.factor_request.number for row in page.context["rows"]]


def test_the_sheet_follows_the_filters(as_office_clerk):
    factories.filed(at=now())
    made = factories.assigned(at=now(), supports=("SPJ",))
    ((*_,), row) = sheet_of(as_office_clerk.get(EXPORT, {"state": "assigned"}))
    cells = dict(zip([c.heading for c in USUAL], row, strict=True))
    assert cells["编号"] == made.number
    assert cells["主办"] == "市自然资源和规划局"
    assert cells["协办"] == "市行政审批服务局"
    assert cells["灯"] == "正常"


def test_the_sheet_shows_only_what_its_asker_sees(as_department_clerk, as_other_department):
    factories.assigned(at=now())
    assert len(sheet_of(as_department_clerk.get(EXPORT))) == 2
    assert len(sheet_of(as_other_department.get(EXPORT))) == 1


def test_what_an_enterprise_writes_never_runs_as_a_formula(as_office_clerk):
    owner = directory.enterprise()
    evil = [factories.need(headline=text) for text in ("=HYPERLINK(1)", "+86", "-1", "@SUM(1)")]
    file(enterprise=owner, needs=evil, actor=factories.acting(owner), at=now())
    titles = {row[3] for row in sheet_of(as_office_clerk.get(EXPORT))[1:]}
    assert titles == {"'=HYPERLINK(1)", "'+86", "'-1", "'@SUM(1)"}


def test_a_long_ledger_becomes_a_job_with_its_file(
    as_office_clerk, as_department_clerk, monkeypatch, django_capture_on_commit_callbacks
):
    monkeypatch.setattr(ledger_export, "AT_ONCE", 2)
    made = [factories.filed(at=now()) for _ in range(3)]
    factories.assigned(at=now())
    asked = as_office_clerk.get(EXPORT, {"state": "filed"}).content.decode()
    assert "3 项" in asked
    assert not Job.objects.exists()
    start = reverse("requests_desk:start_export") + "?state=filed"
    assert f'action="{start}"' in asked
    with django_capture_on_commit_callbacks(execute=True):
        answer = as_office_clerk.post(start)
    job = Job.objects.get()
    assert answer.url == reverse("requests_desk:export_job", args=[job.pk])
    assert (job.state, job.done, job.total) == ("done", 3, 3)
    page = as_office_clerk.get(answer.url)
    assert "下载 XLSX" in page.content.decode()
    rows = sheet_of(as_office_clerk.get(job.result_url))
    assert {row[0] for row in rows[1:]} == {r.number for r in made}
    for url in (answer.url, job.result_url):
        assert as_department_clerk.get(url).status_code == 404


def test_an_unchanged_job_answers_304(as_office_clerk, office_clerk):
    job = Job.objects.create(
        task="requests_desk.export_ledger", label="导出", created_by=office_clerk.user, created_at=now()
    )
    url = reverse("requests_desk:export_job", args=[job.pk])
    polled = as_office_clerk.get(url, headers={"HX-Request": "true"})
    again = as_office_clerk.get(url, headers={"HX-Request": "true", "If-None-Match": polled["ETag"]})
    assert "<html" not in polled.content.decode()
    assert again.status_code == 304
    assert as_office_clerk.get(reverse("requests_desk:export_file", args=[job.pk])).status_code == 404


def test_a_job_that_was_taken_is_left_alone(office_clerk):
    job = Job.objects.create(
        task="requests_desk.export_ledger", label="导出", state="running", created_at=now()
    )
    tasks.export_ledger(job_id=job.pk)
    job.refresh_from_db()
    assert (job.state, job.result_url) == ("running", "")


def test_the_export_reads_in_chunks_and_never_per_row(db, django_assert_num_queries):
    for _ in range(12):
        factories.assigned(at=now(), supports=("SPJ",))
    requests = FactorRequest.objects.order_by("pk")
    # The calendar, the requests, and once per chunk what the columns show beside them.
    with django_assert_num_queries(3):
        count = exports.write_ledger(BytesIO(), requests, columns.LEDGER[:8], at=now())
    assert count == 12

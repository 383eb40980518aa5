"""清单导入 as pages: upload, look, ask once, store; the office only, its auditors as readers."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from requests_desk.imports import jobs
from requests_desk.models import FactorRequest
from requests_desk.views.lists import XLSX
from taian_factors.directory.models import Job
from tests.requests_desk.workbooks import book, projects

pytestmark = pytest.mark.django_db
LISTS = reverse("requests_desk:lists")
GOOD = ({}, {"需求内容": "二"}, {"需求内容": "二"}, {"数量": -1, "需求内容": "三"})


@pytest.fixture(autouse=True)
def _own_files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def upload(django_capture_on_commit_callbacks):
    """Return a function that uploads a list by a client and runs the job."""

    def send(client, file, name="六月清单.xlsx", **fields):
        with django_capture_on_commit_callbacks(execute=True):
            return client.post(LISTS, {"file": SimpleUploadedFile(name, file.getvalue()), **fields})

    return send


@pytest.fixture
def read(upload, as_office_clerk):
    """The page of a list that was uploaded and read."""
    return upload(as_office_clerk, projects(*GOOD))["Location"]


@pytest.fixture
def store(django_capture_on_commit_callbacks):
    """Return a function that stores a list that was read, and runs the job."""

    def send(client, url):
        with django_capture_on_commit_callbacks(execute=True):
            client.post(f"{url}store/")
        return client.get(url)

    return send


def text(answer):
    return answer.content.decode()


def test_an_upload_is_read_and_nothing_is_filed_yet(as_office_clerk, read):
    page = text(as_office_clerk.get(read))
    for said in (
        "六月清单.xlsx",
        "重点项目清单",
        "存入 2 项",
        "第 5 行",
        "数量：应大于 0",
        "第 4 行与第 3 行相同",
        "示例甲有限公司",
    ):
        assert said in page
    assert not FactorRequest.objects.exists()
    assert Job.objects.get().created_by is not None


def test_storing_asks_once_and_tells_what_came_of_it(as_office_clerk, read, store):
    assert "等待受理？不能入库的 1 行不存入" in text(as_office_clerk.get(read))
    page = text(store(as_office_clerk, read))
    assert "清单开始存入" in page
    assert "已存入 2 项需求（1 份申报），等待受理。" in page
    assert f"{reverse('requests_desk:ledger')}?channel=key_project" in page
    assert FactorRequest.objects.count() == 2
    assert FactorRequest.objects.first().filing.typed_by == Job.objects.first().created_by


def test_a_list_is_stored_once_however_often_it_is_asked(as_office_clerk, read, store, upload):
    store(as_office_clerk, read)
    assert "没有重复存入" in text(store(as_office_clerk, read))
    again = upload(as_office_clerk, projects(*GOOD))["Location"]
    page = text(as_office_clerk.get(again))
    assert "以前存过" in page
    assert "存入 0 项" not in page  # nothing is left to ask about
    assert FactorRequest.objects.count() == 2


def test_the_refused_rows_come_back_in_the_uploaded_workbook(as_office_clerk, read):
    answer = as_office_clerk.get(f"{read}refused/")
    assert answer["Content-Type"] == XLSX
    assert "%E6%9C%AA%E5%85%A5%E5%BA%93" in answer["Content-Disposition"]
    sheet = load_workbook(BytesIO(b"".join(answer.streaming_content))).active
    assert [sheet.cell(row, 16).value for row in (1, 2, 5)] == ["未入库原因", None, "数量：应大于 0"]


def test_a_list_without_refused_rows_has_nothing_to_give_back(as_office_clerk, upload):
    page = upload(as_office_clerk, projects({}))["Location"]
    assert as_office_clerk.get(f"{page}refused/").status_code == 404


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "文件是空的"),
        (b"hello", "不是 .xlsx 表格"),
        (b"\xd0\xcf\x11\xe0", "旧格式 .xls"),
        (None, "请选择清单表格"),
    ],
)
def test_what_is_no_workbook_is_said_at_the_field(as_office_clerk, content, said):
    given = {} if content is None else {"file": SimpleUploadedFile("清单.xlsx", content)}
    answer = as_office_clerk.post(LISTS, given)
    assert answer.status_code == 422
    assert said in text(answer)
    assert not Job.objects.exists()


def test_a_workbook_that_is_no_list_ends_with_a_sentence(as_office_clerk, upload):
    page = upload(as_office_clerk, book(["甲", "乙"], [1, 2]))["Location"]
    assert "没有找到清单的表头" in text(as_office_clerk.get(page))
    assert "存入" not in text(as_office_clerk.get(page)).split("进度")[1]


def test_a_list_whose_storing_failed_may_be_stored_again(as_office_clerk, read, store):
    reading = Job.objects.get()
    Job.objects.create(
        task=jobs.STORE_TASK, label="存入清单", arguments={"reading": reading.pk}, state="failed",
        message="存入没有完成。", created_at=reading.created_at,
    )  # fmt: skip
    assert "存入 2 项" in text(as_office_clerk.get(read))
    store(as_office_clerk, read)
    assert FactorRequest.objects.count() == 2


def test_the_page_polls_while_it_is_read(as_office_clerk, read):
    Job.objects.update(state=Job.State.RUNNING, message="", done=3000)
    assert "data-poll" in text(as_office_clerk.get(read))
    assert "已读 3,000 行" in text(as_office_clerk.get(read, headers={"HX-Request": "true"}))
    Job.objects.update(state=Job.State.DONE, message="核对好了")
    assert "看核对结果" in text(as_office_clerk.get(read, headers={"HX-Request": "true"}))


def test_an_auditor_sees_lists_and_does_nothing(as_office_auditor, read, upload):
    assert "上传并核对" not in text(as_office_auditor.get(LISTS))
    assert "六月清单.xlsx" in text(as_office_auditor.get(LISTS))
    page = as_office_auditor.get(read)
    assert page.status_code == 200
    assert f"{read}store/" not in text(page)
    assert as_office_auditor.post(f"{read}store/").status_code == 403
    assert upload(as_office_auditor, projects({})).status_code == 403
    assert not FactorRequest.objects.exists()


@pytest.mark.parametrize("who", ["department_lead", "bank", "county_office", "chain_team", "enterprise"])
def test_nobody_else_knows_of_lists(who, request, read, upload):
    client = request.getfixturevalue(f"as_{who}")
    assert [client.get(url).status_code for url in (LISTS, read, f"{read}refused/")] == [404] * 3
    assert client.post(f"{read}store/").status_code == 404
    assert upload(client, projects({})).status_code == 404


def test_an_office_without_lists_is_told_how_to_begin(as_office_clerk):
    assert "还没有导入过清单" in text(as_office_clerk.get(LISTS))
    assert "清单导入" in text(as_office_clerk.get(reverse("requests_desk:inbox")))


def test_the_template_can_be_uploaded_as_it_is(as_office_clerk, upload):
    template = BytesIO(
        b"".join(as_office_clerk.get(reverse("requests_desk:list_template")).streaming_content)
    )
    page = text(as_office_clerk.get(upload(as_office_clerk, template, "样表.xlsx")["Location"]))
    assert "存入 2 项" in page
    assert "不能入库的" not in page

"""Pages of bulletins: composed and printed as jobs, edited in versions, issued by a second person, downloaded."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from scoring import bulletins
from scoring.models import Bulletin
from scoring.tasks import compose_bulletin
from taian_factors.directory.models import Job
from tests.scoring.conftest import QUARTER
from tests.scoring.factories import moment

LIST, COMPOSE = reverse("scoring:bulletins"), reverse("scoring:compose")
AT = moment("2023-07-18")
pytestmark = pytest.mark.django_db


def page(name, bulletin, *more):
    return reverse(f"scoring:{name}", args=[bulletin.pk, *more])


def text(response):
    return re.sub(r"\s+", " ", response.content.decode())


def typed(bulletin, **changed):
    words = {each["code"]: "\n".join(each["paragraphs"]) for each in bulletin.sections}
    return {**words, "title": bulletin.title, "base": bulletin.version, **changed}


@pytest.fixture
def run_jobs(django_capture_on_commit_callbacks):
    """Return a function that posts and lets the tasks run that were started."""

    def sent(client, url, data=None):
        with django_capture_on_commit_callbacks(execute=True):
            return client.post(url, data or {})

    return sent


def test_composing_is_a_job_that_ends_at_the_draft_with_its_files(months, as_office_clerk, run_jobs):
    assert "2023年第二季度" in text(as_office_clerk.get(LIST))
    answer = run_jobs(as_office_clerk, COMPOSE, {"period": "2023Q2"})
    job = Job.objects.get(task="scoring.compose_bulletin")
    assert (job.state, job.done, job.total) == ("done", 4, 4), job.message
    made = Bulletin.objects.get()
    assert sorted(made.files.values_list("format", flat=True)) == ["docx", "pdf", "xlsx"]
    fragment = as_office_clerk.get(answer.url, headers={"HX-Request": "true"})
    assert page("bulletin", made) in text(fragment)
    shown = as_office_clerk.get(answer.url, follow=True)
    assert shown.redirect_chain[-1][0] == page("bulletin", made)
    assert "已起草" in text(shown)


def test_a_period_that_is_not_complete_cannot_be_composed(as_office_clerk, as_office_auditor, as_bank):
    assert as_office_clerk.post(COMPOSE, {"period": "2023Q2"}).status_code == 422
    assert as_office_auditor.post(COMPOSE, {"period": "2023Q2"}).status_code == 403
    assert as_bank.post(COMPOSE, {"period": "2023Q2"}).status_code == 404


def test_a_second_paper_of_a_period_is_asked_for_before_it_is_composed(issued, as_office_clerk, run_jobs):
    refused = as_office_clerk.post(COMPOSE, {"period": QUARTER.key})
    assert (refused.status_code, f"已印发{issued.document_number}" in text(refused)) == (422, True)
    run_jobs(as_office_clerk, COMPOSE, {"period": QUARTER.key, "again": "on"})
    assert Bulletin.objects.drafts().of(QUARTER).count() == 1
    refused = as_office_clerk.post(COMPOSE, {"period": QUARTER.key, "again": "on"})
    assert (refused.status_code, "已有一份草稿" in text(refused)) == (422, True)


def test_a_job_that_cannot_compose_says_why(months, as_office_clerk, office_clerk, run_jobs):
    asked = {"period": "2022Q2", "organization": office_clerk.organization.pk, "role": office_clerk.role}
    job = Job.objects.create(
        task="scoring.compose_bulletin",
        label="起草通报",
        arguments=asked,
        created_at=AT,
        created_by=office_clerk.user,
    )
    answer = as_office_clerk.get(reverse("scoring:bulletin_job", args=[job.pk]))
    assert "正在合并各月数据" in text(answer)
    from_worker(job)
    assert "没有适用于" in text(as_office_clerk.get(reverse("scoring:bulletin_job", args=[job.pk])))


def from_worker(job):
    compose_bulletin(job_id=job.pk)
    compose_bulletin(job_id=job.pk)  # the second sending finds it taken


def test_editing_saves_versions_that_can_be_read_and_compared(draft, as_office_clerk, as_office_auditor):
    edit = page("edit_bulletin", draft)
    shown = text(as_office_clerk.get(edit))
    assert re.search(r"共 <output data-count>\d+</output> 字，上限 4000 字", shown)
    refused = as_office_clerk.post(edit, typed(draft, title=""))
    assert (refused.status_code, "标题" in text(refused)) == (422, True)
    saved = as_office_clerk.post(edit, typed(draft, next="改过的一段。"), follow=True)
    assert "文字已保存为第2版" in text(saved)
    assert "改过的一段。" in text(saved)
    versions = text(as_office_auditor.get(page("bulletin_versions", draft)))
    assert "<ins>" in versions
    assert "<del>" in versions
    whole = text(as_office_auditor.get(page("bulletin_versions", draft), {"earlier": 1, "later": 1}))
    assert "<ins>" not in whole
    assert "逐件补办到位" in whole
    assert (
        as_office_auditor.get(page("bulletin_versions", draft), {"earlier": 1, "later": 9}).status_code == 422
    )
    assert as_office_auditor.get(edit).status_code == 403


def test_the_later_of_two_editors_keeps_the_text_and_sees_the_difference(
    draft, as_office_clerk, as_office_lead
):
    edit = page("edit_bulletin", draft)
    as_office_clerk.post(edit, typed(draft, next="先存的一段。"))
    late = as_office_lead.post(edit, typed(draft, next="后写的一段。"))
    said = text(late)
    assert late.status_code == 409
    assert "已有人保存了第2版" in said
    assert "<del>先存</del><ins>后写</ins>" in said
    assert re.search(r"<textarea[^>]*name=\"next\"[^>]*> ?后写的一段。</textarea>", said)
    base = re.search(r'name="base" value="(\d+)"', said)[1]
    assert as_office_lead.post(edit, typed(draft, next="合并的一段。", base=base)).status_code == 302
    assert draft.versions.count() == 3


def test_a_draft_is_set_aside_by_the_office_alone(draft, as_office_clerk, as_office_auditor, as_bank):
    url = page("set_aside", draft)
    assert (as_office_auditor.post(url).status_code, as_bank.post(url).status_code) == (403, 404)
    assert "已搁置" in text(as_office_clerk.post(url, follow=True))
    assert as_office_clerk.post(url).status_code == 409
    assert as_office_clerk.post(page("edit_bulletin", draft), typed(draft)).status_code == 409


def test_issuing_proposes_the_number_freezes_and_makes_the_files(
    draft, as_office_clerk, as_office_lead, as_department_clerk, run_jobs
):
    shown, url = page("bulletin", draft), page("issue", draft)
    assert re.search(r'name="number" value="1"', text(as_office_lead.get(shown)))
    assert as_department_clerk.get(shown).status_code == 404
    assert as_office_clerk.post(url, {"number": 1}).status_code == 403
    refused = as_office_lead.post(url, {"number": "零"})
    assert (refused.status_code, "文号序号" in text(refused)) == (422, True)
    answer = run_jobs(as_office_lead, url, {"number": 3})
    assert "泰工推办〔" in text(as_department_clerk.get(shown))
    assert "下载 PDF 文件" in text(as_office_lead.get(answer.url))
    assert as_office_lead.post(url, {"number": 4}).status_code == 409
    for answer, status in (
        (as_office_clerk.get(page("edit_bulletin", draft)), 200),
        (as_office_clerk.post(page("edit_bulletin", draft), typed(draft)), 409),
    ):
        assert answer.status_code == status
        assert "已经印发，文字和数据都不能再改" in text(answer)
    for kind, start in (("docx", b"PK"), ("xlsx", b"PK"), ("pdf", b"%PDF")):
        file = as_department_clerk.get(page("bulletin_file", draft, kind))
        assert file.content.startswith(start)
        assert "attachment" in file["Content-Disposition"]
    assert as_department_clerk.get(page("bulletin_file", draft, "exe")).status_code == 404


def test_what_keeps_a_draft_from_being_issued_stands_on_its_page(
    draft, office_clerk, as_office_lead, as_office_clerk
):
    bulletins.edit(
        bulletin=draft, title=draft.title, texts={"next": "字" * 4001}, base=1, actor=office_clerk, at=AT
    )
    assert "超过4000字" in text(as_office_clerk.get(page("bulletin", draft)))
    refused = as_office_lead.post(page("issue", draft), {"number": 1})
    assert (refused.status_code, "请先删减" in text(refused)) == (409, True)


def test_the_pages_of_bulletins_cost_a_fixed_number_of_queries(draft, office_clerk, as_office_clerk):
    urls = [LIST, page("bulletin", draft), page("bulletin_versions", draft)]

    def queries():
        found = []
        for url in urls:
            with CaptureQueriesContext(connection) as captured:
                assert as_office_clerk.get(url).status_code == 200
            found.append(len(captured))
        return found

    few = queries()
    for number in range(5):
        other = Bulletin.objects.get(pk=draft.pk)
        other.pk, other.set_aside_at = None, AT
        other.save(force_insert=True)
        draft = bulletins.edit(
            bulletin=draft,
            title=f"关于某事的通报{number}",
            texts={},
            base=draft.version,
            actor=office_clerk,
            at=AT,
        )
    assert queries() == few


def test_saving_too_many_words_does_not_say_that_it_can_be_signed(draft, as_office_clerk):
    edit = page("edit_bulletin", draft)
    words = {each["code"]: "\n".join(each["paragraphs"]) for each in draft.sections}
    for base, text, said in ((1, "字" * 4001, "签发前还须改好"), (2, "照办。", "可由另一位负责人签发")):
        asked = words | {"title": draft.title, "base": base, "next": text}
        assert said in as_office_clerk.post(edit, asked, follow=True).content.decode()

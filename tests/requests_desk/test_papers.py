"""Papers beside a draft, with a sent filing and on a request: laid there, kept, taken away, numbered."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from requests_desk import drafting, records, transitions
from requests_desk.journal import NotAllowedError, RefusedError
from requests_desk.models import Attachment, Filing
from taian_factors.directory.actors import Actor
from tests.requests_desk import factories as desk

pytestmark = pytest.mark.django_db

AUTOSAVE = {"HX-Request": "true"}
FILLED = {
    "need1-headline": "二期厂房用地",
    "need1-quantity": "35.5",
    "need1-unit": "亩",
    "need1-story": "指标没有落实。",
}


@pytest.fixture
def draft(enterprise: Actor) -> Filing:
    made = desk.draft(enterprise, "TD", "JR")
    made.draft["contact"] = {"contact_name": "王工", "contact_phone": "13800001234"}
    made.save()
    return made


def upload(name: str = "红线图.pdf", content: bytes = desk.PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def needs_url(draft: Filing) -> str:
    return reverse("requests_desk:file_needs", args=[draft.pk])


def test_a_file_is_laid_beside_its_need_while_the_form_saves_itself(as_enterprise: Client, draft: Filing):
    answer = as_enterprise.post(needs_url(draft), {**FILLED, "papers1": upload()}, headers=AUTOSAVE)
    page = answer.content.decode()
    assert (answer.status_code, page.count("hx-swap-oob"), "红线图.pdf" in page) == (200, 1, True)
    paper = draft.attachments.get()
    assert (paper.need, paper.name, paper.size, paper.added_by) == (
        "1",
        "红线图.pdf",
        len(desk.PDF),
        draft.typed_by,
    )
    draft.refresh_from_db()
    assert draft.draft["needs"][0]["values"]["headline"] == "二期厂房用地"
    assert "papers1" not in draft.draft["needs"][0]["values"]


def test_without_a_script_any_button_sends_the_file_along(as_enterprise: Client, draft: Filing):
    as_enterprise.post(
        needs_url(draft), {**FILLED, "papers1": [upload(), upload("图二.pdf", desk.PDF + b"\n")]}
    )
    as_enterprise.post(needs_url(draft), {"papers": upload("营业执照.pdf"), "later": "1"})
    assert [(p.need, p.name) for p in draft.attachments.order_by("pk")] == [
        ("1", "红线图.pdf"),
        ("1", "图二.pdf"),
        ("", "营业执照.pdf"),
    ]


def test_another_device_goes_on_with_the_files(
    as_enterprise: Client, draft: Filing, enterprise: Actor, sign_in
):
    as_enterprise.post(needs_url(draft), {"papers2": upload()}, headers=AUTOSAVE)
    assert "红线图.pdf" in sign_in(enterprise).get(needs_url(draft)).content.decode()


def test_a_file_that_is_refused_is_named_and_loses_nothing(as_enterprise: Client, draft: Filing):
    sent = {**FILLED, "papers1": [upload("宏.xlsm"), upload()], "next": "1"}
    answer = as_enterprise.post(needs_url(draft), sent)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert page.count("“宏.xlsm”里可以运行程序") == 2, "once at the field, once on top"
    assert 'href="#id_papers1"' in page
    assert 'value="二期厂房用地"' in page
    assert [p.name for p in draft.attachments.all()] == ["红线图.pdf"]


def test_a_file_that_is_too_large_is_named(as_enterprise: Client, draft: Filing, settings):
    settings.ATTACHMENT_BYTES = len(desk.PDF) - 1
    answer = as_enterprise.post(needs_url(draft), {"papers1": upload()}, headers=AUTOSAVE)
    assert "“红线图.pdf”太大" in answer.content.decode()
    assert not draft.attachments.exists()


def test_a_filing_has_room_for_so_many_files(as_enterprise: Client, draft: Filing, settings):
    settings.ATTACHMENTS_PER_FILING = 1
    files = [upload(), upload("图二.pdf", desk.PDF + b"\n")]
    answer = as_enterprise.post(needs_url(draft), {"papers1": files}, headers=AUTOSAVE)
    assert "每份申报最多 1 个附件" in answer.content.decode()
    assert draft.attachments.count() == 1


def test_the_same_file_sent_twice_is_one(as_enterprise: Client, draft: Filing):
    for _ in range(2):
        as_enterprise.post(needs_url(draft), {"papers1": upload()}, headers=AUTOSAVE)
    assert draft.attachments.count() == 1


def test_a_file_is_taken_away_and_kept(as_enterprise: Client, draft: Filing, enterprise: Actor, at):
    paper = drafting.attach(draft, paper=desk.paper(), need="1", actor=enterprise, at=at)
    answer = as_enterprise.post(needs_url(draft), {**FILLED, "detach": str(paper.pk)})
    assert answer.url.endswith("#papers-1")
    assert "红线图.pdf" not in as_enterprise.get(needs_url(draft)).content.decode()
    assert Attachment.objects.get().removed_at is not None
    assert as_enterprise.get(reverse("requests_desk:paper", args=[paper.pk])).status_code == 404


def test_files_go_with_their_need(as_enterprise: Client, draft: Filing, enterprise: Actor, at):
    drafting.attach(draft, paper=desk.paper(), need="1", actor=enterprise, at=at)
    drafting.attach(draft, paper=desk.paper("图二.pdf"), need="2", actor=enterprise, at=at)
    as_enterprise.post(needs_url(draft), {"remove": "1"})
    assert [p.name for p in draft.attachments.kept()] == ["图二.pdf"]


def test_a_sent_filing_gives_each_request_its_files(
    as_enterprise: Client, draft: Filing, enterprise: Actor, at
):
    for need, name in (("1", "红线图.pdf"), ("2", "报表.pdf"), ("", "执照.pdf")):
        drafting.attach(draft, paper=desk.paper(name), need=need, actor=enterprise, at=at)
    second = {"need2-headline": "设备融资", "need2-quantity": "6000", "need2-story": "希望上门。"}
    as_enterprise.post(needs_url(draft), {**FILLED, **second, "next": "1"})
    as_enterprise.post(reverse("requests_desk:file_check", args=[draft.pk]))
    land, money = draft.factor_requests.order_by("pk")
    assert [p.name for p in Attachment.objects.of_request(land).order_by("pk")] == ["红线图.pdf", "执照.pdf"]
    assert [p.name for p in Attachment.objects.of_request(money).order_by("pk")] == ["报表.pdf", "执照.pdf"]
    page = as_enterprise.get(reverse("requests_desk:show", args=[land.number])).content.decode()
    assert "红线图.pdf" in page
    assert "报表.pdf" not in page


def test_nobody_else_lays_files_beside_a_draft(
    draft: Filing, stranger: Actor, office_clerk: Actor, at, as_stranger
):
    for other in (stranger, office_clerk):
        with pytest.raises(NotAllowedError):
            drafting.attach(draft, paper=desk.paper(), need="1", actor=other, at=at)
        with pytest.raises(NotAllowedError):
            drafting.detach(draft, attachment=1, actor=other, at=at)
    assert as_stranger.post(needs_url(draft), {"papers1": upload()}).status_code == 404


def test_a_sent_filing_takes_no_file_by_its_draft(enterprise: Actor, at):
    sent = desk.filing(enterprise=enterprise.organization)
    with pytest.raises(RefusedError, match="已经提交"):
        drafting.attach(sent, paper=desk.paper(), need="", actor=enterprise, at=at)


# --- on a request ---


@pytest.mark.parametrize(
    ("who", "is_internal"), [("filer", False), ("ZGJ", False), ("SPJ", True), ("GTB", False)]
)
def test_whoever_works_on_a_request_supplements_it(who: str, is_internal: bool, at):
    request = desk.assigned(supports=("SPJ",))
    actor = desk.acting(request.enterprise if who == "filer" else who)
    event = records.supplement(request, text="补充说明", papers=[desk.paper()], actor=actor, at=at)
    assert (event.is_internal, event.text, event.detail["papers"]) == (
        is_internal,
        "补充说明",
        ["红线图.pdf"],
    )
    paper = event.attachments.get()
    assert (paper.factor_request, paper.filing, paper.added_for) == (
        request,
        request.filing,
        actor.organization,
    )


def test_a_supplement_says_something(at):
    request = desk.filed()
    with pytest.raises(RefusedError, match="请写明情况") as refused:
        records.supplement(request, text=" ", actor=desk.acting(request.enterprise), at=at)
    assert refused.value.field == "text"


def test_a_department_keeps_a_paper_among_the_bodies_when_it_says_so(
    as_department_clerk: Client, as_enterprise: Client, enterprise: Actor
):
    request = desk.assigned(enterprise=enterprise.organization)
    act = reverse("requests_desk:act", args=[request.number, "supplement"])
    as_department_clerk.post(act, {"text": "内部意见", "papers": upload("内部.pdf"), "is_internal": "1"})
    as_department_clerk.post(
        act, {"text": "批复", "papers": upload("批复.pdf", desk.PDF + b"\n"), "is_internal": "0"}
    )
    show = reverse("requests_desk:show", args=[request.number])
    theirs, ours = as_department_clerk.get(show).content.decode(), as_enterprise.get(show).content.decode()
    assert "内部.pdf" in theirs
    assert "批复.pdf" in theirs
    assert "批复.pdf" in ours
    assert "内部.pdf" not in ours


def test_a_returned_filing_is_completed_with_papers(as_enterprise: Client, enterprise: Actor):
    request = desk.returned(enterprise=enterprise.organization)
    act = reverse("requests_desk:act", args=[request.number, "refile"])
    bad = as_enterprise.post(act, {"story": "已补充红线图。", "papers": upload("图.zip")})
    assert bad.status_code == 422
    assert "已补充红线图。" in bad.content.decode()
    as_enterprise.post(act, {"story": "已补充红线图。", "papers": upload()})
    request.refresh_from_db()
    assert (request.state, request.attachments.get().event.verb) == ("filed", "refile")


def test_a_reply_brings_its_papers(at):
    request = desk.assigned()
    answer = transitions.Answer("已安排踏勘。")
    event = transitions.reply(
        request, answer=answer, papers=[desk.paper()], actor=desk.acting("ZGJ", "lead"), at=at
    )
    assert event.attachments.get().name == "红线图.pdf"


@pytest.mark.parametrize("change", [{"name": "别的.pdf"}, {"digest": "0" * 64}, {"stored_as": "x"}])
def test_the_database_refuses_to_change_what_a_paper_is(change, at):
    paper = desk.supplemented(desk.filed())
    with pytest.raises(DatabaseError), transaction.atomic():
        Attachment.objects.filter(pk=paper.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        paper.delete()

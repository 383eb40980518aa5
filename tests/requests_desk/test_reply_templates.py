"""Reply templates: versions, placeholders, whose they are; and an answer before it is sent."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from requests_desk.journal import NotAllowedError, RefusedError
from requests_desk.models import FactorRequest, Reply, ReplyTemplate
from requests_desk.phrasing import retire_template, write_template
from requests_desk.wordings import fill, fitting, unknown
from taian_factors.directory.actors import Actor
from taian_factors.lib.clock import now
from tests.requests_desk import factories

LIST, NEW = "/desk/templates/", "/desk/templates/new/"
ANSWER, PLAN = Reply.Outcome.ANSWER, Reply.Outcome.PLAN


def written(
    actor: Actor, title: str = "踏勘答复", text: str = "{企业}：已收悉。", **more: Any
) -> ReplyTemplate:
    given = {"outcome": ANSWER, "factor": None, "follows": None, **more}
    return write_template(title=title, text=text, actor=actor, at=now(), **given)


@pytest.fixture
def made(db: None) -> FactorRequest:
    return factories.assigned(at=now() - timedelta(hours=3))


def rehearse(client: Client, made: FactorRequest, verb: str = "reply", **data: Any) -> HttpResponse:
    return client.post(f"/desk/requests/{made.number}/{verb}/try/", data)


def typed_text(answer: HttpResponse) -> str:
    found = re.search(
        r'<textarea name="text"[^>]*id="id_reply_text"[^>]*>\s*([^<]*)</textarea>', answer.content.decode()
    )
    return found[1] if found else ""


def test_a_change_is_a_new_version_and_the_old_one_is_kept(department_clerk: Actor, department_lead: Actor):
    first = written(department_clerk)
    second = written(department_lead, text="{企业}：已踏勘。", follows=first)
    first.refresh_from_db()
    assert (second.version, second.follows, first.retired_at is None) == (2, first, False)
    assert ReplyTemplate.objects.lineage(second) == [second, first]
    with pytest.raises(RefusedError, match="已有新版本"):
        written(department_clerk, follows=first)


def test_what_a_template_said_is_never_edited_or_deleted(department_clerk: Actor):
    kept = ReplyTemplate.objects.filter(pk=written(department_clerk).pk)
    for harm in (lambda: kept.update(text="改写"), lambda: kept.delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            harm()


@pytest.mark.parametrize(
    ("text", "strange"),
    [
        ("{企业}您好", []),
        ("{ 企业 }，{办结期限}前办结", []),
        ("{单位名称}您好", ["单位名称"]),
        ("{企业您好", ["{"]),
        ("企业}您好", ["}"]),
        ("｛企业｝", []),
    ],
)
def test_placeholders_are_checked_when_it_is_saved(department_clerk: Actor, text: str, strange: list[str]):
    assert unknown(text) == strange
    if strange:
        with pytest.raises(RefusedError, match="不认识的占位") as refusal:
            written(department_clerk, text=text)
        assert refusal.value.field == "text"
    else:
        assert written(department_clerk, text=text).version == 1


def test_two_live_templates_of_a_body_do_not_share_a_title(department_clerk: Actor, other_department: Actor):
    first = written(department_clerk)
    written(other_department)
    with pytest.raises(RefusedError, match="同名"):
        written(department_clerk)
    retire_template(first, actor=department_clerk, at=now())
    assert written(department_clerk).version == 1


def test_only_its_own_body_changes_a_template(
    department_clerk: Actor,
    other_department: Actor,
    office_clerk: Actor,
    office_auditor: Actor,
    chain_team: Actor,
):
    kept = written(department_clerk)
    for actor in (other_department, office_clerk, office_auditor, chain_team):
        with pytest.raises(NotAllowedError):
            written(actor, follows=kept)
        with pytest.raises(NotAllowedError):
            retire_template(kept, actor=actor, at=now())
    for actor in (office_auditor, chain_team):
        with pytest.raises(NotAllowedError):
            written(actor)


def test_a_template_is_offered_by_factor_and_outcome(
    department_clerk: Actor, other_department: Actor, office_clerk: Actor, made: FactorRequest
):
    own = written(department_clerk, factor=factories.factor("TD"))
    written(department_clerk, "别的要素", factor=factories.factor("NY"))
    shared = written(office_clerk, outcome=PLAN)
    done = written(office_clerk, outcome=Reply.Outcome.COMPLETION)
    written(other_department)
    found = fitting(department_clerk, made)
    assert set(found["reply"]) == {own, shared}
    assert (found["complete"], found["interim_reply"]) == ([done], [])


def test_a_request_fills_in_what_stands_in_braces(department_clerk: Actor, made: FactorRequest):
    text = "{企业}，{需求}（{编号}），{要素}{数量}，{项目}，{主办单位}于{办结期限}前办结。"
    words = fill(written(department_clerk, text=text), made)
    assert "{" not in words
    assert made.enterprise.name in words
    assert "市自然资源和规划局" in words
    assert re.search(r"于\d{4}-\d{2}-\d{2}前办结", words)


def test_applying_loses_nothing_and_sends_nothing(
    as_department_clerk: Client, department_clerk: Actor, made: FactorRequest
):
    template = written(department_clerk)
    typed = {
        "outcome": "plan",
        "text": "我先写的。",
        "plan_owner": "张三科长",
        "apply": "1",
        "template": template.pk,
    }
    answer = rehearse(as_department_clerk, made, **typed)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert typed_text(answer).startswith("我先写的。")
    assert "已收悉" in typed_text(answer)
    assert "张三科长" in page
    assert re.search('value="plan"[^>]*checked', page)
    assert "请改正下面的内容" not in page
    assert not Reply.objects.exists()


@pytest.mark.parametrize("template", ["", "x", "999999"])
def test_a_template_that_is_none_adds_nothing(
    as_department_clerk: Client, made: FactorRequest, template: str
):
    assert (
        typed_text(rehearse(as_department_clerk, made, text="原话", apply="1", template=template)) == "原话"
    )


def test_a_preview_shows_what_the_enterprise_will_read(as_department_clerk: Client, made: FactorRequest):
    answer = rehearse(as_department_clerk, made, outcome="answer", text="已安排踏勘。", preview="1")
    page = answer.content.decode()
    assert "企业会看到：" in page
    assert "市自然资源和规划局 · 答复" in page
    assert typed_text(answer) == "已安排踏勘。"
    assert not Reply.objects.exists()
    wrong = rehearse(as_department_clerk, made, outcome="answer", text="", preview="1")
    assert wrong.status_code == 422
    assert "请填写回复内容" in wrong.content.decode()


def test_only_who_may_answer_rehearses_an_answer(
    client: Client,
    as_other_department: Client,
    as_office_clerk: Client,
    as_stranger: Client,
    as_department_clerk: Client,
    made: FactorRequest,
):
    assert rehearse(client, made, preview="1").status_code == 302
    assert rehearse(as_other_department, made, preview="1").status_code == 404
    assert rehearse(as_stranger, made, preview="1").status_code == 404
    assert rehearse(as_office_clerk, made, preview="1").status_code == 403
    assert rehearse(as_department_clerk, made, "note", preview="1").status_code == 404


def test_notes_and_replies_are_two_forms_with_two_looks(as_department_clerk: Client, made: FactorRequest):
    page = as_department_clerk.get(f"/desk/requests/{made.number}/").content.decode()
    assert re.search('class="verb verb-public" id="verb-reply"', page)
    assert re.search('class="verb verb-internal" id="verb-note"', page)
    assert "内部，企业看不到" in page


def test_templates_are_written_changed_and_retired_on_their_pages(as_department_clerk: Client):
    form = {"title": "踏勘答复", "outcome": "answer", "factor": "", "text": "{企业}您好"}
    wrong = as_department_clerk.post(NEW, form | {"text": "{公司}您好"})
    assert wrong.status_code == 422
    assert "不认识的占位：“{公司}”" in wrong.content.decode()
    assert "踏勘答复" in wrong.content.decode()
    assert "第 1 版已保存" in as_department_clerk.post(NEW, form, follow=True).content.decode()
    first = ReplyTemplate.objects.get()
    page = f"/desk/templates/{first.pk}/"
    assert "各个版本" in as_department_clerk.get(page).content.decode()
    as_department_clerk.post(page, form | {"text": "{企业}：已踏勘"})
    assert as_department_clerk.post(page, form).status_code == 422
    last = ReplyTemplate.objects.live().get()
    answer = as_department_clerk.post(f"/desk/templates/{last.pk}/retire/", follow=True)
    assert "已停用模板" in answer.content.decode()
    assert "还没有模板" in answer.content.decode()
    assert ReplyTemplate.objects.count() == 2


def test_the_offices_templates_are_read_by_all_who_answer(
    as_department_clerk: Client, as_bank: Client, as_office_auditor: Client, as_enterprise: Client,
    as_chain_team: Client, office_clerk: Actor,
):  # fmt: skip
    shared = written(office_clerk)
    for reader in (as_department_clerk, as_bank, as_office_auditor):
        assert shared.title in reader.get(LIST).content.decode()
        assert reader.post(f"/desk/templates/{shared.pk}/retire/").status_code == 403
    for outsider in (as_enterprise, as_chain_team):
        assert outsider.get(LIST).status_code == 404
    assert as_office_auditor.get(NEW).status_code == 403


def test_ten_templates_cost_what_one_costs(
    as_department_clerk: Client, department_clerk: Actor, made: FactorRequest
):
    def costs() -> list[int]:
        found = []
        for url in (LIST, f"/desk/requests/{made.number}/"):
            with CaptureQueriesContext(connection) as counted:
                assert as_department_clerk.get(url).status_code == 200
            found.append(len(counted))
        return found

    written(department_clerk)
    costs()
    few = costs()
    for number in range(9):
        written(department_clerk, f"模板{number}", factor=factories.factor("TD"))
    assert costs() == few

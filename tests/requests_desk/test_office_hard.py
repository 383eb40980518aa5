"""Joint consultations, open calls and the dispatch directory, as their readers meet them."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from requests_desk import clocks, escalation
from requests_desk.models import JointConsultation, Suspension
from taian_factors.lib.clock import now
from tests.directory import factories as directory
from tests.requests_desk import factories

NEW = reverse("requests_desk:new_consultation")
TABLES = reverse("requests_desk:consultations")
CALLS = reverse("requests_desk:open_calls")
DIRECTORY = reverse("requests_desk:directory")


@pytest.mark.parametrize("url", [TABLES, CALLS, DIRECTORY])
def test_staff_read_and_enterprises_have_no_such_page(
    url, client, as_bank, as_chain_team, as_enterprise, as_office_auditor
):
    assert client.get(url).status_code == 302
    assert as_enterprise.get(url).status_code == 404
    for reader in (as_bank, as_chain_team, as_office_auditor):
        assert reader.get(url).status_code == 200


def test_only_who_runs_the_desk_convenes(client, as_department_clerk, as_office_auditor, as_stranger):
    assert client.get(NEW).status_code == 302
    assert as_stranger.get(NEW).status_code == 404
    assert as_department_clerk.get(NEW).status_code == 404
    assert as_office_auditor.get(NEW).status_code == 403
    assert as_office_auditor.post(NEW).status_code == 403


# --- joint consultations ---


def called(*needs, **fields):
    given = {
        "subject": "用地与审批联合会商",
        "factor_requests": [n.number for n in needs],
        "invited": [directory.body("ZGJ").pk, directory.body("SPJ").pk],
    }
    return {**given, **fields}


def test_a_table_is_called_over_requests_ticked_in_the_ledger(as_office_clerk):
    one, two, early = factories.assigned(at=now()), factories.assigned(at=now()), factories.filed(at=now())
    form = as_office_clerk.get(NEW, {"number": [one.number, two.number, early.number]})
    page = form.content.decode()
    assert f"{early.number} {early.headline}（待受理）" in page
    answer = as_office_clerk.post(NEW, called(one, two, meets_at="2026-12-01T14:00"), follow=True)
    assert "已发起联合会商" in answer.content.decode()
    one.refresh_from_db()
    assert one.state == "consulting"
    assert JointConsultation.objects.get().factor_requests.count() == 2


def test_a_key_project_can_be_consulted_before_any_need(as_office_clerk):
    project = directory.project(directory.enterprise(), is_key=True)
    as_office_clerk.post(NEW, called(project=project.pk))
    assert JointConsultation.objects.get().project == project


def test_what_is_missing_is_named_and_what_was_typed_stays(as_office_clerk):
    made = factories.assigned(at=now())
    answer = as_office_clerk.post(NEW, called(made, subject="", agenda="先看现场"))
    assert answer.status_code == 422
    assert "请写明议题" in answer.content.decode()
    assert "先看现场" in answer.content.decode()
    nothing = as_office_clerk.post(NEW, called())
    assert nothing.status_code == 422
    assert "请选择要会商的需求或项目" in nothing.content.decode()


def test_a_request_that_moved_on_meanwhile_is_a_conflict(as_office_clerk):
    made = factories.completed(at=now() - timedelta(days=3))
    answer = as_office_clerk.post(NEW, called(made))
    assert answer.status_code == 409
    assert not JointConsultation.objects.exists()


def test_a_suspension_that_waits_is_decided_before_the_table(as_office_clerk):
    made = factories.assigned(at=now() - timedelta(hours=3))
    cause = Suspension.Cause.PAPERS
    clocks.ask_suspension(made, cause=cause, reason="等红线图", actor=factories.acting("ZGJ"), at=now())
    answer = as_office_clerk.post(NEW, called(made))
    assert answer.status_code == 422
    assert f"{made.number} 有待审批的挂起申请" in answer.content.decode()
    assert not JointConsultation.objects.exists()


NOTHING_DECIDED = {"decision-TOTAL_FORMS": "1", "decision-INITIAL_FORMS": "0"}


def decided(about, body, **fields):
    line = {"about": about, "body": directory.body(body).pk, "is_lead": "1", "task": "牵头办理"}
    line |= {"due_on": (now() + timedelta(days=20)).strftime("%Y-%m-%d"), **fields}
    return {**NOTHING_DECIDED, **{f"decision-0-{name}": value for name, value in line.items()}}


def test_minutes_conclude_every_request_and_may_change_its_lead(as_office_clerk):
    made = factories.consulting(at=now() - timedelta(days=1))
    table = JointConsultation.objects.get()
    url = reverse("requests_desk:write_minutes", args=[table.pk])
    assert as_office_clerk.post(url, {"minutes": "", **NOTHING_DECIDED}).status_code == 422
    data = {"minutes": "由审批局牵头，一周内办结。", **decided(f"need-{made.pk}", "SPJ")}
    answer = as_office_clerk.post(url, data, follow=True)
    assert "已形成结论" in answer.content.decode()
    made.refresh_from_db()
    assert made.state == "assigned"
    assert made.assignments.get(part="lead", ended_at=None).organization.code == "SPJ"
    again = as_office_clerk.post(url, {"minutes": "由审批局牵头，一周内办结。再记一次。", **NOTHING_DECIDED})
    assert again.status_code == 409
    page = again.content.decode()
    assert "已有结论" in page
    assert "<ins>再记一次。</ins>" in page
    assert "再记一次。</textarea>" in page


def test_who_is_invited_sees_the_table_and_others_do_not(
    as_department_clerk, as_bank, as_office_auditor, as_stranger, sign_in
):
    factories.consulting(at=now())
    table = JointConsultation.objects.get()
    url = reverse("requests_desk:consultation", args=[table.pk])
    assert table.subject in as_department_clerk.get(TABLES).content.decode()
    invited = sign_in(directory.actor("SPJ")).get(url)
    assert invited.status_code == 200
    assert "形成结论</button>" not in invited.content.decode()
    assert "形成结论</button>" not in as_office_auditor.get(url).content.decode()
    assert as_bank.get(url).status_code == 404
    assert as_stranger.get(url).status_code == 404
    minutes = reverse("requests_desk:write_minutes", args=[table.pk])
    assert as_office_auditor.post(minutes, {"minutes": "x"}).status_code == 403
    assert as_department_clerk.post(minutes, {"minutes": "x"}).status_code == 404


# --- open calls ---


def test_claimants_see_open_calls_and_only_their_own_claim(as_bank, as_department_clerk, as_office_clerk):
    made = factories.on_open_call(at=now() - timedelta(days=1))
    bank = as_bank.get(CALLS).content.decode()
    assert "省级用地指标难以落实" in bank
    assert "#verb-lodge_claim" in bank
    plan = "由本行提供过渡资金"
    escalation.lodge_claim(made, plan=plan, actor=factories.acting("B01"), at=now())
    mine = as_bank.get(CALLS).content.decode()
    assert "本单位</dt><dd>已揭榜" in mine
    assert "#verb-lodge_claim" not in mine
    other = as_department_clerk.get(CALLS).content.decode()
    assert "已揭榜" not in other.replace("揭榜截止", "")
    assert "1 家" in as_office_clerk.get(CALLS).content.decode()


def test_no_calls_say_so(as_bank):
    assert "现在没有榜" in as_bank.get(CALLS).content.decode()


# --- the dispatch directory ---


def test_the_directory_names_what_no_rule_covers(as_office_clerk):
    page = as_office_clerk.get(DIRECTORY).content.decode()
    assert "市自然资源和规划局" in page
    assert "没有规则，由推进办逐件分办" in page  # finance


def test_the_directory_answers_which_rule_would_apply(as_department_clerk):
    query = {"factor": factories.factor("ZJ").pk, "division": directory.body("TB-370902").division_id}
    answer = as_department_clerk.get(DIRECTORY, {**query, "day": "2023-06-13"})
    page = answer.content.decode()
    assert "主办 <strong>市财政局</strong>，协办 市地方金融监管局" in page
    assert "回复期限 2023-06-16 23:59" in page
    assert (
        "没有规则覆盖" in as_department_clerk.get(DIRECTORY, {**query, "day": "2020-01-01"}).content.decode()
    )


@pytest.mark.parametrize("wrong", [{"factor": "x"}, {"division": "0"}, {"day": "2023-02-30"}])
def test_a_wrong_question_is_named(as_office_clerk, wrong):
    query = {"factor": factories.factor("ZJ").pk, "division": directory.body("TB-370902").division_id}
    assert as_office_clerk.get(DIRECTORY, {**query, **wrong}).status_code == 422


def test_every_list_costs_the_same_for_many(as_office_clerk, as_bank):
    def costs():
        counts = []
        for client, url in ((as_office_clerk, TABLES), (as_office_clerk, CALLS), (as_bank, CALLS)):
            with CaptureQueriesContext(connection) as counted:
                assert client.get(url).status_code == 200
            counts.append(len(counted))
        return counts

    def fill(count):
        for _ in range(count):
            factories.consulting(at=now() - timedelta(days=1))
            factories.on_open_call(at=now() - timedelta(days=1))

    fill(2)
    few = costs()
    fill(12)
    assert costs() == few

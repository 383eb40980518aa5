"""Each verb is done by its right party in its right state; what one party asks, the other answers."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from requests_desk.models import Claim, FactorRequest, Suspension
from taian_factors.directory.actors import Actor
from tests.directory import factories as directory
from tests.requests_desk import factories
from tests.requests_desk.test_verbs_act import SOON, SignIn, act, fresh, recent

MEETING = {"subject": "用地会商", "invited": ["ZGJ"], "meets_at": "2026-12-01T09:00"}
DECISION = {"decision": "由审批局主办", "lead": "SPJ", "supports": ["STJ"]}
PROPOSAL = {"outcome": "propose_ineligible", "text": "限制类", "basis": "目录"}
# verb: (situation, who, what is typed, the state after it)
ACTS: dict[str, tuple[Callable[..., FactorRequest], str, dict[str, Any], str]] = {
    "accept": (factories.filed, "office", {}, "accepted"),
    "send_back": (factories.filed, "office", {"reason": "请补红线图"}, "returned"),
    "refuse": (factories.filed, "office", {"reason": "已进入诉讼"}, "refused"),
    "refile": (factories.returned, "filer", {"story": "已补红线图"}, "filed"),
    "assign": (factories.accepted, "office", {"lead": "ZGJ"}, "assigned"),
    "reassign": (factories.assigned, "office", {"lead": "SPJ", "reason": "职责在审批局"}, "assigned"),
    "convene": (factories.assigned, "office", MEETING, "consulting"),
    "conclude": (factories.consulting, "office", DECISION, "assigned"),
    "open_call": (factories.assigned, "office", {"problem": "指标", "claims_until_on": SOON}, "open_call"),
    "close_call": (factories.on_open_call, "office", {"reason": "指标已下达"}, "assigned"),
    "reply": (factories.assigned, "lead", PROPOSAL, "replied"),
    "complete": (factories.replied, "lead", {"text": "土地证已发"}, "completed"),
    "redo": (factories.completed, "office", {"reason": "没有解决"}, "assigned"),
    "confirm": (factories.completed, "filer", {"answer": "partly"}, "confirmed"),
    "declare_ineligible": (factories.assigned, "office", {"basis": "限制类"}, "ineligible"),
    "reopen": (factories.confirmed, "office", {"reason": "误销"}, "assigned"),
    "reconsider": (factories.refused, "office", {"reason": "判断有误"}, "filed"),
    "withdraw": (factories.assigned, "filer", {"reason": "项目调整"}, "withdrawn"),
    "acknowledge": (factories.assigned, "lead", {}, "assigned"),
    "interim_reply": (factories.assigned, "lead", {"text": "在办", "next_word_on": SOON}, "assigned"),
    "add_support": (factories.assigned, "office", {"support": "STJ"}, "assigned"),
    "whistle": (factories.assigned, "filer", {"text": "没人联系"}, "assigned"),
    "hand_back": (factories.assigned, "lead", {"suggested": "SPJ", "reason": "职责在审批局"}, "assigned"),
    "ask_extension": (factories.assigned, "lead", {"days": 3, "reason": "等批复"}, "assigned"),
    "ask_suspension": (factories.assigned, "lead", {"cause": "papers", "reason": "等补图"}, "assigned"),
    "lodge_claim": (factories.on_open_call, "claimant", {"plan": "点供指标", "partners": ["SPJ"]}, "open_call"),
    "log_effort": (
        factories.awarded,
        "lead",
        {"level": "provincial", "counterpart": "省厅", "sought_on": "2023-06-13", "matter": "指标", "result": "已报"},
        "assigned",
    ),
    "plan_milestone": (factories.awarded, "office", {"title": "预审", "due_on": "2099-01-01"}, "assigned"),
    "mark_case_by_case": (factories.assigned, "office_lead", {"reason": "涉及多部门"}, "assigned"),
    "supplement": (factories.replied, "filer", {"text": "补充红线图"}, "replied"),
    "contest": (factories.ineligible, "filer", {"text": "不属于限制类"}, "ineligible"),
    "ask_reopening": (factories.confirmed, "filer", {"text": "又出现问题"}, "confirmed"),
    "uphold": (factories.contested, "office", {"reason": "依据充分"}, "ineligible"),
    "note": (factories.assigned, "lead", {"text": "已与企业通话"}, "assigned"),
    "phone": (factories.completed, "office", {"has_answered": "0"}, "completed"),
    "call_back": (factories.completed, "office", {"is_solved": "none"}, "completed"),
}  # fmt: skip


def _who(name: str, made: FactorRequest) -> Actor:
    people = {
        "office": lambda: directory.actor("GTB"),
        "office_lead": lambda: directory.actor("GTB", "lead"),
        "lead": lambda: directory.actor("ZGJ"),
        "claimant": lambda: directory.actor("STJ"),
        "filer": lambda: directory.actor(made.enterprise),
    }
    return people[name]()


def _pk(value: Any, bodies: dict[str, int]) -> Any:
    if isinstance(value, list):
        return [bodies[v] for v in value]
    return bodies.get(value, value) if isinstance(value, str) else value


@pytest.mark.parametrize("verb", ACTS)
def test_the_right_party_does_it_in_the_right_state(verb: str, sign_in: SignIn, bodies: dict[str, int]):
    situation, who, typed, after = ACTS[verb]
    made = situation(at=recent(situation))
    client = sign_in(_who(who, made))
    assert f'id="verb-{verb}"' in client.get(f"/desk/requests/{made.number}/").content.decode()
    answer = act(client, made, verb, **{k: _pk(v, bodies) for k, v in typed.items()})
    assert answer.status_code == 302, answer.content.decode()[:4000]
    assert fresh(made).state == after
    assert made.events.latest("pk").verb == verb
    assert client.get(answer.url).status_code == 200


@pytest.mark.parametrize("verb", [v for v in ACTS if ACTS[v][2] and v not in ("withdraw", "whistle")])
def test_an_empty_form_is_refused_with_its_fields_named(verb: str, sign_in: SignIn):
    situation, who, _, _ = ACTS[verb]
    made = situation(at=recent(situation))
    before = made.events.count()
    answer = act(sign_in(_who(who, made)), made, verb)
    assert answer.status_code == 422
    assert "请改正下面的内容" in answer.content.decode()
    assert "This field" not in answer.content.decode()
    assert made.events.count() == before


def test_an_unsolved_answer_goes_back_to_work(sign_in: SignIn):
    made = factories.completed(at=recent(factories.completed))
    client = sign_in(directory.actor(made.enterprise))
    assert act(client, made, "confirm", answer="unsolved").status_code == 422
    assert act(client, made, "confirm", answer="silent").status_code == 422
    assert act(client, made, "confirm", answer="unsolved", text="土地证没有拿到").status_code == 302
    assert fresh(made).state == "assigned"


def test_the_office_cannot_answer_for_an_enterprise(as_office_clerk: Client):
    made = factories.completed(at=recent(factories.completed))
    assert act(as_office_clerk, made, "confirm", answer="solved").status_code == 422
    answer = act(as_office_clerk, made, "confirm", answer="silent")
    assert answer.status_code == 422
    assert "企业确认期限未到" in answer.content.decode()


def test_a_whistle_is_answered_and_rulings_are_given(sign_in: SignIn, as_office_clerk: Client):
    made = factories.assigned(at=recent())
    lead, owner = sign_in(directory.actor("ZGJ")), sign_in(directory.actor(made.enterprise))
    assert act(owner, made, "whistle").status_code == 302
    assert act(owner, made, "whistle").status_code == 422
    assert act(lead, made, "report_in", text="已电话联系").status_code == 302
    assert act(lead, made, "report_in").status_code == 422
    assert act(lead, made, "ask_extension", days=11, reason="太难").status_code == 422
    assert act(lead, made, "ask_extension", days=2, reason="等批复").status_code == 302
    assert act(as_office_clerk, made, "decide_extension", is_approved="1").status_code == 302
    assert act(lead, made, "ask_suspension", cause="papers", reason="等补图").status_code == 302
    assert act(as_office_clerk, made, "decide_suspension", is_approved="1").status_code == 302
    assert Suspension.objects.get().opened_at is not None
    assert act(lead, made, "resume").status_code == 302


def test_an_upheld_hand_back_moves_the_lead(sign_in: SignIn, as_office_clerk: Client, bodies: dict[str, int]):
    made = factories.assigned(at=recent())
    lead = sign_in(directory.actor("ZGJ"))
    assert act(lead, made, "hand_back", suggested=bodies["SPJ"], reason="职责在审批局").status_code == 302
    assert act(as_office_clerk, made, "rule_hand_back", is_upheld="1", ruling="同意").status_code == 302
    assert made.assignments.get(ended_at=None).organization_id == bodies["SPJ"]


def test_a_claim_of_the_call_is_awarded(sign_in: SignIn, as_office_clerk: Client, bodies: dict[str, int]):
    made = factories.on_open_call(at=recent(factories.on_open_call))
    assert act(as_office_clerk, made, "award", reason="方案好").status_code == 422
    act(sign_in(directory.actor("STJ")), made, "lodge_claim", plan="排污权置换")
    claim = Claim.objects.get()
    assert act(as_office_clerk, made, "award", claim=claim.pk + 1, reason="方案好").status_code == 422
    assert act(as_office_clerk, made, "award", claim=claim.pk, reason="方案好").status_code == 302
    assert made.assignments.get(ended_at=None).organization_id == bodies["STJ"]


def test_write_off_waits_for_the_factor_week(as_office_clerk: Client, as_office_lead: Client):
    made = factories.confirmed(at=recent(factories.confirmed))
    answer = act(as_office_clerk, made, "write_off")
    assert answer.status_code == 422
    assert "要素保障周" in answer.content.decode()
    by_case = factories.replied(at=recent(factories.replied))
    assert act(as_office_lead, by_case, "write_off_by_case", decision="专题会议定").status_code == 422
    act(as_office_lead, by_case, "mark_case_by_case", reason="涉及多部门")
    assert act(as_office_clerk, by_case, "write_off_by_case", decision="专题会议定").status_code == 403
    assert act(as_office_lead, by_case, "write_off_by_case", decision="专题会议定").status_code == 302


def test_a_support_replies_on_its_own(sign_in: SignIn):
    made = factories.assigned(supports=("SPJ",), at=recent())
    support = sign_in(directory.actor("SPJ"))
    assert act(support, made, "reply", outcome="answer", text="好").status_code == 403
    assert act(support, made, "support_reply", text="审批可并联").status_code == 302
    assert fresh(made).state == "assigned"


def test_where_the_lead_signs_a_clerk_is_told_so(sign_in: SignIn):
    body = directory.body("ZGJ")
    body.lead_signs_replies = True
    body.save()
    made = factories.assigned(at=recent())
    answer = act(sign_in(directory.actor("ZGJ")), made, "reply", outcome="answer", text="已安排踏勘")
    assert answer.status_code == 422
    assert "须由负责人签发" in answer.content.decode()
    assert "已安排踏勘" in answer.content.decode()
    assert (
        act(sign_in(directory.actor("ZGJ", "lead")), made, "reply", outcome="answer", text="好").status_code
        == 302
    )


def test_a_consultation_over_one_request_ends_with_its_conclusion(as_office_clerk: Client):
    made = factories.consulting(at=recent(factories.consulting))
    assert act(as_office_clerk, made, "conclude", decision="由自然资源局主办").status_code == 302
    consultation = made.consultations.get()
    assert consultation.minutes == "由自然资源局主办"
    assert consultation.concluded_at is not None

"""Situations of a request. Everything is brought about by the verbs, at plausible moments of June 2023.

Without other word a request is for land (土地), led by ZGJ, and the fixed day is Tuesday 13 June 2023.
"""

from datetime import datetime, timedelta
from typing import Any

from requests_desk import drafting, front_line, records, transitions
from requests_desk.escalation import call_together, lodge_claim
from requests_desk.filetypes import Paper, examine
from requests_desk.intake import Need, file
from requests_desk.models import Attachment, FactorRequest, Filing, FrontLineVisit
from requests_desk.transitions import Answer
from taian_factors.directory.actors import Actor
from taian_factors.directory.models import Factor, Organization
from taian_factors.lib.periods import SHANGHAI, local_day
from tests.directory import factories as directory

START = datetime(2023, 6, 13, 9, 0, tzinfo=SHANGHAI)
AN_HOUR = timedelta(hours=1)


def office(role: str = "clerk") -> Actor:
    """Return the office acting without a person, as beat and imports do."""
    return Actor(None, directory.body("GTB"), role)


def acting(organization: Organization | str, role: str = "clerk") -> Actor:
    """Return a body acting without a person."""
    return Actor(None, directory.body(organization) if isinstance(organization, str) else organization, role)


def factor(code: str = "TD") -> Factor:
    """Return a factor of the reference data."""
    return Factor.objects.get(code=code)


def need(code: str = "TD", headline: str = "新上项目用地", **fields: Any) -> Need:
    """Return a need as it is written down."""
    return Need(factor(code), headline, **{"story": "需要尽快落实，请协调。", **fields})


def filing(
    *codes: str, enterprise: Organization | None = None, at: datetime = START, **fields: Any
) -> Filing:
    """File one need per factor code, by the enterprise itself."""
    owner = enterprise or directory.enterprise()
    needs = [need(code) for code in codes or ("TD",)]
    return file(enterprise=owner, needs=needs, actor=acting(owner), at=at, **fields)


def filed(code: str = "TD", **fields: Any) -> FactorRequest:
    """待受理."""
    return filing(code, **fields).factor_requests.get()


def returned(code: str = "TD", *, at: datetime = START, **fields: Any) -> FactorRequest:
    """待补正."""
    made = filed(code, at=at, **fields)
    transitions.send_back(made, reason="请补充用地红线图。", actor=office(), at=at + AN_HOUR)
    return made


def refused(code: str = "TD", *, at: datetime = START, **fields: Any) -> FactorRequest:
    """不予受理."""
    made = filed(code, at=at, **fields)
    transitions.refuse(made, reason="已进入诉讼，请循司法途径。", actor=office(), at=at + AN_HOUR)
    return made


def accepted(code: str = "TD", *, at: datetime = START, **fields: Any) -> FactorRequest:
    """待交办."""
    made = filed(code, at=at, **fields)
    transitions.accept(made, actor=office(), at=at + AN_HOUR)
    return made


def assigned(
    code: str = "TD",
    *,
    lead: str = "ZGJ",
    supports: tuple[str, ...] = (),
    at: datetime = START,
    **fields: Any,
) -> FactorRequest:
    """办理中."""
    made = accepted(code, at=at, **fields)
    others = [directory.body(s) for s in supports]
    transitions.assign(
        made, lead=directory.body(lead), supports=others, reason="按分办目录", actor=office(), at=at + AN_HOUR
    )
    return made


def replied(code: str = "TD", *, lead: str = "ZGJ", at: datetime = START, **fields: Any) -> FactorRequest:
    """已回复, a day after the assignment."""
    made = assigned(code, lead=lead, at=at, **fields)
    answer = Answer("已安排现场踏勘，本月内提出选址意见。")
    transitions.reply(made, answer=answer, actor=acting(lead, "lead"), at=at + timedelta(days=1))
    return made


def completed(code: str = "TD", *, lead: str = "ZGJ", at: datetime = START, **fields: Any) -> FactorRequest:
    """已办结, two days after the assignment."""
    made = assigned(code, lead=lead, at=at, **fields)
    transitions.complete(made, text="用地手续已办结。", actor=acting(lead), at=at + timedelta(days=2))
    return made


def confirmed(code: str = "TD", *, at: datetime = START, **fields: Any) -> FactorRequest:
    """已确认 as solved, three days after the assignment."""
    made = completed(code, at=at, **fields)
    solved = FactorRequest.Answer.SOLVED
    transitions.confirm(made, answer=solved, actor=acting(made.enterprise), at=at + timedelta(days=3))
    return made


def ineligible(code: str = "TD", *, at: datetime = START, **fields: Any) -> FactorRequest:
    """不符合条件, two days after the assignment."""
    made = assigned(code, at=at, **fields)
    basis = "《产业结构调整指导目录》限制类"
    transitions.declare_ineligible(made, basis=basis, actor=office(), at=at + timedelta(days=2))
    return made


def contested(code: str = "TD", *, at: datetime = START, **fields: Any) -> FactorRequest:
    """不符合条件, and the enterprise objects a day later."""
    made = ineligible(code, at=at, **fields)
    records.contest(made, text="不属于限制类", actor=acting(made.enterprise), at=at + timedelta(days=3))
    return made


def written_off(code: str = "TD", *, at: datetime = START, **fields: Any) -> FactorRequest:
    """已销号 on 3 July 2023, the first day of the factor week."""
    made = confirmed(code, at=at, **fields)
    transitions.write_off(made, actor=office(), at=datetime(2023, 7, 3, 10, 0, tzinfo=SHANGHAI))
    return made


def consulting(code: str = "TD", *, at: datetime = START, **fields: Any) -> FactorRequest:
    """联合会商中, a day after the assignment."""
    made = assigned(code, at=at, **fields)
    call_together(
        subject="用地与审批联合会商",
        invited=[directory.body("ZGJ"), directory.body("SPJ")],
        factor_requests=[made],
        actor=office(),
        at=at + timedelta(days=1),
    )
    made.refresh_from_db()
    return made


def on_open_call(code: str = "TD", *, at: datetime = START, **fields: Any) -> FactorRequest:
    """揭榜挂帅中, a day after the assignment."""
    made = assigned(code, at=at, **fields)
    transitions.open_call(
        made,
        problem="省级用地指标难以落实",
        aim="三个月内落实指标",
        claims_until_on=(at + timedelta(days=10)).date(),
        actor=office(),
        at=at + timedelta(days=1),
    )
    return made


def awarded(code: str = "TD", *, at: datetime = START, **fields: Any) -> FactorRequest:
    """揭榜确定, to the body that led it before, jointly with a county office and the enterprise itself."""
    made = on_open_call(code, at=at, **fields)
    leader = acting(made.assignments.get(ended_at=None).organization.code)
    partners = [directory.body("TB-370902"), made.enterprise]
    claim = lodge_claim(made, plan="向省厅争取", partners=partners, actor=leader, at=at + timedelta(days=2))
    transitions.award(made, claim=claim, reason="方案可行", actor=office(), at=at + timedelta(days=3))
    return made


def withdrawn(code: str = "TD", *, at: datetime = START, **fields: Any) -> FactorRequest:
    """已撤回."""
    made = filed(code, at=at, **fields)
    transitions.withdraw(made, reason="项目调整", actor=acting(made.enterprise), at=at + AN_HOUR)
    return made


IN_STATE = {
    "filed": filed,
    "returned": returned,
    "refused": refused,
    "accepted": accepted,
    "assigned": assigned,
    "replied": replied,
    "consulting": consulting,
    "open_call": on_open_call,
    "completed": completed,
    "confirmed": confirmed,
    "ineligible": ineligible,
    "written_off": written_off,
    "withdrawn": withdrawn,
}


PDF = b"%PDF-1.4\n1 0 obj << /Type /Catalog >> endobj\ntrailer << /Root 1 0 R >>\n%%EOF\n"


def paper(name: str = "红线图.pdf", content: bytes = PDF) -> Paper:
    """Return a paper as it was looked through."""
    return examine(name, content)


def draft(owner: Actor, *codes: str, at: datetime = START) -> Filing:
    """A draft of an enterprise's own, with empty needs, keys 1, 2, …"""
    return draft_for(owner.organization, owner, *codes, at=at)


def draft_for(enterprise: Organization, writer: Actor, *codes: str, at: datetime = START) -> Filing:
    """A draft that somebody writes for an enterprise."""
    needs = [{"id": str(key), "factor": code, "values": {}} for key, code in enumerate(codes, 1)]
    content = {"key": "", "contact": {}, "needs": needs, "next": len(needs) + 1}
    return drafting.save_draft(None, enterprise=enterprise, content=content, actor=writer, at=at)


def supplemented(
    factor_request: FactorRequest, *, by: Actor | None = None, at: datetime = START + AN_HOUR, **fields: Any
) -> Attachment:
    """补充材料 with a paper, by the enterprise without other word; return the paper."""
    actor = by or acting(factor_request.enterprise)
    event = records.supplement(factor_request, text="", papers=[paper()], actor=actor, at=at, **fields)
    return event.attachments.get()


def front_line_visit(
    enterprise: Organization, *, by: Actor | None = None, at: datetime = START, **fields: Any
) -> FrontLineVisit:
    """待走访, planned by a department (a new clerk of the one for land) for that very day."""
    given = {"planned_on": local_day(at), "purpose": "了解技改项目用地需求", **fields}
    return front_line.plan(enterprise=enterprise, actor=by or acting("ZGJ"), at=at, **given)


def front_line_done(enterprise: Organization, *, at: datetime = START, **fields: Any) -> FrontLineVisit:
    """已走访, on the day for which it was planned."""
    visit = front_line_visit(enterprise, at=at, **fields)
    minutes = "现场查看了二期厂房，企业提出用电增容。"
    by = acting(visit.planned_for, "lead")
    return front_line.record(visit, visited_on=local_day(at), minutes=minutes, actor=by, at=at)

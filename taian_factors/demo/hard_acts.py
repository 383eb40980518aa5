"""The steps of hard matters: joint consultations, and calls that are put up for claims."""

from datetime import datetime, timedelta

from requests_desk import escalation, minuting, pursuing, transitions
from requests_desk.models import Assignment, Claim, Milestone
from taian_factors.demo.matter import Matter, Next
from taian_factors.lib.periods import local_day


def open_supports(m: Matter) -> list[Assignment]:
    """Return the supports that have not answered."""
    running = m.factor_request.assignments.filter(part="support", ended_at=None, replied_at=None)
    return list(running.select_related("organization").order_by("pk"))


def call_together(m: Matter, at: datetime) -> str:
    """联合会商: the lead and two more at one table."""
    invited = [m.lead.organization, m.city.bodies["FGW"], m.city.bodies["SPJ"]]
    escalation.call_together(
        subject=f"{m.enterprise.organization.short}{m.factor_request.factor.name}需求联合会商",
        agenda="一、企业说明情况；二、各部门提出意见；三、形成办理方案。",
        invited=invited,
        factor_requests=[m.factor_request],
        project=m.factor_request.filing.project,
        meets_at=at + timedelta(days=2),
        actor=m.city.clerk,
        at=at,
    )
    m.factor_request.refresh_from_db()
    return "convene"


def minute(m: Matter, at: datetime) -> str:
    """会商结论: the same lead goes on."""
    consultation = m.factor_request.consultations.latest("pk")
    minutes = "会商一致同意按“一企一策”办理，由主办单位牵头落实，相关部门三个工作日内出具意见。"
    task = minuting.Decision(
        m.factor_request, m.lead.organization, True, "落实会商意见", m.calendar.add(local_day(at), 5)
    )
    minuting.minute(consultation, minutes=minutes, decisions=[task], actor=m.city.clerk, at=at)
    m.factor_request.refresh_from_db()
    return "conclude"


def open_call(m: Matter, at: datetime) -> str:
    """揭榜挂帅: put up for claims for ten working days."""
    transitions.open_call(
        m.factor_request,
        problem=f"{m.factor_request.headline}：现有政策路径难以满足，需要创新办理方式。",
        aim="十五个工作日内形成可落地的办理方案，对上争取支持。",
        claims_until_on=m.calendar.add(local_day(at), 10),
        actor=m.city.clerk,
        at=at,
    )
    return "open_call"


def next_in_call(m: Matter) -> Next:
    """A claim comes in, then it is awarded."""
    return (m.after(3), award) if m.has("lodge_claim") else (m.after(3), lodge_claim)


def lodge_claim(m: Matter, at: datetime) -> str:
    """揭榜 by the lead itself, jointly with the county office."""
    partner = m.city.bodies.get(f"TB-{m.factor_request.division.code}")
    escalation.lodge_claim(
        m.factor_request,
        plan="由本单位牵头，联合县（市、区）推进机构和项目单位，先行对接上级主管部门，再分步落实。",
        partners=[partner] if partner else [],
        actor=m.clerk,
        at=at,
    )
    return "lodge_claim"


def award(m: Matter, at: datetime) -> str:
    """揭榜确定, with the first milestone and the first effort above."""
    claim = Claim.objects.filter(open_call__factor_request=m.factor_request).latest("pk")
    transitions.award(m.factor_request, claim=claim, reason="方案可行，责任清楚。", actor=m.city.lead, at=at)
    m.forget()
    pursuing.plan_milestone(
        m.factor_request,
        title="取得上级主管部门书面意见",
        due_on=m.calendar.add(local_day(at), 6),
        actor=m.clerk,
        at=at,
    )
    pursuing.log_effort(
        m.factor_request,
        level="provincial",
        counterpart="省级主管部门",
        sought_on=local_day(at),
        matter=f"{m.factor_request.factor.name}指标单列支持",
        result="同意纳入下一批统筹安排",
        actor=m.clerk,
        at=at,
    )
    return "award"


def reach(m: Matter, at: datetime) -> str:
    """节点完成, and the office checks it."""
    milestone = Milestone.objects.get(open_call__factor_request=m.factor_request)
    report = "已取得书面意见，指标来源落实。"
    pursuing.reach_milestone(m.factor_request, milestone=milestone, report=report, actor=m.clerk, at=at)
    checked = {"is_passed": True, "opinion": "材料齐全，同意通过。"}
    pursuing.check_milestone(m.factor_request, milestone=milestone, actor=m.city.clerk, at=at, **checked)
    return "reach_milestone"


def accept(m: Matter, at: datetime) -> str:
    """揭榜验收."""
    words = "目标已达成，企业已确认，同意验收。"
    pursuing.accept_challenge(m.factor_request, acceptance=words, actor=m.city.clerk, at=at)
    return "accept_challenge"

"""The steps of ordinary lives, each one verb of the pages; each returns the verb that it did."""

from datetime import datetime

from requests_desk import clocks, dispatching, follow_ups, records, reviewing, transitions
from requests_desk.dispatch_directory import Handout, suggest
from requests_desk.models import FactorRequest, Reply, Suspension
from requests_desk.transitions import Answer
from taian_factors.demo import hard_acts, phrases
from taian_factors.demo.habits import LEADS, SUPPORTS, Course, rating_of
from taian_factors.demo.matter import Matter
from taian_factors.directory.models import Organization
from taian_factors.lib.periods import local_day


def accept(m: Matter, at: datetime) -> str:
    """受理 by the office."""
    transitions.accept(m.factor_request, actor=m.city.clerk, at=at)
    return "accept"


def send_back(m: Matter, at: datetime) -> str:
    """退回补正."""
    reason = m.chance().choice(phrases.INCOMPLETE)
    transitions.send_back(m.factor_request, reason=reason, actor=m.city.clerk, at=at)
    return "send_back"


def refile(m: Matter, at: datetime) -> str:
    """重新提交, with what was missing."""
    story = f"{m.factor_request.story}（补充：相关证明材料已随附，联系人已更新。）"
    transitions.refile(m.factor_request, story=story, actor=m.enterprise.owner, at=at)
    return "refile"


def refuse(m: Matter, at: datetime) -> str:
    """不予受理."""
    transitions.refuse(m.factor_request, reason=m.chance().choice(phrases.REFUSED), actor=m.city.clerk, at=at)
    return "refuse"


def withdraw(m: Matter, at: datetime) -> str:
    """撤回 by the enterprise."""
    reason = m.chance().choice(phrases.WITHDRAWN)
    transitions.withdraw(m.factor_request, reason=reason, actor=m.enterprise.owner, at=at)
    return "withdraw"


def assign(m: Matter, at: datetime) -> str:
    """交办 as the directory says; several bodies can lead some factors, and the office chooses."""
    lead, supports = lead_for(m), ()
    support = m.city.bodies.get(SUPPORTS.get(m.factor_request.factor.code, ""))
    if support is not None and support != lead and m.chance().random() < 0.5:
        supports = (support,)
    m.has_supports = bool(supports)
    proposed = suggest(m.factor_request, day=local_day(at))
    is_own_way = dispatching.deviates(Handout(lead, supports), proposed)
    dispatching.hand_out(
        m.factor_request,
        lead=lead,
        supports=supports,
        reason=m.chance().choice(phrases.OWN_WAY) if is_own_way else "",
        actor=m.city.clerk,
        at=at,
    )
    return "assign"


def lead_for(m: Matter, *, instead_of: Organization | None = None) -> Organization:
    """Choose a body that leads such a matter; the county office where no other does."""
    codes = LEADS.get(m.factor_request.factor.code) or [f"TB-{m.factor_request.division.code}"]
    if m.enterprise.is_named and m.factor_request.factor.code == "JR":
        codes = ["F01"]  # the leasing company, as the press says
    others = [code for code in codes if instead_of is None or code != instead_of.code]
    neighbour = "GXJ" if instead_of is not None and instead_of.code == "FGW" else "FGW"
    return m.city.bodies[m.chance().choice(others or [neighbour])]


def acknowledge(m: Matter, at: datetime) -> str:
    """签收 by the lead."""
    records.acknowledge(m.factor_request, actor=m.clerk, at=at)
    return "acknowledge"


def support_reply(m: Matter, at: datetime) -> str:
    """协办回复."""
    support = hard_acts.open_supports(m)[0].organization
    text = m.chance().choice(phrases.SUPPORT)
    records.support_reply(m.factor_request, text=text, actor=m.city.at(support), at=at)
    return "support_reply"


def reply(m: Matter, at: datetime) -> str:
    """回复: an answer, a dated plan, or a proposal to declare it ineligible."""
    answer = Answer(m.words.reply)
    if m.course is Course.PLANNED:
        plan_on = m.calendar.add(local_day(at), m.chance().randint(5, 12))
        owner = (
            str(m.city.head_of(m.lead.organization).user)
            if m.lead.organization.kind != "county_office"
            else ""
        )
        answer = Answer(m.words.plan, Reply.Outcome.PLAN, plan_on, owner or str(m.clerk.user))
    if m.course is Course.INELIGIBLE:
        text, basis = m.chance().choice(phrases.INELIGIBLE)
        answer = Answer(text, Reply.Outcome.PROPOSE_INELIGIBLE, basis=basis)
    transitions.reply(m.factor_request, answer=answer, actor=m.clerk, at=at)
    return "reply"


def complete(m: Matter, at: datetime) -> str:
    """办结."""
    text = m.words.done if not m.has("redo") else f"重新核实后已整改到位：{m.words.done}"
    transitions.complete(m.factor_request, text=text, actor=m.clerk, at=at)
    return "complete"


def declare_ineligible(m: Matter, at: datetime) -> str:
    """不符合条件, as the lead proposed."""
    basis = Reply.objects.filter(assignment=m.lead).latest("pk").basis or "现行政策规定"
    transitions.declare_ineligible(m.factor_request, basis=basis, actor=m.city.clerk, at=at)
    return "declare_ineligible"


def review(m: Matter, at: datetime) -> str:
    """评价 through the link that the enterprise was sent."""
    invitation = reviewing.open_invitation(m.factor_request, at=at)
    if invitation is not None:
        organization = invitation.assignment.organization
        rating = rating_of(organization, m.month, m.chance())
        words = phrases.COMMENTS[rating]
        verdict = reviewing.Verdict(
            rating=rating,
            contacted=rating > 1,
            solved="yes" if rating > 2 else "partly",
            comment=m.chance().choice([*words, ""]),
        )
        reviewing.review(invitation=invitation, verdict=verdict, at=at)
    return "review"


def follow_up(m: Matter, at: datetime) -> str:
    """差评回访; every second enterprise lets the department know."""
    consents = m.chance().random() < 0.5
    told = "办理中多跑了路，请一次告知材料，主动告知进度。" if consents else ""
    follow_ups.follow_up(
        m.factor_request,
        has_answered=True,
        has_consented=consents,
        finding="企业反映办理周期偏长，过程中缺少主动沟通。",
        told=told,
        actor=m.city.clerk,
        at=at,
    )
    return "follow_up"


def rectify(m: Matter, at: datetime) -> str:
    """整改反馈 by the body that was told."""
    words = "已与企业面谈，改为专人跟进、一次告知，后续进度每周主动告知。"
    follow_ups.rectify(m.factor_request, text=words, actor=m.clerk, at=at)
    return "rectify"


def rate_again(m: Matter, at: datetime) -> str:
    """二次评价, a step or two better than the first."""
    rating = m.chance().randint(3, 4)
    follow_ups.rate_again(m.factor_request, rating=rating, actor=m.enterprise.owner, at=at)
    return "rate_again"


def ask_redo(m: Matter, at: datetime) -> str:
    """未解决, says the enterprise: 退回重办."""
    answer, text = FactorRequest.Answer.UNSOLVED, m.chance().choice(phrases.UNSOLVED)
    transitions.confirm(m.factor_request, answer=answer, text=text, actor=m.enterprise.owner, at=at)
    return "redo"


def confirm(m: Matter, at: datetime) -> str:
    """确认办结, mostly solved."""
    is_solved = m.enterprise.is_named or m.chance().random() < 0.94
    answer = FactorRequest.Answer.SOLVED if is_solved else FactorRequest.Answer.PARTLY
    transitions.confirm(m.factor_request, answer=answer, actor=m.enterprise.owner, at=at)
    return "confirm"


def phone(m: Matter, at: datetime) -> str:
    """电话催确认: nobody answers."""
    records.phone(m.factor_request, has_answered=False, text="无人接听", actor=m.city.clerk, at=at)
    return "phone"


def note_silence(m: Matter, at: datetime) -> str:
    """The office notes that the enterprise did not answer."""
    answer = FactorRequest.Answer.SILENT
    transitions.confirm(m.factor_request, answer=answer, actor=m.city.clerk, at=at)
    return "confirm"


def call_back(m: Matter, at: datetime) -> str:
    """回访 by the office."""
    is_solved = m.chance().random() < 0.95
    text = "企业反映已解决，对办理过程认可。" if is_solved else "企业反映仍有个别问题，已转主办单位跟进。"
    records.call_back(m.factor_request, is_solved=is_solved, text=text, actor=m.city.second_clerk, at=at)
    return "call_back"


def write_off(m: Matter, at: datetime) -> str:
    """销号 in the factor week."""
    transitions.write_off(m.factor_request, text="对账销号", actor=m.city.clerk, at=at)
    return "write_off"


def whistle(m: Matter, at: datetime) -> str:
    """企业吹哨."""
    text = m.chance().choice(phrases.WHISTLE)
    records.whistle(m.factor_request, text=text, actor=m.enterprise.owner, at=at)
    return "whistle"


def report_in(m: Matter, at: datetime) -> str:
    """部门报到."""
    records.report_in(m.factor_request, text="已电话联系企业并约定上门时间。", actor=m.clerk, at=at)
    return "report_in"


def hand_back(m: Matter, at: datetime) -> str:
    """申请退回, naming another body."""
    other = lead_for(m, instead_of=m.lead.organization)
    reason = f"该事项按“三定”职责属{other.short}业务范围，建议转办。"
    clocks.hand_back(m.factor_request, reason=reason, suggested=other, actor=m.clerk, at=at)
    return "hand_back"


def rule_hand_back(m: Matter, at: datetime) -> str:
    """裁定退回; upheld, it goes to the other body."""
    is_upheld = m.course is Course.HANDED_BACK
    ruling = "职责清楚，同意退回并转办。" if is_upheld else "经核对分办目录，应由你单位主办，期限不变。"
    clocks.rule_hand_back(m.factor_request, is_upheld=is_upheld, ruling=ruling, actor=m.city.clerk, at=at)
    if is_upheld:
        m.done.append("rule_hand_back")
        return "reassign"
    return "rule_hand_back"


def ask_suspension(m: Matter, at: datetime) -> str:
    """申请挂起."""
    cause, reason = m.chance().choice(phrases.WAITING)
    clocks.ask_suspension(
        m.factor_request, cause=Suspension.Cause(cause), reason=reason, actor=m.clerk, at=at
    )
    return "ask_suspension"


def decide_suspension(m: Matter, at: datetime) -> str:
    """审批挂起."""
    clocks.decide_suspension(
        m.factor_request, is_approved=True, decision="情况属实，同意挂起。", actor=m.city.clerk, at=at
    )
    return "decide_suspension"


def resume(m: Matter, at: datetime) -> str:
    """恢复计时."""
    clocks.resume_clock(m.factor_request, reason="等待事项已完成，恢复计时。", actor=m.clerk, at=at)
    return "resume"


def ask_extension(m: Matter, at: datetime) -> str:
    """申请延期."""
    reason = m.chance().choice(phrases.EXTENSION)
    clocks.ask_extension(
        m.factor_request, days=m.chance().randint(3, 10), reason=reason, actor=m.clerk, at=at
    )
    return "ask_extension"


def decide_extension(m: Matter, at: datetime) -> str:
    """审批延期, granted three times in four."""
    is_approved = m.chance().random() < 0.75
    decision = "理由充分，同意延期。" if is_approved else "理由不充分，请按原期限办结。"
    clocks.decide_extension(
        m.factor_request, is_approved=is_approved, decision=decision, actor=m.city.clerk, at=at
    )
    return "decide_extension"

"""What comes next in a matter, as one reader is told: by whom, by when, by which verb. Never writes."""

from dataclasses import dataclass
from datetime import datetime

from requests_desk.ledger import Row
from requests_desk.models import RequestEvent, Whistle
from requests_desk.workflow import State
from taian_factors.directory.actors import Actor

_WAITS = {
    State.REFUSED: "不予受理",
    State.CONFIRMED: "等待要素保障周销号",
    State.INELIGIBLE: "已认定不符合办理条件，等待要素保障周销号",
    State.WRITTEN_OFF: "已销号，全部办完",
    State.WITHDRAWN: "企业已撤回",
}
# By which verb a clock is answered.
_VERBS = {
    "受理": "accept",
    "交办": "assign",
    "补正": "refile",
    "回复": "reply",
    "办结": "complete",
    "确认": "confirm",
}


@dataclass(frozen=True)
class Next:
    """What comes next: by whom, by when, by which verb; ``is_mine`` when it is the reader's turn."""

    text: str
    due_at: datetime | None = None
    left: int | None = None
    is_mine: bool = False
    tone: str = ""
    verb: str = ""


def next_step(row: Row, whistle: Whistle | None, actor: Actor, plea: RequestEvent | None = None) -> Next:
    """Say what comes next: an open whistle, then the reader's own duty, then the clock that is due first."""
    own = [c for c in row.clocks if c.due_at and c.who == actor.organization.short]
    clock = min(own, key=lambda c: c.due_at, default=row.next_clock)
    lead, state = row.lead, State(row.factor_request.state)
    if row.factor_request.is_historic:
        return Next("历史数据，只供查阅")
    leads = lead is not None and lead.organization_id == actor.organization.pk
    if whistle and lead and (leads or not own):
        is_mine = leads
        who = "请" if is_mine else lead.organization.short
        return Next(f"企业已吹哨，{who}报到", whistle.due_at, None, is_mine, "red", "report_in")
    if plea is not None:
        said = "提出异议" if plea.verb == "contest" else "申请重新办理"
        return Next(f"企业已{said}，等市工业推进办答复", is_mine=False, verb="uphold")
    if clock is None:
        return Next(_WAITS.get(state, state.label))
    if clock.due_at is None:
        cause = {State.CONSULTING: "联合会商中", State.OPEN_CALL: "揭榜挂帅中"}.get(state, "已挂起")
        return Next(f"{cause}，{clock.who}的办理期限暂停计时")
    is_mine = clock.who == actor.organization.short
    tone = "red" if clock.light == "red" else ""
    is_support = clock.what == "回复" and (lead is None or lead.organization.short != clock.who)
    verb = "support_reply" if is_support else _VERBS[clock.what]
    text = clock.what if is_mine else f"{clock.who}{clock.what}"
    return Next(text, clock.due_at, clock.left, is_mine, tone, verb)

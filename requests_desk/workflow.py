"""The life of a request: which moves exist, from where to where, and by whom. The regulation on one screen.

A *move* changes the state, a *record* does not; both write one event. ``by`` says who one must be to this
request; what the tables cannot say stands as a guard in the verb's function. Source: the sheet, §5.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Flag, auto

from django.db.models import TextChoices


class State(TextChoices):
    """Where a request stands."""

    FILED = "filed", "待受理"
    RETURNED = "returned", "待补正"
    REFUSED = "refused", "不予受理"
    ACCEPTED = "accepted", "待交办"
    ASSIGNED = "assigned", "办理中"
    REPLIED = "replied", "已回复"
    CONSULTING = "consulting", "联合会商中"
    OPEN_CALL = "open_call", "揭榜挂帅中"
    COMPLETED = "completed", "已办结"
    CONFIRMED = "confirmed", "已确认"
    INELIGIBLE = "ineligible", "不符合条件"
    WRITTEN_OFF = "written_off", "已销号"
    WITHDRAWN = "withdrawn", "已撤回"


class Party(Flag):
    """Who somebody is to one request."""

    NOBODY = 0
    FILER = auto()
    COUNTER = auto()
    LEAD = auto()
    SUPPORT = auto()
    CLAIMANT = auto()
    OFFICE = auto()
    OFFICE_LEAD = auto()


@dataclass(frozen=True)
class Step:
    """One row of a table. ``to`` is None for a record."""

    verb: str
    label: str
    from_states: frozenset[State]
    to: State | None
    by: Party


FILED, RETURNED, REFUSED, ACCEPTED = State.FILED, State.RETURNED, State.REFUSED, State.ACCEPTED
ASSIGNED, REPLIED, CONSULTING, OPEN_CALL = State.ASSIGNED, State.REPLIED, State.CONSULTING, State.OPEN_CALL
COMPLETED, CONFIRMED, INELIGIBLE = State.COMPLETED, State.CONFIRMED, State.INELIGIBLE
WRITTEN_OFF, WITHDRAWN = State.WRITTEN_OFF, State.WITHDRAWN
FILER, COUNTER, LEAD, SUPPORT = Party.FILER, Party.COUNTER, Party.LEAD, Party.SUPPORT
CLAIMANT, OFFICE, OFFICE_LEAD = Party.CLAIMANT, Party.OFFICE, Party.OFFICE_LEAD

HANDLED = {ASSIGNED, REPLIED}  # the lead's clock runs
RUNNING = HANDLED | {CONSULTING, OPEN_CALL}  # somebody holds it
OPEN = RUNNING | {FILED, RETURNED, ACCEPTED}  # not at its end
CLAIMANTS = {"department", "institution", "county_office"}  # kinds of bodies that may claim an open call
REVIEWABLE = RUNNING | {COMPLETED, CONFIRMED, INELIGIBLE, WRITTEN_OFF}  # an invitation may still be open


def _table(*rows: tuple[str, str, Iterable[State], State | None, Party]) -> Mapping[str, Step]:
    return {verb: Step(verb, label, frozenset(sources), to, by) for verb, label, sources, to, by in rows}


# fmt: off
MOVES = _table(
    # verb                 label           from                              to           by
    ("accept",             "受理",         {FILED},                          ACCEPTED,    COUNTER | OFFICE),
    ("send_back",          "退回补正",     {FILED},                          RETURNED,    COUNTER | OFFICE),
    ("refuse",             "不予受理",     {FILED},                          REFUSED,     OFFICE),
    ("refile",             "重新提交",     {RETURNED},                       FILED,       FILER),
    ("assign",             "交办",         {ACCEPTED},                       ASSIGNED,    COUNTER | OFFICE),
    ("reassign",           "转办",         {ASSIGNED, REPLIED},              ASSIGNED,    OFFICE),
    ("convene",            "联合会商",     {ASSIGNED, REPLIED},              CONSULTING,  OFFICE),
    ("conclude",           "会商结论",     {CONSULTING},                     ASSIGNED,    OFFICE),
    ("open_call",          "揭榜挂帅",     {ASSIGNED, REPLIED, CONSULTING},  OPEN_CALL,   OFFICE),
    ("award",              "揭榜确定",     {OPEN_CALL},                      ASSIGNED,    OFFICE),
    ("close_call",         "撤榜",         {OPEN_CALL},                      ASSIGNED,    OFFICE),
    ("reply",              "回复",         {ASSIGNED, REPLIED},              REPLIED,     LEAD),
    ("complete",           "办结",         {ASSIGNED, REPLIED},              COMPLETED,   LEAD),
    ("redo",               "退回重办",     {COMPLETED, CONFIRMED},           ASSIGNED,    FILER | OFFICE),
    ("confirm",            "确认办结",     {COMPLETED},                      CONFIRMED,   FILER | OFFICE),
    ("declare_ineligible", "不符合条件",   {ASSIGNED, REPLIED},              INELIGIBLE,  OFFICE),
    ("write_off",          "销号",         {CONFIRMED, INELIGIBLE},          WRITTEN_OFF, OFFICE),
    ("write_off_by_case",  "一事一议销号", {REPLIED},                        WRITTEN_OFF, OFFICE_LEAD),
    ("reopen",             "重新办理",     {CONFIRMED, INELIGIBLE, WRITTEN_OFF}, ASSIGNED, OFFICE),
    ("reconsider",         "重新受理",     {REFUSED},                        FILED,       OFFICE),
    ("withdraw",           "撤回",         {FILED, RETURNED, ACCEPTED, ASSIGNED, REPLIED}, WITHDRAWN, FILER),
)

RECORDS = _table(
    # verb                 label           while it is                       -     by
    ("acknowledge",        "签收",         RUNNING,                          None, LEAD | SUPPORT),
    ("interim_reply",      "阶段性回复",   RUNNING,                          None, LEAD),
    ("support_reply",      "协办回复",     RUNNING,                          None, SUPPORT),
    ("add_support",        "增加协办",     RUNNING,                          None, OFFICE),
    ("whistle",            "吹哨",         RUNNING,                          None, FILER),
    ("report_in",          "报到",         RUNNING,                          None, LEAD),
    ("hand_back",          "申请退回",     HANDLED,                          None, LEAD),
    ("rule_hand_back",     "裁定退回",     HANDLED,                          None, OFFICE),
    ("ask_extension",      "申请延期",     HANDLED,                          None, LEAD),
    ("decide_extension",   "审批延期",     HANDLED,                          None, OFFICE),
    ("ask_suspension",     "申请挂起",     HANDLED,                          None, LEAD),
    ("decide_suspension",  "审批挂起",     HANDLED,                          None, OFFICE),
    ("resume",             "恢复计时",     HANDLED,                          None, LEAD | OFFICE),
    ("lodge_claim",        "揭榜",         {OPEN_CALL},                      None, CLAIMANT),
    ("log_effort",         "对上争取",     RUNNING,                          None, LEAD | SUPPORT | OFFICE),
    ("plan_milestone",     "设定节点",     HANDLED,                          None, LEAD | OFFICE),
    ("reach_milestone",    "节点完成",     HANDLED,                          None, LEAD),
    ("check_milestone",    "节点验收",     HANDLED | {COMPLETED, CONFIRMED}, None, OFFICE),
    ("accept_challenge",   "揭榜验收",     {COMPLETED, CONFIRMED},           None, OFFICE),
    ("mark_case_by_case",  "列为一事一议", OPEN,                             None, OFFICE_LEAD),
    ("contest",            "提出异议",     {INELIGIBLE},                     None, FILER),
    ("ask_reopening",      "申请重新办理", {REFUSED, CONFIRMED, WRITTEN_OFF}, None, FILER),
    ("uphold",             "维持原决定",   {INELIGIBLE, REFUSED, CONFIRMED, WRITTEN_OFF}, None, OFFICE),
    ("note",               "内部备注",     set(State),                       None, LEAD | SUPPORT | OFFICE),
    ("phone",              "电话催确认",   {COMPLETED},                      None, OFFICE),
    ("call_back",          "回访",         {COMPLETED, CONFIRMED, WRITTEN_OFF}, None, OFFICE),
    ("supplement",         "补充材料",     OPEN | {COMPLETED, CONFIRMED},    None, FILER | LEAD | SUPPORT | OFFICE),
    ("follow_up",          "差评回访",     REVIEWABLE,                       None, OFFICE),
    ("rectify",            "整改反馈",     REVIEWABLE,                       None, LEAD),
    ("rate_again",         "二次评价",     REVIEWABLE,                       None, FILER),
    ("review",             "评价",         REVIEWABLE,                       None, FILER),
)
# fmt: on

STEPS: Mapping[str, Step] = {**MOVES, **RECORDS}
COUNTER_STATES = frozenset().union(*(s.from_states for s in STEPS.values() if COUNTER in s.by))

# What an event may also be called: how a matter is born, what the clock or a review does by itself, what a fair's
# joint table is about.
OTHER_EVENTS = {
    "file": "申报",
    "imported": "历史导入",
    "invite_review": "邀请评价",
    "ask_rectification": "请部门整改",
    "verify_contact": "联系人核实",
    "escalate": "提级督办",
    "recalculate": "日历调整顺延",
    "remind": "到期提醒",
    "ask_table": "请求现场会商",
    "decline_table": "不予现场会商",
}


def label_of(verb: str) -> str:
    """Return the Chinese word for a verb or event."""
    return STEPS[verb].label if verb in STEPS else OTHER_EVENTS[verb]


def allows(verb: str, state: State | str, parties: Party) -> bool:
    """Say whether somebody who is ``parties`` to a request in ``state`` may do ``verb``."""
    step = STEPS[verb]
    return state in step.from_states and bool(step.by & parties)


def available(state: State | str, parties: Party) -> list[Step]:
    """Return the steps to draw as buttons, moves first, in the order of the tables."""
    return [step for step in STEPS.values() if allows(step.verb, state, parties)]

"""Who hears of what, by which channels: event → audience → kind → channels → text.

The first column is the verb of an event; ``remind`` after a deadline counts as ``remind_overdue``. ``DESK`` is the
bell, 企业微信 and e-mail; ``ALL`` is SMS as well. What somebody really gets of that is the person's own choice.
"""

from dataclasses import dataclass
from enum import Enum, auto

from django.db.models import TextChoices


class Channel(TextChoices):
    """By which way somebody is told. The bell is always on."""

    PORTAL = "portal", "站内"
    SMS = "sms", "短信"
    WECOM = "wecom", "企业微信"
    EMAIL = "email", "邮件"


class Kind(TextChoices):
    """What a notice is about: people choose by kind."""

    TASK = "task", "要办的事"
    PROGRESS = "progress", "办理进展"
    REMINDER = "reminder", "到期提醒"
    URGENT = "urgent", "紧急：吹哨、逾期、提级"
    COMPETITION = "competition", "大比拼与配合度"
    FAIR = "fair", "大集现场叫号"


class Timing(TextChoices):
    """When a notice may leave the house."""

    NOW = "now", "立即"
    DAY = "day", "免打扰时段外"
    WORK = "work", "工作时间"


class To(Enum):
    """Who is told: the people of a body, by what it is to the request."""

    FILER = auto()  # by SMS also the contact of the filing who has no account
    LEAD = auto()
    SUPPORTS = auto()
    PREVIOUS = auto()  # whose assignment ended with this event
    HOLDER = auto()  # whose assignment the event is about
    OFFICE = auto()
    OFFICE_LEADS = auto()
    REMINDED = auto()  # whose clock it is
    INVITED = auto()  # who is called to a joint table, but for the body whose act it is
    GOVERNMENT = auto()  # everybody who may take up an open call
    CLAIMANTS = auto()  # who wanted to take up the call that this event ends

    @property
    def is_outside(self) -> bool:
        """Outside the administration: nothing internal is told there."""
        return self is To.FILER


@dataclass(frozen=True)
class Notice:
    """One row of the table."""

    verb: str
    to: To
    kind: Kind
    channels: frozenset[Channel]
    text: str

    @property
    def timing(self) -> Timing:
        """Reminders leave in working hours only (workflow §3), all else outside the quiet hours."""
        return Timing.WORK if self.verb.startswith("remind") else Timing.DAY


OUTSIDE = (Channel.SMS, Channel.WECOM, Channel.EMAIL)  # what leaves the house
AT_ONCE = {Kind.URGENT, Kind.FAIR}  # never waits for a daily digest
DESK = frozenset({Channel.PORTAL, Channel.WECOM, Channel.EMAIL})
ALL = DESK | {Channel.SMS}
BELL = frozenset({Channel.PORTAL})
FILER, LEAD, SUPPORTS, PREVIOUS = To.FILER, To.LEAD, To.SUPPORTS, To.PREVIOUS
HOLDER, OFFICE, OFFICE_LEADS, REMINDED = To.HOLDER, To.OFFICE, To.OFFICE_LEADS, To.REMINDED
INVITED, GOVERNMENT, CLAIMANTS = To.INVITED, To.GOVERNMENT, To.CLAIMANTS
TASK, PROGRESS, REMINDER, URGENT = Kind.TASK, Kind.PROGRESS, Kind.REMINDER, Kind.URGENT

# Words in braces: see ``notice_words``. An enterprise never hears of internal events.
# fmt: off
_TABLE: tuple[tuple[str, To, Kind, frozenset[Channel], str], ...] = (
    # verb                 who is told   kind      by    text
    ("file",               OFFICE,       TASK,     DESK, "{enterprise}申报{factor}需求{it}，请在 {accept_due}受理。"),
    ("accept",             FILER,        PROGRESS, DESK, "您的需求{it}已受理，正在交办。"),
    ("send_back",          FILER,        PROGRESS, ALL,  "{it}需要补正：{text}。请在 {until}补充，逾期自动撤回。"),
    ("refuse",             FILER,        PROGRESS, ALL,  "{it}不予受理：{text}"),
    ("refile",             OFFICE,       TASK,     DESK, "{enterprise}已补正{it}，请在 {accept_due}受理。"),
    ("assign",             LEAD,         TASK,     ALL,  "主办：{need}，{reply_due}回复，{complete_due}办结。请签收。"),
    ("assign",             SUPPORTS,     TASK,     DESK, "协办：{need}，{reply_due}提出协办意见。请签收。"),
    ("assign",             FILER,        PROGRESS, ALL,  "{it}由{lead}主办，{reply_due}答复您。"),
    ("reassign",           LEAD,         TASK,     ALL,  "转来主办：{need}，{reply_due}回复，{complete_due}办结。"),
    ("reassign",           PREVIOUS,     PROGRESS, DESK, "{it}已转由{lead}主办，本单位不再办理。"),
    ("reassign",           FILER,        PROGRESS, DESK, "{it}改由{lead}主办，{reply_due}答复您。"),
    ("convene",            LEAD,         PROGRESS, DESK, "{it}转入联合会商，期间暂停计时。"),
    ("convene",            SUPPORTS,     PROGRESS, DESK, "{it}转入联合会商。"),
    ("convene",            FILER,        PROGRESS, DESK, "{it}由多个部门联合会商。"),
    ("conclude",           LEAD,         TASK,     DESK, "{it}会商结论：{text}。请按结论办理。"),
    ("conclude",           SUPPORTS,     TASK,     DESK, "{it}会商结论：{text}。请按结论协办。"),
    ("conclude",           PREVIOUS,     PROGRESS, DESK, "{it}按会商结论转由{lead}主办，本单位不再办理。"),
    ("conclude",           FILER,        PROGRESS, DESK, "{it}已有会商结论：{text}"),
    ("open_call",          LEAD,         PROGRESS, DESK, "{it}转入揭榜挂帅，期间暂停计时。"),
    ("open_call",          FILER,        PROGRESS, DESK, "{it}已揭榜挂帅，征集解决办法。"),
    ("award",              LEAD,         TASK,     ALL,  "{it}由本单位揭榜主办，{complete_due}办结。"),
    ("open_call",          GOVERNMENT,   PROGRESS, BELL, "推进办发榜：{need}，可以揭榜。"),
    ("award",              SUPPORTS,     TASK,     DESK, "{it}由{lead}揭榜主办，本单位协办，{reply_due}提出协办意见。"),
    ("award",              PREVIOUS,     PROGRESS, DESK, "{it}由{lead}揭榜主办，本单位不再办理。"),
    ("award",              CLAIMANTS,    PROGRESS, DESK, "{it}揭榜结果：由{lead}主办。{text}"),
    ("award",              FILER,        PROGRESS, DESK, "{it}由{lead}揭榜主办。"),
    ("close_call",         LEAD,         TASK,     DESK, "{it}撤榜，请继续办理。"),
    ("close_call",         CLAIMANTS,    PROGRESS, DESK, "{it}已撤榜：{text}"),
    ("close_call",         FILER,        PROGRESS, DESK, "{it}撤榜，由{lead}继续办理。"),
    ("reply",              FILER,        PROGRESS, ALL,  "{who}回复{it}：{text}"),
    ("complete",           FILER,        PROGRESS, ALL,  "{it}已办结：{text}。请在 {confirm_due}确认并评价。"),
    ("redo",               LEAD,         TASK,     ALL,  "{it}退回重办：{text}。{complete_due}办结。"),
    ("redo",               FILER,        PROGRESS, DESK, "{it}由{lead}重新办理。"),
    ("confirm",            LEAD,         PROGRESS, DESK, "{it}已确认，企业答复：{answer}。"),
    ("confirm",            FILER,        PROGRESS, DESK, "{it}已确认办结：{answer}。"),
    ("declare_ineligible", FILER,        PROGRESS, ALL,  "{it}认定为不符合办理条件：{text}。如有异议可提出一次。"),
    ("declare_ineligible", PREVIOUS,     PROGRESS, DESK, "{it}已认定为不符合办理条件，不再办理。"),
    ("write_off",          FILER,        PROGRESS, DESK, "{it}已对账销号。"),
    ("write_off",          LEAD,         PROGRESS, DESK, "{it}已对账销号。"),
    ("write_off_by_case",  FILER,        PROGRESS, DESK, "{it}已一事一议销号。"),
    ("write_off_by_case",  PREVIOUS,     PROGRESS, DESK, "{it}已一事一议销号。"),
    ("reopen",             LEAD,         TASK,     ALL,  "{it}重新办理：{text}。{complete_due}办结。"),
    ("reopen",             FILER,        PROGRESS, DESK, "{it}由{lead}重新办理。"),
    ("reconsider",         FILER,        PROGRESS, DESK, "{it}重新受理。"),
    ("withdraw",           FILER,        PROGRESS, DESK, "{it}已撤回。{text}"),
    ("withdraw",           PREVIOUS,     PROGRESS, DESK, "企业已撤回{it}，不再办理。"),
    ("acknowledge",        FILER,        PROGRESS, DESK, "{who}已签收{it}。"),
    ("interim_reply",      FILER,        PROGRESS, DESK, "{who}告知{it}进展：{text}"),
    ("support_reply",      LEAD,         PROGRESS, DESK, "{who}对{it}提出协办意见：{text}"),
    ("add_support",        HOLDER,       TASK,     DESK, "协办：{need}，{reply_due}提出协办意见。请签收。"),
    ("whistle",            LEAD,         URGENT,   ALL,  "企业吹哨：{it}{text}。请在 2 个工作小时内联系企业并报到。"),
    ("whistle",            OFFICE,       URGENT,   ALL,  "{enterprise}对{it}吹哨，等{lead}报到。"),
    ("report_in",          FILER,        PROGRESS, ALL,  "{who}已就{it}报到。"),
    ("hand_back",          OFFICE,       TASK,     DESK, "{who}申请退回{it}：{text}。请在 1 个工作日内裁定。"),
    ("rule_hand_back",     HOLDER,       PROGRESS, DESK, "{it}退回申请：{verdict}。{text}"),
    ("ask_extension",      OFFICE,       TASK,     DESK, "{who}申请{it}延期：{text}"),
    ("decide_extension",   LEAD,         PROGRESS, DESK, "{it}延期申请：{verdict}。{text}"),
    ("decide_extension",   FILER,        PROGRESS, DESK, "{it}的延期申请：{verdict}，{complete_due}办结。"),
    ("ask_suspension",     OFFICE,       TASK,     DESK, "{who}申请挂起{it}：{text}"),
    ("decide_suspension",  LEAD,         PROGRESS, DESK, "{it}挂起申请：{verdict}。{text}"),
    ("decide_suspension",  FILER,        PROGRESS, DESK, "{it}的挂起申请：{verdict}。"),
    ("resume",             LEAD,         PROGRESS, DESK, "{it}恢复计时，{complete_due}办结。"),
    ("resume",             FILER,        PROGRESS, DESK, "{it}恢复计时，{complete_due}办结。"),
    ("lodge_claim",        OFFICE,       TASK,     DESK, "{who}揭榜{it}。"),
    ("plan_milestone",     LEAD,         PROGRESS, DESK, "{it}揭榜节点：{text}。"),
    ("reach_milestone",    OFFICE,       TASK,     DESK, "{who}报告{it}的节点完成：{text}。请验收。"),
    ("check_milestone",    LEAD,         PROGRESS, DESK, "{it}节点验收：{verdict}。{text}"),
    ("accept_challenge",   LEAD,         PROGRESS, DESK, "{it}揭榜事项已验收：{text}"),
    ("mark_case_by_case",  LEAD,         PROGRESS, DESK, "{it}列为一事一议。"),
    ("supplement",         LEAD,         PROGRESS, DESK, "{who}为{it}补充了材料。{text}"),
    ("supplement",         FILER,        PROGRESS, DESK, "{who}为{it}补充了材料。{text}"),
    ("contest",            OFFICE,       TASK,     DESK, "{enterprise}对{it}的认定提出异议：{text}"),
    ("ask_reopening",      OFFICE,       TASK,     DESK, "{enterprise}申请重新办理{it}：{text}"),
    ("uphold",             FILER,        PROGRESS, ALL,  "{it}经复核，维持原决定：{text}"),
    ("ask_rectification",  HOLDER,       TASK,     ALL,  "企业对{it}的办理不满意，请整改并反馈：{text}"),
    ("rectify",            FILER,        PROGRESS, ALL,  "{who}已就{it}整改：{text}。请再评价一次。"),
    ("rectify",            OFFICE,       PROGRESS, DESK, "{who}已反馈{it}的整改情况：{text}"),
    ("escalate",           OFFICE_LEADS, URGENT,   ALL,  "{it}{text}，请督办。"),
    ("ask_table",          FILER,        PROGRESS, DESK, "{who}请求多个单位现场会商{it}：{text}。"),
    ("decline_table",      FILER,        PROGRESS, DESK, "{it}不予现场会商，由{lead}继续办理：{text}。"),
    ("recalculate",        HOLDER,       PROGRESS, DESK, "{it}因工作日历调整，期限顺延：{reply_due}回复，{complete_due}办结。"),  # noqa: E501
    ("remind",              REMINDED,     REMINDER, ALL,  "{it}{text}。"),
    ("remind_overdue",      REMINDED,     URGENT,   ALL,  "{it}{text}。"),
)
# fmt: on
NOTICES: dict[str, list[Notice]] = {
    verb: [Notice(*row) for row in _TABLE if row[0] == verb] for verb, *_ in _TABLE
}
# A joint table is told of once, whatever needs it is about, and also when it is about none.
TABLE_NOTICES = [
    Notice("called", INVITED, TASK, DESK, "{who}请贵单位参加联合会商{about}，{when}。请看议程，准备意见。"),
    Notice("concluded", INVITED, PROGRESS, DESK, "联合会商{about}已有结论，请看纪要和各单位的任务。"),
    Notice(
        "asked",
        INVITED,
        TASK,
        DESK,
        "{who}请贵单位到 {place} 现场会商{about}。办完手里的号后暂停叫号，等会商桌叫号。",
    ),
    Notice("asked", OFFICE, TASK, DESK, "{who}请{bodies}到 {place} 现场会商{about}，请确认。"),
    Notice("declined", INVITED, PROGRESS, DESK, "推进办不予现场会商{about}：{reason}。应邀席位已恢复叫号。"),
]
# What the office does with an enterprise's booking is told to it and to the contact that it left.
BOOKING_CHANGES = {
    "booked": "推进办已代您预约{fair}：{slots}，预留号 {number}。不能来请取消，让给下一家。",
    "moved": "推进办调整了您在{fair}的预约：{before} 改为 {slots}。理由：{reason}。预留号不变。",
    "cancelled": "推进办取消了您在{fair}的预约：{slots}。理由：{reason}。可以重新预约，也可以到场直接取号。",
}
# Whoever handed in a paper in which the virus scanner found something.
BLOCKED = "附件“{name}”没有通过病毒扫描，已拦截，承办单位看不到。请换一份再上传。"
# A fair was moved after somebody had booked, or had been invited.
FAIR_MOVED = "{fair}有调整：{what}。已预约的时段和预留号不变，请按新的安排到场。"
# Who is named for a stall, and who no longer is.
ROSTERED = "请您到{fair}值守：{day} {hours}，{where}。"
UNROSTERED = "值守有调整，您不再在{fair}值守：{day} {hours}，{where}。"
# At the fair a visit is told by the phone that it left (``third_place``): a kind of its own, at once, by SMS.
THIRD_PLACE = "您的 {number}在 {stall} 前面{ahead}，请到{where}附近等候，过号要重新排队。"
# Nobody is told: a review reaches a department only with its month, an invitation goes out with the completion.
SILENT = {
    "note", "log_effort", "follow_up", "rate_again", "verify_contact",
    "phone", "call_back", "review", "invite_review", "imported",
}  # fmt: skip

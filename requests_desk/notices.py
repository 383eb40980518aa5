"""Which event tells whom what: a table, and one ``deliver`` function. Events are the outbox.

A telling is one ``Delivery`` per event, person and channel, so telling twice is impossible in effect.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from enum import Enum, auto
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from requests_desk.models import Assignment, Delivery, RequestEvent
from taian_factors.directory.actors import Actor
from taian_factors.directory.models import Membership, User
from taian_factors.lib.periods import SHANGHAI, local_day

BATCH = 200  # events that one transaction tells
QUOTED = 120  # characters of somebody's words that a notice quotes


class To(Enum):
    """Who is told: the people of a body, by what it is to the request."""

    FILER = auto()
    LEAD = auto()
    SUPPORTS = auto()
    PREVIOUS = auto()  # whose assignment ended with this event
    HOLDER = auto()  # whose assignment the event is about
    OFFICE = auto()
    OFFICE_LEADS = auto()
    REMINDED = auto()  # whose clock it is


# fmt: off
FILER, LEAD, SUPPORTS, PREVIOUS = To.FILER, To.LEAD, To.SUPPORTS, To.PREVIOUS
HOLDER, OFFICE, OFFICE_LEADS, REMINDED = To.HOLDER, To.OFFICE, To.OFFICE_LEADS, To.REMINDED
# Words in braces: see ``_words``. An enterprise never hears of internal events.
_TABLE: tuple[tuple[str, To, str], ...] = (
    # verb                 who is told   text
    ("file",                OFFICE,       "{enterprise}申报{factor}需求{it}，请在 {accept_due}受理。"),
    ("accept",              FILER,        "您的需求{it}已受理，正在交办。"),
    ("send_back",           FILER,        "{it}需要补正：{text}。请在 {until}补充，逾期自动撤回。"),
    ("refuse",              FILER,        "{it}不予受理：{text}"),
    ("refile",              OFFICE,       "{enterprise}已补正{it}，请在 {accept_due}受理。"),
    ("assign",              LEAD,         "主办：{need}，{reply_due}回复，{complete_due}办结。请签收。"),
    ("assign",              SUPPORTS,     "协办：{need}，{reply_due}提出协办意见。请签收。"),
    ("assign",              FILER,        "{it}由{lead}主办，{reply_due}答复您。"),
    ("reassign",            LEAD,         "转来主办：{need}，{reply_due}回复，{complete_due}办结。请签收。"),
    ("reassign",            PREVIOUS,     "{it}已转由{lead}主办，本单位不再办理。"),
    ("reassign",            FILER,        "{it}改由{lead}主办，{reply_due}答复您。"),
    ("convene",             LEAD,         "{it}转入联合会商，期间暂停计时。"),
    ("convene",             SUPPORTS,     "{it}转入联合会商。"),
    ("convene",             FILER,        "{it}由多个部门联合会商。"),
    ("conclude",            LEAD,         "{it}会商结论：{text}。请按结论办理。"),
    ("conclude",            FILER,        "{it}已有会商结论：{text}"),
    ("open_call",           LEAD,         "{it}转入揭榜挂帅，期间暂停计时。"),
    ("open_call",           FILER,        "{it}已揭榜挂帅，征集解决办法。"),
    ("award",               LEAD,         "{it}由本单位揭榜主办，{complete_due}办结。"),
    ("award",               FILER,        "{it}由{lead}揭榜主办。"),
    ("close_call",          LEAD,         "{it}撤榜，请继续办理。"),
    ("close_call",          FILER,        "{it}撤榜，由{lead}继续办理。"),
    ("reply",               FILER,        "{who}回复{it}：{text}"),
    ("complete",            FILER,        "{it}已办结：{text}。请在 {confirm_due}确认是否解决，并作评价。"),
    ("redo",                LEAD,         "{it}退回重办：{text}。{complete_due}办结。"),
    ("redo",                FILER,        "{it}由{lead}重新办理。"),
    ("confirm",             LEAD,         "{it}已确认，企业答复：{answer}。"),
    ("confirm",             FILER,        "{it}已确认办结：{answer}。"),
    ("declare_ineligible",  FILER,        "{it}认定为不符合办理条件：{text}。如有异议可提出一次。"),
    ("declare_ineligible",  PREVIOUS,     "{it}已认定为不符合办理条件，不再办理。"),
    ("write_off",           FILER,        "{it}已对账销号。"),
    ("write_off",           LEAD,         "{it}已对账销号。"),
    ("write_off_by_case",   FILER,        "{it}已一事一议销号。"),
    ("write_off_by_case",   PREVIOUS,     "{it}已一事一议销号。"),
    ("reopen",              LEAD,         "{it}重新办理：{text}。{complete_due}办结。"),
    ("reopen",              FILER,        "{it}由{lead}重新办理。"),
    ("reconsider",          FILER,        "{it}重新受理。"),
    ("withdraw",            FILER,        "{it}已撤回。{text}"),
    ("withdraw",            PREVIOUS,     "企业已撤回{it}，不再办理。"),
    ("acknowledge",         FILER,        "{who}已签收{it}。"),
    ("interim_reply",       FILER,        "{who}告知{it}进展：{text}"),
    ("support_reply",       LEAD,         "{who}对{it}提出协办意见：{text}"),
    ("add_support",         HOLDER,       "协办：{need}，{reply_due}提出协办意见。请签收。"),
    ("whistle",             LEAD,         "企业吹哨：{it}{text}。请在 2 个工作小时内联系企业并报到。"),
    ("whistle",             OFFICE,       "{enterprise}对{it}吹哨，等{lead}报到。"),
    ("report_in",           FILER,        "{who}已就{it}报到。"),
    ("hand_back",           OFFICE,       "{who}申请退回{it}：{text}。请在 1 个工作日内裁定。"),
    ("rule_hand_back",      HOLDER,       "{it}退回申请：{verdict}。{text}"),
    ("ask_extension",       OFFICE,       "{who}申请{it}延期：{text}"),
    ("decide_extension",    LEAD,         "{it}延期申请：{verdict}。{text}"),
    ("decide_extension",    FILER,        "{it}的延期申请：{verdict}，{complete_due}办结。"),
    ("ask_suspension",      OFFICE,       "{who}申请挂起{it}：{text}"),
    ("decide_suspension",   LEAD,         "{it}挂起申请：{verdict}。{text}"),
    ("decide_suspension",   FILER,        "{it}的挂起申请：{verdict}。"),
    ("resume",              LEAD,         "{it}恢复计时，{complete_due}办结。"),
    ("resume",              FILER,        "{it}恢复计时，{complete_due}办结。"),
    ("lodge_claim",         OFFICE,       "{who}揭榜{it}。"),
    ("mark_case_by_case",   LEAD,         "{it}列为一事一议。"),
    ("contest",             OFFICE,       "{enterprise}对{it}的认定提出异议：{text}"),
    ("ask_reopening",       OFFICE,       "{enterprise}申请重新办理{it}：{text}"),
    ("escalate",            OFFICE_LEADS, "{it}提级督办：{text}"),
    ("recalculate",         HOLDER,       "{it}因工作日历调整，期限顺延：{reply_due}回复，{complete_due}办结。"),
    ("remind",              REMINDED,     "{it}{text}。"),
)
# fmt: on
NOTICES: dict[str, list[tuple[To, str]]] = {
    verb: [(to, text) for other, to, text in _TABLE if other == verb] for verb, _, _ in _TABLE
}
# Nobody is told: a review reaches a department only with its month, an invitation goes out with the completion.
SILENT = {"note", "phone", "call_back", "review", "invite_review", "imported"}


def announce(*, at: datetime, batch: int = BATCH) -> int:
    """Tell what has not been told yet; return how many events. Two workers share the work without colliding."""
    told = 0
    while count := _announce_some(at=at, batch=batch):
        told += count
    return told


@transaction.atomic
def _announce_some(*, at: datetime, batch: int) -> int:
    waiting = (
        RequestEvent.objects.filter(announced_at__isnull=True)
        .select_related(
            "factor_request__factor", "factor_request__enterprise", "organization", "assignment__organization"
        )
        .prefetch_related("factor_request__assignments__organization")
        .select_for_update(of=("self",), no_key=True, skip_locked=True)
        .order_by("pk")[:batch]
    )
    events = list(waiting)
    if events:
        deliver(events, at=at)
    RequestEvent.objects.filter(pk__in=[event.pk for event in events]).update(announced_at=at)
    return len(events)


def deliver(events: Sequence[RequestEvent], *, at: datetime) -> None:
    """Write the tellings of events (loaded with request, bodies and assignments), each person once per event.

    Who did it is not told of it. Two queries, however many events there are.
    """
    people = _People(events, local_day(at))
    found: dict[tuple[int, int], Delivery] = {}
    for event in events:
        for audience, text in NOTICES.get(event.verb, []):
            if event.is_internal and audience is To.FILER:
                continue
            words = text.format_map(_words(event))
            for user in people.of(audience, event) - {event.user_id}:
                telling = Delivery(event=event, user_id=user, text=words, created_at=at, sent_at=at)
                found.setdefault((event.pk, user), telling)
    Delivery.objects.bulk_create(found.values(), ignore_conflicts=True)


def told_to(user: User) -> QuerySet[Delivery]:
    """Return what a person was told in the portal, newest first, each with its request."""
    mine = Delivery.objects.filter(user=user, channel=Delivery.Channel.PORTAL)
    return mine.select_related("event__factor_request").order_by("-pk")


def unread(actor: Actor, at: datetime) -> int:
    """Count what the actor's person has not read: the number at the bell; one query."""
    return 0 if actor.user is None else unread_by(actor.user)


def unread_by(user: User) -> int:
    """Count what a person has not read."""
    return Delivery.objects.filter(user=user, channel=Delivery.Channel.PORTAL, read_at__isnull=True).count()


def mark_read(user: User, *, at: datetime, only: int | None = None) -> int:
    """Mark a person's notices as read, all or ``only`` one; return how many were unread."""
    mine = Delivery.objects.filter(user=user, read_at__isnull=True)
    return (mine if only is None else mine.filter(pk=only)).update(read_at=at)


class _People:
    """Who works on a day in the office and in the bodies that events are about; read once for all of them."""

    def __init__(self, events: Sequence[RequestEvent], day: date) -> None:
        self.bodies: dict[int, set[int]] = defaultdict(set)
        self.office: set[int] = set()
        self.office_leads: set[int] = set()
        asked = {event.factor_request.enterprise_id for event in events}
        asked |= {a.organization_id for event in events for a in event.factor_request.assignments.all()}
        running = (
            Membership.objects.running_on(day)
            .filter(Q(organization__in=asked) | Q(organization__kind="office"), user__is_active=True)
            .exclude(role=Membership.Role.AUDITOR)
        )
        for user, body, kind, role in running.values_list(
            "user_id", "organization_id", "organization__kind", "role"
        ):
            self.bodies[body].add(user)
            if kind == "office":
                self.office.add(user)
                self.office_leads |= {user} if role == Membership.Role.LEAD else set()

    def of(self, audience: To, event: RequestEvent) -> set[int]:
        """Return the ids of the people in an audience of an event."""
        if audience is To.REMINDED:
            audience = To.HOLDER if event.assignment_id else To[event.detail["to"]]
        if audience is To.OFFICE:
            return self.office
        if audience is To.OFFICE_LEADS:
            return self.office_leads
        return {user for body in _bodies(audience, event) for user in self.bodies[body]}


def _bodies(audience: To, event: RequestEvent) -> list[int]:
    if audience is To.FILER:
        return [event.factor_request.enterprise_id]
    if audience is To.HOLDER:
        return [event.assignment.organization_id] if event.assignment else []
    parts = event.factor_request.assignments.all()
    if audience is To.PREVIOUS:
        return [a.organization_id for a in parts if a.ended_at == event.at]
    if audience is To.SUPPORTS:
        return [a.organization_id for a in parts if not a.is_lead and a.ended_at is None]
    lead = _lead(event)
    return [lead.organization_id] if lead else []


def _lead(event: RequestEvent) -> Assignment | None:
    if event.assignment is not None and event.assignment.is_lead:
        return event.assignment
    return event.factor_request.running_lead


def _words(event: RequestEvent) -> dict[str, str]:
    """The words that a text may use. Deadlines are those of the assignment that the event is about."""
    factor_request, lead = event.factor_request, _lead(event)
    about, enterprise = event.assignment or lead, factor_request.enterprise.short
    text = event.text.strip().rstrip("。")
    return {
        "it": f"“{factor_request.headline}”",
        "need": f"{enterprise}“{factor_request.headline}”（{factor_request.factor.name}）",
        "factor": factor_request.factor.name,
        "enterprise": enterprise,
        "who": event.organization.short,
        "lead": lead.organization.short if lead else "主办单位",
        "text": text if len(text) <= QUOTED else f"{text[:QUOTED]}……",
        "answer": factor_request.get_answer_display() or "已解决",
        "verdict": _verdict(event.detail),
        "accept_due": _by(factor_request.accept_due_at),
        "confirm_due": _by(factor_request.confirm_due_at),
        "until": _by(factor_request.completion_asked_until),
        "reply_due": _by(about and about.reply_due_at),
        "complete_due": _by(about and about.complete_due_at),
    }


def _verdict(detail: dict[str, Any]) -> str:
    is_granted = detail.get("is_approved", detail.get("is_upheld"))
    return "同意" if is_granted else "不同意"


def _by(at: datetime | None) -> str:
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M} 前" if at else "恢复计时后"

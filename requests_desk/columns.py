"""The columns of the ledger, as one table for the page and for the sheet: what each is called, and how it is read."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from django.db.models import Prefetch, prefetch_related_objects

from requests_desk.ledger import Row
from requests_desk.models import Assignment, FactorRequest, Filing, Reply
from requests_desk.querysets import AssignmentQuerySet, FactorRequestQuerySet
from requests_desk.workflow import State
from taian_factors.directory.actors import Actor
from taian_factors.lib.masking import mask_name, mask_phones
from taian_factors.lib.periods import local_day
from taian_factors.lib.prepared import Prepared, any_of
from taian_factors.lib.sheets import Value

LIGHT_WORDS = {"green": "正常", "yellow": "临期", "red": "逾期", "grey": "挂起"}


@dataclass(frozen=True)
class Column:
    """One column: its name in the address, its heading, how its value is read from a row, and its width in characters.

    ``kind`` says how the page draws it, ``fields`` and ``loads`` what a row needs beyond what every row has.
    """

    name: str
    heading: str
    value: Callable[[Row], Value]
    width: int = 14
    kind: str = "text"
    fields: tuple[str, ...] = ()
    loads: tuple[str, ...] = ()
    is_usual: bool = True
    for_office: bool = False


def _next(r: Row) -> str:
    clock = r.next_clock
    return f"{clock.who}{clock.what}" if clock else ""


def _project(r: Row) -> str:
    project = r.factor_request.filing.project
    return f"{project.name}{'（重点）' if project.is_key else ''}" if project else ""


def _fair(r: Row) -> str:
    visit = r.factor_request.filing.visit
    return f"{visit.fair.held_on} {visit.fair.name}" if visit else ""


def _contact(r: Row) -> str:
    filing = r.factor_request.filing
    return f"{mask_name(filing.contact_name)} {mask_phones(filing.contact_phone)}".strip()


def _credit_code(r: Row) -> str:
    profile = getattr(r.factor_request.enterprise, "profile", None)
    return (profile.credit_code if profile else None) or "未核实"


def _plan(r: Row) -> Reply | None:
    """Return the last plan that a lead offered."""
    plans = [plan for lead in r.leads for plan in lead.plans]
    return max(plans, key=lambda plan: (plan.replied_at, plan.pk), default=None)


def _outcome(r: Row) -> str:
    """Say what came of a need on the day of its fair, as the fair's own figures count it."""
    visit = r.factor_request.filing.visit
    if visit is None:
        return ""

    def that_day(moment: datetime | None) -> bool:
        return moment is not None and local_day(moment) == visit.fair.held_on

    leads = [lead for lead in r.leads if that_day(lead.assigned_at)]
    if any(that_day(lead.completed_at) for lead in leads):
        return "现场办结"
    if any(that_day(plan.replied_at) for lead in leads for plan in lead.plans):
        return "现场拿出解决方案"
    return "转交办" if leads else ""


def _rating(r: Row) -> str:
    reviews = list(r.factor_request.reviews.all())
    return max(reviews, key=lambda review: review.pk).get_rating_display() if reviews else ""


_FAIR = ("filing__visit__fair__name", "filing__visit__fair__held_on")
_PLANS = ("plans",)
_CONTACT = ("filing__contact_name", "filing__contact_phone")

# fmt: off
LEDGER = [
    Column("number",     "编号",       lambda r: r.factor_request.number, 20, "link"),
    Column("light",      "灯",         lambda r: LIGHT_WORDS[r.light] if r.light else "", 8, "light"),
    Column("state",      "状态",       lambda r: State(r.factor_request.state).label, 12, "state"),
    Column("headline",   "标题",       lambda r: r.factor_request.headline, 36, "headline"),
    Column("enterprise", "企业",       lambda r: r.factor_request.enterprise.name, 32),
    Column("code",       "信用代码",   _credit_code, 22, "short", ("enterprise__profile__credit_code",), (), False),
    Column("factor",     "要素",       lambda r: r.factor_request.factor.name, 16, "short"),
    Column("quantity",   "数量",       lambda r: r.factor_request.quantity, 12, "number"),
    Column("unit",       "单位",       lambda r: r.factor_request.unit, 10, "short"),
    Column("lead",       "主办",       lambda r: a.organization.short if (a := r.last_lead) else "", 18, "short"),
    Column("next",       "下一步",     _next, 22, "short"),
    Column("due",        "期限",       lambda r: c.due_at if (c := r.next_clock) else None, 18, "due"),
    Column("supports",   "协办",       lambda r: "、".join(a.organization.short for a in r.supports), 24),
    Column("project",    "项目",       _project, 32),
    Column("division",   "县市区",     lambda r: r.factor_request.division.short, 14, "short"),
    Column("chain",      "产业链",     lambda r: c.name if (c := r.factor_request.chain) else "", 20, "short"),
    Column("channel",    "来源",       lambda r: Filing.Channel(r.factor_request.filing.channel).label, 12, "short"),
    Column("fair",       "届次",       _fair, 24, fields=_FAIR, is_usual=False),
    Column("outcome",    "现场结果",   _outcome, 18, "short", _FAIR, _PLANS, False),
    Column("plan",       "方案",       lambda r: p.text if (p := _plan(r)) else "", 40, loads=_PLANS, is_usual=False),
    Column("plan_on",    "方案完成日", lambda r: p.plan_on if (p := _plan(r)) else None, 12, "day", (), _PLANS, False),
    Column("wished_on",  "期望时间",   lambda r: r.factor_request.wished_on, 12, "day", is_usual=False),
    Column("contact",    "联系人",     _contact, 20, "short", _CONTACT, (), False),
    Column("rating",     "满意度",     _rating, 12, "short", loads=("reviews",), is_usual=False, for_office=True),
    Column("filed",      "申报时间",   lambda r: r.factor_request.filed_at, 18, "moment"),
    Column("completed",  "办结时间",   lambda r: r.factor_request.completed_at, 18, "moment"),
    Column("written_off", "销号日期",  lambda r: r.factor_request.written_off_at, 18, "day", is_usual=False),
]
# fmt: on

# fmt: off
# What a row, its clocks and its place in the list are made of; a request has three times as much.
_FIELDS = [
    "number", "headline", "story", "quantity", "unit", "wished_on", "state", "is_case_by_case", "is_historic",
    "filed_at", "accept_due_at", "accepted_at", "assign_due_at", "completion_asked_until", "confirm_due_at",
    "completed_at", "written_off_at", "due_at", "factor__name", "division__short", "chain__name",
    "enterprise__name", "enterprise__short", "filing__channel", "filing__project__name",
    "filing__project__is_key",
]
_HELD = [
    "factor_request", "part", "assigned_at", "reply_due_at", "reply_warn_at", "replied_at", "complete_due_at",
    "complete_warn_at", "completed_at", "ended_at", "organization__short",
]
# fmt: on
_LOADS = {
    "plans": Prefetch("parts__replies", Reply.objects.filter(outcome=Reply.Outcome.PLAN), to_attr="plans"),
    "reviews": Prefetch("reviews"),
}


def readable_by(actor: Actor) -> list[Column]:
    """Return the columns that somebody may read: all but 满意度, which the office alone sees beside a request.

    Who was reviewed must never learn by whom (scoring §6), and a row names the enterprise.
    """
    return [column for column in LEDGER if actor.is_office or not column.for_office]


def chosen(actor: Actor, names: Iterable[str]) -> list[Column]:
    """Return the named columns, in the order of the table; the usual ones when none is named."""
    wanted, readable = set(names), readable_by(actor)
    return [c for c in readable if c.name in wanted] or [c for c in readable if c.is_usual]


def with_columns(requests: FactorRequestQuerySet, columns: Sequence[Column]) -> FactorRequestQuerySet:
    """Load what the columns of a row show and no more, in a fixed number of queries; assignments as ``parts``."""
    # As a plain list: what stands on a manager costs each row a filter of its own.
    parts = Prefetch("assignments", _held(), to_attr="parts")
    return _with_fields(requests, _fields_of(columns)).prefetch_related(parts, *_loads_of(columns))


def loaded(here: FactorRequestQuerySet, columns: Sequence[Column]) -> list[FactorRequest]:
    """Load ``with_columns`` the rows that a list has found, in its order.

    They are named by id: no plan can then join all that is sorted, and the statement is the same for every page.
    """
    found = list(here.values_list("pk", flat=True))
    rows = {row.pk: row for row in _rows(_fields_of(columns))(found=found)}
    for row in rows.values():
        row.parts = []
    for part in _PARTS(found=found):
        rows[part.factor_request_id].parts.append(part)
    prefetch_related_objects(list(rows.values()), *_loads_of(columns))
    return [rows[pk] for pk in found]


def _fields_of(columns: Sequence[Column]) -> frozenset[str]:
    return frozenset({*_FIELDS, *(field for column in columns for field in column.fields)})


def _loads_of(columns: Sequence[Column]) -> list[Prefetch]:
    return [_LOADS[load] for load in sorted({load for column in columns for load in column.loads})]


def _with_fields(requests: FactorRequestQuerySet, fields: frozenset[str]) -> FactorRequestQuerySet:
    return requests.select_related(*({field.rpartition("__")[0] for field in fields} - {""})).only(*fields)


def _held() -> AssignmentQuerySet:
    return Assignment.objects.select_related("organization").only(*_HELD)


@cache
def _rows(fields: frozenset[str]) -> Prepared[FactorRequest]:
    return Prepared(lambda: _with_fields(FactorRequest.objects.filter(any_of("pk", "found")), fields))


_PARTS: Prepared[Assignment] = Prepared(lambda: _held().filter(any_of("factor_request", "found")))

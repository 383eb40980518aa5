"""What each role must do now: three to five numbers that are links, and the list 今天要办. Reads only."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q, QuerySet
from django.urls import reverse

from requests_desk import challenges, ledger, waiting, watchlists, worklists
from requests_desk.deadlines import Light
from requests_desk.models import FactorRequest, Filing, JointConsultation, RequestEvent
from requests_desk.pleas import waiting_pleas
from requests_desk.workflow import State
from scoring.models import Scorecard, ScoringRun
from taian_factors.directory.actors import Actor
from taian_factors.lib.pages import many, up_to
from taian_factors.lib.periods import local_day

SHOWN = 12
MANY = 10_000  # a figure of the home page counts no further


@dataclass(frozen=True)
class Figure:
    """A number that leads to what it counts. ``tone`` is "", "soon" or "red"; nought is never alarming."""

    label: str
    value: int | str | None
    url: str
    unit: str = "件"
    note: str = ""
    alarm: str = ""

    @property
    def tone(self) -> str:
        """How the number is drawn."""
        return self.alarm if self.value else ""


@dataclass(frozen=True)
class Task:
    """One line of 今天要办. ``days_left`` are working days, negative when overdue."""

    title: str
    url: str
    context: str = ""
    light: str = ""
    days_left: int | None = None


@dataclass(frozen=True)
class Link:
    """A way to another page."""

    label: str
    url: str


@dataclass(frozen=True)
class Today:
    """All that the home page of a role shows; ``count`` is the length of the whole list, of which ``tasks`` begin."""

    figures: list[Figure] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    count: int = 0
    more_url: str = ""
    action: Link | None = None
    links: list[Link] = field(default_factory=list)
    empty_title: str = "今天没有要办的事"
    empty_text: str = ""


def address(name: str, *args: object, query: str = "") -> str:
    """Return the address of a page."""
    return reverse(name, args=args) + (f"?{query}" if query else "")


def today(actor: Actor, *, at: datetime) -> Today:
    """Return the home page of whatever the actor is; a fixed number of queries, whatever the number of matters."""
    return _PAGES[actor.kind](actor, at)


def _office(actor: Actor, at: datetime) -> Today:
    waits, red = waiting.figures(actor, at=at), watchlists.red_count(actor, at=at, most=MANY)
    confirmed = FactorRequest.objects.visible_to(actor).filter(state=State.CONFIRMED, is_historic=False)
    pending, pleas = waiting.pending_decisions(actor), waiting_pleas(actor)
    decisions = pending.count() + pleas.count()
    inbox, book = address("requests_desk:inbox"), "requests_desk:ledger"
    asked = list(challenges.asked_tables())
    tasks = [_table_task(table) for table in asked]  # enterprise and desks wait for it in the hall
    tasks += [_decision_task(d) for d in waiting.decisions(pending[:SHOWN], at=at)]
    tasks += [_plea_task(plea) for plea in pleas[:SHOWN]]
    tasks += [_group_task(g) for g in waiting.groups(waiting.inbox(actor)[:SHOWN], at=at)]
    return Today(
        figures=[
            Figure("待受理", waits["to_accept"], inbox),
            Figure("待交办", waits["to_assign"], inbox),
            Figure("待裁定", decisions, address("requests_desk:decisions")),
            Figure("办理中逾期", many(red, MANY), address(book, query="light=red"), alarm="red"),
            Figure("待销号", many(up_to(confirmed, MANY), MANY), address(book, query="state=confirmed")),
        ],
        tasks=tasks[:SHOWN],
        count=waits["to_accept"] + waits["to_assign"] + decisions + len(asked),
        more_url=inbox,
        empty_title="收件已清",
        empty_text="新的申报会出现在这里，受理和交办各限一个工作日。",
    )


def _table_task(table: JointConsultation) -> Task:
    who = f" · {table.ticket.visit.enterprise.name}" if table.ticket else ""
    context = f"待确认现场会商 · {table.asked_for.short}{who}"
    return Task(table.subject, address("requests_desk:consultation", table.pk), context)


def _plea_task(plea: RequestEvent) -> Task:
    need = plea.factor_request
    url = address("requests_desk:show", need.number, query="do=uphold#verb-uphold")
    return Task(need.headline, url, f"待答复{plea.label} · {need.enterprise.name} · {local_day(plea.at)}")


def _handler(actor: Actor, at: datetime) -> Today:
    held, counted = worklists.todos(actor, at=at), worklists.figures(actor, at=at)
    urgent, worklist, count = held.filter(is_today=True), address("requests_desk:worklist"), counted["today"]
    return Today(
        figures=[
            Figure("手上在办", counted["total"], worklist),
            Figure("今天要办", count, worklist),
            Figure("临期", counted["yellow"], f"{worklist}?light=yellow", alarm="soon"),
            Figure("逾期", counted["red"], f"{worklist}?light=red", alarm="red"),
            *(_place(actor) or _division(actor, at)),
        ],
        tasks=[_todo_task(todo) for todo in worklists.read(urgent[:SHOWN], at=at)],
        count=count,
        more_url=worklist,
        links=_for_others(),
        empty_text="要今天签收、回复或办结的需求会出现在这里。",
    )


def _for_others() -> list[Link]:
    """Lead staff to filing for an enterprise that cannot do it itself, and to their visits."""
    return [
        Link("代企业申报", address("requests_desk:file")),
        Link("录入的申报", address("requests_desk:mine")),
        Link("一线服务走访", address("requests_desk:front_line")),
    ]


def _place(actor: Actor) -> list[Figure]:
    """Show the last published place of a department that takes part in the competition."""
    if not actor.organization.takes_part:
        return []
    months = ScoringRun.objects.published().months()
    card = (
        Scorecard.objects.filter(organization=actor.organization, run__in=months)
        .select_related("run")
        .order_by("-run__period")
        .first()
    )
    rankings = address("scoring:rankings")
    if card is None or card.place is None:
        return [Figure("最近排名", None, rankings, unit="")]
    return [
        Figure(f"{card.run.period} 排名", f"第 {card.place}", rankings, unit="名", note=f"总分 {card.total}")
    ]


def _division(actor: Actor, at: datetime) -> list[Figure]:
    """Show a county office what is overdue in its division, which it watches over beside what it holds itself."""
    if actor.kind != "county_office":
        return []
    late, url = ledger.counts(actor, at=at)["red"], address("requests_desk:watchlist")
    return [Figure("本地逾期", late, url, alarm="red")]


def _chain_team(actor: Actor, at: datetime) -> Today:
    seen, overdue = ledger.counts(actor, at=at), _overdue(actor, at)
    book = "requests_desk:ledger"
    return Today(
        figures=[
            Figure("本产业链在办", seen["open"], address(book, query="state=open")),
            Figure("逾期", seen["red"], address(book, query="light=red"), alarm="red"),
            Figure("待企业确认", seen["completed"], address(book, query="state=completed")),
            Figure("累计", seen["total"], address(book)),
        ],
        tasks=_tasks(overdue.with_parts().order_by("filed_at", "pk")[:SHOWN], actor, at),
        count=seen["red"],
        more_url=address(book, query="light=red"),
        links=_for_others(),
        empty_title="没有逾期的需求",
        empty_text="本产业链的需求一旦逾期，会出现在这里，请联系主办单位。",
    )


def _enterprise(actor: Actor, at: datetime) -> Today:
    seen, mine = ledger.counts(actor, at=at), address("requests_desk:mine")
    waits = _for_enterprise(actor)
    drafts = Filing.objects.visible_to(actor).drafts().count()
    links = [
        ("我的需求", "requests_desk:mine"),
        ("要素大集", "fairs:overview"),
        ("大集预约", "requests_desk:booking_list"),
        ("走访安排", "requests_desk:front_line"),
        ("企业档案", "directory:profile"),
    ]
    return Today(
        figures=[
            Figure("办理中", seen["open"], mine),
            Figure("待补正", seen["returned"], mine, alarm="soon"),
            Figure("待确认", seen["completed"], mine, alarm="soon"),
            Figure("草稿", drafts, mine, unit="份"),
        ],
        tasks=_tasks(waits.with_parts()[:SHOWN], actor, at),
        count=waits.count(),
        more_url=mine,
        action=Link("申报需求", address("requests_desk:file")),
        links=[Link(label, address(name)) for label, name in links],
        empty_text="需要您补正或确认的需求会出现在这里，办理进展在“我的需求”里看。",
    )


def _for_enterprise(actor: Actor) -> QuerySet[FactorRequest]:
    waits = Q(state=State.RETURNED) | Q(state=State.COMPLETED)
    return FactorRequest.objects.visible_to(actor).filter(waits).order_by("filed_at", "pk")


def _overdue(actor: Actor, at: datetime) -> QuerySet[FactorRequest]:
    red = FactorRequest.objects.showing(Light.RED, at=at)
    return FactorRequest.objects.visible_to(actor).filter(pk__in=red.values("pk"))


def _tasks(requests: Iterable[FactorRequest], actor: Actor, at: datetime) -> list[Task]:
    return [_row_task(row, actor) for row in ledger.rows(requests, at=at)]


def _row_task(row: ledger.Row, actor: Actor) -> Task:
    request, clock = row.factor_request, row.next_clock
    what = f"待{clock.what}" if clock else request.get_state_display()
    who = [clock.who] if clock and clock.who != actor.organization.short else []
    enterprise = [] if actor.is_enterprise else [request.enterprise.name]
    context = " · ".join([what, *who, *enterprise, request.factor.name, request.number])
    return Task(
        request.headline,
        address("requests_desk:show", request.number),
        context,
        row.light or "",
        _left(clock.left if clock else None, row.light),
    )


def _todo_task(todo: worklists.Todo) -> Task:
    request = todo.factor_request
    what = f"待{todo.what}" if todo.verb else todo.what
    context = " · ".join([what, request.enterprise.name, request.factor.name, request.number])
    url = address("requests_desk:show", request.number, query=f"do={todo.verb}")
    return Task(request.headline, url, context, todo.light, _left(todo.left, todo.light))


def _group_task(group: waiting.Group) -> Task:
    filing, clock = group.filing, group.next_clock
    waits = "、".join(
        f"{count} 项{what}"
        for what, count in (("待受理", filing.to_accept), ("待交办", filing.to_assign))
        if count
    )
    return Task(
        f"{filing.enterprise.name}：{waits}",
        address("requests_desk:dispatch", filing.pk),
        f"申报 {filing.number} · {filing.project or '未填项目'} · 共 {filing.total} 项",
        group.light,
        _left(clock.left if clock else None, group.light),
    )


def _decision_task(decision: waiting.Decision) -> Task:
    request = decision.assignment.factor_request
    return Task(
        f"{decision.what}待裁定：{request.headline}",
        address("requests_desk:show", request.number),
        f"{decision.assignment.organization.short} · {decision.wish} · {decision.reason}",
        decision.light,
        _left(decision.left, decision.light),
    )


def _left(days: int | None, light: Light | None) -> int | None:
    """Leave out 今天到期 beside a red light: over a weekend an overdue clock is no working day late."""
    return None if light == Light.RED and days is not None and days >= 0 else days


_PAGES: dict[str, Callable[[Actor, datetime], Today]] = {
    "office": _office,
    "department": _handler,
    "institution": _handler,
    "county_office": _handler,
    "chain_team": _chain_team,
    "enterprise": _enterprise,
}

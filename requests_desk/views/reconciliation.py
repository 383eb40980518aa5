"""The factor week: the frozen list, signed line by line, seen by its departments, printed as the week's record."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from requests_desk import beginning, factor_weeks, reconciled
from requests_desk.deadlines import in_factor_week
from requests_desk.forms.reconciliation import DifferForm, RestForm, SignForm
from requests_desk.journal import RefusedError
from requests_desk.models import ReconciliationLine, ReconciliationWeek
from requests_desk.permissions import may_run_the_desk
from requests_desk.views import doors
from taian_factors.directory.models import CalendarYear
from taian_factors.lib.clock import now
from taian_factors.lib.pages import paginate
from taian_factors.lib.periods import Period

SHOWN = {
    "unsigned": "待签认",
    "written_off": "已销号",
    "carried_over": "已结转",
    "overdue": "冻结时逾期",
    "differing": "单位提出出入",
    "unseen": "单位未核对",
}


@require_GET
def factor_weeks_page(request: HttpRequest) -> HttpResponse:
    """Show the newest factor week, or that none was opened yet, with the button that opens this one."""
    return _no_week(request)


def _no_week(request: HttpRequest, error: str = "", status: int = 200) -> HttpResponse:
    actor, at = doors.staff(request), now()
    week = ReconciliationWeek.objects.order_by("-opened_at").first()
    this = factor_weeks.quarter_of(at)
    is_week = in_factor_week(at, CalendarYear.objects.calendar())
    may_open = may_run_the_desk(actor) and is_week and (week is None or week.period != this.key)
    if week is not None and not may_open and not error:
        return redirect("requests_desk:factor_week", week.period)
    context = {"quarter": this, "may_open": may_open, "last": week, "error": error}
    return render(request, "requests_desk/office/no_factor_week.html", context, status=status)


@require_POST
def open_factor_week(request: HttpRequest) -> HttpResponse:
    """Freeze the ledger for this quarter's week."""
    actor = doors.desk(request)
    try:
        week = beginning.begin_week(at=now(), actor=actor)
    except RefusedError as error:
        return _no_week(request, str(error), doors.status_of(error))
    messages.success(request, f"{Period.parse(week.period).label}的台账已冻结，各单位已收到核对通知。")
    return redirect("requests_desk:factor_week", week.period)


@require_GET
def factor_week(request: HttpRequest, period: str) -> HttpResponse:
    """Show a week: its figures, its bodies, and its lines as the address filters them."""
    return _week(request, _found(request, period))


def _found(request: HttpRequest, period: str) -> ReconciliationWeek:
    doors.staff(request)
    return get_object_or_404(ReconciliationWeek, period=period)


def _week(
    request: HttpRequest,
    week: ReconciliationWeek,
    *,
    sign: SignForm | None = None,
    rest: RestForm | None = None,
    differ: DifferForm | None = None,
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    actor, lines = request.actor, week.lines.visible_to(request.actor)
    chosen, shown = _body(request), request.GET.get("show", "")
    page = paginate(request, reconciled.listed(_filtered(lines, chosen, shown), first=actor.organization))
    mine = 0 if actor.is_office else lines.led_by(actor.organization).unseen().count()
    context: dict[str, Any] = {
        "week": week,
        "quarter": Period.parse(week.period),
        "weeks": ReconciliationWeek.objects.order_by("-opened_at")[:12],
        "figures": reconciled.figures(lines),
        "bodies": reconciled.by_body(lines),
        "body": chosen,
        "shown": shown,
        "choices": SHOWN,
        "page": page,
        "rows": reconciled.compared(week, page),
        "may_act": may_run_the_desk(actor) and week.closed_at is None,
        "mine": mine,
        "may_differ": mine > 0 and week.closed_at is None,
        "sign": sign or SignForm(),
        "rest": rest or RestForm(),
        "differ": differ or DifferForm(),
        "error": error,
    }
    return render(request, "requests_desk/office/factor_week.html", context, status=status)


def _body(request: HttpRequest) -> int | None:
    asked = request.GET.get("body", "")
    return int(asked) if asked.isdecimal() and len(asked) < 18 else None


def _filtered(lines: Any, body: int | None, shown: str) -> Any:
    lines = lines.filter(organization=body) if body else lines
    if shown == "unsigned":
        return lines.unsigned()
    if shown == "unseen":
        return lines.unseen()
    if shown == "differing":
        return lines.exclude(difference="")
    if shown == "overdue":
        return lines.filter(is_overdue=True)
    return lines.filter(outcome=shown) if shown in ReconciliationLine.Outcome.values else lines


@require_POST
def sign_lines(request: HttpRequest, period: str) -> HttpResponse:
    """Sign the ticked lines: written off, or carried over with a reason."""
    week, form = _acted_on(request, period), SignForm(request.POST)
    if not form.is_valid():
        return _week(request, week, sign=form, status=422)
    try:
        count = factor_weeks.sign(week, form.lines, **form.cleaned_data, actor=request.actor, at=now())
    except RefusedError as error:
        form.add_error(error.field if error.field in form.fields else None, str(error))
        return _week(request, week, sign=form, status=doors.status_of(error))
    word = ReconciliationLine.Outcome(form.cleaned_data["outcome"]).label
    messages.success(request, f"已签认{word} {count} 项。")
    return _back(request, week)


@require_POST
def carry_over_rest(request: HttpRequest, period: str) -> HttpResponse:
    """Carry over what is not signed, of the body that is shown or of all."""
    week, form = _acted_on(request, period), RestForm(request.POST)
    if not form.is_valid():
        return _week(request, week, rest=form, status=422)
    reason, body = form.cleaned_data["reason"], _body(request)
    try:
        count = factor_weeks.carry_over_rest(week, reason=reason, body=body, actor=request.actor, at=now())
    except RefusedError as error:
        return _week(request, week, rest=form, error=str(error), status=doors.status_of(error))
    messages.success(request, f"已签认结转 {count} 项。")
    return _back(request, week)


@require_POST
def see_lines(request: HttpRequest, period: str) -> HttpResponse:
    """Write down that the actor's body agrees with its own lines that it has not gone through."""
    week = _of_a_body(request, period)
    try:
        count = factor_weeks.see(week, actor=request.actor, at=now())
    except RefusedError as error:
        return _week(request, week, error=str(error), status=doors.status_of(error))
    messages.success(request, f"已记录：本单位核对 {count} 项，与清单一致，由市工业推进办逐项签认。")
    return _back(request, week)


@require_POST
def differ(request: HttpRequest, period: str) -> HttpResponse:
    """Write down in what the actor's body does not agree with the lines that it ticked."""
    week, form = _of_a_body(request, period), DifferForm(request.POST)
    if not form.is_valid():
        return _week(request, week, differ=form, status=422)
    try:
        count = factor_weeks.see(week, form.lines, **form.cleaned_data, actor=request.actor, at=now())
    except RefusedError as error:
        form.add_error(None, str(error))
        return _week(request, week, differ=form, status=doors.status_of(error))
    messages.success(request, f"已记录：{count} 项有出入，市工业推进办签认时答复。")
    return _back(request, week)


def _of_a_body(request: HttpRequest, period: str) -> ReconciliationWeek:
    week = _found(request, period)
    if request.actor.is_office:
        raise PermissionDenied
    return week


@require_POST
def close_factor_week(request: HttpRequest, period: str) -> HttpResponse:
    """End the week; from now on it is a record."""
    week = _acted_on(request, period)
    try:
        factor_weeks.close_week(week, actor=request.actor, at=now())
    except RefusedError as error:
        return _week(request, week, error=str(error), status=doors.status_of(error))
    messages.success(request, f"{Period.parse(week.period).label}对账已结束，记录不再改变，可以打印存档。")
    return _back(request, week)


def _acted_on(request: HttpRequest, period: str) -> ReconciliationWeek:
    doors.desk(request)
    return _found(request, period)


def _back(request: HttpRequest, week: ReconciliationWeek) -> HttpResponse:
    target = redirect("requests_desk:factor_week", week.period)
    if request.GET:
        target["Location"] += f"?{request.GET.urlencode()}"
    return target


@require_GET
def print_factor_week(request: HttpRequest, period: str) -> HttpResponse:
    """Show the week as the paper that is filed: figures, bodies, and every line that the actor sees."""
    week = _found(request, period)
    lines = week.lines.visible_to(request.actor)
    chosen = _body(request)
    rows = reconciled.compared(week, reconciled.listed(_filtered(lines, chosen, "")))
    context = {"week": week, "quarter": Period.parse(week.period), "rows": rows}
    context |= {"figures": reconciled.figures(lines), "bodies": reconciled.by_body(lines)}
    return render(request, "requests_desk/office/print_factor_week.html", context)

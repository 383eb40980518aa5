"""Duties in at one go: from a sheet, looked at before it is stored; and from what is overdue in the ledger."""

from io import BytesIO
from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from scoring import duty_sheets, facts, overdue, permissions
from scoring.arranging import DutyError
from scoring.forms.duties import DueForm, SheetForm
from scoring.views import doors
from taian_factors.directory.actors import Actor
from taian_factors.lib.clock import now
from taian_factors.lib.sheets import write_sheet
from taian_factors.lib.written_days import read_day

SALT = "scoring.duty_sheet"
LASTS = 2 * 60 * 60  # seconds in which a sheet that was looked at can be stored
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
EXAMPLES = (
    ("全部部门", "示例：参加要素保障大集", "2023-06-13", "按时落实", "签到表"),
    ("市发改委、市住建局", "示例：报送季度小结", "2023年6月30日", "", ""),
)


def _office(request: HttpRequest) -> Actor:
    return doors.office(request, allowed=permissions.may_arrange_duties(request.actor))


@require_http_methods(["GET", "POST"])
def import_duties(request: HttpRequest) -> HttpResponse:
    """Take a sheet and show what it would store and what is wrong with it; nothing is stored yet."""
    _office(request)
    form = SheetForm(request.POST or None, request.FILES or None)
    if not form.is_valid():
        return _sheet(request, form, 422 if form.is_bound else 200)
    rows = form.cleaned_data["rows"]
    checked = duty_sheets.check(rows)
    token = "" if checked.problems else signing.dumps(rows, salt=SALT, compress=True)
    return _sheet(request, form, 422 if checked.problems else 200, checked=checked, token=token)


def _sheet(request: HttpRequest, form: SheetForm, status: int, **more: Any) -> HttpResponse:
    return render(request, "scoring/import_duties.html", {"form": form, **more}, status=status)


@require_POST
def store_duties(request: HttpRequest) -> HttpResponse:
    """Store the sheet that was looked at, whole or not at all."""
    actor = _office(request)
    try:
        rows = signing.loads(request.POST.get("sheet", ""), salt=SALT, max_age=LASTS)
        count = duty_sheets.store(rows=rows, actor=actor, at=now())
    except (signing.BadSignature, DutyError) as error:
        is_ours = isinstance(error, DutyError)
        messages.error(request, str(error) if is_ours else "核对的表格已过期，请重新上传。")
        return redirect("scoring:import_duties")
    said = f"已存入 {count} 条。" if count else "表格里的内容都已在平台上，没有重复登记。"
    messages.success(request, said)
    # The list of the month of the first row, where what was stored can be seen.
    month = f"{read_day(rows[0][1]['完成期限']).on:%Y-%m}"
    return redirect(f"{reverse('scoring:duties')}?period={month}")


@require_GET
def duty_template(request: HttpRequest) -> FileResponse:
    """Give an empty sheet with the headings and two examples."""
    _office(request)
    target = BytesIO()
    write_sheet(
        target, title="工作安排", headings=duty_sheets.COLUMNS, rows=EXAMPLES, widths=(24, 40, 16, 14, 30)
    )
    target.seek(0)
    return FileResponse(target, as_attachment=True, filename="工作安排样表.xlsx", content_type=XLSX)


@require_GET
def overdue_duties(request: HttpRequest) -> HttpResponse:
    """List what is open and overdue by department, in a factor week with the act that makes a duty of it."""
    return _overdue(request)


def _overdue(request: HttpRequest, bound: DueForm | None = None, code: str = "") -> HttpResponse:
    actor, at = doors.office(request), now()
    rows = [
        (held, bound if bound and held.department.code == code else DueForm(prefix=held.department.code))
        for held in overdue.backlogs(at=at)
    ]
    context = {"rows": rows, "form": bound, "is_week": overdue.is_factor_week(at)}
    context["may_arrange"] = permissions.may_arrange_duties(actor)
    return render(request, "scoring/overdue_duties.html", context, status=422 if bound else 200)


@require_POST
def arrange_overdue(request: HttpRequest, code: str) -> HttpResponse:
    """Make one duty of what a department holds open and overdue."""
    actor = _office(request)
    department = get_object_or_404(facts.departments(), code=code)
    form = DueForm(request.POST, prefix=code)
    if form.is_valid():
        due_on = form.cleaned_data["due_on"]
        try:
            duty = overdue.arrange(department=department, due_on=due_on, actor=actor, at=now())
        except DutyError as error:
            form.add_error("due_on", str(error))
        else:
            messages.success(request, f"已安排“{duty.title}”。")
            return redirect("scoring:duty", pk=duty.pk)
    return _overdue(request, form, code)

"""The month's table, why a score is what it is, and the steps of a run: compute, preview, publish."""

from datetime import datetime
from io import BytesIO
from typing import Any

from csp.constants import NONE, UNSAFE_INLINE
from csp.decorators import csp
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from scoring import appealing, charts, documents, explaining, improving, permissions, runs, standings, steps
from scoring.formulas import plain
from scoring.models import Scorecard, ScoringRun
from scoring.rulebook import BY_CODE, Rules
from scoring.views import doors
from taian_factors.directory.actors import Actor
from taian_factors.directory.models import Job
from taian_factors.directory.tasks import start_job
from taian_factors.lib.clock import now
from taian_factors.lib.pages import paginate
from taian_factors.lib.periods import Period, local_day

COMPUTE_TASK = "scoring.compute"
SHOWN = 20  # matters of each line on the first look; the rest a click away
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_GET
def rankings(request: HttpRequest) -> HttpResponse:
    """Show a period's table: the newest the actor sees, or the period and run in the address."""
    actor, at = doors.staff(request), now()
    periods = standings.periods_to_show(actor)
    asked = request.GET.get("period")
    months = [each for each in periods if each.kind == "month"]
    period = doors.period(asked) if asked else next(iter(months or periods), None)
    run = standings.run_to_show(actor=actor, period=period, number=request.GET.get("run")) if period else None
    context = {"period": period, "periods": periods, "table": standings.table(run) if run else None}
    context["related"] = standings.related(period, periods) if period else []
    context |= _steps(request, run, at) | {"month_over": Period.month_of(local_day(at)).shifted(-1)}
    return render(request, "scoring/rankings.html", context)


def _steps(request: HttpRequest, run: ScoringRun | None, at: datetime) -> dict[str, Any]:
    """What the office may do next, and how far a computation is that it asked for."""
    actor = request.actor
    number = request.GET.get("job", "")
    jobs = Job.objects.visible_to(actor).filter(task=COMPUTE_TASK)
    is_month = run is not None and run.kind == ScoringRun.Kind.MONTH
    others = list(ScoringRun.objects.of(Period.parse(run.period))[:20]) if run and actor.is_office else []
    return {
        "run": run,
        "may_compute": permissions.works_in_the_office(actor),
        "may_publish": permissions.may_publish(actor),
        "dated_steps": steps.steps(period=Period.parse(run.period), actor=actor) if run else [],
        "other_runs": others,
        "corrects": any(o.state == ScoringRun.State.PUBLISHED and o.superseded_at is None for o in others),
        "preview_until": runs.preview_until(Period.parse(run.period)) if is_month else None,
        "job": jobs.filter(pk=number).first() if number.isdigit() else None,
    }


@require_GET
def ranking_sheet(request: HttpRequest, pk: int) -> FileResponse:
    """Give a run's table as XLSX."""
    run, sheet = doors.run(request, pk), BytesIO()
    documents.write_ranking(run, sheet)
    sheet.seek(0)
    name = f"要素保障大比拼-{Period.parse(run.period).label}.xlsx"
    return FileResponse(sheet, as_attachment=True, filename=name, content_type=XLSX)


@require_GET
def why(request: HttpRequest, period: str, code: str) -> HttpResponse:
    """Explain a score: a sentence of arithmetic per line, then its matters, hit or missed and why."""
    card = doors.card(request, period, code)
    run, shown = card.run, Period.parse(card.run.period)
    others = list(run.cards.select_related("organization").prefetch_related("lines"))
    card = next(other for other in others if other.pk == card.pk)
    history = standings.history(organization_id=card.organization_id, until=shown)
    can_appeal = appealing.is_open(run=run, actor=request.actor, at=now())
    context = {
        "card": card,
        "run": run,
        "period": shown,
        "lines": [_line(request.actor, card, cell, can_appeal) for cell in standings.cells(card)],
        "beside": standings.beside(card),
        "improvements": improving.improvements(card, others, Rules.from_json(run.rules)),
        "history": history,
        "change": standings.change_since_last(card, history),
    }
    return render(request, "scoring/why.html", context)


def _line(actor: Actor, card: Scorecard, cell: standings.Cell, can_appeal: bool) -> dict[str, Any]:
    inputs = explaining.inputs(card.run, card, cell.line.indicator)[: SHOWN + 1]
    matters = [explaining.matter(row, actor=actor, can_appeal=can_appeal) for row in inputs]
    count = f"{plain(cell.line.hits)} / {cell.line.population}"
    return {"cell": cell, "count": count, "matters": matters[:SHOWN], "has_more": len(matters) > SHOWN}


@csp({"default-src": [NONE], "style-src": [UNSAFE_INLINE]})
@require_GET
def history_chart(request: HttpRequest, period: str, code: str) -> HttpResponse:
    """Draw a department's published months, as an image of its own: its styles stay inside it."""
    card = doors.card(request, period, code)
    cards = standings.history(organization_id=card.organization_id, until=Period.parse(card.run.period))
    return HttpResponse(charts.history_chart(cards), content_type="image/svg+xml")


@require_GET
def matters(request: HttpRequest, period: str, code: str, indicator: str) -> HttpResponse:
    """List every matter behind one line, page by page."""
    card = doors.card(request, period, code)
    cell = get_object_or_404(card.lines, indicator=indicator)
    can_appeal = appealing.is_open(run=card.run, actor=request.actor, at=now())
    page = paginate(request, explaining.inputs(card.run, card, indicator))
    rows = [explaining.matter(row, actor=request.actor, can_appeal=can_appeal) for row in page]
    context = {"card": card, "run": card.run, "period": Period.parse(card.run.period), "line": cell}
    context |= {"name": BY_CODE[indicator].name, "page": page, "matters": rows}
    return render(request, "scoring/matters.html", context)


@require_POST
def compute(request: HttpRequest) -> HttpResponse:
    """Start the computation of a period; the page shows how far it is."""
    actor, at = doors.office(request, allowed=permissions.works_in_the_office(request.actor)), now()
    try:
        period = Period.parse(request.POST.get("period", "").strip())
    except ValueError as error:
        messages.error(request, str(error))
        return redirect("scoring:rankings")
    label = f"计算{period.label}得分"
    asked = {"period": period.key, "organization": actor.organization.pk, "role": actor.role}
    job = start_job(task=COMPUTE_TASK, label=label, arguments=asked, user=actor.user, at=at)
    return redirect(f"{reverse('scoring:rankings')}?period={period.key}&job={job.pk}")


@require_POST
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a month's run to the departments."""
    run = doors.run(request, pk)
    try:
        run = runs.preview(run=run, actor=request.actor, at=now())
    except runs.NotAllowedError as error:
        raise PermissionDenied from error
    except runs.RunError as error:
        return _refused(request, run, error)
    period = Period.parse(run.period)
    until = local_day(runs.preview_until(period) or now())
    messages.success(request, f"{period.label}已预公布，各部门在 {until} 前可以申诉。")
    return _back(run)


@require_POST
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Publish a run; a correction gives its reason."""
    run, reason = doors.run(request, pk), request.POST.get("reason", "")[:300]
    try:
        run = runs.publish(run=run, actor=request.actor, at=now(), correction_reason=reason)
    except runs.NotAllowedError as error:
        raise PermissionDenied from error
    except runs.RunError as error:
        return _refused(request, run, error)
    said = f"（第 {run.correction_number} 次更正）" if run.correction_number else ""
    messages.success(request, f"{Period.parse(run.period).label}已公布{said}，结果不再改变。")
    return _back(run)


def _refused(request: HttpRequest, run: ScoringRun, error: Exception) -> HttpResponse:
    """Show the table again with the reason; a step out of order is a conflict."""
    context = {"period": Period.parse(run.period), "table": standings.table(run), "error": str(error)}
    context |= {"periods": standings.periods_to_show(request.actor)} | _steps(request, run, now())
    return render(request, "scoring/rankings.html", context, status=409)


def _back(run: ScoringRun) -> HttpResponse:
    return redirect(f"{reverse('scoring:rankings')}?period={run.period}&run={run.pk}")

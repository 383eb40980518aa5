"""One move for many requests: choose, look at the dry run, do it, see what came of each."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from requests_desk.bulk import MOST, Outcome, carry_out, dry_run, moves
from requests_desk.forms.fields import SeenField
from requests_desk.forms.worklists import BulkForm
from requests_desk.meanwhile import newest
from requests_desk.models import FactorRequest
from requests_desk.views import doors
from taian_factors.lib.clock import now

KEPT = "bulk_result"  # where a session keeps what came of the last one


@require_http_methods(["GET", "POST"])
def bulk(request: HttpRequest) -> HttpResponse:
    """GET chooses a move and shows its dry run, POST does it row by row."""
    actor, at = doors.staff(request), now()
    given = request.POST if request.method == "POST" else request.GET
    form = BulkForm(given if "move" in given else None, moves=moves(actor))
    chosen = doors.named(actor, given.getlist("number")[:MOST])
    if request.method == "GET" or form.chosen is None or not chosen:
        return _checked(request, form, chosen, status=422 if request.method == "POST" else 200)
    seen = SeenField().to_python(given.get("seen"))
    outcomes = carry_out(form.chosen, chosen, seen=seen, actor=actor, at=at)
    request.session[KEPT] = _kept(form.chosen.label, outcomes)
    _say(request, form.chosen.label, outcomes)
    return redirect("requests_desk:bulk_done")


@require_GET
def bulk_done(request: HttpRequest) -> HttpResponse:
    """Show what came of the last bulk move: how many, which not, and why."""
    doors.staff(request)
    kept: dict[str, Any] = request.session.get(KEPT, {"label": "", "rows": []})
    rows = kept["rows"]
    context = {
        "label": kept["label"],
        "done": [row for row in rows if row["is_done"]],
        "left": [row for row in rows if not row["is_done"]],
    }
    return render(request, "requests_desk/bulk/done.html", context)


def _checked(
    request: HttpRequest, form: BulkForm, chosen: list[FactorRequest], *, status: int
) -> HttpResponse:
    actor, move = doors.staff(request), form.chosen
    outcomes = dry_run(move, chosen, actor=actor, at=now()) if move else []
    context = {
        "form": form,
        "move": move,
        "chosen": chosen,
        "ready": [o for o in outcomes if o.is_done],
        "hindered": [o for o in outcomes if not o.is_done],
        "seen": SeenField().prepare_value(newest(one.pk for one in chosen)),
        "most": MOST,
    }
    return render(request, "requests_desk/bulk/check.html", context, status=status)


def _kept(label: str, outcomes: list[Outcome]) -> dict[str, Any]:
    rows = [
        {
            "number": o.factor_request.number,
            "headline": o.factor_request.headline,
            "enterprise": o.factor_request.enterprise.name,
            "is_done": o.is_done,
            "said": o.said,
        }
        for o in outcomes
    ]
    return {"label": label, "rows": rows}


def _say(request: HttpRequest, label: str, outcomes: list[Outcome]) -> None:
    done = sum(o.is_done for o in outcomes)
    if left := len(outcomes) - done:
        messages.warning(request, f"{label}：办理 {done} 项，{left} 项没有办理，原因见下。")
    else:
        messages.success(request, f"{label}：{done} 项全部办理。")

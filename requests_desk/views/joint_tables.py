"""现场会商: asked for at the stall desk, confirmed or declined on the office's page."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from fairs import board
from fairs.locks import QueueError
from requests_desk import challenges, conferring
from requests_desk.forms.counter import TableForm
from requests_desk.forms.hard import DeclineForm
from requests_desk.journal import RefusedError
from requests_desk.models import JointConsultation
from requests_desk.views import doors
from requests_desk.views.stall import desk_page, refusal, seat, seated
from taian_factors.lib import clock


@require_POST
@seated
def ask_for_table(request: HttpRequest) -> HttpResponse:
    """Ask for a joint table for the enterprise that is served at one's desk; the same press again is told the same."""
    actor, at = doors.staff(request), clock.now()
    if asked := conferring.asked_by(request.POST.get("key", ""), actor):
        return _told(request, asked)
    desk = seat(actor, at)
    ticket = board.served_ticket_of(actor.user)
    if ticket is None or str(ticket.pk) != request.POST.get("ticket"):
        return desk_page(request, desk, at=at, problem="页面已过时，请刷新后再请求会商。", status=409)
    form = TableForm(request.POST, ticket=ticket, stall=desk.stall)
    if not form.is_valid():
        problems = [problem for field in form.errors.values() for problem in field]
        return desk_page(request, desk, at=at, problem="".join(problems), status=422)
    try:
        asked = conferring.ask(**form.arguments, desk=desk, ticket=ticket, actor=actor, at=at)
    except (QueueError, RefusedError) as error:
        return desk_page(request, desk, at=at, problem=str(error), status=refusal(error))
    return _told(request, asked)


def _told(request: HttpRequest, asked: JointConsultation) -> HttpResponse:
    place = asked.ticket
    words = f"已请求会商：{place.visit}在会商桌 {place.stall.code} 排队，应邀席位已暂停叫号，等推进办确认。"
    messages.success(request, words)
    return redirect("requests_desk:stall_desk")


@require_POST
def confirm_table(request: HttpRequest, pk: int) -> HttpResponse:
    """The office confirms a table that a stall asked for."""
    actor = doors.desk(request)
    table = get_object_or_404(challenges.consultations(actor), pk=pk)
    try:
        left = conferring.confirm(table, actor=actor, at=clock.now())
    except (QueueError, RefusedError) as error:
        messages.error(request, str(error))
        return redirect("requests_desk:consultation", pk=pk)
    waiting = f"{len(left)} 项需求还没有交办，只列在会商里。" if left else ""
    messages.success(request, f"已确认会商“{table.subject}”。{waiting}")
    return redirect("requests_desk:consultation", pk=pk)


@require_POST
def decline_table(request: HttpRequest, pk: int) -> HttpResponse:
    """The office does not confirm: the place is given up, the called desks go on."""
    actor = doors.desk(request)
    table = get_object_or_404(challenges.consultations(actor), pk=pk)
    form, status = DeclineForm(request.POST), 422
    if form.is_valid():
        try:
            conferring.decline(table, reason=form.cleaned_data["reason"], actor=actor, at=clock.now())
        except (QueueError, RefusedError) as error:
            form.add_error(None, str(error))
            status = 409
        else:
            messages.success(request, f"“{table.subject}”不予会商，应邀席位已恢复叫号。")
            return redirect("requests_desk:consultation", pk=pk)
    return render(
        request, "requests_desk/office/decline_table.html", {"table": table, "form": form}, status=status
    )

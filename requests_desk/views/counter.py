"""The stall desk: sit down, call, serve, file needs on the spot, finish. One screen, each click once."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views.decorators.http import require_GET, require_POST

from fairs import arrivals, board, queueing
from fairs.clicks import called_by
from fairs.locks import QueueError, WrongStateError
from fairs.models import Desk, Ticket
from fairs.workflow import Outcome
from requests_desk import counter
from requests_desk.forms.counter import DeskForm, NeedForm
from requests_desk.journal import RefusedError
from requests_desk.serving import desks, own_desk, serving
from requests_desk.views.doors import staff
from requests_desk.views.papers import ask_scanner
from requests_desk.views.stall import cached, choose_page, desk_page, filled, refusal, seat, seated, word_of
from taian_factors.directory.actors import Actor
from taian_factors.lib import clock
from taian_factors.lib.prepared import Prepared, slot

NOBODY = "现在没有正在办理的号，需求没有登记。"

# What the verbs of intake call a field that this form asks for otherwise.
_ASKED_AS = {"lead": "outcome"}


@require_GET
def stall_desk(request: HttpRequest) -> HttpResponse:
    """Show the desk at which one sits, or the desks at which one may sit."""
    actor, at = staff(request), clock.now()
    desk = own_desk(actor, at=at)
    if desk is None:
        return choose_page(request)
    return desk_page(request, desk, at=at)


@require_GET
def stall_queue(request: HttpRequest) -> HttpResponse:
    """Return the line alone, for the page that polls it; 304 while nothing has changed."""
    actor, at = staff(request), clock.now()
    desk = seat(actor, at)
    shown = request.GET.get("shown", "")[:40]
    etag = quote_etag(f"{board.version(desk.stall.fair_id)}.{desk.pk}.{shown}")
    early = get_conditional_response(request, etag=etag)
    if early is not None:
        return early
    queue = board.stall_queue(desk)
    is_stale = shown != word_of(queue.held, desk)
    context = {"desk": desk, "queue": queue, "is_stale": is_stale, "cached": cached(queue, actor, at=at)}
    answer = render(request, "requests_desk/counter/_queue.html", context)
    answer["ETag"] = etag
    return answer


@require_POST
def sit(request: HttpRequest) -> HttpResponse:
    """Sit down at a desk of the own body."""
    actor, at = staff(request), clock.now()
    number = request.POST.get("desk", "")
    desk = get_object_or_404(desks(actor, at=at), pk=int(number) if number.isdecimal() else 0)
    try:
        queueing.take_desk(desk=desk, actor=actor, at=at)
    except QueueError as error:
        messages.error(request, str(error))
        return choose_page(request, status=refusal(error))
    messages.success(request, f"已在 {desk} 席位就座。")
    return redirect("requests_desk:stall_desk")


@require_POST
@seated
def act(request: HttpRequest, verb: str) -> HttpResponse:
    """Press a button of the desk; what the queue refuses is said on the page as it is now."""
    actor, at = staff(request), clock.now()
    if verb not in ACTS:
        raise Http404
    desk = seat(actor, at, request.POST.get("key", ""))
    form = DeskForm(request.POST, fair_id=desk.stall.fair_id)
    if not form.is_valid():
        problems = [problem for field in form.errors.values() for problem in field]
        return desk_page(request, desk, at=at, problem="".join(problems), status=422)
    try:
        done = ACTS[verb](desk, form, actor, at)
    except (QueueError, RefusedError) as error:
        return desk_page(request, desk, at=at, problem=str(error), status=refusal(error))
    messages.success(request, done)
    return redirect("requests_desk:stall_desk")


@require_POST
@seated
def file_need(request: HttpRequest) -> HttpResponse:
    """File a need of the enterprise at the desk, or take one on that it filed before, with its outcome."""
    actor, at, key = staff(request), clock.now(), request.POST.get("key", "")
    desk = seat(actor, at, key)
    made = counter.made_by(key, desk)
    form, status = (None, 200) if made else _file(request, desk, at)
    if status != 200:
        problem = NOBODY if form is None else ""
        return desk_page(request, desk, at=at, need_form=form, problem=problem, status=status)
    made = made or form.made
    messages.success(request, f"已登记 {made.number} {made.headline}：{made.get_state_display()}。")
    return redirect("requests_desk:stall_desk")


def _file(request: HttpRequest, desk: Desk, at: datetime) -> tuple[NeedForm | None, int]:
    """Make the one call; what is wrong stands in the form's errors. No form: nobody is being served."""
    ticket = board.served_ticket_of(request.actor.user)
    if ticket is None:
        return None, 409
    form = filled(desk, serving(ticket, actor=request.actor, at=at), at, request.POST, request.FILES)
    if not form.is_valid():
        return form, 422
    if form.cleaned_data["ticket"] != ticket.pk:
        form.add_error(None, f"现在办理的是{ticket.visit}，这项需求是为上一家填写的，没有登记。")
        return form, 409
    return form, _take(form, desk=desk, ticket=ticket, actor=request.actor, at=at)


def _take(form: NeedForm, **click: Any) -> int:
    """File or take on; 200 with what it became in ``form.made``, else a status with the words in the form's errors."""
    given = form.cleaned_data
    click = {**click, "key": given["key"], "result": form.result(), "papers": given["papers"]}
    try:
        if form.filed:
            form.made = counter.take_on(form.filed, **click)
        else:
            wanted = {"need": form.need(), "booked": form.booked, "project": given["project"]}
            form.made = counter.file_need(**wanted, **click)
        if given["papers"]:
            ask_scanner()
    except QueueError as error:
        form.add_error(None, str(error))
        return refusal(error)
    except RefusedError as error:
        field = _ASKED_AS.get(error.field or "", error.field)
        form.add_error(field if field in form.fields else None, str(error))
        return 422 if error.field else refusal(error)
    return 200


def _call(desk: Desk, form: DeskForm, actor: Actor, at: datetime) -> str:
    key = form.cleaned_data["key"]
    ticket = queueing.call_next(desk=desk, actor=actor, at=at, key=key)
    if ticket is None:
        return "现在没有可以叫的号。"
    if ticket.called_at != at and not called_by(key, at=ticket.called_at):
        return f"本席位还有{ticket.visit}，先办完或过号，再叫下一位。"
    return f"已叫{ticket.visit}，{ticket.visit.enterprise.short}。"


_SHOWN: Prepared[Ticket] = Prepared(lambda: Ticket.objects.filter(pk=slot("ticket"), stall=slot("stall")))


def _shown(desk: Desk, form: DeskForm) -> Ticket | None:
    """Return the ticket that the page showed, if it is one of this stall's."""
    ticket = form.cleaned_data["ticket"]
    return None if ticket is None else _SHOWN.first(ticket=ticket, stall=desk.stall_id)


def _on_ticket(
    verb: Callable[..., Ticket], told: str, **more: Any
) -> Callable[[Desk, DeskForm, Actor, datetime], str]:
    """Make a button of a verb on the ticket that the page showed."""

    def press(desk: Desk, form: DeskForm, actor: Actor, at: datetime) -> str:
        shown = _shown(desk, form)
        if shown is None:
            raise WrongStateError("页面已过时，请刷新后再点。")
        key = form.cleaned_data["key"]
        ticket = verb(desk=desk, actor=actor, at=at, key=key, ticket=shown, **more)
        return f"{ticket.visit}{told}"

    return press


def _transfer(desk: Desk, form: DeskForm, actor: Actor, at: datetime) -> str:
    to_stall = form.cleaned_data["to_stall"]
    if to_stall is None:
        raise WrongStateError("转摊位：请选择转到哪个摊位。")
    note = form.cleaned_data["note"]
    press = _on_ticket(queueing.transfer, f"已转到 {to_stall.code}。", to_stall=to_stall, note=note)
    return press(desk, form, actor, at)


def _add(desk: Desk, form: DeskForm, actor: Actor, at: datetime) -> str:
    to_stall, note = form.cleaned_data["to_stall"], form.cleaned_data["note"]
    if to_stall is None:
        raise WrongStateError("加号：请选择在哪个摊位加号。")
    told = f"已在 {to_stall.code} 排队，本摊位继续办理。"
    return _on_ticket(queueing.add_stall, told, to_stall=to_stall, note=note)(desk, form, actor, at)


def _reenter(desk: Desk, form: DeskForm, actor: Actor, at: datetime) -> str:
    ticket = _shown(desk, form)
    if ticket is None:
        raise WrongStateError("本摊位没有这个号。")
    return f"{arrivals.reenter(ticket=ticket, actor=actor, at=at).visit}重新排队。"


def _rise(desk: Desk, form: DeskForm, actor: Actor, at: datetime) -> str:
    queueing.leave_desk(desk=desk, actor=actor, at=at)
    return f"已离开 {desk} 席位。"


def _pause(is_paused: bool) -> Callable[[Desk, DeskForm, Actor, datetime], str]:
    def press(desk: Desk, form: DeskForm, actor: Actor, at: datetime) -> str:
        queueing.pause_desk(desk=desk, is_paused=is_paused, actor=actor, at=at)
        return "席位已暂停，不再叫号。" if is_paused else "席位已恢复。"

    return press


ACTS: dict[str, Callable[[Desk, DeskForm, Actor, datetime], str]] = {
    "call": _call,
    "recall": _on_ticket(queueing.recall, "已再叫一次。"),
    "begin": _on_ticket(queueing.begin, "开始办理。"),
    "pass_over": _on_ticket(queueing.pass_over, "已过号，可重新排队一次。"),
    "finish": _on_ticket(counter.finish, "办理完成。", outcome=Outcome.HANDLED),
    "consult": _on_ticket(counter.finish, "按咨询办理完成。", outcome=Outcome.CONSULTED),
    "transfer": _transfer,
    "add": _add,
    "reenter": _reenter,
    "rise": _rise,
    "pause": _pause(True),
    "go_on": _pause(False),
}

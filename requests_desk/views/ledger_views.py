"""Saved views of the ledger: the page where they are kept, and one address for each thing to do with one."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from requests_desk import shelving
from requests_desk.forms.ledger import LedgerFilter, said
from requests_desk.forms.ledger_views import DefaultsForm, NameForm, ShareForm
from requests_desk.journal import RefusedError
from requests_desk.models import DefaultView, LedgerView
from requests_desk.views import doors
from taian_factors.lib.clock import now


@require_GET
def ledger_views(request: HttpRequest) -> HttpResponse:
    """Show the views that one sees: their own to change, shared ones for the office's leads."""
    return _page(request)


def _page(request: HttpRequest, form: forms.Form | None = None, status: int = 200) -> HttpResponse:
    actor, running = doors.staff(request), DefaultView.objects.filter(ended_at__isnull=True)
    seen = (
        LedgerView.objects.visible_to(actor)
        .select_related("owner", "organization")
        .order_by("audience", "name")
    )
    shelf = [
        {
            "view": view,
            "chips": LedgerFilter(QueryDict(view.query), actor=actor, at=now()).chips,
            "columns": len(QueryDict(view.query).getlist("col")),
            "may_change": shelving.may_change(actor, view),
            "defaults": {default.reader for default in view.running},
            "readers": [r for r in DefaultView.Reader if r.value in shelving.readers_of(view)],
        }
        for view in seen.prefetch_related(Prefetch("defaults", running, to_attr="running"))
    ]
    context = {"shelf": shelf, "form": form, "audiences": LedgerView.Audience}
    return render(request, "requests_desk/office/ledger_views.html", context, status=status)


@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Keep what the ledger shows under a name."""
    actor, form = doors.staff(request), NameForm(request.POST)

    def keep(name: str, query: str) -> str:
        view = shelving.save_view(name=name, query=said(QueryDict(query)).urlencode(), actor=actor, at=now())
        return f"已存为视图“{view.name}”，仅您自己可见。"

    return _done(request, form, keep)


@require_POST
def rename(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a view another name."""
    view, form = _view(request, pk), NameForm(request.POST)

    def give(name: str, query: str) -> str:
        shelving.rename_view(view, name=name, actor=doors.staff(request))
        return f"视图已改名为“{name}”。"

    return _done(request, form, give)


@require_POST
def share(request: HttpRequest, pk: int) -> HttpResponse:
    """Share a view, or take it back."""
    view, form = _view(request, pk), ShareForm(request.POST)

    def offer(audience: str) -> str:
        given = LedgerView.Audience(audience)
        shelving.share_view(view, audience=given, actor=doors.staff(request), at=now())
        return f"视图“{view.name}”现在的共享范围：{given.label}。"

    return _done(request, form, offer)


@require_POST
def defaults(request: HttpRequest, pk: int) -> HttpResponse:
    """Say for which readers the ledger opens with a view."""
    view, form = _view(request, pk), DefaultsForm(request.POST)

    def set_them(readers: list[str]) -> str:
        shelving.set_defaults(view, readers=readers, actor=doors.staff(request), at=now())
        words = "、".join(DefaultView.Reader(reader).label for reader in readers)
        return f"“{view.name}”现在是{words}的默认视图。" if words else f"“{view.name}”不再是默认视图。"

    return _done(request, form, set_them)


@require_POST
def retire(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a view off the list."""
    view = _view(request, pk)

    def put_away() -> str:
        shelving.retire_view(view, actor=doors.staff(request), at=now())
        return f"视图“{view.name}”已停用。"

    return _done(request, forms.Form(request.POST), put_away)


def _view(request: HttpRequest, pk: int) -> LedgerView:
    return get_object_or_404(LedgerView.objects.visible_to(doors.staff(request)), pk=pk)


def _done(request: HttpRequest, form: forms.Form, act: Callable[..., str]) -> HttpResponse:
    """Do what was asked, say so, and go to the views; what can't be done comes back with its reason."""
    if not form.is_valid():
        return _page(request, form, status=422)
    given: dict[str, Any] = form.cleaned_data
    try:
        messages.success(request, act(**given))
    except RefusedError as error:
        form.add_error(error.field, str(error))
        return _page(request, form, status=doors.status_of(error))
    return redirect("requests_desk:ledger_views")

"""Saved views of the ledger: save, rename, share, retire, make one the default of a kind of reader."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import IntegrityError, transaction

from requests_desk.journal import NotAllowedError, RefusedError
from requests_desk.models import DefaultView, LedgerView
from taian_factors.directory.actors import Actor

MOST = 20  # views of one person; the list beside the ledger stays short


def may_change(actor: Actor, view: LedgerView) -> bool:
    """An owner changes what is not shared; the office's leads what is, and their own."""
    if view.is_shared:
        return actor.is_office_lead
    return view.owner == actor.user and view.organization == actor.organization


@transaction.atomic
def save_view(*, name: str, query: str, actor: Actor, at: datetime) -> LedgerView:
    """Keep what an address of the ledger says under a name, for oneself."""
    own = LedgerView.objects.in_use().filter(owner=actor.user, organization=actor.organization)
    if own.count() >= MOST:
        raise RefusedError(f"每人最多保存 {MOST} 个视图，请先停用不再使用的。", "name")
    view = LedgerView(name=name, query=query, owner=actor.user, organization=actor.organization, saved_at=at)
    return _stored(view)


@transaction.atomic
def rename_view(view: LedgerView, *, name: str, actor: Actor) -> LedgerView:
    """Give a view another name."""
    _check(actor, view)
    view.name = name
    return _stored(view)


@transaction.atomic
def share_view(view: LedgerView, *, audience: LedgerView.Audience, actor: Actor, at: datetime) -> LedgerView:
    """Share a view with the office or with all who have a ledger, or take it back; for the office's leads.

    A view that some readers can't see any more is no longer their default.
    """
    if not actor.is_office_lead:
        raise NotAllowedError("共享视图由推进办负责人设定。")
    _check(actor, view)
    view.audience = audience
    _stored(view)
    _end_defaults(view, set(view.defaults.values_list("reader", flat=True)) - readers_of(view), at)
    return view


@transaction.atomic
def retire_view(view: LedgerView, *, actor: Actor, at: datetime) -> LedgerView:
    """Take a view off the list, and out of being a default."""
    _check(actor, view)
    view.retired_at = at
    view.save(update_fields=["retired_at"])
    _end_defaults(view, DefaultView.Reader.values, at)
    return view


@transaction.atomic
def set_defaults(view: LedgerView, *, readers: Collection[str], actor: Actor, at: datetime) -> None:
    """Let the ledger open with this view for these kinds of readers, and for no others."""
    if not actor.is_office_lead:
        raise NotAllowedError("默认视图由推进办负责人设定。")
    if not set(readers) <= readers_of(view):
        raise RefusedError("这个视图没有共享给所选的读者，不能作他们的默认视图。", "readers")
    running = DefaultView.objects.filter(ended_at__isnull=True)
    kept = set(running.filter(view=view, reader__in=readers).values_list("reader", flat=True))
    running.filter(reader__in=set(readers) - kept).update(ended_at=at)
    _end_defaults(view, set(DefaultView.Reader.values) - set(readers), at)
    DefaultView.objects.bulk_create(
        DefaultView(reader=reader, view=view, set_by=actor.user, set_at=at)
        for reader in sorted(set(readers) - kept)
    )


def default_view(actor: Actor) -> LedgerView | None:
    """Return the view with which the ledger opens for somebody."""
    reader = f"office_{actor.role}" if actor.is_office else actor.kind
    found = DefaultView.objects.filter(reader=reader, ended_at__isnull=True).select_related("view").first()
    return found.view if found else None


def readers_of(view: LedgerView) -> set[str]:
    """Return the kinds of readers that see a view."""
    if view.audience == LedgerView.Audience.ALL:
        return set(DefaultView.Reader.values)
    office = {r.value for r in DefaultView.Reader if r.value.startswith("office_")}
    return office if view.audience == LedgerView.Audience.OFFICE else set()


def _check(actor: Actor, view: LedgerView) -> None:
    if not may_change(actor, view):
        raise NotAllowedError(f"视图“{view}”由推进办负责人管理，您不能改动。")


def _stored(view: LedgerView) -> LedgerView:
    try:
        with transaction.atomic():
            view.save()
    except IntegrityError as error:
        raise RefusedError(f"已有名为“{view.name}”的视图，请换一个名称。", "name") from error
    return view


def _end_defaults(view: LedgerView, readers: Iterable[str], at: datetime) -> None:
    view.defaults.filter(reader__in=readers, ended_at__isnull=True).update(ended_at=at)

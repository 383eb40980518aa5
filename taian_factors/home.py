"""The landing page per role and the navigation; with ``today`` the only place that may look at every app."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from requests_desk import notices, waiting, watchlists, worklists
from taian_factors.directory.actors import Actor
from taian_factors.lib.clock import now
from taian_factors.lib.pages import many
from taian_factors.lib.periods import local_day
from taian_factors.today import today

Count = Callable[[Actor, datetime], int]


# pages that lie under an entry: the beginnings of their url names
UNDER = {
    "requests_desk:inbox": (
        "requests_desk:dispatch",
        "requests_desk:decisions",
        "requests_desk:call_backs",
        "requests_desk:watchlist",
        "requests_desk:bulk",
        "requests_desk:reply_templates",
        "requests_desk:new_template",
        "requests_desk:edit_template",
        "requests_desk:enter_directory_rule",
        "requests_desk:end_directory_rule",
        "requests_desk:deliver",
        "requests_desk:send_again",
        "requests_desk:directory",
        "requests_desk:list",
        "requests_desk:consultation",
        "requests_desk:new_consultation",
        "requests_desk:open_calls",
    ),
    "requests_desk:worklist": (
        "requests_desk:bulk",
        "requests_desk:reply_templates",
        "requests_desk:new_template",
        "requests_desk:edit_template",
    ),
    "requests_desk:ledger": ("requests_desk:ledger_", "requests_desk:export", "requests_desk:factor_week"),
    "requests_desk:stall_desk": ("requests_desk:stall",),
    "fairs:overview": (
        "fairs:",
        "requests_desk:fair_report",
        "requests_desk:front_line",
        "requests_desk:plan_front_line",
        "scoring:attendance",
    ),
    "requests_desk:front_line": ("requests_desk:front_line", "requests_desk:plan_front_line"),
    "scoring:rankings": (
        "scoring:why",
        "scoring:matters",
        "scoring:appeal",
        "scoring:rules",
        "scoring:fairness",
        "scoring:history",
    ),
    "scoring:duties": ("scoring:duty", "scoring:arrange"),
    "scoring:bulletins": ("scoring:bulletin", "scoring:compose", "scoring:edit_bulletin"),
}


def _inbox(actor: Actor, at: datetime) -> int:
    return waiting.count(most=worklists.MANY)


def _held(actor: Actor, at: datetime) -> int:
    return worklists.today_count(actor, at=at)


def _watched(actor: Actor, at: datetime) -> int:
    return watchlists.red_count(actor, at=at, most=worklists.MANY)


# label, url name, what the number beside it counts (bounded: it stands on every page); at most seven for each kind
# of body, none for enterprises
NAV: dict[str, list[tuple[str, str, Count | None]]] = {
    "office": [
        ("今天", "home", None),
        ("收件", "requests_desk:inbox", _inbox),
        ("台账", "requests_desk:ledger", None),
        ("大集", "fairs:overview", None),
        ("排名", "scoring:rankings", None),
        ("配合度", "scoring:duties", None),
        ("通报", "scoring:bulletins", None),
    ],
    "department": [
        ("今天", "home", None),
        ("待办", "requests_desk:worklist", _held),
        ("摊位", "requests_desk:stall_desk", None),
        ("排名", "scoring:rankings", None),
        ("台账", "requests_desk:ledger", None),
        ("配合度", "scoring:duties", None),
        ("通报", "scoring:bulletins", None),
    ],
    "institution": [
        ("今天", "home", None),
        ("待办", "requests_desk:worklist", _held),
        ("摊位", "requests_desk:stall_desk", None),
        ("台账", "requests_desk:ledger", None),
    ],
    "county_office": [
        ("今天", "home", None),
        ("待办", "requests_desk:worklist", _held),
        ("盯办", "requests_desk:watchlist", _watched),
        ("走访", "requests_desk:front_line", None),
        ("台账", "requests_desk:ledger", None),
        ("排名", "scoring:rankings", None),
        ("通报", "scoring:bulletins", None),
    ],
    "chain_team": [
        ("今天", "home", None),
        ("盯办", "requests_desk:watchlist", _watched),
        ("走访", "requests_desk:front_line", None),
        ("台账", "requests_desk:ledger", None),
        ("排名", "scoring:rankings", None),
        ("通报", "scoring:bulletins", None),
    ],
    "enterprise": [],
}


def weekday_label(day: date) -> str:
    """Write a day as the home page heads it: 2023-06-13 星期二."""
    return f"{day} 星期{'一二三四五六日'[day.weekday()]}"


@dataclass(frozen=True)
class Entry:
    """One line of the navigation."""

    label: str
    url: str
    count: str
    current: bool


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Give every page its actor, the navigation and the bell's number; they cost queries only where they are drawn."""
    actor = getattr(request, "actor", None)
    return {
        "actor": actor,
        "navigation": SimpleLazyObject(lambda: _entries(request, actor)),
        "unread": SimpleLazyObject(lambda: notices.unread(actor, now()) if actor else 0),
    }


def _entries(request: HttpRequest, actor: Actor | None) -> list[Entry]:
    if actor is None:
        return []
    here, at = request.resolver_match.view_name if request.resolver_match else "", now()
    return [
        Entry(
            label,
            reverse(name),
            str(many(count(actor, at), worklists.MANY) or "") if count else "",
            here == name or here.startswith(UNDER.get(name, ())),
        )
        for label, name, count in NAV[actor.kind]
    ]


def home(request: HttpRequest) -> HttpResponse:
    """Show what this person must do now; somebody without a body learns whom to ask."""
    if request.actor is None:
        return render(request, "home_without_body.html")
    at = now()
    page = today(request.actor, at=at)
    return render(request, "home.html", {"today": page, "lede": weekday_label(local_day(at))})

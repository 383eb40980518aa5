"""The landing page per role and the navigation; the only place that may look at every app."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject

from taian_factors.directory.actors import Actor
from taian_factors.lib import clock

Count = Callable[[Actor, datetime], int]

# label, url name, what the number beside it counts; at most seven for each kind of body, none for enterprises
NAV: dict[str, list[tuple[str, str, Count | None]]] = {
    "office": [
        ("今天", "home", None),
        ("收件", "requests_desk:inbox", None),
        ("台账", "requests_desk:ledger", None),
        ("大集", "fairs:overview", None),
        ("排名", "scoring:rankings", None),
        ("配合度", "scoring:duties", None),
        ("通报", "scoring:bulletins", None),
    ],
    "department": [
        ("今天", "home", None),
        ("待办", "requests_desk:worklist", None),
        ("摊位", "requests_desk:stall_desk", None),
        ("排名", "scoring:rankings", None),
        ("台账", "requests_desk:ledger", None),
    ],
    "institution": [
        ("今天", "home", None),
        ("待办", "requests_desk:worklist", None),
        ("摊位", "requests_desk:stall_desk", None),
        ("台账", "requests_desk:ledger", None),
    ],
    "county_office": [
        ("今天", "home", None),
        ("待办", "requests_desk:worklist", None),
        ("台账", "requests_desk:ledger", None),
        ("排名", "scoring:rankings", None),
    ],
    "chain_team": [
        ("今天", "home", None),
        ("台账", "requests_desk:ledger", None),
        ("排名", "scoring:rankings", None),
    ],
    "enterprise": [],
}


@dataclass(frozen=True)
class Entry:
    """One line of the navigation."""

    label: str
    url: str
    count: int | None
    current: bool


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Give every page its actor and navigation; the counts cost queries only where the navigation is drawn."""
    actor = getattr(request, "actor", None)
    return {"actor": actor, "navigation": SimpleLazyObject(lambda: _entries(request, actor))}


def _entries(request: HttpRequest, actor: Actor | None) -> list[Entry]:
    if actor is None:
        return []
    match, at = request.resolver_match, clock.now()
    here = match.view_name if match else ""
    return [
        Entry(label, url, count(actor, at) if count else None, here == name)
        for label, name, count in NAV[actor.kind]
        if (url := _address(name))
    ]


def _address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


@dataclass(frozen=True)
class Figure:
    """A number on the home page that leads to what it counts. ``tone`` is "", "soon" or "red"."""

    label: str
    value: int | str | None
    url: str
    unit: str = ""
    note: str = ""
    tone: str = ""


@dataclass(frozen=True)
class Task:
    """One line of 今天要办. ``days_left`` are working days, negative when overdue."""

    title: str
    url: str
    context: str = ""
    light: str = ""
    days_left: int | None = None


@dataclass(frozen=True)
class HomePage:
    """All that the home page of a role shows."""

    title: str
    lede: str
    figures: list[Figure] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    action_label: str = ""
    action_url: str = ""
    empty_title: str = "今天没有要办的事"
    empty_text: str = ""


def home(request: HttpRequest) -> HttpResponse:
    """Show what this person must do now."""
    page = HomePage(title=f"您好，{request.user}", lede="")
    return render(request, "home.html", {"page": page})

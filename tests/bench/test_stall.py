"""Forty desks at their buttons, through the real server: on a beat of two seconds, and as fast as they can."""

import asyncio
import re
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from urllib.parse import urlencode

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from django.db.models import Count
from django.test import Client
from django.urls import reverse

from fairs.models import Desk, Ticket, TicketEvent
from fairs.workflow import LIVE
from taian_factors.directory.actors import Actor
from taian_factors.lib.clock import now
from tests.bench.conftest import SCALE, scaled
from tests.bench.halls import FullHall, full_hall
from tests.bench.lines import Line
from tests.bench.report import Report, broken, median, p95
from tests.bench.server import Portal
from tests.fairs.factories import key

pytestmark = pytest.mark.bench
BEAT, SECONDS = 2.0, 30
OPENING = 8.0  # seconds until the doors open
NEXT = 50  # milliseconds until a desk has its next ticket, at p95
PER_SECOND = 150  # desk verbs
TOKEN = "b" * 32
CYCLE = ("call", "begin", "consult")
HELD = "SELECT id FROM fairs_ticket WHERE desk_id = %s AND state IN ('called', 'serving')"
PAGE = reverse("requests_desk:stall_desk")


@dataclass
class Seat:
    """A clerk at a desk, signed in, with a line that stays open."""

    desk: Desk
    clerk: Actor
    line: Line
    headers: dict[str, str] = field(default_factory=dict)
    ticket: str = ""
    turn: int = 0

    def __post_init__(self) -> None:
        client = Client()
        assert self.clerk.user is not None
        client.force_login(self.clerk.user)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        cookies = {settings.SESSION_COOKIE_NAME: session, settings.CSRF_COOKIE_NAME: TOKEN}
        self.headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}

    async def press(self) -> tuple[str, str, float]:
        """Press the button whose turn it is; return its verb, the status, and the seconds until it was answered."""
        verb = CYCLE[self.turn]
        form = urlencode({"key": key(), "ticket": self.ticket, "csrfmiddlewaretoken": TOKEN})
        headers = {**self.headers, "Content-Type": "application/x-www-form-urlencoded"}
        started = time.perf_counter()
        status, _, _ = await self.line.ask(
            "POST", reverse("requests_desk:stall_act", args=[verb]), headers, form
        )
        self.turn = (self.turn + 1) % len(CYCLE)
        return verb, status, time.perf_counter() - started

    async def look(self) -> float:
        """Look at the page that follows, and read which ticket the desk has; return the seconds."""
        started = time.perf_counter()
        _, _, page = await self.line.ask("GET", PAGE, self.headers)
        found = re.search(rb'name="ticket" value="(\d+)"', page)
        self.ticket = found[1].decode() if found else ""
        return time.perf_counter() - started


def _seats(hall: FullHall, portal: Portal) -> list[Seat]:
    return [Seat(desk, clerk, Line(portal.port)) for desk, clerk in hall.desks]


async def _all(seats: list[Seat], live: Callable[[Seat, int], Awaitable[None]]) -> None:
    await asyncio.gather(*(live(seat, place) for place, seat in enumerate(seats)))
    for seat in seats:
        await seat.line.hang_up()


def _never_twice(hall: FullHall) -> None:
    """No ticket was called twice, no desk and no visit has two."""
    calls = TicketEvent.objects.filter(fair=hall.fair, verb="call").values("ticket").annotate(n=Count("pk"))
    assert list(calls.filter(n__gt=1)) == []
    live = Ticket.objects.filter(stall__fair=hall.fair, state__in=LIVE)
    for what in ("desk", "visit"):
        assert list(live.values(what).annotate(n=Count("pk")).filter(n__gt=1)) == []


def test_a_desk_has_its_next_ticket_at_once(filled: None, portal: Portal, report: Report) -> None:
    """On a beat: whoever is late is counted from the moment at which the button was due."""
    hall = full_hall(stalls=25, desks=40, visits=300, each=3, at=now())
    seats = _seats(hall, portal)
    calls: list[float] = []
    pages: list[float] = []
    statuses: Counter[str] = Counter()

    async def live(seat: Seat, place: int) -> None:
        for _ in range(2):  # who sits there has the page open before the doors open
            await seat.look()
        due = start + place * BEAT / len(seats)
        while due < start + SECONDS:
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            late = max(0.0, time.perf_counter() - due)
            verb, status, took = await seat.press()
            statuses[status] += 1
            if verb == "call":
                calls.append((late + took) * 1000)
            pages.append(await seat.look() * 1000)
            due += BEAT

    start = time.perf_counter() + OPENING
    asyncio.run(_all(seats, live))
    _never_twice(hall)
    assert set(statuses) == {"302"}
    figures = [
        report.add(
            "40 desks on a beat of 2 s: the next ticket, p95",
            p95(calls),
            "ms",
            NEXT,
            f"median {median(calls):.1f} ms, {len(calls)} calls",
        ),
        report.add("the page that follows", p95(pages), "ms", None, f"median {median(pages):.1f} ms"),
    ]
    assert SCALE < 1 or broken(figures) == []


def test_forty_desks_as_fast_as_they_can(filled: None, portal: Portal, report: Report) -> None:
    """In a closed loop: a desk presses again when it was answered; which ticket it has is read beside the server."""
    hall = full_hall(stalls=25, desks=40, visits=scaled(2_000), each=3, at=now())
    seats = _seats(hall, portal)
    pressed: Counter[str] = Counter()
    seconds = max(5, scaled(SECONDS))

    async def live(seat: Seat, place: int) -> None:
        while time.perf_counter() < start + seconds:
            if seat.turn == 1:
                seat.ticket = str(next(iter(beside.execute(HELD, [seat.desk.pk])))[0])
            _, status, _ = await seat.press()
            pressed[status] += 1

    with psycopg.connect(**connection.get_connection_params(), autocommit=True) as beside:
        start = time.perf_counter()
        asyncio.run(_all(seats, live))
    took = time.perf_counter() - start
    _never_twice(hall)
    done = pressed["302"] / took
    # A figure keeps its limit from above, so the time of a verb is told: 150 a second are 6.67 ms each.
    figure = report.add(
        "40 desks in a closed loop: a verb", 1000 / done, "ms", 1000 / PER_SECOND, f"{done:.0f} verbs/s"
    )
    assert set(pressed) == {"302"}
    assert SCALE < 1 or broken([figure]) == []

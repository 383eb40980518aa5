"""Two thousand phones and the hall's screens poll two web workers, while a desk calls."""

import asyncio
import re
import time
from dataclasses import dataclass

import pytest
from django.db import connection, connections
from django.urls import reverse

from fairs import queueing
from taian_factors.lib.clock import now
from tests.bench.conftest import scaled
from tests.bench.halls import FullHall, full_hall
from tests.bench.phones import Heard, polling
from tests.bench.report import Report, broken, p95
from tests.bench.server import Portal
from tests.fairs.factories import key

pytestmark = pytest.mark.bench
PHONES, SCREENS, SECONDS = 2_000, 6, 40
SLOWEST = 200  # milliseconds, at p95
LATEST = 4  # seconds from a call to the screen and the phone
CALLS_EVERY = 1.5

# Each look at a fair's queue reads its events once, and nothing else that phones and desks do reads them.
LOOKS = """
    SELECT sum(seq_scan + idx_scan) FROM pg_stat_user_tables WHERE relname = 'fairs_ticketevent'
"""


@dataclass
class Called:
    """A call, and where it was seen when."""

    number: int
    phone: str
    at: float
    on_phone: float | None = None
    on_screen: float | None = None


@pytest.fixture(scope="module")
def hall(filled: None) -> FullHall:
    return full_hall(stalls=25, desks=40, visits=scaled(PHONES), each=2, at=now())


def _looks() -> int:
    with connection.cursor() as cursor:
        time.sleep(1.5)  # what the workers did is counted when they are idle
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute(LOOKS)
        return int(cursor.fetchone()[0])


def _call(hall: FullHall, number: int, tokens: dict[int, str]) -> Called | None:
    """Let the desks take turns: begin and finish what one holds, and call the next."""
    desk, clerk = hall.desks[number % len(hall.desks)]
    try:
        ticket = queueing.call_next(desk=desk, actor=clerk, at=now(), key=key())
        if ticket is None:
            return None
        return Called(ticket.visit.number, tokens[ticket.visit_id], time.perf_counter())
    finally:
        connections.close_all()


async def _calling(hall: FullHall, seen: list[Called], until: float) -> None:
    tokens = {visit.pk: reverse("fairs:ticket", args=[visit.token]) for visit in hall.visits}
    for number in range(len(hall.desks)):
        if time.perf_counter() > until - LATEST - 1:
            return
        called = await asyncio.to_thread(_call, hall, number, tokens)
        if called:
            seen.append(called)
        await asyncio.sleep(CALLS_EVERY)


def _notice(seen: list[Called], screen: str) -> Heard:
    """Note when a call is first on its phone and on the hall's screen."""

    def changed(address: str, body: bytes, at: float) -> None:
        if address == screen:
            shown = set(re.findall(r"(\d{3,}) ▶", body.decode()))
            for called in seen:
                if called.on_screen is None and f"{called.number:03d}" in shown:
                    called.on_screen = at
            return
        for called in seen:
            if called.phone == address and called.on_phone is None and "请到" in body.decode():
                called.on_phone = at

    return Heard(changed=changed)


@pytest.fixture(scope="module")
def heard(hall: FullHall, portal: Portal) -> tuple[Heard, list[Called], float]:
    screen = reverse("fairs:hall_screen", args=[hall.fair.token])
    zone = reverse("fairs:zone_screen", args=[hall.fair.token, "B"])
    phones = [reverse("fairs:ticket", args=[visit.token]) for visit in hall.visits]
    seen: list[Called] = []
    addresses = [screen, *[zone] * (SCREENS - 1), *phones]

    async def live() -> Heard:
        await polling(portal.port, addresses, Heard(), start=time.perf_counter(), seconds=10)
        found, start = _notice(seen, screen), time.perf_counter()
        await asyncio.gather(
            polling(portal.port, addresses, found, start=start, seconds=SECONDS),
            _calling(hall, seen, start + SECONDS),
        )
        return found

    before, started = _looks(), time.perf_counter()
    found = asyncio.run(live())
    seconds = time.perf_counter() - started
    return found, seen, (_looks() - before) / seconds


def test_two_thousand_phones_are_answered_in_time(
    heard: tuple[Heard, list[Called], float], report: Report
) -> None:
    found, _, looks = heard
    asked, unchanged = len(found.taken), found.statuses["304"]
    figures = [
        report.add(
            f"{scaled(PHONES):,} phones, p95",
            p95(found.taken),
            "ms",
            SLOWEST,
            f"{asked / SECONDS:.0f} questions/s, {dict(found.statuses)}, slowest {max(found.taken):.0f} ms",
        ),
        report.add("looks at the fair's queue", looks, "/s", 1.0),
        report.add("not answered", asked - unchanged - found.statuses["200"], "", 0),
    ]
    assert unchanged > asked * 0.5
    assert broken(figures) == []


def test_a_call_is_on_screen_and_phone_in_four_seconds(
    heard: tuple[Heard, list[Called], float], report: Report
) -> None:
    _, seen, _ = heard
    lost = [called.number for called in seen if called.on_phone is None or called.on_screen is None]
    assert (lost, len(seen) > 10) == ([], True)
    figures = [
        report.add(
            "a call is on the phone, at the latest",
            max(called.on_phone - called.at for called in seen if called.on_phone),
            "s",
            LATEST,
            f"{len(seen)} calls",
        ),
        report.add(
            "a call is on the screen, at the latest",
            max(called.on_screen - called.at for called in seen if called.on_screen),
            "s",
            LATEST,
        ),
    ]
    assert broken(figures) == []

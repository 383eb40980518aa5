"""Phones that poll: each with a connection that stays open, each on its own beat, whatever the server does.

A phone asks as ``static/js/site.js`` does, and remembers the ETag. The time of an answer counts from the moment at
which the question was due (open loop), so a server that falls behind cannot hide it.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.bench.lines import Line

EVERY = 2.8  # seconds between two questions of a phone, as the pages have it


@dataclass
class Heard:
    """What all phones were told."""

    taken: list[float] = field(default_factory=list)  # milliseconds
    statuses: Counter[str] = field(default_factory=Counter)
    changed: Callable[[str, bytes, float], None] = lambda address, body, at: None


class Phone:
    """One phone with one line."""

    def __init__(self, port: int, address: str, heard: Heard) -> None:
        self.line, self.address, self.heard, self.tag = Line(port), address, heard, ""

    async def poll(self, start: float, until: float) -> None:
        """Ask again and again; who was not answered in time asks at once."""
        due = start
        while due < until:
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            try:
                async with asyncio.timeout(8):
                    status, body = await self._ask()
            except (OSError, TimeoutError, asyncio.IncompleteReadError):
                status, body = "lost", b""
                await self.line.hang_up()
            now = time.perf_counter()
            self.heard.taken.append((now - due) * 1000)
            self.heard.statuses[status] += 1
            if status == "200":
                self.heard.changed(self.address, body, now)
            due = max(due + EVERY, now)
        await self.line.hang_up()

    async def _ask(self) -> tuple[str, bytes]:
        known = {"If-None-Match": self.tag} if self.tag else {}
        status, told, body = await self.line.ask("GET", self.address, {"HX-Request": "true", **known})
        self.tag = told.get("etag", self.tag)
        return status, body


async def polling(port: int, addresses: list[str], heard: Heard, *, start: float, seconds: float) -> None:
    """Let a phone poll each address from ``start`` on, their beats spread evenly."""
    phones = [Phone(port, address, heard) for address in addresses]
    step = EVERY / max(1, len(phones))
    await asyncio.gather(
        *(phone.poll(start + place * step, start + seconds) for place, phone in enumerate(phones))
    )

"""Phones that poll: each with a connection that stays open, each on its own beat, whatever the server does.

A phone asks as ``static/js/site.js`` does, and remembers the ETag. The time of an answer counts from the moment at
which the question was due (open loop), so a server that falls behind cannot hide it.
"""

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

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
        self.port, self.address, self.heard, self.tag = port, address, heard, ""
        self.line: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

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
                await self._hang_up()
            now = time.perf_counter()
            self.heard.taken.append((now - due) * 1000)
            self.heard.statuses[status] += 1
            if status == "200":
                self.heard.changed(self.address, body, now)
            due = max(due + EVERY, now)
        await self._hang_up()

    async def _hang_up(self) -> None:
        if self.line is None:
            return
        (_, writer), self.line = self.line, None
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()

    async def _ask(self) -> tuple[str, bytes]:
        if self.line is None:
            self.line = await asyncio.open_connection("127.0.0.1", self.port)
        reader, writer = self.line
        known = f"If-None-Match: {self.tag}\r\n" if self.tag else ""
        writer.write(
            f"GET {self.address} HTTP/1.1\r\nHost: 127.0.0.1\r\nHX-Request: true\r\n{known}\r\n".encode()
        )
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        fields = dict(line.split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line)
        lower = {name.lower(): value for name, value in fields.items()}
        status = head.split(" ", 2)[1]
        body = b"" if status == "304" else await reader.readexactly(int(lower.get("content-length", 0)))
        self.tag = lower.get("etag", self.tag)
        if lower.get("connection", "").lower() == "close":
            await self._hang_up()
        return status, body


async def polling(port: int, addresses: list[str], heard: Heard, *, start: float, seconds: float) -> None:
    """Let a phone poll each address from ``start`` on, their beats spread evenly."""
    phones = [Phone(port, address, heard) for address in addresses]
    step = EVERY / max(1, len(phones))
    await asyncio.gather(
        *(phone.poll(start + place * step, start + seconds) for place, phone in enumerate(phones))
    )

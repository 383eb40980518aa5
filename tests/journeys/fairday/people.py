"""Somebody with a bad line: it breaks before the answer is read, a button is pressed twice, a worker dies meanwhile.

Whoever has no answer sends the very same again, as the pages do, until there is one. What was told is all that these
people know: nothing here looks into the database.
"""

import asyncio
import random
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from tests.bench.lines import Line

TOKEN = "d" * 32  # a CSRF secret: cookie and form agree, that is all that is asked
BUSY = "请再点一次"
PATIENCE = 30  # seconds until a line is given up
BROKEN, TWICE = 0.07, 0.06  # shares of all presses


@dataclass
class Weather:
    """The dice of the day, and what went wrong on purpose."""

    port: int
    dice: random.Random
    seen: Counter[str] = field(default_factory=Counter)
    lines: list[Line] = field(default_factory=list)
    is_closing: bool = False


@dataclass(frozen=True)
class Told:
    """An answer: its status, where it leads, its name for the next question, and its page."""

    status: int
    location: str
    tag: str
    page: str


class Person:
    """One person (or one phone) with a line that stays open, until it does not."""

    def __init__(self, weather: Weather, cookies: str = "") -> None:
        self.weather, self.dice = weather, random.Random(weather.dice.random())
        self.cookies = f"{cookies}; csrftoken={TOKEN}".removeprefix("; ")
        self.line = Line(weather.port)
        weather.lines.append(self.line)

    async def look(self, address: str, **headers: str) -> Told:
        """Open a page."""
        return await self._insist("GET", address, "", headers)

    async def press(self, address: str, **data: Any) -> Told:
        """Send a form once, or as often as it takes; a crowd at the same rows is a reason to press again."""
        form = urlencode({**data, "csrfmiddlewaretoken": TOKEN}, doseq=True)
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        while True:
            told = await self._once_or_twice(address, form, headers)
            if told.status not in (409, 422) or BUSY not in told.page:
                return told
            self.weather.seen["busy"] += 1
            await asyncio.sleep(0.2)

    async def _once_or_twice(self, address: str, form: str, headers: dict[str, str]) -> Told:
        luck = self.dice.random()
        if luck < BROKEN:
            await self._lose(address, form, headers)
        elif luck < BROKEN + TWICE:
            return await self._twice(address, form, headers)
        return await self._insist("POST", address, form, headers)

    async def _lose(self, address: str, form: str, headers: dict[str, str]) -> None:
        """Send, and drop the line before the answer is read: nobody here will ever know it."""
        self.weather.seen["lost"] += 1
        try:
            await self.line.say("POST", address, self._with(headers), form)
            await asyncio.sleep(self.dice.random() * 0.03)
        except OSError:
            self.weather.seen["refused"] += 1
        self.line.drop()

    async def _twice(self, address: str, form: str, headers: dict[str, str]) -> Told:
        """Press twice at once, over two lines; both are told the same."""
        self.weather.seen["twice"] += 1
        other = Person(self.weather, self.cookies)
        mine, its = await asyncio.gather(
            self._insist("POST", address, form, headers), other._insist("POST", address, form, headers)
        )
        other.line.drop()
        if BUSY in mine.page + its.page:
            return mine if BUSY in mine.page else its
        if self.weather.is_closing:  # the office closed the day between the two
            return min(mine, its, key=lambda told: told.status)
        assert mine.status == its.status, f"{address}: {mine.status} and {its.status}\n{plain(its.page)}"
        return mine

    async def _insist(self, method: str, address: str, form: str, headers: dict[str, str]) -> Told:
        while True:
            try:
                async with asyncio.timeout(PATIENCE):
                    status, fields, body = await self.line.ask(method, address, self._with(headers), form)
            except (OSError, EOFError, TimeoutError):
                self.line.drop()
                self.weather.seen["cut off"] += 1
                await asyncio.sleep(0.1 + self.dice.random() * 0.2)
                continue
            self.weather.seen[status] += 1
            told = Told(
                int(status), fields.get("location", ""), fields.get("etag", ""), body.decode(errors="replace")
            )
            assert told.status < 500, f"{method} {address}: {status}\n{plain(told.page)}"
            return told

    def _with(self, headers: dict[str, str]) -> dict[str, str]:
        return {"Cookie": self.cookies, **headers}


def plain(page: str) -> str:
    """Return a page without its tags, as far as an error message needs it."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))[:1500]

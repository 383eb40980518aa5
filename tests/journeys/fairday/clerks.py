"""Clerks at their desks: call, begin, file a need, finish, send on, pass over; until the day is over."""

import asyncio
import re
from dataclasses import dataclass
from itertools import count

from django.urls import reverse

from tests.journeys.fairday.book import Book, Need
from tests.journeys.fairday.people import Person, plain

DESK = reverse("requests_desk:stall_desk")
HELD = re.compile(r'data-held="(\d+)-(\w+)"')
OUTCOMES = ("completed", "completed", "planned", "kept", "handed_over")
KEPT_AS = {"consult": "finish"}  # a button with a name of its own
REST = 2.0  # seconds until one looks again whether somebody came
_keys = count(1)


@dataclass
class Clerk:
    """One clerk, who knows what the page of the desk shows."""

    person: Person
    book: Book
    desk: int
    stall: str
    is_finance: bool
    factor: int
    others: list[int]  # the other stalls
    ticket: int = 0
    state: str = ""
    page: str = ""

    async def work(self) -> None:
        """Press what comes next; rest while nobody waits; go when the day is over and the desk is empty."""
        await self._see()
        while not (self.book.is_over.is_set() and not self.ticket):
            if not self.ticket:
                await self._take_the_next()
            elif self.state == "called":
                await self._welcome(self.person.dice.random())
            else:
                await self._serve(self.person.dice.random())

    async def _take_the_next(self) -> None:
        """Call; who is told that nobody is free looks now and then whether somebody came."""
        if await self._do("call"):
            await self._see()
        if self.ticket:
            self.book.calls[self.ticket] += 1
            return
        while not self.book.is_over.is_set() and "下一位：" not in self.page:
            await asyncio.sleep(REST * (0.5 + self.person.dice.random()))
            await self._see()

    async def _welcome(self, luck: float) -> None:
        """Begin; or call once more, and let the next one come when nobody is there."""
        if luck < 0.1:
            await self._do("recall")
        verb, then = ("pass_over", "") if luck < 0.07 else ("begin", "serving")
        if not await self._do(verb):
            await self._see()
        elif then:
            self.state = then
        else:
            self._end("missed")

    async def _serve(self, luck: float) -> None:
        """End what was begun in one of its ways; the outcome is written down when the page has said so."""
        other = self.person.dice.choice(self.others)
        is_late = self.book.is_over.is_set()  # nobody can be sent on after the close
        if luck < 0.08 and not is_late:
            done, how = await self._do("transfer", to_stall=other, note="请接着谈"), "transferred"
        elif luck < 0.4:
            await self._file()
            done, how = await self._do("finish"), "handled"
        else:
            if luck < 0.45 and not is_late:
                await self._do("add", to_stall=other)
            done, how = await self._do("consult"), "consulted"
        if done:
            self._end(how)
        else:
            await self._see()

    def _end(self, how: str) -> None:
        self.book.ended[self.ticket] = (self.stall, how)
        self.ticket, self.state, self.page = 0, "", ""

    async def _file(self) -> None:
        outcome, key = self.person.dice.choice(OUTCOMES), self._key()
        form = {"which": "new", "headline": f"当天第 {key} 项需求", "factor": self.factor, "outcome": outcome}
        if outcome in ("completed", "planned"):
            form["text"] = "当场答复。"
        if outcome == "planned":
            form |= {"plan_on": "2023-07-31", "plan_owner": "经办人"}
        address = reverse("requests_desk:stall_need")
        told = await self.person.press(address, key=key, ticket=self.ticket, **form)
        assert told.status == 302, f"{form}: {plain(told.page)}"
        self.book.pressed[key] = "file"
        self.book.needs.append(Need(self.stall, self.is_finance, outcome))

    async def _do(self, verb: str, **data: object) -> bool:
        """Press a button; return whether it was done."""
        key = self._key()
        address = reverse("requests_desk:stall_act", args=[verb])
        told = await self.person.press(address, key=key, ticket=self.ticket or "", **data)
        if told.status == 302:
            self.book.pressed[key] = KEPT_AS.get(verb, verb)
            return True
        # The enterprise has left meanwhile, or the office has closed the day and emptied the desk.
        assert told.status == 409 or (told.status == 403 and self.book.is_over.is_set()), (
            f"{verb}: {told.status} {plain(told.page)}"
        )
        self.book.refused.add(key)
        return False

    async def _see(self) -> None:
        self.page = (await self.person.look(DESK)).page
        found = HELD.search(self.page)
        self.ticket, self.state = (int(found[1]), found[2]) if found else (0, "")

    def _key(self) -> str:
        return f"{self.desk}-{next(_keys)}"

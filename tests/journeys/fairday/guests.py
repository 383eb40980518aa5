"""Enterprises: in by reception or kiosk, then a phone that polls, comes back when it was passed over, leaves, rates."""

import asyncio
import re
from dataclasses import dataclass

from django.urls import reverse

from tests.journeys.fairday.book import Book
from tests.journeys.fairday.people import Person, Told, plain

PHONE = re.compile(r'"[^"]*?(/fairs/t/[^/"]+/)"')  # where a link leads, or a code that is scanned
NUMBER = re.compile(r'class="ticket-number">(\d+)<')
PLACE = re.compile(r'<strong>(\S+?)\s[^<]*</strong>\s*<span class="badge-state[^"]*">([^<]+)<')
REENTER = re.compile(r'action="(/fairs/t/[^"]+/reenter/\d+/)"')
LEAVE = re.compile(r'action="(/fairs/t/[^"]+/leave/\d+/)"')
AHEAD = re.compile(r"前面 (\d+) 家")
NEAR, FAR = 5.0, 15.0  # seconds between two looks: a line whose end is in sight is looked at oftener
ENDED = {"已办理", "过号", "已离开"}


@dataclass
class Guest:
    """An enterprise with its phone."""

    person: Person
    book: Book
    receptionist: Person
    reception: str  # the page on which this enterprise is checked in
    kiosk: str  # where it checks itself in, or nothing
    credit_code: str
    stalls: list[int]
    comes_after: float
    phone: str = ""
    tag: str = ""
    page: str = ""
    has_left: bool = False

    async def spend_the_day(self) -> None:
        """Arrive, wait until all that one wanted is done, rate, go home."""
        await asyncio.sleep(self.comes_after)
        await self._arrive()
        self.book.wished += len(self.stalls)
        while not self.book.is_over.is_set():
            await self._poll()
            if not await self._act() and self._states() <= ENDED:
                break
            every = NEAR if min(map(int, AHEAD.findall(self.page)), default=0) < 3 else FAR
            await asyncio.sleep(every * (0.5 + self.person.dice.random()))
        self.book.gone_home += 1

    async def look_back(self) -> None:
        """Read on the phone, after the close, how it all ended."""
        self.tag = ""
        await self._poll()
        self.book.places[self.phone] = PLACE.findall(self.page)
        if "已办理" in self._states() and self.person.dice.random() < 0.4:
            await self._rate(self.person.dice.randint(1, 5))

    async def _arrive(self) -> None:
        if self.kiosk:
            typed = {
                "credit_code": self.credit_code,
                "stalls": self.stalls,
                "key": f"kiosk-{self.credit_code}",
            }
            return self._remember(await self.person.press(self.kiosk, **typed))
        told = await self.receptionist.press(self.reception, stalls=self.stalls)
        assert told.status == 302, plain(told.page)
        return self._remember(await self.receptionist.look(told.location))

    def _remember(self, told: Told) -> None:
        self.phone = PHONE.search(told.page)[1]

    async def _poll(self) -> None:
        known = {"If-None-Match": self.tag} if self.tag else {}
        told = await self.person.look(self.phone, **{"HX-Request": "true", **known})
        if told.status == 200:
            self.tag, self.page = told.tag, told.page
            self.book.numbers[self.phone] = int(NUMBER.search(told.page)[1])

    async def _act(self) -> bool:
        """Come back where one was passed over, or give up a place; return whether anything was done."""
        dice = self.person.dice
        if (again := REENTER.search(self.page)) and dice.random() < 0.7:
            done = await self._press(again[1])
            self.book.reentered += done
            return done
        if (leave := LEAVE.search(self.page)) and not self.has_left and dice.random() < 0.02:
            self.has_left = True
            return await self._press(leave[1])
        return False

    async def _press(self, address: str) -> bool:
        told = await self.person.press(address)
        assert told.status in (302, 409), plain(told.page)  # 409: called, closed or ended meanwhile
        return told.status == 302

    async def _rate(self, level: int) -> None:
        address = reverse("requests_desk:fair_review", args=[self.phone.split("/")[-2]])
        told = await self.person.press(address, rating=level)
        assert told.status == 302, plain(told.page)
        self.book.ratings[level] += 1

    def _states(self) -> set[str]:
        return {state for _, state in PLACE.findall(self.page)}

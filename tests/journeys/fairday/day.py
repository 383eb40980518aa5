"""One day from the first check-in to the close: everybody at once, while web workers are killed."""

import asyncio
import os
import random
import signal
import time
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.test import Client
from django.urls import reverse

from fairs.models import Desk, Fair, Stall
from taian_factors.directory.actors import Actor
from taian_factors.directory.models import Factor, Organization
from tests.bench.server import Portal
from tests.directory import factories as directory
from tests.fairs import factories as fairs
from tests.journeys.fairday.application import MORNING
from tests.journeys.fairday.book import Book
from tests.journeys.fairday.clerks import Clerk
from tests.journeys.fairday.guests import Guest
from tests.journeys.fairday.people import Person, Weather

DEPARTMENTS, BANKS, DESKS, VISITS, EACH = 15, 10, 40, 300, 3
ARRIVING = 16.0  # seconds in which all arrive
DEATHS = (4.0, 10.0, 16.0)  # seconds, or as soon after them as both are grown up
GROWN_UP = 5.0  # seconds; granian gives up when a worker dies right after its birth
ENOUGH = 0.97  # of the visits have gone home: the office closes
LONGEST = 75.0  # seconds; on a machine that is busy otherwise many are left waiting then
SEEN_WITHIN = 4.0  # seconds from a step to the phone


@dataclass
class Hall:
    """The hall as it stands in the morning, and those who work there with the cookies of their devices."""

    fair: Fair
    stalls: list[Stall]
    desks: list[tuple[Desk, str]]
    enterprises: list[Organization]
    office: Actor
    receptions: list[str]
    factors: dict[bool, int]  # for finance, and for the others

    @classmethod
    def of_25_stalls(cls) -> "Hall":
        """Build it: the stalls of fifteen departments and ten banks, with one or two desks each."""
        fair = fairs.fair(held_on=MORNING.date())
        bodies = Organization.objects.active()
        owners = [*bodies.departments().order_by("pk")[:DEPARTMENTS]]
        owners += bodies.institutions().order_by("pk")[:BANKS]
        stalls = [fairs.stall(fair, owner, code=f"B{place:02d}") for place, owner in enumerate(owners, 1)]
        seats = [fairs.seated(stalls[place % len(stalls)], at=MORNING) for place in range(DESKS)]
        return cls(
            fair=fair,
            stalls=stalls,
            desks=[(desk, cookies(clerk)) for desk, clerk in seats],
            enterprises=[directory.enterprise() for _ in range(VISITS)],
            office=fairs.reception(),
            receptions=[cookies(fairs.reception()) for _ in range(4)],
            factors={
                is_finance: Factor.objects.filter(is_finance=is_finance, is_active=True).first().pk
                for is_finance in (True, False)
            },
        )


def cookies(actor: Actor) -> str:
    """Sign somebody in and return the cookie of it."""
    client = Client()
    client.force_login(actor.user)
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


@dataclass
class Day:
    """The day: who is in it, what they were told, which workers died."""

    hall: Hall
    portal: Portal
    seed: int
    book: Book = field(default_factory=Book)
    killed: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)
        self.weather = Weather(self.portal.port, self.dice)
        self.office = Person(self.weather, cookies(self.hall.office))
        self.clerks = [self._clerk(desk, signed_in) for desk, signed_in in self.hall.desks]
        self.guests = [self._guest(enterprise) for enterprise in self.hall.enterprises]

    def run(self) -> None:
        """Live through it; whatever happens, no line stays open."""
        asyncio.run(self._run())

    async def _run(self) -> None:
        try:
            await self._live()
        finally:
            for line in self.weather.lines:
                line.drop()
            await asyncio.sleep(0.1)

    def _clerk(self, desk: Desk, signed_in: str) -> Clerk:
        stall = desk.stall
        is_finance = stall.organization.kind == Organization.Kind.INSTITUTION
        others = [other.pk for other in self.hall.stalls if other.pk != stall.pk]
        person, factor = Person(self.weather, signed_in), self.hall.factors[is_finance]
        return Clerk(person, self.book, desk.pk, stall.code, is_finance, factor, others)

    def _guest(self, enterprise: Organization) -> Guest:
        fair, comes_to_kiosk = self.hall.fair, self.dice.random() < 0.4
        return Guest(
            person=Person(self.weather),
            book=self.book,
            receptionist=Person(self.weather, self.dice.choice(self.hall.receptions)),
            reception=reverse("fairs:check_in", args=[fair.pk, enterprise.pk]),
            kiosk=reverse("fairs:kiosk", args=[fair.door_token]) if comes_to_kiosk else "",
            credit_code=enterprise.profile.credit_code,
            stalls=[stall.pk for stall in self.dice.sample(self.hall.stalls, EACH)],
            comes_after=self.dice.random() * ARRIVING,
        )

    async def _live(self) -> None:
        everybody = [clerk.work() for clerk in self.clerks] + [guest.spend_the_day() for guest in self.guests]
        async with asyncio.TaskGroup() as group:
            for one in everybody:
                group.create_task(one)
            group.create_task(self._kill_workers())
            group.create_task(self._close_the_day())
        await asyncio.sleep(SEEN_WITHIN)
        async with asyncio.TaskGroup() as group:
            for guest in self.guests:
                group.create_task(guest.look_back())

    async def _close_the_day(self) -> None:
        """Close when nearly all have gone home, or the day has become long, all are there and all has happened."""
        until = time.monotonic() + LONGEST
        while self.book.gone_home < ENOUGH * len(self.guests):
            if time.monotonic() > until and self.book.wished == EACH * len(self.guests) and self.book.is_full:
                self.weather.seen["the day was too long"] += 1
                break
            await asyncio.sleep(0.2)
        self.weather.is_closing = True
        self.book.is_over.set()
        told = await self.office.press(reverse("fairs:close", args=[self.hall.fair.pk]))
        assert told.status == 302

    async def _kill_workers(self) -> None:
        began, deaths, server = time.monotonic(), list(DEATHS), self.portal.process.pid
        needed = max(GROWN_UP, age(server))  # what it took to be there at all, on this machine
        while deaths and not self.book.is_over.is_set():
            grown = [pid for pid in workers(server) if age(pid) > needed]
            if len(grown) > 1 and time.monotonic() > began + deaths[0]:
                victim = self.dice.choice(grown)
                os.kill(victim, signal.SIGKILL)
                self.killed.append(victim)
                del deaths[0]
            await asyncio.sleep(0.2)


def workers(parent: int) -> list[int]:
    """Return the processes of the web workers."""
    children = map(int, Path(f"/proc/{parent}/task/{parent}/children").read_text().split())
    return [
        pid for pid in children if age(pid) and b"tracker" not in Path(f"/proc/{pid}/cmdline").read_bytes()
    ]


def age(pid: int) -> float:
    """Return for how many seconds a process has lived; 0 when it does no longer."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    born = int(fields[19]) / os.sysconf("SC_CLK_TCK")  # counted from here: state is the first
    return 0.0 if fields[0] == "Z" else time.clock_gettime(time.CLOCK_BOOTTIME) - born

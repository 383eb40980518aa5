"""How many filings a day brings, and what stands in them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from random import Random
from typing import Any

from requests_desk.intake import Contact, file
from requests_desk.models import FactorRequest, Filing
from taian_factors.demo import stories
from taian_factors.demo.city import City, Enterprise, read
from taian_factors.demo.habits import ASKED, course_of
from taian_factors.demo.matter import Matter
from taian_factors.demo.stories import Story, Words
from taian_factors.demo.timeline import office_moment
from taian_factors.directory.actors import Actor
from taian_factors.lib.periods import at_local, local_day
from taian_factors.lib.workdays import WorkCalendar

# How many filings come on one day, and how many needs stand in one.
A_DAY = {0: 6, 1: 22, 2: 34, 3: 24, 4: 14}
NEEDS = {1: 66, 2: 24, 3: 10}
Channel = Filing.Channel


@dataclass
class Coming:
    """A filing that will be sent."""

    at: datetime
    enterprise: Enterprise
    told: list[Story]
    actor: Actor
    channel: Filing.Channel

    def send(self, city: City, calendar: WorkCalendar, at: datetime) -> list[Matter]:
        """Send it; return the matters that are born."""
        profile = self.enterprise.organization.profile
        filing = file(
            enterprise=self.enterprise.organization,
            needs=[story.need for story in self.told],
            project=self.enterprise.project,
            contact=Contact(profile.contact_name, profile.contact_phone),
            channel=self.channel,
            actor=self.actor,
            at=at,
        )
        born = filing.factor_requests.select_related("factor", "division", "enterprise", "filing__project")
        return [
            Matter(city, calendar, r, self.enterprise, story.words, course_of(r.number), at=at)
            for r, story in zip(born.order_by("pk"), self.told, strict=True)
        ]


def on_day(day: date, city: City, *, scale: float = 1) -> list[Coming]:
    """Return what comes in on a working day: always the same for the same day.

    Args:
        scale: the share of it that comes; small for tests.
    """
    chance = Random(f"filings {day}")  # noqa: S311
    number = chance.choices(list(A_DAY), list(A_DAY.values()))[0]
    return [_coming(day, city, chance) for _ in range(number) if chance.random() < scale]


def _coming(day: date, city: City, chance: Random) -> Coming:
    enterprise = chance.choice(city.examples)
    number = chance.choices(list(NEEDS), list(NEEDS.values()))[0]
    codes = {chance.choices(list(ASKED), list(ASKED.values()))[0]: None for _ in range(number)}
    told = [stories.tell(city.factors[code], enterprise, chance) for code in codes]
    actor, channel = _sender(city, enterprise, chance)
    return Coming(office_moment(day, chance), enterprise, told, actor, channel)


def _sender(city: City, enterprise: Enterprise, chance: Random) -> tuple[Actor, Filing.Channel]:
    """Most file for themselves; chain teams and county offices bring what they hear on their visits."""
    lot, profile = chance.random(), enterprise.organization.profile
    if lot < 0.70:
        return enterprise.owner, Channel.ONLINE
    if lot < 0.85:
        channel = Channel.KEY_PROJECT if enterprise.project.is_key else Channel.PROBLEM
        return city.actors[f"zb-{profile.chain.code.lower()}"], channel
    return city.actors[f"tb-{profile.division.code.lower()}"], Channel.VISIT


def named(city: City) -> list[Coming]:
    """Return what the press tells of five enterprises, brought in by their chain teams."""
    found = []
    for row in read("named")["filings"]:
        enterprise = city.named[row["enterprise"]]
        at = at_local(date.fromisoformat(row["filed_on"]), time(10, 20))
        team = city.actors[f"zb-{enterprise.organization.profile.chain.code.lower()}"]
        told = [stories.of_press(city.factors[need["factor"]], need) for need in row["needs"]]
        found.append(Coming(at, enterprise, told, team, Channel.KEY_PROJECT))
    return found


def waiting_matters(
    city: City, calendar: WorkCalendar, is_over: Callable[[FactorRequest], bool], **only: Any
) -> list[Matter]:
    """Return the matters of the city's enterprises that are not at their end, with what has happened to them."""
    by_id = {e.organization.pk: e for e in [*city.examples, *city.named.values()]}
    requests = (
        FactorRequest.objects.filter(enterprise__in=by_id, **only)
        .exclude(state__in=["refused", "withdrawn", "written_off"])
        .select_related("factor", "division", "enterprise", "filing__project")
        .prefetch_related("events")
        .order_by("pk")
    )
    return [_again(r, by_id[r.enterprise_id], city, calendar) for r in requests if not is_over(r)]


def _again(
    factor_request: FactorRequest, enterprise: Enterprise, city: City, calendar: WorkCalendar
) -> Matter:
    events = sorted(factor_request.events.all(), key=lambda event: event.pk)
    words: Words = stories.recall(factor_request.factor.code, factor_request.headline)
    course, done, at = course_of(factor_request.number), [event.verb for event in events], events[-1].at
    if factor_request.filing.visit_id is not None:
        # What was planned at a fair is worked on from the next day on; the day's figures stay as they are.
        at = max(at, at_local(local_day(factor_request.filed_at), time(17, 30)))
    return Matter(city, calendar, factor_request, enterprise, words, course, done=done, at=at)

"""One request of the demo city on its way: what has happened to it, and chance that gives the same again."""

from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from requests_desk.models import Assignment, FactorRequest
from taian_factors.demo.city import City, Enterprise
from taian_factors.demo.habits import Course
from taian_factors.demo.stories import Words
from taian_factors.demo.timeline import minutes, office_moment
from taian_factors.directory.actors import Actor
from taian_factors.lib.periods import SHANGHAI, local_day
from taian_factors.lib.workdays import WorkCalendar

# When, and what then; the act returns the verb that it did.
Act = Callable[["Matter", datetime], str]
Next = tuple[datetime, Act]
Life = Generator[datetime, None, None]
NEW_HANDS = {"assign", "reassign", "redo", "reopen"}


@dataclass
class Matter:
    """A request with its course. ``done`` are the verbs of its events so far, ``at`` the moment of the last."""

    city: City
    calendar: WorkCalendar
    factor_request: FactorRequest
    enterprise: Enterprise
    words: Words
    course: Course
    done: list[str] = field(default_factory=lambda: ["file"])
    at: datetime = field(default_factory=lambda: datetime.now(SHANGHAI))
    has_supports: bool = True  # as far as we know
    _lead: Assignment | None = None

    def chance(self) -> Random:
        """Return the chance of the next step: the same one each time it is asked, also in another process."""
        return Random(f"{self.factor_request.number} {len(self.done)}")  # noqa: S311

    def after(self, days: int) -> datetime:
        """Return a moment in office hours ``days`` working days after the last one; with 0 soon after it."""
        chance = self.chance()
        soon = self.at + minutes(chance, 9, 75)
        if days == 0 and self.calendar.is_open(soon):
            return soon
        return office_moment(self.calendar.add(local_day(self.at), max(1, days)), chance)

    def before(self, due: datetime | None, *, at_most: int = 99) -> datetime:
        """Return a moment by ``due``; when that is past, soon."""
        if due is None:
            return self.after(1)
        left = self.calendar.between(local_day(self.at), local_day(due))
        moment = self.after(self.chance().randint(0, max(0, min(left, at_most))))
        return moment if moment <= due else self.soon()

    def beyond(self, due: datetime | None, *, at_most: int = 6) -> datetime:
        """Return a moment after ``due``."""
        base = max(self.at, due or self.at)
        chance = self.chance()
        return office_moment(self.calendar.add(local_day(base), chance.randint(1, at_most)), chance)

    def soon(self) -> datetime:
        """Return a moment some minutes later, whatever the hour."""
        return self.at + timedelta(minutes=self.chance().randint(5, 25))

    def has(self, verb: str) -> bool:
        """Whether it ever happened."""
        return verb in self.done

    def has_now(self, verb: str) -> bool:
        """Whether it has happened since the matter came into its present hands."""
        for past in reversed(self.done):
            if past == verb:
                return True
            if past in NEW_HANDS:
                return False
        return False

    @property
    def lead(self) -> Assignment:
        """The lead that holds it, read once until ``forget``."""
        if self._lead is None:
            running = self.factor_request.assignments.filter(part="lead", ended_at=None)
            self._lead = running.select_related("organization").latest("pk")
        return self._lead

    def forget(self) -> None:
        """Something may have changed: read the lead again."""
        self._lead = None

    @property
    def clerk(self) -> Actor:
        """The clerk of the body that holds it."""
        return self.city.at(self.lead.organization)

    @property
    def month(self) -> str:
        """The month it is in."""
        return f"{local_day(self.at):%Y-%m}"

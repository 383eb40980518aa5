"""Setting the demo city up, and bringing it up to a later day."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from requests_desk import notices
from requests_desk.models import RequestEvent
from scoring import announcing
from scoring.models import RunStep
from taian_factors.demo import city, people, present, today, upcoming, visiting
from taian_factors.demo.builder import FIRST_DAY, FIRST_MONTH, LAST_DAY, LAST_MONTH, Builder
from taian_factors.demo.city import City
from taian_factors.demo.hall import NAME
from taian_factors.lib.periods import Period, local_day

TELL = timedelta(days=2)  # older events are history: nobody is told of them any more
TELL_MONTHS = timedelta(days=45)  # the last month's way to its publication still stands at the bell


@dataclass
class Built:
    """What a set-up did: how many steps and scenes, and which steps the verbs refused."""

    steps: int = 0
    scenes: int = 0
    is_new: bool = False
    refused: list[str] = field(default_factory=list)


def set_up(*, now: datetime, scale: float = 1, with_history: bool = True) -> Built:
    """Build the city up to ``now``; on a day whose fair stands, nothing is left to do.

    Args:
        now: this moment, in whole seconds; a test may pretend.
        scale: the share of the ordinary filings that come; small for tests.
        with_history: whether July 2022 to June 2023 is told, with the fair of 13 June.
    """
    if present.is_built(now, NAME):
        return Built()
    the_city = city.build()
    people.open_admin()
    people.open_accounts([name for name, actor in the_city.actors.items() if not _is_named(the_city, actor)])
    builder = Builder(the_city, scale=scale)
    builder.go_on()
    if with_history:
        _plan_history(builder, now)
    living = living_since(now)
    builder.fill_days(living.first_day, local_day(now))
    builder.fill_months(living, Period.month_of(local_day(now)), now=now)
    built = Built(steps=builder.run(now), is_new=True, refused=builder.refused)
    built.scenes = _make_present(the_city, builder, now)
    return built


def _plan_history(builder: Builder, now: datetime) -> None:
    builder.play_the_fair()
    builder.fill_named()
    builder.fill_days(FIRST_DAY, LAST_DAY)
    builder.fill_months(FIRST_MONTH, LAST_MONTH, now=now, is_past=True)


def living_since(now: datetime) -> Period:
    """Return the month with which the living present begins: the one before last."""
    return Period.month_of(local_day(now)).shifted(-2)


def _make_present(the_city: City, builder: Builder, now: datetime) -> int:
    with transaction.atomic():
        scenes = present.bring_about(the_city, builder.calendar, now=now)
        present.keep_drafts(the_city, now=now)
        present.keep_templates(the_city, now=now)
        visiting.pay_visits(the_city, builder.calendar, now=now)
    for outbox, span in ((RequestEvent, TELL), (RunStep, TELL_MONTHS)):
        outbox.objects.filter(announced_at=None, at__lt=now - span).update(announced_at=F("at"))
    with transaction.atomic():
        today.close_former(the_city, now=now)
        # The fair comes last: where it stands, the day is built.
        held = today.hold(the_city, builder.calendar, now=now)
        upcoming.announce_next(the_city, builder.calendar, source=held, now=now)
    notices.announce(at=now)
    announcing.announce(at=now)
    return scenes


def _is_named(the_city: City, actor: object) -> bool:
    return any(enterprise.owner == actor for enterprise in the_city.named.values())

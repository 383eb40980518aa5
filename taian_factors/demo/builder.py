"""Building the city's past: filings, lives and months in the order of their moments, up to a moment.

What is there is left as it is: a day that has filings, a month that is published, the fair of 13 June. What is
open goes on. So an interrupted set-up goes on too, and a later day adds what is missing.
"""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models.functions import TruncDate

from fairs.models import Fair
from requests_desk.models import FactorRequest, Filing, ReconciliationWeek
from scoring.models import ScoringRun
from scoring.runs import RunError, preview_day
from taian_factors.demo import filings, lives, months, weeks
from taian_factors.demo.city import City
from taian_factors.demo.filings import Coming
from taian_factors.demo.matter import Life
from taian_factors.demo.replay import HELD_ON, NAME, replay
from taian_factors.demo.timeline import Timeline
from taian_factors.directory.models import CalendarYear
from taian_factors.lib.periods import SHANGHAI, Period, at_local, local_day

FIRST_DAY, LAST_DAY = date(2022, 7, 4), date(2023, 6, 30)
FIRST_MONTH, LAST_MONTH = Period(2022, 7), Period(2023, 6)
STEPS_PER_TRANSACTION = 60


class Builder:
    """Plans what is missing and lets it happen. ``refused`` tells of steps that the verbs did not allow."""

    def __init__(self, city: City, *, scale: float = 1) -> None:
        self.city, self.scale = city, scale
        self.calendar = CalendarYear.objects.calendar()
        self.timeline = Timeline()
        self.refused: list[str] = []

    def go_on(self) -> None:
        """Let every matter live on that is not at its end."""
        for matter in filings.waiting_matters(self.city, self.calendar, lives.is_over):
            self._start(lives.life(matter, self.refused))

    def fill_days(self, first: date, last: date) -> None:
        """Plan the filings of working days that have none; the fair's day has the fair's."""
        sent = Filing.objects.submitted().annotate(day=TruncDate("submitted_at", tzinfo=SHANGHAI))
        known = {*sent.filter(day__range=(first, last)).values_list("day", flat=True), HELD_ON}
        for number in range((last - first).days + 1):
            day = first + timedelta(number)
            if self.calendar.is_working(day) and day not in known:
                self._expect(filings.on_day(day, self.city, scale=self.scale))

    def fill_named(self) -> None:
        """Plan what the press tells of, unless it has been filed."""
        told = filings.named(self.city)
        known = set(
            FactorRequest.objects.filter(
                enterprise__in=[c.enterprise.organization for c in told]
            ).values_list("headline", flat=True)
        )
        self._expect(coming for coming in told if coming.told[0].need.headline not in known)

    def fill_months(self, first: Period, last: Period, *, now: datetime, is_past: bool = False) -> None:
        """Plan duties and runs. Without ``is_past`` the newest month that can be previewed stays in preview."""
        published = set(ScoringRun.objects.published().months().values_list("period", flat=True))
        period = first
        while period <= last:
            for duty in months.duties(period, self.city, self.calendar):
                self._start(duty)
            # In its very first month the city has nothing to reconcile.
            if period != FIRST_MONTH and period.first_month in weeks.MONTHS and not _is_reconciled(period):
                self._start(weeks.reconciling(period, self.city, self.calendar))
            if period.key not in published:
                is_published = is_past or local_day(now) >= preview_day(period.shifted(1))
                self._start(self._month(period, is_published=is_published))
            period = period.shifted(1)

    def play_the_fair(self) -> None:
        """Plan the fair of 13 June 2023; afterwards its matters live on."""
        if not Fair.objects.filter(held_on=HELD_ON, name=NAME).exists():
            self.timeline.plan(at_local(HELD_ON, time(9)), self._fair)

    def run(self, until: datetime) -> int:
        """Let everything happen up to a moment, many steps to a transaction; return how many steps."""
        made = 0
        while True:
            with transaction.atomic():
                some = self.timeline.run(until, at_most=STEPS_PER_TRANSACTION)
            made += some
            if some < STEPS_PER_TRANSACTION:
                return made

    def _month(self, period: Period, *, is_published: bool) -> Life:
        try:
            yield from months.month(period, self.city, self.calendar, is_published=is_published)
        except RunError as error:  # somebody has worked on this month by hand
            self.refused.append(str(error))

    def _expect(self, coming: Iterable[Coming]) -> None:
        for one in coming:
            self.timeline.plan(one.at, lambda at, c=one: self._send(c, at))

    def _send(self, coming: Coming, at: datetime) -> None:
        for matter in coming.send(self.city, self.calendar, at):
            self._start(lives.life(matter, self.refused))

    def _fair(self, at: datetime) -> None:
        fair = replay(self.city)
        for matter in filings.waiting_matters(
            self.city, self.calendar, lives.is_over, filing__visit__fair=fair
        ):
            self._start(lives.life(matter, self.refused))

    def _start(self, life: Life) -> None:
        moment = next(life, None)
        if moment is not None:
            self.timeline.plan(moment, lambda at: self._start(life))


def _is_reconciled(month: Period) -> bool:
    quarter = f"{month.year}Q{(month.first_month + 2) // 3}"
    return ReconciliationWeek.objects.filter(period=quarter, closed_at__isnull=False).exists()

"""When may a notice leave the house, when is the daily digest, when is a failed try repeated?"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zlib import crc32

from django.conf import settings

from requests_desk.notice_table import Timing
from taian_factors.lib.periods import SHANGHAI, at_local, local_day
from taian_factors.lib.workdays import WorkCalendar

MAX_TRIES = 24  # some eighteen hours
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=1)


@dataclass(frozen=True)
class Hours:
    """The house's hours for telling: nobody is disturbed from ``quiet_from`` until ``quiet_until``."""

    quiet_from: time
    quiet_until: time
    digest: time

    def is_quiet(self, moment: datetime) -> bool:
        """Say whether ``moment`` lies in the quiet hours, which may run over midnight."""
        now = moment.astimezone(SHANGHAI).time()
        if self.quiet_from <= self.quiet_until:
            return self.quiet_from <= now < self.quiet_until
        return now >= self.quiet_from or now < self.quiet_until

    def open_timings(self, moment: datetime, calendar: WorkCalendar) -> list[Timing]:
        """Return what may leave the house at ``moment``."""
        found = [Timing.NOW]
        if not self.is_quiet(moment):
            found.append(Timing.DAY)
        if calendar.is_open(moment):
            found.append(Timing.WORK)
        return found

    def earliest(self, moment: datetime, timing: Timing, calendar: WorkCalendar) -> datetime:
        """Return the first moment from ``moment`` on at which something of this timing may leave."""
        if timing == Timing.WORK:
            return calendar.add_hours(moment, 0)
        if timing == Timing.DAY and self.is_quiet(moment):
            end = at_local(local_day(moment), self.quiet_until)
            return end if end > moment else end + timedelta(1)
        return moment

    def next_digest(self, moment: datetime, calendar: WorkCalendar) -> datetime:
        """Return when the next daily digest goes out: after ``moment``, on a working day."""
        day = local_day(moment)
        today = at_local(day, self.digest)
        if calendar.is_working(day) and moment < today:
            return today
        return at_local(calendar.add(day, 1), self.digest)


def house_hours() -> Hours:
    """Return the hours of the settings."""
    return Hours(settings.QUIET_FROM, settings.QUIET_UNTIL, settings.DIGEST_TIME)


def pause_after(tries: int, key: str) -> timedelta:
    """Return how long to wait after the ``tries``-th failure: doubling, at most an hour, a half more or less.

    The half is drawn from the key, so that a thousand notices that failed together do not come back together.
    """
    whole = min(FIRST_PAUSE * 2 ** (tries - 1), LONGEST_PAUSE)
    return whole * (0.5 + crc32(f"{key}:{tries}".encode()) / 2**32)

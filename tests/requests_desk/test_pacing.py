"""When a notice may leave the house, when the digest goes out, how long a failed try rests."""

from datetime import datetime, time, timedelta

import pytest

from requests_desk.notice_table import Timing
from requests_desk.pacing import FIRST_PAUSE, LONGEST_PAUSE, Hours, pause_after
from taian_factors.lib.periods import SHANGHAI
from taian_factors.lib.workdays import WorkCalendar

HOURS = Hours(time(21), time(8), time(8, 30))
CALENDAR = WorkCalendar()


def june(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2023, 6, day, hour, minute, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("moment", "timing", "leaves"),
    [
        (june(13, 9, 30), Timing.DAY, june(13, 9, 30)),
        (june(13, 21), Timing.DAY, june(14, 8)),
        (june(14, 7, 59), Timing.DAY, june(14, 8)),
        (june(14, 8), Timing.DAY, june(14, 8)),
        (june(17, 12), Timing.DAY, june(17, 12)),  # a Saturday is no quiet hour
        (june(13, 23), Timing.NOW, june(13, 23)),
        (june(13, 12, 30), Timing.WORK, june(13, 13, 30)),
        (june(16, 17), Timing.WORK, june(19, 9)),  # Friday's close to Monday's opening
        (june(13, 9), Timing.WORK, june(13, 9)),
    ],
)
def test_a_notice_leaves_when_it_may(moment: datetime, timing: Timing, leaves: datetime):
    assert HOURS.earliest(moment, timing, CALENDAR) == leaves
    assert timing in HOURS.open_timings(leaves, CALENDAR)
    assert (timing in HOURS.open_timings(moment, CALENDAR)) == (moment == leaves)


def test_quiet_hours_may_lie_within_a_day():
    noon = Hours(time(12), time(14), time(8, 30))
    assert noon.is_quiet(june(13, 12))
    assert not noon.is_quiet(june(13, 14))
    assert noon.earliest(june(13, 13), Timing.DAY, CALENDAR) == june(13, 14)


@pytest.mark.parametrize(
    ("moment", "digest"),
    [
        (june(13, 8, 29), june(13, 8, 30)),
        (june(13, 8, 30), june(14, 8, 30)),
        (june(16, 15), june(19, 8, 30)),
        (june(17, 7), june(19, 8, 30)),
    ],
)
def test_the_digest_goes_out_on_working_mornings(moment: datetime, digest: datetime):
    assert HOURS.next_digest(moment, CALENDAR) == digest


def test_pauses_double_and_end_at_an_hour_and_do_not_march_in_step():
    pauses = [pause_after(tries, "key") for tries in range(1, 25)]
    assert FIRST_PAUSE / 2 <= pauses[0] < FIRST_PAUSE * 1.5
    assert all(pause < LONGEST_PAUSE * 1.5 for pause in pauses)
    assert sum(pauses, timedelta()) > timedelta(hours=10)
    assert len({pause_after(3, str(key)) for key in range(50)}) > 40

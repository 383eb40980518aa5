"""Who stands third in a line of the fair is told by SMS, once per ticket, so that nobody has to wait at the stall.

A reader that comes every few seconds, and no message sent by whoever calls: what it missed it sees the next time, and
what it told has a key that the outbox takes once, whoever asks at the same moment.
"""

from datetime import datetime, timedelta

from django.urls import reverse

from fairs.models import Fair, Visit
from fairs.picture import Picture, Row
from fairs.sharing import fresh
from requests_desk.models import Delivery
from requests_desk.notice_table import THIRD_PLACE, Channel, Kind, Timing
from requests_desk.notices import Telling, tell
from taian_factors.lib.periods import local_day

AHEAD = 2  # who stands third
KNOWS_IT = timedelta(minutes=1)  # who has just taken a number knows its place
WORTH = timedelta(minutes=15)  # after which the words are no longer true


def tell_third_places(*, at: datetime) -> int:
    """Tell the contact of each visit that stands third, or nearer, in a line; return how many were told now.

    Safe to run twice, also at once. A ticket is told of once in its life, also when it comes back after being missed.
    Two queries for a fair where nobody is to be told.
    """
    today = Fair.objects.open().filter(held_on=local_day(at)).order_by("pk")
    return sum(_tell_at(fair, at) for fair in today)


def _tell_at(fair: Fair, at: datetime) -> int:
    picture = fresh(fair.pk).picture
    near = {_key(row): row for row in _near(picture, at)}
    told = Delivery.objects.filter(subject_key__in=near).values_list("subject_key", flat=True)
    for key in set(told):
        del near[key]
    visits = Visit.objects.exclude(contact_phone="").in_bulk({row.visit for row in near.values()})
    heard = [row for row in near.values() if row.visit in visits]
    for row in heard:
        visit = visits[row.visit]
        tell(_telling(picture, row, visit, at), phones=[visit.contact_phone], at=at)
    return len(heard)


def _near(picture: Picture, at: datetime) -> list[Row]:
    latest = (at - KNOWS_IT).timestamp()
    return [row for line in picture.lines.values() for row in line[: AHEAD + 1] if row.place_at <= latest]


def _key(row: Row) -> str:
    return f"ticket:{row.pk}:third"


def _telling(picture: Picture, row: Row, visit: Visit, at: datetime) -> Telling:
    stall = picture.stalls[row.stall]
    ahead = picture.waits[row.pk].ahead
    words = {
        "number": visit,
        "stall": f"{stall.code} {stall.organization.short}",
        "ahead": f"还有 {ahead} 家" if ahead else "没有人了",
        "where": stall.position or "摊位",
    }
    return Telling(
        subject_key=_key(row),
        kind=Kind.FAIR,
        text=THIRD_PLACE.format_map(words),
        channels={Channel.SMS},
        timing=Timing.NOW,
        url=reverse("fairs:ticket", args=[visit.token]),
        expires_at=at + WORTH,
    )

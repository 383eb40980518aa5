"""Who is on duty at a stall of a fair: named by its body's lead or the office, and told of it."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.urls import reverse

from fairs import placing
from fairs.models import Stall
from requests_desk.notice_table import DESK, ROSTERED, Kind
from requests_desk.notices import Telling, tell
from taian_factors.directory.actors import Actor
from taian_factors.directory.models import User
from taian_factors.lib.periods import at_local


@transaction.atomic
def name_staff(*, stall: Stall, staff: Iterable[User], actor: Actor, at: datetime) -> list[User]:
    """Name the people on duty at a stall and tell those who are new. Raises as ``placing.name_staff`` does."""
    new = placing.name_staff(stall=stall, staff=staff, actor=actor, at=at)
    told = {person.pk for person in new if person != actor.user}
    tell(_telling(stall, at), users=told, at=at)
    return new


def _telling(stall: Stall, at: datetime) -> Telling:
    fair, (opens, closes) = stall.fair, stall.hours
    words = {
        "fair": fair.name,
        "day": fair.held_on,
        "hours": f"{opens:%H:%M}–{closes:%H:%M}",
        "where": f"{stall.code} 摊位" + (f"（{stall.position}）" if stall.position else ""),
    }
    return Telling(
        subject_key=f"stall:{stall.pk}:roster:{at:%Y%m%d%H%M%S}",
        kind=Kind.TASK,
        text=ROSTERED.format_map(words),
        channels=DESK,
        url=reverse("fairs:floor_plan", args=[fair.pk]),
        expires_at=at_local(fair.held_on, closes),
    )

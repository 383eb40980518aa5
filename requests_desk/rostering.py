"""Who is on duty at a stall of a fair: named by its body's lead or the office; both ways they are told."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.urls import reverse

from fairs import placing
from fairs.models import Stall
from requests_desk.notice_table import DESK, ROSTERED, UNROSTERED, Kind
from requests_desk.notices import Telling, tell
from taian_factors.directory.actors import Actor
from taian_factors.directory.models import User
from taian_factors.lib.periods import at_local


@transaction.atomic
def name_staff(*, stall: Stall, staff: Iterable[User], actor: Actor, at: datetime) -> list[User]:
    """Name the people on duty at a stall; tell those who are new and those who are off it.

    Raises as ``placing.name_staff`` does.
    """
    staff, before = list(staff), set(stall.staff.all())
    new = placing.name_staff(stall=stall, staff=staff, actor=actor, at=at)
    off = before.difference(staff)
    for word, words, people in (("roster", ROSTERED, new), ("off", UNROSTERED, off)):
        told = {person.pk for person in people if person != actor.user}
        tell(_telling(stall, word, words, at), users=told, at=at)
    return new


def _telling(stall: Stall, word: str, text: str, at: datetime) -> Telling:
    fair, (opens, closes) = stall.fair, stall.hours
    words = {
        "fair": fair.name,
        "day": fair.held_on,
        "hours": f"{opens:%H:%M}–{closes:%H:%M}",
        "where": f"{stall.code} 摊位" + (f"（{stall.position}）" if stall.position else ""),
    }
    return Telling(
        subject_key=f"stall:{stall.pk}:{word}:{at:%Y%m%d%H%M%S}",
        kind=Kind.TASK,
        text=text.format_map(words),
        channels=DESK,
        url=reverse("fairs:floor_plan", args=[fair.pk]),
        expires_at=at_local(fair.held_on, closes),
    )

"""Who is on duty at a stall of a fair is told, whoever named them: their body's lead, or the office in its plan."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby

from django.db import transaction
from django.urls import reverse

from fairs import placing
from fairs.models import StaffChange, Stall
from requests_desk.notice_table import DESK, ROSTERED, UNROSTERED, Kind
from requests_desk.notices import Telling, tell
from taian_factors.directory.actors import Actor
from taian_factors.directory.models import User
from taian_factors.lib.periods import at_local

BATCH = 500


@transaction.atomic
def name_staff(*, stall: Stall, staff: Iterable[User], actor: Actor, at: datetime) -> list[User]:
    """Name the people on duty at a stall and tell at once those who are new and those who are off it.

    Raises as ``placing.name_staff`` does.
    """
    new = placing.name_staff(stall=stall, staff=staff, actor=actor, at=at)
    tell_changes(at=at)
    return new


@transaction.atomic
def tell_changes(*, at: datetime, batch: int = BATCH) -> int:
    """Tell who has been put on duty or taken off, but for who did it; what was changed back is no news.

    Safe to run twice; returns how many changes are dealt with.
    """
    rows = StaffChange.objects.filter(told_at__isnull=True).select_related("stall__fair")
    locked = rows.select_for_update(of=("self",), skip_locked=True, no_key=True)
    changes = list(locked.order_by("stall", "person", "pk")[:batch])
    for (stall, is_on), news in _by_stall(changes).items():
        word, text = ("roster", ROSTERED) if is_on else ("off", UNROSTERED)
        telling = _telling(stall, f"{word}:{news[-1].pk}", text)
        tell(telling, users={change.person_id for change in news}, at=at)
    placing.mark_told(changes, at=at)
    return len(changes)


def _by_stall(changes: Sequence[StaffChange]) -> dict[tuple[Stall, bool], list[StaffChange]]:
    """The last word for each person at each stall of a fair that is still to come, if it is another than before."""
    found: dict[tuple[Stall, bool], list[StaffChange]] = {}
    for _, same in groupby(changes, key=lambda change: (change.stall_id, change.person_id)):
        steps = list(same)
        first, last = steps[0], steps[-1]
        if first.is_on == last.is_on and last.person_id != last.user_id and last.stall.fair.is_open:
            found.setdefault((last.stall, last.is_on), []).append(last)
    return found


def _telling(stall: Stall, word: str, text: str) -> Telling:
    fair, (opens, closes) = stall.fair, stall.hours
    words = {
        "fair": fair.name,
        "day": fair.held_on,
        "hours": f"{opens:%H:%M}–{closes:%H:%M}",
        "where": f"{stall.code} 摊位" + (f"（{stall.position}）" if stall.position else ""),
    }
    return Telling(
        subject_key=f"stall:{stall.pk}:{word}",
        kind=Kind.TASK,
        text=text.format_map(words),
        channels=DESK,
        url=reverse("fairs:floor_plan", args=[fair.pk]),
        expires_at=at_local(fair.held_on, closes),
    )

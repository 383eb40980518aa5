"""One look at a fair's queue a second, shared by all who poll, in this process and in the others.

What a poller is told is at most ``SCREENS_LOOK_EVERY`` old, whatever message was lost: nobody has to push anything.
The looks of several processes are shared through Django's cache (Redis, or a folder where there is none). Whoever
looked last goes on looking; the others would step in a moment later, so two don't look in the same second. When the
cache is gone each process looks for itself. See docs/decisions/0008.
"""

import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Lock
from typing import TypeVar

from django.conf import settings
from django.core.cache import cache
from redis.exceptions import RedisError

from fairs.picture import Picture, look

T = TypeVar("T")
LATER = 0.05  # seconds by which others than the last looker wait longer
TOO_OLD = 2.0  # seconds more, after which nobody is told it any longer: nobody had asked for a while
KEPT_FOR = 600  # seconds


@dataclass(frozen=True)
class Seen:
    """A picture, when it was taken last (seconds since 1970), and whether this process took it."""

    picture: Picture
    taken_at: float
    is_mine: bool = True

    @property
    def at(self) -> datetime:
        """The moment, in whole seconds."""
        return datetime.fromtimestamp(int(self.taken_at), UTC)

    @property
    def is_young(self) -> bool:
        """Can be told to who polls; who looked last finds it old a moment before the others do."""
        allowed = settings.SCREENS_LOOK_EVERY + (0 if self.is_mine else LATER)
        return bool(time.time() - self.taken_at < allowed)

    @property
    def is_too_old(self) -> bool:
        """Is told to nobody: whoever asks waits for a new one."""
        return bool(time.time() - self.taken_at > settings.SCREENS_LOOK_EVERY + TOO_OLD)


_held: dict[int, Seen] = {}
_locks: dict[int, Lock] = {}


def fresh(fair_id: int) -> Seen:
    """Look at a fair's queue now, for somebody who must see what was just done. One query."""
    word, body = look(fair_id)
    return Seen(Picture(fair_id, word, body or "{}"), time.time())


def current(fair_id: int) -> Seen:
    """Return a fair's queue as it was at most a second ago. No query, or one a second for everybody.

    While one thread looks the others of its process answer with what they have, unless that is too old.
    """
    held = _held.get(fair_id)
    if held is not None and held.is_young:
        return held
    lock = _locks.setdefault(fair_id, Lock())
    if not lock.acquire(blocking=held is None or held.is_too_old) and held is not None:
        return held
    try:
        held = _held.get(fair_id)
        if held is None or not held.is_young:
            held = _held[fair_id] = _renewed(fair_id, held)
        return held
    finally:
        lock.release()


def forget() -> None:
    """Forget what this process holds."""
    _held.clear()


def _renewed(fair_id: int, held: Seen | None) -> Seen:
    """Take over what another process saw, or look."""
    known = _others(fair_id, held) or held
    if known is not None and (known.is_young or (not known.is_too_old and not _may_look(fair_id))):
        return known
    started = time.time()
    word, body = look(fair_id, known=known.picture.word if known else "")
    picture = known.picture if known and body is None else Picture(fair_id, word, body or "{}")
    _share(picture, started, with_body=body is not None)
    return Seen(picture, started)


def _others(fair_id: int, held: Seen | None) -> Seen | None:
    """Return what another process saw, if that is newer than what is held."""
    word, taken_at = _try(lambda: cache.get(f"fair:{fair_id}:look"), None) or ("", 0.0)
    if held is not None and taken_at <= held.taken_at:
        return None
    if held is not None and held.picture.word == word:
        return Seen(held.picture, taken_at, is_mine=False)
    body = _try(lambda: cache.get(f"fair:{fair_id}:body"), None)
    if word and body and body[0] == word:
        return Seen(Picture(fair_id, word, body[1]), taken_at, is_mine=False)
    return None


def _may_look(fair_id: int) -> bool:
    """Take the turn to look, unless somebody took it less than a second ago."""
    every = settings.SCREENS_LOOK_EVERY
    if not every:
        return True
    return _try(lambda: cache.add(f"fair:{fair_id}:turn", 1, timeout=max(every, 1)), True)


def _share(picture: Picture, taken_at: float, *, with_body: bool) -> None:
    """Put a look where the other processes find it; the body first, for the look names it."""
    key, body = f"fair:{picture.fair_id}", (picture.word, picture.body)
    if with_body:
        _try(lambda: cache.set(f"{key}:body", body, timeout=KEPT_FOR), None)
    _try(lambda: cache.set(f"{key}:look", (picture.word, taken_at), timeout=KEPT_FOR), None)


def _try(ask: Callable[[], T], otherwise: T) -> T:
    """Ask the cache; without it everybody looks for himself."""
    with contextlib.suppress(RedisError, OSError):
        return ask()
    return otherwise

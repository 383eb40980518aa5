"""Who is asking, found for every page and press by looks that are put together once.

Sessions stay in the database: one that has ended must be over for every process at once, and a restart of the cache
signs nobody out. Django finds this module by its name (``SESSION_ENGINE``), and the backend beside it.

A session ends so long after its last use, not after the sign-in: who works is not thrown out in the middle of it.
"""

from datetime import timedelta
from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session

from taian_factors.directory.models import User
from taian_factors.lib.clock import now
from taian_factors.lib.prepared import Prepared, slot

_SESSION: Prepared[Session] = Prepared(
    lambda: Session.objects.filter(session_key=slot("key"), expire_date__gt=slot("at"))
)
_USER: Prepared[User] = Prepared(lambda: User.objects.filter(pk=slot("user")))


# The end of a session is moved at most so often: one write in an hour of work, none for all other pages.
SLIDES_EVERY = timedelta(hours=1)


class SessionStore(db.SessionStore):
    """Django's sessions in the database; a page that somebody asked for moves the end of one (``prolong``)."""

    _kept: Session | None = None  # as it was read

    def prolong(self) -> None:
        """Let the session last as long again from now on. Asks the database nothing; writes once in an hour."""
        whole = timedelta(seconds=self.get_session_cookie_age())
        if self._kept is not None and self._kept.expire_date - now() < whole - min(SLIDES_EVERY, whole / 2):
            self.modified = True  # written, and the cookie with it, when the answer is ready

    def save(self, must_create: bool = False) -> None:
        """Write what has changed; where only the end has, nothing that another page wrote meanwhile is undone."""
        kept = self._kept
        if must_create or kept is None or kept.pk != self.session_key or not self._is_as(kept):
            super().save(must_create)
            return
        Session.objects.filter(pk=kept.pk).update(expire_date=self.get_expiry_date())

    def _is_as(self, kept: Session) -> bool:
        return self._get_session() == self.decode(kept.session_data)

    def _get_session_from_db(self) -> Session | None:
        found = _SESSION.first(key=self.session_key, at=now()) if self.session_key else None
        if found is None:
            self._session_key = None
        self._kept = found
        return found


class Backend(ModelBackend):
    """Django's accounts."""

    def get_user(self, user_id: Any) -> User | None:
        """Return the person of a session, if the account is in use."""
        user = _USER.first(user=user_id)
        return user if user is not None and self.user_can_authenticate(user) else None

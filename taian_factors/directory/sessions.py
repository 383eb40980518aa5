"""Who is asking, found for every page and press by looks that are put together once.

Sessions stay in the database: one that has ended must be over for every process at once, and a restart of the cache
signs nobody out. Django finds this module by its name (``SESSION_ENGINE``), and the backend beside it.
"""

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


class SessionStore(db.SessionStore):
    """Django's sessions in the database."""

    def _get_session_from_db(self) -> Session | None:
        found = _SESSION.first(key=self.session_key, at=now()) if self.session_key else None
        if found is None:
            self._session_key = None
        return found


class Backend(ModelBackend):
    """Django's accounts."""

    def get_user(self, user_id: Any) -> User | None:
        """Return the person of a session, if the account is in use."""
        user = _USER.first(user=user_id)
        return user if user is not None and self.user_can_authenticate(user) else None

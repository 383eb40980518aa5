"""How allauth fits the portal."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class ClosedSignup(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are opened by the office or by a body's lead, so that a membership is always somebody's act."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up by himself."""
        return False

    def get_phone(self, user: Any) -> None:
        """Phones are contact data here, not log-ins."""
        return

"""The journeys' clock and their way of reading a page."""

import re
from collections.abc import Callable
from datetime import datetime

import pytest
from django.http import HttpResponse

from taian_factors.lib.periods import SHANGHAI


@pytest.fixture
def clock_at(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Return a function that sets the portal's clock to a moment of Tai'an, written ``2023-07-03 10:00``.

    A story runs over days; pages and tasks read the clock themselves, so it is the clock that must move.
    """

    def at(moment: str) -> None:
        fixed = datetime.fromisoformat(moment).replace(tzinfo=SHANGHAI)
        monkeypatch.setattr("django.utils.timezone.now", lambda: fixed)

    return at


@pytest.fixture
def read() -> Callable[[HttpResponse], str]:
    """Return a function that gives a page's text in one line, without its tags."""

    def text(response: HttpResponse) -> str:
        assert response.status_code in (200, 409, 422), response.status_code
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))

    return text

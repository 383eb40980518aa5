"""Moments as the database sends them, read by the interpreter's own parser.

Django reads each with a pattern and turns it twice; a page of the ledger reads six hundred.
"""

from datetime import UTC, datetime
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg.abc import Buffer
from psycopg.adapt import Loader


class MomentLoader(Loader):
    """Reads a ``timestamptz`` of a connection in UTC; ``timezone`` tells Django that it need not put in its own."""

    timezone = UTC

    def load(self, data: Buffer) -> datetime:
        """Return the moment, aware, in UTC. A moment outside of the years 1 to 9999 is a ValueError."""
        return datetime.fromisoformat(str(data, "ascii"))


def read_moments(connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    """Have a new connection read moments so."""
    connection.connection.adapters.register_loader("timestamptz", MomentLoader)

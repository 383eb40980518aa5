"""What the migrations left in the test database, kept to be put back; conftest.py tells when."""

from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction

# Django fills these itself after it has emptied the tables.
FILLED_BY_DJANGO = {"django_content_type", "auth_permission", "django_migrations"}


@dataclass
class Ground:
    """What the migrations left, table by table, and the key that opens the database outside tests."""

    rows: dict[str, bytes] = field(default_factory=dict)
    blocker: Any = None

    def remember(self) -> None:
        """Read every table that holds rows."""
        with self.blocker.unblock(), connection.cursor() as cursor:
            for table in set(connection.introspection.table_names(cursor)) - FILLED_BY_DJANGO:
                with cursor.copy(f'COPY "{table}" TO STDOUT') as copy:
                    rows = b"".join(bytes(part) for part in copy)
                if rows:
                    self.rows[table] = rows

    def put_back(self) -> None:
        """Fill the emptied tables again. Foreign keys wait for the commit, so any order will do."""
        with self.blocker.unblock():
            with transaction.atomic(), connection.cursor() as cursor:
                for table, rows in self.rows.items():
                    with cursor.copy(f'COPY "{table}" FROM STDIN') as copy:
                        copy.write(rows)
            connection.close()

    def leave(self) -> None:
        """Send away whoever is still connected, so that the test database can be dropped, and forget all.

        After the last test it is gone, and nothing may be put into any other.
        """
        self.rows.clear()
        others = "datname = current_database() AND pid <> pg_backend_pid()"
        with self.blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}")
            connection.close()


ground = Ground()

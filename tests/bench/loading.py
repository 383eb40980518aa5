"""Filling tables with millions of rows in minutes: no trigger fires, and indexes are built once, at the end.

What the triggers and foreign keys would have looked at is right by construction: every row is made from rows that
are there. The role that this needs is a superuser's; the embedded PostgreSQL's is one.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

# Indexes that hold no constraint; one that does (a key, a unique number) is needed while rows are made.
_INDEXES = """
    SELECT indexname, indexdef FROM pg_indexes
    WHERE schemaname = 'public' AND tablename = ANY(%s) AND NOT EXISTS (
        SELECT FROM pg_constraint WHERE conindid = format('public.%%I', indexname)::regclass)
"""


@contextmanager
def loading(*tables: str) -> Iterator[None]:
    """Fill ``tables`` inside the block; afterwards they have their indexes and statistics, as if they had lived."""
    with connection.cursor() as cursor:
        cursor.execute(_INDEXES, [list(tables)])
        indexes = cursor.fetchall()
        for name, _ in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
        cursor.execute("SET session_replication_role = replica")
        yield
        cursor.execute("SET session_replication_role = origin")
        for table in tables:  # their numbers were given by hand
            for sequence in connection.introspection.get_sequences(cursor, table):
                name, column = sequence["name"], sequence["column"]
                cursor.execute(f"SELECT setval('{name}', coalesce(max({column}), 1)) FROM {table}")
        cursor.execute("SET maintenance_work_mem = '512MB'")
        for _, definition in indexes:
            cursor.execute(definition)
        cursor.execute("RESET maintenance_work_mem")
        cursor.execute("VACUUM ANALYZE")
        # What was written would otherwise be flushed to disk in the middle of a measurement.
        cursor.execute("CHECKPOINT")

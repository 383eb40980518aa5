"""Looks that every page or press takes: put together by the ORM once in a process, then only filled in.

To build and compile a queryset, and then to plan its statement, costs more than to answer it. Where the same look is
taken for every page of everybody, a ``Prepared`` keeps the statement that the queryset compiled to; what differs stands
in it as a ``slot``. The database prepares it once in a connection and keeps the plan. The rows are made by Django as
ever, so what comes back are the instances that the queryset would give::

    HELD = Prepared(lambda: Ticket.objects.live().filter(desk=slot("desk")))
    HELD.first(desk=7)
"""

import copy
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from typing import Any, Generic, TypeVar
from weakref import WeakKeyDictionary

from django.db import DEFAULT_DB_ALIAS, connection, models
from django.db.models import BooleanField, F, Func, QuerySet, Value
from django.db.models.query import ModelIterable
from psycopg import Connection
from psycopg.sql import Literal

Found = TypeVar("Found", bound=models.Model)
_numbers = count(1)
_known: "WeakKeyDictionary[Connection[Any], set[str]]" = (
    WeakKeyDictionary()
)  # what each connection has prepared


@dataclass(frozen=True)
class _Slot:
    name: str


def slot(name: str) -> Value:
    """Return a place in a queryset, filled when its ``Prepared`` is asked; never with None, which equals nothing."""
    return Value(_Slot(name))


def any_of(field: str, name: str) -> Func:
    """Return the condition that ``field`` is one of the list that fills the slot ``name``."""
    return Func(
        F(field),
        slot(name),
        template="%(expressions)s)",
        arg_joiner=" = ANY(",
        output_field=BooleanField(),
    )


def keep(instance: models.Model, name: str, rows: list[Any]) -> None:
    """Let the relation ``name`` of an instance give these rows and ask for none, as after a prefetch."""
    found = getattr(instance, name).get_queryset()
    found._result_cache, found._prefetch_done = rows, True
    instance.__dict__.setdefault("_prefetched_objects_cache", {})[name] = found


@dataclass(frozen=True)
class _Statement:
    """A statement with the names of its slots, as a connection prepares it."""

    name: str
    sql: str
    params: tuple[Any, ...]

    @cached_property
    def slots(self) -> list[str]:
        return [param.name for param in self.params if isinstance(param, _Slot)]

    @cached_property
    def execute(self) -> str:
        places = ", ".join(["%s"] * len(self.slots))
        return f'EXECUTE "{self.name}" ({places})' if places else f'EXECUTE "{self.name}"'

    def counting(self) -> "_Statement":
        """Return the statement that counts what this one finds."""
        return _Statement(f"{self.name}_count", f"SELECT count(*) FROM ({self.sql}) AS found", self.params)  # noqa: S608

    def filled(self, values: dict[str, Any]) -> tuple[str, tuple[Any, ...]]:
        """Return what a cursor is to execute; the connection knows the statement from then on."""
        given = tuple(values[name] for name in self.slots)
        connection.ensure_connection()
        line = connection.connection
        known = _known.setdefault(line, set())
        if self.name not in known:
            # Past the cursors that count queries: it is said once in the life of a connection.
            with connection.wrap_database_errors:
                line.execute(f'PREPARE "{self.name}" AS {self._text(line)}')
            known.add(self.name)
        return self.execute, given

    def _text(self, line: "Connection[Any]") -> str:
        # What is constant stands in the statement: only so does a partial index serve it.
        places = count(1)
        return self.sql % tuple(
            f"${next(places)}" if isinstance(param, _Slot) else Literal(param).as_string(line)
            for param in self.params
        )


class Prepared(Generic[Found]):
    """A look for model instances. ``build`` is called once, at the first asking; prefetches are not part of a look."""

    def __init__(self, build: Callable[[], "QuerySet[Any]"]) -> None:
        self._build = build

    def __call__(self, **filled: Any) -> list[Found]:
        """Return what is found with the slots filled. One query."""
        compiler, found, _ = self._compiled
        asked: Any = _Asked(compiler, found.filled(filled))
        return list(ModelIterable(asked))

    def first(self, **filled: Any) -> Found | None:
        """Return the first of what is found; the look itself says how much it takes (``[:1]``)."""
        return next(iter(self(**filled)), None)

    def rows(self, **filled: Any) -> list[tuple[Any, ...]]:
        """Return plain rows, as the database gives them. One query."""
        _, found, _ = self._compiled
        return _fetched(found, filled)

    def count(self, **filled: Any) -> int:
        """Count what is found, as far as the look goes. One query."""
        *_, counted = self._compiled
        return int(_fetched(counted, filled)[0][0])

    @cached_property
    def _compiled(self) -> tuple[Any, _Statement, _Statement]:
        query = self._build().query
        compiler = query.get_compiler(DEFAULT_DB_ALIAS)
        sql, params = compiler.as_sql()
        found = _Statement(f"{query.get_meta().db_table}_{next(_numbers)}", sql, tuple(params))
        return compiler, found, found.counting()


def _fetched(statement: _Statement, filled: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(*statement.filled(filled))
        return list(cursor.fetchall())


class _Asked:
    """What Django reads of a queryset to make its instances: here it compiles to what has been prepared already."""

    db = DEFAULT_DB_ALIAS
    _known_related_objects: dict[Any, Any] = {}

    def __init__(self, compiler: Any, statement: tuple[str, tuple[Any, ...]]) -> None:
        self.query, self._compiler = self, copy.copy(compiler)
        self._compiler.connection = connection
        self._compiler.as_sql = lambda *args, **kwargs: statement

    def get_compiler(self, using: str) -> Any:
        """Return the compiler of the filled look."""
        return self._compiler

"""Looks that every page or press takes: put together by the ORM once in a process, then only filled in.

To build and compile a queryset costs more than the database needs to answer it. Where the same look is taken for every
page of everybody, a ``Prepared`` keeps the statement that the queryset compiled to; what differs stands in it as a
``slot``. The rows are made by Django as ever, so what comes back are the instances that the queryset would give::

    HELD = Prepared(lambda: Ticket.objects.live().filter(desk=slot("desk")))
    HELD.first(desk=7)
"""

import copy
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, models
from django.db.models import BooleanField, F, Func, QuerySet, Value
from django.db.models.query import ModelIterable

Found = TypeVar("Found", bound=models.Model)


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


class Prepared(Generic[Found]):
    """A look for model instances. ``build`` is called once, at the first asking; prefetches are not part of a look."""

    def __init__(self, build: Callable[[], "QuerySet[Any]"]) -> None:
        self._build = build

    def __call__(self, **filled: Any) -> list[Found]:
        """Return what is found with the slots filled. One query."""
        asked: Any = _Asked(self._filled(filled))
        return list(ModelIterable(asked))

    def first(self, **filled: Any) -> Found | None:
        """Return the first of what is found; the look itself says how much it takes (``[:1]``)."""
        return next(iter(self(**filled)), None)

    def rows(self, **filled: Any) -> list[tuple[Any, ...]]:
        """Return plain rows, as the database gives them. One query."""
        with connection.cursor() as cursor:
            cursor.execute(*self._filled(filled).as_sql())
            return list(cursor.fetchall())

    def count(self, **filled: Any) -> int:
        """Count what is found, as far as the look goes. One query."""
        asked = self._filled(filled)
        sql, values = asked.as_sql()
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM ({sql}) AS found", values)  # noqa: S608
            return int(cursor.fetchone()[0])

    @cached_property
    def _compiled(self) -> tuple[Any, str, tuple[Any, ...]]:
        compiler = self._build().query.get_compiler(DEFAULT_DB_ALIAS)
        sql, params = compiler.as_sql()
        return compiler, sql, tuple(params)

    def _filled(self, filled: dict[str, Any]) -> Any:
        compiler, sql, params = self._compiled
        values = tuple(filled[param.name] if isinstance(param, _Slot) else param for param in params)
        asked = copy.copy(compiler)
        asked.connection = connection
        asked.as_sql = lambda *args, **kwargs: (sql, values)
        return asked


class _Asked:
    """What Django reads of a queryset to make its instances: here it compiles to what has been compiled already."""

    db = DEFAULT_DB_ALIAS
    _known_related_objects: dict[Any, Any] = {}

    def __init__(self, compiler: Any) -> None:
        self.query, self._compiler = self, compiler

    def get_compiler(self, using: str) -> Any:
        """Return the compiler of the filled look."""
        return self._compiler

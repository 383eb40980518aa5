"""A fair's queue at one moment, as everybody who polls sees it: read in one query, derived in memory.

Two thousand phones cannot ask the database each for its own place. So the whole queue is read at once, at most once a
second, and a phone's answer is worked out from it. A query that finds the known ``word`` brings nothing but the word.
It holds numbers and no names or words of visits: nothing in it opens a page. See docs/decisions/0008.
"""

import json
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, NamedTuple

from django.db import connection

from fairs.models import Desk, Stall, Ticket, Visit, Zone
from fairs.waits import Pace, Wait, pace_of, wait
from fairs.workflow import LIVE, TicketState
from taian_factors.directory.models import Organization

# The word changes with every step (the newest number alone would not do: of two steps the one with the smaller number
# may be committed last), with every check-in, and with every change of a row of the plan, whoever makes it (xmin).
_WORD = """
SELECT concat_ws('-', %(fair)s,
  (SELECT concat_ws('.', max(id), count(*)) FROM fairs_ticketevent WHERE fair_id = %(fair)s),
  (SELECT count(*) FROM fairs_visit WHERE fair_id = %(fair)s),
  (SELECT concat_ws('.', sum(d.xmin::text::bigint), count(*))
     FROM fairs_desk d JOIN fairs_stall s ON s.id = d.stall_id WHERE s.fair_id = %(fair)s),
  (SELECT concat_ws('.', sum(xmin::text::bigint), count(*)) FROM fairs_stall WHERE fair_id = %(fair)s),
  (SELECT concat_ws('.', sum(xmin::text::bigint), count(*)) FROM fairs_zone WHERE fair_id = %(fair)s),
  (SELECT is_open FROM fairs_fair WHERE id = %(fair)s)) AS word
"""
_BODY = """
json_build_object(
  'is_open', (SELECT is_open FROM fairs_fair WHERE id = %(fair)s),
  'stalls', (SELECT coalesce(json_agg(json_build_array(
       s.id, s.code, s.position, z.id, z.code, z.name, o.id, o.name, o.short) ORDER BY s.code), '[]')
     FROM fairs_stall s JOIN fairs_zone z ON z.id = s.zone_id
     JOIN directory_organization o ON o.id = s.organization_id WHERE s.fair_id = %(fair)s AND s.removed_at IS NULL),
  'desks', (SELECT coalesce(json_agg(json_build_array(d.id, d.stall_id, d.number, d.clerk_id, d.is_paused)), '[]')
     FROM fairs_desk d JOIN fairs_stall s ON s.id = d.stall_id WHERE s.fair_id = %(fair)s),
  'visits', (SELECT coalesce(json_agg(json_build_array(id, number, busy_ticket_id)), '[]')
     FROM fairs_visit WHERE fair_id = %(fair)s),
  'tickets', (SELECT coalesce(json_agg(json_build_array(
       t.id, t.visit_id, t.stall_id, t.state, t.desk_id, t.priority,
       extract(epoch FROM t.place_at), extract(epoch FROM t.called_at), extract(epoch FROM t.began_at),
       extract(epoch FROM t.ended_at), t.calls, t.has_reentered, t.outcome) ORDER BY t.id), '[]')
     FROM fairs_ticket t JOIN fairs_stall s ON s.id = t.stall_id WHERE s.fair_id = %(fair)s))::text
"""
# Materialized, or the word would be worked out twice: to be shown, and to be compared.
_LOOK = f"""
WITH now AS MATERIALIZED ({_WORD})
SELECT word, CASE WHEN word = %(known)s THEN NULL ELSE {_BODY} END FROM now
"""  # noqa: S608


def look(fair_id: int, *, known: str = "") -> tuple[str, str | None]:
    """Return the word of a fair's queue now, and what it holds, unless the word is the ``known`` one. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_LOOK, {"fair": fair_id, "known": known})
        word, body = cursor.fetchone()
    return word, body


def word_of(fair_id: int) -> str:
    """Return the word of a fair's queue now. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_WORD, {"fair": fair_id})
        (word,) = cursor.fetchone()
    return str(word)


class Row(NamedTuple):
    """A ticket as it was read; moments are seconds since 1970."""

    pk: int
    visit: int
    stall: int
    state: str
    desk: int | None
    priority: int
    place_at: float
    called_at: float | None
    began_at: float | None
    ended_at: float | None
    calls: int
    has_reentered: bool
    outcome: str

    @property
    def is_live(self) -> bool:
        """Is at a desk."""
        return self.state in LIVE


@dataclass(frozen=True)
class Picture:
    """A fair's queue under one word. What is derived from it is derived once; ``tags`` name what each poller sees."""

    fair_id: int
    word: str
    body: str
    tags: dict[Any, str] = field(default_factory=dict, compare=False)

    @cached_property
    def _read(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found

    @property
    def is_open(self) -> bool:
        """Tells whether the fair still takes people in."""
        return bool(self._read["is_open"])

    @cached_property
    def rows(self) -> dict[int, Row]:
        """All tickets by id, the oldest first."""
        return {row[0]: Row(*row) for row in self._read["tickets"]}

    @cached_property
    def of_visit(self) -> dict[int, list[Row]]:
        """The tickets of each visit; a visit without one has an empty list."""
        found: dict[int, list[Row]] = {visit: [] for visit, _, _ in self._read["visits"]}
        for row in self.rows.values():
            found[row.visit].append(row)
        return found

    @cached_property
    def stalls(self) -> dict[int, Stall]:
        """The stalls by id, in the order of their codes, each with its zone and body."""
        return {pk: self._stall(pk, *rest) for pk, *rest in self._read["stalls"]}

    @cached_property
    def lines(self) -> dict[int, list[Row]]:
        """The line of each stall, first to be called first."""
        found: dict[int, list[Row]] = defaultdict(list)
        for row in self.rows.values():
            if row.state == TicketState.WAITING:
                found[row.stall].append(row)
        for line in found.values():
            line.sort(key=lambda row: (-row.priority, row.place_at, row.pk))
        return found

    @cached_property
    def waits(self) -> dict[int, Wait]:
        """How long each waiting ticket may take yet, by its id."""
        found = {}
        for stall, line in self.lines.items():
            free, desks, pace = 0, self._calling.get(stall, 0), self._paces.get(stall)
            for ahead, row in enumerate(line):
                found[row.pk] = wait(ahead, desks, pace, free=free)
                free += self._busy[row.visit] is None
        return found

    def visit(self, pk: int) -> Visit:
        """Return a visit as templates know it: its number."""
        return Visit(pk=pk, number=self._numbers[pk], fair_id=self.fair_id)

    def ticket(self, row: Row) -> Ticket:
        """Return a ticket as templates know it, with its visit, stall and desk; nothing of it is asked for again."""
        return Ticket(
            pk=row.pk,
            visit=self.visit(row.visit),
            stall=self.stalls[row.stall],
            desk=self._desk(row.desk) if row.desk else None,
            state=row.state,
            calls=row.calls,
            has_reentered=row.has_reentered,
            outcome=row.outcome,
            called_at=_moment(row.called_at),
            ended_at=_moment(row.ended_at),
        )

    @cached_property
    def _numbers(self) -> dict[int, int]:
        return {visit: number for visit, number, _ in self._read["visits"]}

    @cached_property
    def _busy(self) -> dict[int, int | None]:
        return {visit: busy for visit, _, busy in self._read["visits"]}

    @cached_property
    def _desks(self) -> dict[int, list[Any]]:
        return {desk[0]: desk for desk in self._read["desks"]}

    @cached_property
    def _calling(self) -> dict[int, int]:
        """How many desks of each stall call: somebody sits there, and it is not paused."""
        found: dict[int, int] = defaultdict(int)
        for _, stall, _, clerk, is_paused in self._desks.values():
            found[stall] += clerk is not None and not is_paused
        return found

    @cached_property
    def _paces(self) -> dict[int, Pace | None]:
        took: dict[int, list[tuple[float, float]]] = defaultdict(list)
        for row in self.rows.values():
            if row.state == TicketState.SERVED and row.began_at and row.called_at and row.ended_at:
                took[row.stall].append((row.ended_at, row.ended_at - row.called_at))
        return {stall: pace_of(seconds for _, seconds in sorted(ends)) for stall, ends in took.items()}

    def _stall(self, pk: int, code: str, position: str, *rest: Any) -> Stall:
        zone, zone_code, zone_name, body, name, short = rest
        return Stall(
            pk=pk,
            fair_id=self.fair_id,
            code=code,
            position=position,
            zone=Zone(pk=zone, code=zone_code, name=zone_name),
            organization=Organization(pk=body, name=name, short=short),
        )

    def _desk(self, pk: int) -> Desk:
        _, stall, number, clerk, is_paused = self._desks[pk]
        return Desk(pk=pk, stall=self.stalls[stall], number=number, clerk_id=clerk, is_paused=is_paused)


def _moment(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)

"""A ticket's life in one screen: its states, who takes part, and the two tables of what may happen to it.

Source of the rules: the queue's law (docs/glossary.md, 大集). Imports nothing of ours.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Flag, auto

from django.db.models import TextChoices


class TicketState(TextChoices):
    """Where a ticket stands. A ticket is in one state only, so the counts of a day always add up."""

    WAITING = "waiting", "等候"
    CALLED = "called", "已叫号"
    SERVING = "serving", "办理中"
    SERVED = "served", "已办理"
    MISSED = "missed", "过号"
    LEFT = "left", "已离开"


class Outcome(TextChoices):
    """How serving ended. What became of a need is written on its request, never here."""

    HANDLED = "handled", "需求已办"
    CONSULTED = "consulted", "咨询"
    TRANSFERRED = "transferred", "转摊位"


class Party(Flag):
    """What somebody is to a ticket."""

    NOBODY = 0
    STALL = auto()  # staff of the body to which the stall belongs
    RECEPTION = auto()  # the office, its auditors left out
    VISITOR = auto()  # the enterprise itself, signed in or with its ticket's link
    CLOCK = auto()  # the portal at the end of the day


WAITING, CALLED, SERVING = TicketState.WAITING, TicketState.CALLED, TicketState.SERVING
SERVED, MISSED, LEFT = TicketState.SERVED, TicketState.MISSED, TicketState.LEFT
STALL, RECEPTION, VISITOR, CLOCK = Party.STALL, Party.RECEPTION, Party.VISITOR, Party.CLOCK

# At a desk: a desk holds one such ticket, a visit has one such ticket.
LIVE = (CALLED, SERVING)
# Has a place at its stall: a visit has one such ticket per stall.
PLACED = (WAITING, *LIVE)
# Finishing says one of these; a transfer writes its own outcome.
FINISHING = (Outcome.HANDLED, Outcome.CONSULTED)


@dataclass(frozen=True)
class Move:
    """One row of a table. ``to`` is None for a record, which leaves the state as it is."""

    verb: str
    label: str
    sources: frozenset[TicketState]
    to: TicketState | None
    by: Party


def table(*rows: tuple[str, str, Iterable[TicketState], TicketState | None, Party]) -> dict[str, Move]:
    """Read rows of *(verb, label, from, to, by)* into a table by verb."""
    return {verb: Move(verb, label, frozenset(sources), to, by) for verb, label, sources, to, by in rows}


# fmt: off
MOVES = table(
    # verb          label           from                to        by
    ("take",        "取号",         (),                 WAITING,  RECEPTION | VISITOR | STALL),
    ("call",        "叫号",         {WAITING},          CALLED,   STALL),
    ("begin",       "开始办理",     {CALLED},           SERVING,  STALL),
    ("finish",      "办理结束",     {SERVING},          SERVED,   STALL),
    ("transfer",    "转摊位",       {CALLED, SERVING},  SERVED,   STALL),
    ("pass_over",   "过号",         {CALLED},           MISSED,   STALL),
    ("reenter",     "重新排队",     {MISSED},           WAITING,  STALL | RECEPTION | VISITOR),
    ("leave",       "离开",         {WAITING, CALLED},  LEFT,     RECEPTION | VISITOR),
    ("close",       "收摊",         {WAITING, CALLED},  LEFT,     CLOCK | RECEPTION),
)
RECORDS = table(
    ("recall",      "再叫一次",     {CALLED},           None,     STALL),
    # A transferred visit waits here already: the earlier moment stays.
    ("join",        "并入转来的号", {WAITING},          None,     STALL),
    # A re-entry needs room between two tickets of the same moment.
    ("make_room",   "顺延位次",     {WAITING},          None,     STALL | RECEPTION | VISITOR),
    # A word for the clerk who calls it; the desks that are called to a joint table; what a desk settled by hand
    # (which has no button of its own: it comes with a claim).
    ("hand_over",   "交接说明",     {WAITING},          None,     STALL),
    ("summon",      "召集会商",     {WAITING},          None,     STALL),
    ("annotate",    "补记说明",     set(TicketState),   None,     Party.NOBODY),
)
# fmt: on


def find(verb: str) -> Move:
    """Return the row of a verb from whichever table has it; ``KeyError`` for a word that is no verb."""
    return MOVES.get(verb) or RECORDS[verb]


def available(state: str, parties: Party) -> list[Move]:
    """Return what somebody who is ``parties`` to a ticket in ``state`` may do, in table order."""
    rows = [*MOVES.values(), *RECORDS.values()]
    return [row for row in rows if state in row.sources and row.by & parties]

"""What people were told in the course of the day, and nothing else: the count that the report must agree with."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Need:
    """A need that a clerk was told is in the books."""

    stall: str
    is_finance: bool
    outcome: str


@dataclass
class Book:
    """The day as it was told.

    ``pressed`` has the verb of each click at a desk that was answered as done; ``ended`` how each ticket ended at a
    desk, ``calls`` how often a clerk was given it; ``numbers`` and ``places`` what each phone knew at the end.
    """

    pressed: dict[str, str] = field(default_factory=dict)
    refused: set[str] = field(default_factory=set)
    calls: Counter[int] = field(default_factory=Counter)
    ended: dict[int, tuple[str, str]] = field(default_factory=dict)  # ticket: stall, how
    needs: list[Need] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)  # phone: number
    wished: int = 0
    places: dict[str, list[tuple[str, str]]] = field(default_factory=dict)  # stall, state
    reentered: int = 0
    ratings: Counter[int] = field(default_factory=Counter)
    gone_home: int = 0
    is_over: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def is_full(self) -> bool:
        """Say whether everything that can happen to a place has happened to one."""
        ways = ("handled", "consulted", "transferred", "missed")
        return self.reentered > 0 and all(self.outcomes(how) for how in ways)

    def outcomes(self, how: str, stall: str = "") -> int:
        """Count the tickets that ended at a desk in one way, of one stall or of all."""
        return sum(ended == how and stall in ("", at) for at, ended in self.ended.values())

    def standing(self, state: str, stall: str = "") -> int:
        """Count the places of all phones in one state, at one stall or at all."""
        places = [place for phone in self.places.values() for place in phone]
        return sum(shown == state and stall in ("", at) for at, shown in places)

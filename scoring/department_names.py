"""Whom a word in a sheet or a form means: departments by code, name, short name or alias."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from scoring import facts
from taian_factors.directory.models import Organization

EVERYBODY = frozenset({"全部", "全部部门", "全部参加部门", "各部门", "所有部门"})
_CITY = ("泰安市", "市")


@dataclass(frozen=True)
class Names:
    """The departments that take part, and every word that names exactly one of them."""

    departments: tuple[Organization, ...]
    by_word: Mapping[str, Organization]

    @property
    def shorts(self) -> dict[str, str]:
        """The departments' short names by code."""
        return {department.code or "": department.short for department in self.departments}

    def find(self, word: str) -> Organization | None:
        """Return the department that a word names, or None when it names none or several."""
        return self.by_word.get(_plain(word))


def names() -> Names:
    """Return the names of the departments that take part; one query."""
    departments = tuple(facts.departments())
    meant: dict[str, set[int]] = {}
    for number, department in enumerate(departments):
        for word in _words(department):
            meant.setdefault(word, set()).add(number)
    # A word that two departments share names neither.
    return Names(departments, {w: departments[min(who)] for w, who in meant.items() if len(who) == 1})


def _words(department: Organization) -> Iterable[str]:
    given = [department.code or "", department.name, department.short, *department.aliases]
    for word in map(_plain, filter(None, given)):
        yield word
        # 市住建局 and 住建局 are the same body to everybody in this city.
        yield next((word.removeprefix(city) for city in _CITY if word.startswith(city)), word)


def _plain(word: str) -> str:
    return "".join(word.split()).upper()

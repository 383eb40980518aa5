"""Whom or what a word means: bodies, places, chains and factors by name, short name, alias or former name."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Generic, TypeVar

from taian_factors.directory.models import Chain, Division, Factor, FormerName, Organization

T = TypeVar("T")
# What people leave out or add; tried when the word itself means nobody.
_BEFORE = ("山东省", "泰安市", "泰安", "市", "中国")
_AFTER = ("股份有限公司", "有限责任公司", "有限公司", "公司", "泰安市分行", "泰安分行", "市分行", "分行", "管理委员会",
          "管委会", "人民政府", "政府")  # fmt: skip
_BODY_ENDS = ("局", "委", "办")  # 人社 for 人社局
_FACTOR_AFTER = ("要素保障", "要素", "方面", "事项", "问题", "需求", "保障", "类")
_CHAIN_AFTER = ("产业链", "产业", "链")
_SHORTEST = 2
_PLACES = {"地级市", "市辖区", "县", "县级市"}  # people leave out the last sign of their names


def plain(word: str) -> str:
    """Return a word without blanks and what stands in brackets, half-width, upper case."""
    text = "".join(unicodedata.normalize("NFKC", word).split()).upper()
    return re.sub(r"\(.*?\)$", "", text) or text


@dataclass
class Names(Generic[T]):
    """Words and the one record that each means; a word that two records share means neither."""

    after: tuple[str, ...] = _AFTER
    ends: tuple[str, ...] = ()
    by_word: dict[str, T | None] = field(default_factory=dict)

    def add(self, record: T, words: Iterable[str]) -> None:
        """Teach the words of a record."""
        for word in dict.fromkeys(map(plain, words)):
            known = self.by_word.get(word, record)
            self.by_word[word] = record if known == record else None

    def find(self, word: str) -> T | None:
        """Return the record that a word means; None when it means none, or several."""
        return next((found for form in self._forms(plain(word)) if (found := self.by_word.get(form))), None)

    def within(self, word: str) -> T | None:
        """Return the record whose name begins a word: 岱岳区 for 岱岳区满庄镇, the longest name first."""
        shorter = reversed(list(_without_beginnings(plain(word))))  # 岱岳区 before the city that it lies in
        starts = (form[:end] for form in shorter for end in range(len(form), _SHORTEST, -1))
        return next((found for start in starts if (found := self.by_word.get(start))), None)

    def _forms(self, word: str) -> Iterator[str]:
        shorter = list(_without_beginnings(word))
        yield from shorter
        for form in shorter:
            for end in self.after:
                if form.endswith(end) and len(form) - len(end) >= _SHORTEST:
                    yield form.removesuffix(end)
        yield from (form + end for form in shorter for end in self.ends if len(form) >= _SHORTEST)


def _without_beginnings(word: str) -> Iterator[str]:
    yield word
    for beginning in _BEFORE:
        if word.startswith(beginning) and len(word) - len(beginning) >= _SHORTEST:
            word = word.removeprefix(beginning)
            yield word


@dataclass
class Bodies:
    """The bodies that can hold a need, as lists call them; a place stands for its county office."""

    names: Names[Organization] = field(default_factory=lambda: Names(ends=_BODY_ENDS))
    former: dict[str, list[tuple[date, Organization]]] = field(default_factory=dict)

    def find(self, word: str, *, on: date) -> Organization | None:
        """Return the body that a word meant on a day: by its present words, else by what it was called then."""
        if found := self.names.find(word):
            return found
        for form in _without_beginnings(plain(word)):
            if known := self.former.get(form):
                running = [body for until, body in known if until >= on]
                return running[0] if running else known[-1][1]
        return None


def bodies() -> Bodies:
    """Return the words of departments, institutions and county offices in use; two queries."""
    found = Bodies()
    for body in (
        Organization.objects.handlers().active().select_related("division").order_by("position", "pk")
    ):
        places = _place_words(body.division) if body.kind == Organization.Kind.COUNTY_OFFICE else ()
        found.names.add(body, [*_body_words(body), *places])
    former = FormerName.objects.filter(organization__is_active=True).order_by("until_on", "pk")
    for each in former.select_related("organization__division"):
        found.former.setdefault(plain(each.name), []).append((each.until_on, each.organization))
    return found


def names_of(known: Iterable[Organization]) -> Names[Organization]:
    """Return the present words of the bodies that are given, and of no other."""
    return _taught(known, _body_words, Names(ends=_BODY_ENDS))


def divisions() -> Names[Division]:
    """Return the words of places; one query. Those that are no more are still understood."""
    return _taught(Division.objects.order_by("pk"), _place_words, Names())


def chains() -> Names[Chain]:
    """Return the words of chains; one query."""
    return _taught(Chain.objects.filter(is_active=True).order_by("pk"), _words, Names(_CHAIN_AFTER))


def factors() -> Names[Factor]:
    """Return the words of factors; one query."""
    return _taught(Factor.objects.filter(is_active=True).order_by("pk"), _words, Names(_FACTOR_AFTER))


def _taught(records: Iterable[T], words: Callable[[T], Iterable[str]], names: Names[T]) -> Names[T]:
    for record in records:
        names.add(record, words(record))
    return names


def _words(record: Chain | Factor) -> list[str]:
    return [record.name, *record.aliases]


def _body_words(body: Organization) -> list[str]:
    codes = [body.code] if body.code else []
    return [*codes, *_with_shorter(body.name, body.short, *body.aliases)]


def _place_words(place: Division | None) -> list[str]:
    if place is None:
        return []
    words = list(_with_shorter(place.name, place.short, *place.aliases))
    return [*words, place.name[:-1]] if place.kind in _PLACES else words


def _with_shorter(*words: str) -> Iterator[str]:
    for word in words:
        yield from _without_beginnings(plain(word))

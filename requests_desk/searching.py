"""Finding Chinese text by two characters or more: how a text is made plain, and by which pieces it is looked up.

A word is looked up by its pairs of characters in an index that PostgreSQL keeps over ``SearchText`` (decision 0007),
and then compared in full. The same two functions exist in SQL, where the index is; a test holds them together.
"""

import unicodedata
from collections.abc import Sequence

SHORTEST = 2  # characters of a word that the index serves


def plain(text: str) -> str:
    """Return a text as it is compared: half-width, lower case, without blanks."""
    return "".join(unicodedata.normalize("NFKC", text).split()).lower()


def words(text: str) -> list[str]:
    """Return what somebody types as plain words, each once; every one of them must be found."""
    return list(dict.fromkeys(unicodedata.normalize("NFKC", text).lower().split()))


def pieces(text: str) -> list[str]:
    """Return the pieces by which the index knows a plain text: its pairs, and the fours of its codes.

    Figures make too few different pairs, so numbers and credit codes are also looked up by four at a time.
    """
    pairs = {text[place : place + 2] for place in range(len(text) - 1)}
    fours = {text[place : place + 4] for place in range(len(text) - 3)}
    return sorted(pairs | {four for four in fours if four.isascii()})


def pattern(word: str) -> str:
    """Return the pattern of SQL's LIKE for a text that holds the word."""
    return "%" + "".join(f"\\{c}" if c in "\\%_" else c for c in word) + "%"


def marked(text: str, sought: Sequence[str]) -> list[tuple[str, bool]]:
    """Cut a text into parts that were sought and parts that were not, in their order."""
    whole = plain(text)
    if not any(word in whole for word in sought):
        return [(text, False)]
    shown, origin = _with_origin(text)
    hits = set()
    for word in sought:
        start = shown.find(word)
        while word and start >= 0:
            hits.update(origin[start : start + len(word)])
            start = shown.find(word, start + 1)
    parts: list[tuple[str, bool]] = []
    for place, character in enumerate(text):
        is_hit = place in hits
        if parts and parts[-1][1] == is_hit:
            parts[-1] = (parts[-1][0] + character, is_hit)
        else:
            parts.append((character, is_hit))
    return parts


def _with_origin(text: str) -> tuple[str, list[int]]:
    """Return a text made plain, and for each of its characters the place that it came from."""
    found = [(c, place) for place, character in enumerate(text) for c in plain(character)]
    return "".join(c for c, _ in found), [place for _, place in found]

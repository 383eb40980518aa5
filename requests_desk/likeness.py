"""How alike two short texts are, by the pairs of characters that they share; Chinese needs no words cut out for it."""

import unicodedata
from collections import Counter


def pairs(text: str) -> Counter[str]:
    """Return the pairs of neighbouring letters and figures of a text, with how often each stands there."""
    plain = "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())
    return Counter(plain[i : i + 2] for i in range(len(plain) - 1))


def likeness(one: Counter[str], other: Counter[str]) -> float:
    """Return how alike two texts are, by their pairs: 0.0 nothing in common, 1.0 the same (Dice's measure)."""
    total = one.total() + other.total()
    return 2 * (one & other).total() / total if total else 0.0

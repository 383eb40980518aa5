"""Two texts side by side, sentence by sentence: what both say, what only one of them says."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

_SENTENCES = re.compile(r"[^。！？；\n]*[。！？；\n]?")


@dataclass(frozen=True)
class Segment:
    """A stretch of text; ``whose`` is "both", "theirs" or "mine"."""

    whose: str
    text: str


def compare(theirs: str, mine: str) -> list[Segment]:
    """Return both texts as one run of segments; where they differ, theirs stands before mine."""
    a, b = _sentences(theirs), _sentences(mine)
    segments = []
    for kind, a1, a2, b1, b2 in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if kind == "equal":
            segments.append(Segment("both", "".join(a[a1:a2])))
            continue
        segments += [Segment("theirs", "".join(a[a1:a2]))] if a1 < a2 else []
        segments += [Segment("mine", "".join(b[b1:b2]))] if b1 < b2 else []
    return segments


def _sentences(text: str) -> list[str]:
    return [found for found in _SENTENCES.findall(text.strip().replace("\r\n", "\n")) if found]

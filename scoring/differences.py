"""What changed between two versions of a bulletin, section by section, character by character."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from scoring.wording import HEADINGS


@dataclass(frozen=True)
class Piece:
    """A run of characters: ``same`` in both, ``gone`` from the earlier, ``new`` in the later."""

    kind: str
    text: str


@dataclass(frozen=True)
class Part:
    """The title or a section with its pieces in their order."""

    heading: str
    pieces: Sequence[Piece]

    @property
    def has_changed(self) -> bool:
        """Something went or came."""
        return any(piece.kind != "same" for piece in self.pieces)


def compare(
    earlier: tuple[str, Sequence[Mapping[str, Any]]], later: tuple[str, Sequence[Mapping[str, Any]]]
) -> list[Part]:
    """Compare two versions, each a title and its sections."""
    before, after = _texts(*earlier), _texts(*later)
    return [
        Part(heading, list(_pieces(before.get(heading, ""), after.get(heading, ""))))
        for heading in dict.fromkeys([*before, *after])
    ]


def _texts(title: str, sections: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    texts = {HEADINGS[section["code"]] or "依据": "\n".join(section["paragraphs"]) for section in sections}
    return {"标题": title} | texts


def _pieces(before: str, after: str) -> Iterator[Piece]:
    # Nothing is junk: a full stop that many sentences share may be the one that changed.
    for verb, start, end, begin, finish in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if verb == "equal":
            yield Piece("same", before[start:end])
            continue
        if start < end:
            yield Piece("gone", before[start:end])
        if begin < finish:
            yield Piece("new", after[begin:finish])

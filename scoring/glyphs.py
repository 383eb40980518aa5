"""Which characters the fonts of official papers have, so that a missing glyph is an error and never a box.

The standard's own fonts are not free. Fandol stands in for 仿宋, 楷体, 黑体 and 宋体; what it lacks (镕, 喆, ㎡) is
taken from Noto, so each face is a chain of two files. ``docs/operations.md`` says where they come from.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings
from fontTools.ttLib import TTFont

_SERIF, _SANS = "NotoSerifCJK-Regular.ttc", "NotoSansCJK-Regular.ttc"
# face: the file that sets it, and the one that helps out
FACES = {
    "fang": ("FandolFang-Regular.otf", _SERIF),
    "kai": ("FandolKai-Regular.otf", _SERIF),
    "hei": ("FandolHei-Regular.otf", _SANS),
    "song": ("FandolSong-Regular.otf", _SERIF),
    "title": ("FandolSong-Bold.otf", "NotoSerifCJK-Bold.ttc"),
}
_SIMPLIFIED = 2  # the face of a Noto collection with mainland forms
_NO_GLYPH_NEEDED = frozenset(map(ord, "\n\r\t "))


class GlyphError(Exception):
    """A paper cannot be printed as it should look; the message is a Chinese sentence."""


@dataclass(frozen=True)
class Missing:
    """A character that no font has, and where it stands."""

    place: str
    character: str

    def __str__(self) -> str:
        return (
            f"{self.place}有字库中没有的字“{self.character}”（U+{ord(self.character):04X}），请换一种写法。"
        )


@cache
def font_file(name: str) -> Path | None:
    """Return where a font lies, in the folders of PAPER_FONTS and below them; None when it is not there."""
    found = (path for folder in settings.PAPER_FONTS for path in sorted(Path(folder).rglob(name)))
    return next(found, None)


def missing_fonts() -> list[str]:
    """Return the names of the fonts that this machine lacks."""
    return sorted({name for chain in FACES.values() for name in chain if font_file(name) is None})


def missing(texts: Iterable[tuple[str, str]]) -> list[Missing]:
    """Return the characters that a face of the paper could not show, each once per place.

    A text may be set in any face (its level decides), so only what every face has is there. On a machine without
    the fonts nothing can be said, and nothing is.
    """
    if missing_fonts():
        return []
    known = _covered()
    return [
        Missing(place, character)
        for place, text in texts
        for character in dict.fromkeys(text)
        if ord(character) not in known
    ]


@cache
def _covered() -> frozenset[int]:
    faces = (frozenset().union(*map(_characters, chain)) for chain in FACES.values())
    return frozenset.intersection(*faces) | _NO_GLYPH_NEEDED


@cache
def _characters(name: str) -> frozenset[int]:
    path = font_file(name)
    assert path is not None, "asked only when every font is there"
    number = _SIMPLIFIED if path.suffix == ".ttc" else -1
    with TTFont(path, fontNumber=number, lazy=True) as font:
        return frozenset(font.getBestCmap())


def check(texts: Iterable[tuple[str, str]]) -> None:
    """Raise GlyphError when a font is not installed, or when a character is in none."""
    if lacking := missing_fonts():
        raise GlyphError(
            f"这台机器没有公文字体（{'、'.join(lacking)}），不能生成 PDF；请按运维手册安装后再试。"
        )
    if found := missing(texts):
        raise GlyphError("".join(map(str, found)))

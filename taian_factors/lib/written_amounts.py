"""Amounts as people write them in a list: 120.5亩, 1.2万吨标准煤, 1.5亿元, ６０, 三千万元."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

LARGEST = Decimal(10) ** 10
_PLACES = Decimal("0.0001")
_SCALES = {"万亿": 12, "千亿": 11, "百亿": 10, "十亿": 9, "亿": 8, "千万": 7, "百万": 6, "十万": 5,
           "万": 4, "千": 3, "百": 2, "十": 1}  # fmt: skip
_BEFORE = re.compile(r"^(?:大?约|近|共计?|合计|总计|至少|不少于|不低于|预计|需要?|新增|人民币|¥)+")
_AFTER = re.compile(r"(?:左右|以上|上下|人民币)$")
_NUMBER = re.compile(r"(?P<sign>[-−–+负]?)(?P<number>\d+(?:\.\d+)?|\.\d+)(?:[余多来])?(?P<rest>\D.*)?")
_CHINESE = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_TENS = {"十": 10, "百": 100, "千": 1000}
_CHINESE_NUMBER = re.compile(r"负?[零〇一二两三四五六七八九十百千万亿]+")


class BadAmountError(ValueError):
    """An amount that cannot be read; the text is a Chinese sentence without its stop."""


@dataclass(frozen=True)
class Amount:
    """A number in a unit; the unit is empty when nobody wrote one."""

    value: Decimal
    unit: str = ""


@dataclass(frozen=True)
class Measure:
    """What a unit measures, and how many of the plain unit it is: 万元 is ten thousand 元."""

    base: str
    times: Decimal


class Units:
    """The known units: for each plain unit the words for it and for its multiples."""

    def __init__(self, table: Mapping[str, Mapping[str, str]]) -> None:
        self._measures = {
            _tidy(word): Measure(base, Decimal(times))
            for base, words in table.items()
            for word, times in words.items()
        }

    def measure(self, word: str) -> Measure | None:
        """Return what a unit measures; a scale may stand before it (万吨标准煤). None for an unknown word."""
        plain = _tidy(word)
        if plain in self._measures:
            return self._measures[plain]
        scale, rest = _scaled(plain)
        found = self._measures.get(rest)
        return Measure(found.base, found.times * scale) if found else None

    def read(self, cell: object, unit: str = "", *, usual: str = "") -> Amount:
        """Read a number and its unit, which may stand in the cell or in a column of its own.

        Args:
            cell: what was written.
            unit: what the row says beside it; it has to agree with the cell's own.
            usual: what holds for the whole column (its heading); a cell with a unit of its own is free of it.

        Raises:
            BadAmountError: no number, several, or two units that do not agree.
        """
        number, rest = self._parted(_tidy(cell))
        rest = rest or self._bracketed(cell)
        if not unit and self.measure(rest):
            return Amount(number, rest)
        if not rest:
            return Amount(number, unit or usual)
        scale, plain = _scaled(rest)
        if self.measure(rest) is None and not plain:  # 1.2万, and the unit stands beside it
            outer, base = _scaled(_tidy(unit or usual))
            # 8000万 beside 万元 is eighty million, not eighty million times ten thousand.
            return Amount(number * scale, base if outer > 1 else unit or usual)
        self._check_agreement(rest, unit, usual)
        return Amount(number, rest)

    def convert(self, amount: Amount, targets: Sequence[str]) -> Amount:
        """Return an amount in one of the target units, if it measures the same; else as it was written."""
        measure = None if amount.unit in targets else self.measure(amount.unit)
        for target in targets if measure else ():
            wanted = self.measure(target)
            if wanted and measure and wanted.base == measure.base:
                return Amount(_rounded(amount.value * measure.times / wanted.times), target)
        return Amount(_rounded(amount.value), amount.unit)

    def _bracketed(self, cell: object) -> str:
        """Return the unit that a cell puts in brackets behind its number: 50（公顷）."""
        words = re.findall(r"\((.*?)\)", "".join(unicodedata.normalize("NFKC", str(cell)).lower().split()))
        return next((word for word in words if self.measure(word)), "")

    def _check_agreement(self, written: str, unit: str, usual: str) -> None:
        wanted = unit or usual
        inside, beside = self.measure(written), self.measure(wanted)
        if wanted and _tidy(wanted) != written and (not inside or not beside or inside.base != beside.base):
            said = f"单位列写的是“{unit[:12]}”" if unit else f"看不出是什么单位，应按“{usual[:12]}”计"
            raise BadAmountError(f"写的是“{written[:12]}”，{said}")

    def _parted(self, text: str) -> tuple[Decimal, str]:
        """Return the number at the beginning of a text and what follows it."""
        text = _AFTER.sub("", _BEFORE.sub("", text))
        if found := _NUMBER.fullmatch(text):
            number = Decimal(found["number"]) * (1 if found["sign"] in ("", "+") else -1)
            rest = found["rest"] or ""
            if re.search(r"\d", rest) and self.measure(rest) is None:
                raise BadAmountError(f"“{text[:20]}”不是一个数")
            return number, rest
        if found := _CHINESE_NUMBER.match(text):
            return self._chinese(text, found.end())
        raise BadAmountError(f"“{text[:20]}”不是数字")

    def _chinese(self, text: str, end: int) -> tuple[Decimal, str]:
        """Part 三千万元 and 五百千瓦时: the longest number that leaves a unit."""
        for cut in range(end, 0, -1):
            number, rest = _chinese_number(text[:cut]), text[cut:]
            if number is not None and (not rest or self.measure(rest)):
                return number, rest
        raise BadAmountError(f"“{text[:20]}”不是数字")


def _chinese_number(word: str) -> Decimal | None:
    """Return the value of 一百二十, 三千万, 两亿; None when the signs make no number."""
    sign, word = (-1, word[1:]) if word.startswith("负") else (1, word)
    for mark, size in (("亿", 10**8), ("万", 10**4)):
        high, found, low = word.rpartition(mark)
        if found:
            large, small = _chinese_number(high), _chinese_number(low) if low else Decimal(0)
            return None if large is None or small is None else sign * (large * size + small)
    total, digit = 0, None
    for character in word:
        if character in _TENS:
            total += (1 if digit is None else digit) * _TENS[character]
            digit = None
        else:
            digit = _CHINESE[character] if digit in (None, 0) else None
            if digit is None:
                return None
    return Decimal(sign * (total + (digit or 0))) if word else None


def _scaled(text: str) -> tuple[Decimal, str]:
    """Part a scale from what it stands before: 万吨 is ten thousand, and 吨."""
    for word, power in _SCALES.items():
        if text.startswith(word):
            return Decimal(10) ** power, text.removeprefix(word)
    return Decimal(1), text


def _tidy(value: object) -> str:
    """Half-width, lower case, without blanks, thousands marks and what stands in brackets."""
    text = unicodedata.normalize("NFKC", str(value)).lower()
    text = re.sub(r"\(.*?\)", "", re.sub(r"\s", "", text))
    return re.sub(r"(?<=\d),(?=\d{3})", "", text)


def _rounded(value: Decimal) -> Decimal:
    """Four places, half up, as the ledger keeps them."""
    if abs(value) >= LARGEST:
        raise BadAmountError("数字超出范围")
    return value.quantize(_PLACES, ROUND_HALF_UP)

"""Whom to call about a row: name and telephone, in two cells or in one, brought into the form that can be called."""

import re
from collections.abc import Mapping
from unicodedata import normalize

_PHONE = re.compile(r"\+?\d[\d\-\s]{5,18}\d")


def clipped(cell: object, longest: int) -> str:
    return "" if cell is None else str(cell).strip()[:longest]


def contact_of(values: Mapping[str, object]) -> tuple[str, str]:
    """Return name and telephone, also of one cell that holds both (联系人子 5380000001)."""
    # Half-width: a telephone in wide digits could neither be called by a gateway nor be asked for when tracking.
    name, phone = (normalize("NFKC", clipped(values.get(role), 200)) for role in ("contact", "phone"))
    if not phone and (found := _PHONE.search(name)):
        name, phone = name.replace(found[0], " "), found[0]
    name = re.sub(r"[\s,、:/()]+", " ", name).strip()
    return name[:30], _whole_number(_PHONE.search(phone))


def _whole_number(found: re.Match[str] | None) -> str:
    """A cell that takes a telephone for a number drops the nought of its area code: 5380000001 is 05380000001."""
    number = "".join(found[0].split()) if found else ""
    is_landline = number.isdecimal() and (len(number) == 10 or (len(number) == 11 and number[0] not in "01"))
    return f"0{number}"[:20] if is_landline and number[0] != "0" else number[:20]

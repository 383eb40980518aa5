"""Numbers as an input method writes them: wide digits, a wide hyphen, blanks between groups."""

import unicodedata
from typing import Any

from django import forms


def half_width(text: str) -> str:
    """Return a number's text half-width and without blanks."""
    return "".join(unicodedata.normalize("NFKC", text).split())


class NumberField(forms.CharField):
    """A text that is a number of somebody or something: a telephone, a code; checked as it is meant, not as typed."""

    def to_python(self, value: Any) -> str:
        """Bring what was typed into its plain form."""
        return half_width(str(super().to_python(value) or ""))

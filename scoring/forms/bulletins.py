"""What composing and editing a bulletin ask for."""

from typing import Any

from django import forms

from scoring.forms.appeals import PlainForm
from scoring.models import Bulletin
from scoring.wording import HEADINGS
from taian_factors.lib.periods import Period


class ComposeForm(PlainForm):
    """Which period: a quarter, half-year or year."""

    period = forms.ChoiceField(label="期间")

    def __init__(self, *args: Any, periods: list[Period], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["period"].choices = [(period.key, period.label) for period in periods]  # type: ignore[attr-defined]


class BulletinForm(PlainForm):
    """The title, and one text per section: a line is a paragraph. Numbers are no field."""

    title = forms.CharField(label="标题", max_length=120)

    def __init__(self, *args: Any, bulletin: Bulletin, **kwargs: Any) -> None:
        super().__init__(*args, initial={"title": bulletin.title}, **kwargs)
        for section in bulletin.sections:
            self.fields[section["code"]] = forms.CharField(
                label=HEADINGS[section["code"]] or "依据",
                initial="\n".join(section["paragraphs"]),
                max_length=6000,
                widget=forms.Textarea(attrs={"rows": 2 + 2 * len(section["paragraphs"])}),
                help_text="一行一段。",
            )

    def texts(self) -> dict[str, str]:
        """Return the words by section."""
        return {code: self.cleaned_data[code] for code in HEADINGS if code in self.cleaned_data}

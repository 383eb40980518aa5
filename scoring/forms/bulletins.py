"""What composing, editing, comparing and issuing a bulletin ask for."""

from typing import Any

from django import forms

from scoring.bulletins import standing_in_the_way
from scoring.forms.appeals import PlainForm
from scoring.models import Bulletin
from scoring.wording import HEADINGS
from taian_factors.lib.periods import Period

_LINE = 48  # characters on a line of the editor


class ComposeForm(PlainForm):
    """Which period: a quarter, half-year or year."""

    period = forms.ChoiceField(label="期间", widget=forms.Select(attrs={"class": "form-select"}))
    again = forms.BooleanField(
        label="重新印发（已印发过的，作更正）",
        required=False,
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )

    def __init__(self, *args: Any, periods: list[Period], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["period"].choices = [(period.key, period.label) for period in periods]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Ask before a paper that was issued gets a second one."""
        cleaned = super().clean() or self.cleaned_data
        if period := cleaned.get("period"):
            refusal = standing_in_the_way(Period.parse(period), again=cleaned["again"])
            if refusal:
                self.add_error("period", refusal)
        return cleaned


class BulletinForm(PlainForm):
    """The title, and one text per section: a line is a paragraph. Numbers are no field.

    ``base`` is the version that was opened; after a late save the next one is based on the newest.
    """

    title = forms.CharField(
        label="标题", max_length=120, widget=forms.TextInput(attrs={"data-counted": True})
    )
    base = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, bulletin: Bulletin, **kwargs: Any) -> None:
        super().__init__(*args, initial={"title": bulletin.title, "base": bulletin.version}, **kwargs)
        self._headings = {section["code"]: section["heading"] for section in bulletin.sections}
        for section in bulletin.sections:
            rows = 2 + sum(1 + len(text) // _LINE for text in section["paragraphs"])
            self.fields[section["code"]] = forms.CharField(
                label=HEADINGS[section["code"]] or "依据",
                initial="\n".join(section["paragraphs"]),
                max_length=6000,
                widget=forms.Textarea(attrs={"rows": rows, "data-counted": True}),
                help_text="一行一段；（一）、1.、（1）开头的段落自动按层级排字。",
            )

    def texts(self) -> dict[str, str]:
        """Return the words by section."""
        return {code: self.cleaned_data[code] for code in self._headings}

    def rebase(self, version: int) -> None:
        """Let the next save stand on the version that was just shown."""
        self.data = self.data.copy()
        self.data["base"] = str(version)

    def words(self) -> tuple[str, list[dict[str, Any]]]:
        """Return title and sections as they were typed, valid or not."""
        typed = {code: self.data.get(code, "").splitlines() for code in self._headings}
        sections = [
            {
                "code": code,
                "heading": heading,
                "paragraphs": [line.strip() for line in typed[code] if line.strip()],
            }
            for code, heading in self._headings.items()
        ]
        return self.data.get("title", ""), sections


class CompareForm(PlainForm):
    """Two versions of a bulletin."""

    earlier = forms.TypedChoiceField(
        label="从", coerce=int, widget=forms.Select(attrs={"class": "form-select"})
    )
    later = forms.TypedChoiceField(
        label="到", coerce=int, widget=forms.Select(attrs={"class": "form-select"})
    )

    def __init__(self, *args: Any, last: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("earlier", "later"):
            self.fields[name].choices = [(number, f"第{number}版") for number in range(1, last + 1)]  # type: ignore[attr-defined]


class IssueForm(PlainForm):
    """The number of the paper; the next one of the year is proposed."""

    number = forms.IntegerField(
        label="文号序号",
        min_value=1,
        max_value=9999,
        widget=forms.NumberInput(attrs={"class": "form-control"}),
    )

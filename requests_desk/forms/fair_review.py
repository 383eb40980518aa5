"""大集满意度测评: the fair as a whole, in five words, four questions and room for more."""

from typing import Any

from django import forms

from fairs.models import QUESTIONS, FairRating, Level
from fairs.ratings import Opinion


class FairReviewForm(forms.Form):
    """One word on the whole; the questions can be left out."""

    rating = forms.TypedChoiceField(
        label="总体上，您对这场大集满意吗？",
        choices=Level.choices,
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": "请选择总体满意度。", "invalid_choice": "请从五个选项中选择。"},
    )
    comment = forms.CharField(
        label="意见建议",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="选填。只有市工业推进办看到，不写是哪家企业。",
        error_messages={"max_length": "请不超过 500 字，现在是 %(show_value)d 字。"},
    )

    def __init__(self, *args: Any, given: FairRating | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in QUESTIONS.items():
            self.fields[name] = forms.TypedChoiceField(
                label=f"{label}（选填）",
                choices=Level.choices,
                coerce=int,
                empty_value=None,
                required=False,
                widget=forms.RadioSelect,
                error_messages={"invalid_choice": "请从五个选项中选择。"},
            )
        if given is not None:
            self.initial = {name: getattr(given, name) for name in self.fields}

    @property
    def questions(self) -> list[forms.BoundField]:
        """The fields of the questions, in their order."""
        return [self[name] for name in QUESTIONS]

    @property
    def opinion(self) -> Opinion:
        """What the visit says (of a valid form)."""
        return Opinion(**self.cleaned_data)
